"""An article's metadata in JSON-LD: in several scripts, lists and graphs, wrapped, broken or
hostile.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import unescape
from itertools import islice
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from pipelines.metadata.raw_metadata import RawMetadata
from text.folding import fold_phrase as fold

Node: TypeAlias = dict[str, Any]

_MAX_DOCUMENTS = 30  # of a page, and of a script
_MAX_SCRIPT_CHARS = 400_000
_MAX_RESCUE_CHARS = 50_000
_MAX_NODES = 3000
_MAX_DEPTH = 8
_MAX_VALUES = 50  # of a list
_MIN_TITLE_CHARS, _MAX_TITLE_CHARS = 15, 1000
# Keys that lead to a description of this page. Lists of other articles (`itemListElement`,
# `hasPart`, `relatedLink`) are not followed.
_FOLLOWED_KEYS = ("@graph", "mainEntity", "mainEntityOfPage", "subjectOf", "@included")

_WRAPPING = re.compile(
    r"^\s*(?:/[/*]\s*)?(?:<!\[CDATA\[|<!--)(?:\s*\*/)?|(?:/[/*]\s*)?(?:\]\]>|-->)(?:\s*\*/)?\s*$"
)
_TRAILING_COMMA = re.compile(r",(?=\s{0,100}[}\]])")
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
# Comments and spaces of other kinds between the values; strings are matched to be left alone.
_BETWEEN_VALUES = re.compile(
    r'"(?:[^"\\]|\\.)*+"|/\*(?:[^*]|\*(?!/))*+\*/|(?<![:\\])//[^\n]*+|[\xa0\u2000-\u200d\u2028-\u202f\ufeff]',
    re.DOTALL,
)
_BARE_QUOTE = re.compile(r'(?<!\\)"')
_RESCUED = "headline datePublished dateModified dateCreated articleSection keywords"
# A value may hold quotes that were not escaped: it ends where the next key begins.
_PAIR = re.compile(
    rf'"({_RESCUED.replace(" ", "|")})"\s{{0,20}}:\s{{0,20}}"(.{{1,600}}?)"(?=\s{{0,200}}(?:,\s{{0,200}}"|\}}|$))',
    re.DOTALL,
)
_KIND = re.compile(r'"@type"\s{0,20}:\s{0,20}"(\w{0,30}(?:Article|BlogPosting))"')


def nodes(scripts: Iterable[HtmlElement]) -> list[Node]:
    """The objects that describe this page or a part of it, outer ones first."""
    collected: list[Node] = []
    for text in _script_texts(scripts):
        # That one is read again, for the article's text.
        documents = _loaded(text) if "articleBody" in text else load(text)
        for document in documents:
            collected += _nodes_of(document, _MAX_NODES - len(collected))
    return collected


def _script_texts(scripts: Iterable[HtmlElement]) -> Iterator[str]:
    typed = (s for s in scripts if "ld+json" in (s.get("type") or "").lower())
    for script in islice(typed, _MAX_DOCUMENTS):
        text = script.text
        if text and len(text) <= _MAX_SCRIPT_CHARS:
            yield text


@lru_cache(maxsize=2)
def _loaded(text: str) -> list[Any]:
    return load(text)  # nothing changes what is in it


def load(text: str) -> list[Any]:
    """The JSON documents in `text`, with common mistakes repaired; never raises."""
    text = _unwrapped(text.strip()).rstrip(";")
    for repaired in _repairs(text):
        if documents := _documents(repaired):
            return documents
    return _rescued(text)


def _unwrapped(text: str) -> str:
    """Without what hides it from old browsers. A search through the text takes as long as parsing it."""
    if not (text.startswith(("/", "<")) or text.endswith((">", "/"))):
        return text
    return _WRAPPING.sub("", _WRAPPING.sub("", text)).strip()


def _repairs(text: str) -> Iterator[str]:
    yield text
    text = _BAD_ESCAPE.sub(r"\\\\", _TRAILING_COMMA.sub("", _without_comments(text)))
    yield text
    if "&quot;" in text:
        yield unescape(text)


def _without_comments(text: str) -> str:
    return _BETWEEN_VALUES.sub(lambda m: m[0] if m[0].startswith('"') else " ", text)


def _documents(text: str) -> list[Any]:
    """One document, or several one after the other; none if any is broken."""
    decoder, at = json.JSONDecoder(strict=False), 0
    documents: list[Any] = []
    try:
        while at < len(text) and len(documents) < _MAX_DOCUMENTS:
            document, at = decoder.raw_decode(text, at)
            documents.append(document)
            at += len(text[at : at + 200]) - len(text[at : at + 200].lstrip(" \t\r\n,;"))
    except (ValueError, RecursionError):
        return []
    return documents


def _rescued(text: str) -> list[Any]:
    """The few fields worth having of JSON that is beyond repair."""
    text = text[:_MAX_RESCUE_CHARS]
    kind = _KIND.search(text)
    pairs = [(m[1], _unescaped(m[2])) for m in _PAIR.finditer(text)]
    if kind is None or not pairs:
        return []
    node: Node = dict(reversed(pairs))
    return [{**node, "@type": kind[1]}]


def _unescaped(value: str) -> str:
    try:
        text = json.loads(f'"{_BARE_QUOTE.sub(chr(92) + chr(34), value)}"', strict=False)
    except ValueError:
        return value
    return str(text)


def _nodes_of(document: Any, max_nodes: int) -> Iterator[Node]:
    stack = [(document, 0)]
    while stack and max_nodes > 0:
        value, depth = stack.pop()
        if isinstance(value, dict):
            max_nodes -= 1
            yield value
            children = [value[key] for key in _FOLLOWED_KEYS if key in value]
        else:
            children = value if isinstance(value, list) else []
        if depth < _MAX_DEPTH:
            stack += ((child, depth + 1) for child in reversed(children[:_MAX_NODES]))


_VOCABULARY_END = re.compile(r"[/:#]")


def types(node: Node) -> list[str]:
    """The node's types without their vocabulary: `NewsArticle`."""
    value = node.get("@type")
    names = value if isinstance(value, list) else [value]
    return [
        n if n.isalnum() else _VOCABULARY_END.split(n)[-1] for n in names[:10] if isinstance(n, str)
    ]


_ARTICLE_TYPES = frozenset({"BlogPosting", "LiveBlogPosting", "Report", "SocialMediaPosting"})
PAGE_TYPES = frozenset({"WebPage", "ItemPage", "AboutPage", "ContactPage", "FAQPage", "QAPage"})
LIST_PAGE_TYPES = frozenset({"CollectionPage", "SearchResultsPage", "ProfilePage", "CheckoutPage"})
_ALL_PAGE_TYPES = PAGE_TYPES | LIST_PAGE_TYPES
_VIDEO_TYPES = frozenset({"VideoObject", "AudioObject", "PodcastEpisode"})


def from_jsonld(page_nodes: list[Node], url: str, titles: Iterable[str] = ()) -> RawMetadata:
    """From the article's node, completed by those of its page and site. `titles` are those that the
    page shows or states elsewhere.
    """
    by_id = {node["@id"]: node for node in page_nodes if isinstance(node.get("@id"), str)}
    raw = RawMetadata()
    article = _article(page_nodes, url, titles)
    if article is not None:
        _add_article(raw, article, by_id)
    for node in page_nodes:
        _add_context(raw, node, by_id, has_article=article is not None)
    return raw


def is_article(node: Node) -> bool:
    return any(name.endswith("Article") or name in _ARTICLE_TYPES for name in types(node))


def _article(page_nodes: list[Node], url: str, titles: Iterable[str]) -> Node | None:
    """The article whose address is `url`, else the one with the page's title, else the first, but
    for one that names another page of the site as its own and has another title.
    """
    articles = [node for node in page_nodes if is_article(node)]
    path = _path(url)
    for node in articles:
        if any(_path(address) == path for address in _addresses(node)):
            return node
    if not articles:
        return None
    known = {fold(title[:_MAX_TITLE_CHARS]) for title in titles} - {""}
    titled = (node for node in articles if any(_is_titled(t, known) for t in _headlines(node)))
    for node in titled:
        return node
    is_other = bool(known) and len(articles) > 1 and path and any(_addresses(articles[0]))
    return None if is_other else articles[0]


def _headlines(node: Node) -> list[str]:
    return _texts(node, "headline", "name")


def _is_titled(headline: str, known: set[str]) -> bool:
    """Whether it is a known title, or with the site's name the most of one."""
    headline = fold(headline[:_MAX_TITLE_CHARS])
    if headline in known:
        return True
    return len(headline) >= _MIN_TITLE_CHARS and any(headline in title for title in known)


def _addresses(node: Node) -> Iterator[str]:
    page = node.get("mainEntityOfPage")
    for value in (node.get("url"), page, node.get("@id")):
        value = value.get("@id") if isinstance(value, dict) else value
        if isinstance(value, str) and value.startswith("http"):
            yield value


def _path(url: str) -> str:
    try:
        return unquote(urlsplit(url[:2000]).path).rstrip("/")
    except ValueError:
        return url


def _add_article(raw: RawMetadata, node: Node, by_id: dict[str, Node]) -> None:
    raw.kinds += [name for name in types(node) if name.endswith("Article")] or types(node)[:1]
    raw.titles += _texts(node, "headline", "name", "alternativeHeadline")
    raw.published += _texts(node, "datePublished", "dateCreated", "uploadDate")
    raw.modified += _texts(node, "dateModified")
    raw.authors += _names(node, by_id, "author", "creator")
    raw.sections += _texts(node, "articleSection")
    raw.tags += [*_texts(node, "keywords"), *_names(node, by_id, "keywords")]
    raw.images += [*_images(node, by_id), *_texts(node, "thumbnailUrl")]
    raw.site_names += [*_names(node, by_id, "publisher"), *_names_of_whole(node, by_id)]
    raw.languages += _texts(node, "inLanguage")


def _add_context(
    raw: RawMetadata, node: Node, by_id: dict[str, Node], *, has_article: bool
) -> None:
    names = types(node)
    is_page = not PAGE_TYPES.isdisjoint(names)
    if "WebSite" in names:
        raw.site_names += _texts(node, "name", "alternateName")
    elif is_page or not LIST_PAGE_TYPES.isdisjoint(names):
        raw.kinds += names
        raw.site_names += [*_names(node, by_id, "publisher"), *_names_of_whole(node, by_id)]
        if is_page:  # some articles leave their dates to their page
            raw.published += _texts(node, "datePublished")
            raw.modified += _texts(node, "dateModified")
        if not has_article and is_page:
            raw.titles += _texts(node, "headline", "name")
            raw.authors += _names(node, by_id, "author")
    elif not has_article and not _VIDEO_TYPES.isdisjoint(names):
        raw.kinds += names
        raw.titles += _texts(node, "name")
        raw.published += _texts(node, "uploadDate", "datePublished")


def crumbs(page_nodes: list[Node]) -> list[str]:
    """The names along the first breadcrumb, in order."""
    for node in page_nodes:
        if "BreadcrumbList" in types(node):
            entries = [e for e in _list(node.get("itemListElement")) if isinstance(e, dict)]
            items = [e["item"] if isinstance(e.get("item"), dict) else e for e in entries]
            names = [
                _texts(e, "name") or _texts(i, "name") for e, i in zip(entries, items, strict=True)
            ]
            return [texts[0] for texts in names if texts]
    return []


def _list(value: Any) -> list[Any]:
    return value[:_MAX_VALUES] if isinstance(value, list) else [value]


def _texts(node: Node, *keys: str) -> list[str]:
    values: Iterable[Any] = (value for key in keys for value in _list(node.get(key)))
    return [v if isinstance(v, str) else str(v) for v in values if isinstance(v, (str, int)) and v]


def _names(node: Node, by_id: dict[str, Node], *keys: str) -> list[str]:
    names: list[str] = []
    for value in (value for key in keys for value in _list(node.get(key))):
        if isinstance(value, str) and "keywords" not in keys:
            value = by_id.get(value, {"name": value})
        if isinstance(value, dict):
            target = by_id.get(str(value.get("@id")), value) if "name" not in value else value
            given = " ".join(_texts(target, "givenName", "familyName")[:3])
            names += _texts(target, "name") or ([given] if given else [])
    return names


def _names_of_whole(node: Node, by_id: dict[str, Node]) -> list[str]:
    """The names of the sites and papers that it is part of; its page's name is the article's title."""
    names: list[str] = []
    for value in _list(node.get("isPartOf")):
        target = by_id.get(str(value.get("@id")), value) if isinstance(value, dict) else {}
        if _ALL_PAGE_TYPES.isdisjoint(types(target)) and not is_article(target):
            names += _texts(target, "name")
    return names


def _images(node: Node, by_id: dict[str, Node]) -> list[str]:
    urls: list[str] = []
    for value in _list(node.get("image")):
        if isinstance(value, str):
            urls.append(value)
        elif isinstance(value, dict):
            target = by_id.get(str(value.get("@id")), value)
            urls += _texts(target, "url", "contentUrl")
    return urls
