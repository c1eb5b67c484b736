"""What a page's JSON-LD says of its article: in several scripts, lists and graphs, wrapped, broken
or hostile.
"""

import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import islice
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from pipelines.metadata.raw_metadata import RawMetadata

Node: TypeAlias = dict[str, Any]

_MOST_SCRIPTS = 30
_LONGEST_SCRIPT = 400_000
_LONGEST_RESCUE = 50_000
_MOST_NODES = 3000
_DEEPEST = 8
# Where a description of this page may hang. Lists of other articles (`itemListElement`,
# `hasPart`, `relatedLink`) are not followed.
_INTO = ("@graph", "mainEntity", "mainEntityOfPage", "subjectOf", "@included")

_WRAPPING = re.compile(
    r"^\s*(?:/[/*]\s*)?(?:<!\[CDATA\[|<!--)(?:\s*\*/)?|(?:/[/*]\s*)?(?:\]\]>|-->)(?:\s*\*/)?\s*$"
)
_TRAILING_COMMA = re.compile(r",(?=\s{0,100}[}\]])")
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
_BARE_QUOTE = re.compile(r'(?<!\\)"')
_RESCUED = "headline datePublished dateModified dateCreated articleSection keywords"
# A quote inside a value that was not escaped: the value ends where the next key begins.
_PAIR = re.compile(
    rf'"({_RESCUED.replace(" ", "|")})"\s{{0,20}}:\s{{0,20}}"(.{{1,600}}?)"(?=\s{{0,200}}(?:,\s{{0,200}}"|\}}|$))',
    re.DOTALL,
)
_KIND = re.compile(r'"@type"\s{0,20}:\s{0,20}"(\w{0,30}(?:Article|BlogPosting))"')


def nodes(scripts: Iterable[HtmlElement]) -> list[Node]:
    """The objects that describe this page or a part of it, outer ones first."""
    found: list[Node] = []
    for text in _script_texts(scripts):
        for document in load(text):
            found += _within(document, _MOST_NODES - len(found))
    return found


def _script_texts(scripts: Iterable[HtmlElement]) -> Iterator[str]:
    typed = (s for s in scripts if "ld+json" in (s.get("type") or "").lower())
    for script in islice(typed, _MOST_SCRIPTS):
        if script.text and len(script.text) <= _LONGEST_SCRIPT:
            yield script.text


def load(text: str) -> list[Any]:
    """The JSON documents in `text`, repaired where that is plain; never raises."""
    text = _WRAPPING.sub("", _WRAPPING.sub("", text)).strip().rstrip(";")
    for repaired in _repairs(text):
        if documents := _documents(repaired):
            return documents
    return _rescued(text)


def _repairs(text: str) -> Iterator[str]:
    yield text
    text = _BAD_ESCAPE.sub(r"\\\\", _TRAILING_COMMA.sub("", text))
    yield text
    if "&quot;" in text:
        yield unescape(text)


def _documents(text: str) -> list[Any]:
    """One document, or several written after each other; all or none."""
    decoder, at = json.JSONDecoder(strict=False), 0
    found: list[Any] = []
    try:
        while at < len(text) and len(found) < _MOST_SCRIPTS:
            document, at = decoder.raw_decode(text, at)
            found.append(document)
            at += len(text[at : at + 200]) - len(text[at : at + 200].lstrip(" \t\r\n,;"))
    except (ValueError, RecursionError):
        return []
    return found


def _rescued(text: str) -> list[Any]:
    """The few fields worth having, out of JSON that is beyond repair."""
    text = text[:_LONGEST_RESCUE]
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


def _within(document: Any, most: int) -> Iterator[Node]:
    waiting = [(document, 0)]
    while waiting and most > 0:
        value, depth = waiting.pop()
        if isinstance(value, dict):
            most -= 1
            yield value
            below = [value[key] for key in _INTO if key in value]
        else:
            below = value if isinstance(value, list) else []
        if depth < _DEEPEST:
            waiting += ((item, depth + 1) for item in reversed(below[:_MOST_NODES]))


def types(node: Node) -> list[str]:
    """The names of its types without their vocabulary: `NewsArticle`."""
    value = node.get("@type")
    names = value if isinstance(value, list) else [value]
    return [re.split(r"[/:#]", n)[-1] for n in names[:10] if isinstance(n, str)]


_ALSO_ARTICLES = frozenset({"BlogPosting", "LiveBlogPosting", "Report", "SocialMediaPosting"})
_PAGES = frozenset({"WebPage", "ItemPage", "AboutPage", "ContactPage", "FAQPage", "QAPage"})
_PAGES_OF_OTHERS = frozenset({"CollectionPage", "SearchResultsPage", "ProfilePage", "CheckoutPage"})
_VIDEOS = frozenset({"VideoObject", "AudioObject", "PodcastEpisode"})
_MOST = 50  # values of a list


def from_jsonld(found: list[Node], url: str) -> RawMetadata:
    """Claims of the article's node, completed by those of its page, site and breadcrumb."""
    by_id = {node["@id"]: node for node in found if isinstance(node.get("@id"), str)}
    claims = RawMetadata()
    article = _article(found, url)
    if article is not None:
        _add(claims, article, by_id)
    for node in found:
        _add_surroundings(claims, node, by_id, alone=article is None)
    return claims


def _is(node: Node, names: frozenset[str]) -> bool:
    return not names.isdisjoint(types(node))


def _is_article(node: Node) -> bool:
    return any(name.endswith("Article") or name in _ALSO_ARTICLES for name in types(node))


def _article(found: list[Node], url: str) -> Node | None:
    """The one that says it is at `url`, else the first."""
    articles = [node for node in found if _is_article(node)]
    here = _path(url)
    for node in articles:
        if any(_path(address) == here for address in _addresses(node)):
            return node
    return articles[0] if articles else None


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


def _add(claims: RawMetadata, node: Node, by_id: dict[str, Node]) -> None:
    claims.kinds += [name for name in types(node) if name.endswith("Article")] or types(node)[:1]
    claims.titles += _texts(node, "headline", "name", "alternativeHeadline")
    claims.published += _texts(node, "datePublished", "dateCreated", "uploadDate")
    claims.modified += _texts(node, "dateModified")
    claims.authors += _names(node, by_id, "author", "creator")
    claims.sections += _texts(node, "articleSection")
    claims.tags += [*_texts(node, "keywords"), *_names(node, by_id, "keywords")]
    claims.images += [*_pictures(node, by_id), *_texts(node, "thumbnailUrl")]
    claims.site_names += _names(node, by_id, "publisher", "isPartOf")
    claims.languages += _texts(node, "inLanguage")


def _add_surroundings(
    claims: RawMetadata, node: Node, by_id: dict[str, Node], *, alone: bool
) -> None:
    if _is(node, frozenset({"WebSite"})):
        claims.site_names += _texts(node, "name", "alternateName")
    elif _is(node, _PAGES | _PAGES_OF_OTHERS):
        claims.kinds += types(node)
        claims.site_names += _names(node, by_id, "publisher", "isPartOf")
        if alone and _is(node, _PAGES):
            claims.titles += _texts(node, "headline", "name")
            claims.published += _texts(node, "datePublished")
            claims.modified += _texts(node, "dateModified")
            claims.authors += _names(node, by_id, "author")
    elif alone and _is(node, _VIDEOS):
        claims.kinds += types(node)
        claims.titles += _texts(node, "name")
        claims.published += _texts(node, "uploadDate", "datePublished")


def crumbs(found: list[Node]) -> list[str]:
    """The names along the first breadcrumb, in order."""
    for node in found:
        if _is(node, frozenset({"BreadcrumbList"})):
            items = [i for i in _list(node.get("itemListElement")) if isinstance(i, dict)]
            inner = [i["item"] if isinstance(i.get("item"), dict) else i for i in items]
            named = [
                _texts(i, "name") or _texts(of, "name") for i, of in zip(items, inner, strict=True)
            ]
            return [names[0] for names in named if names]
    return []


def _list(value: Any) -> list[Any]:
    return value[:_MOST] if isinstance(value, list) else [value]


def _texts(node: Node, *keys: str) -> list[str]:
    values: Iterable[Any] = (value for key in keys for value in _list(node.get(key)))
    return [v if isinstance(v, str) else str(v) for v in values if isinstance(v, (str, int)) and v]


def _names(node: Node, by_id: dict[str, Node], *keys: str) -> list[str]:
    found: list[str] = []
    for value in (value for key in keys for value in _list(node.get(key))):
        if isinstance(value, str) and "keywords" not in keys:
            value = by_id.get(value, {"name": value})
        if isinstance(value, dict):
            target = by_id.get(str(value.get("@id")), value) if "name" not in value else value
            found += _texts(target, "name")
    return found


def _pictures(node: Node, by_id: dict[str, Node]) -> list[str]:
    found: list[str] = []
    for value in _list(node.get("image")):
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            target = by_id.get(str(value.get("@id")), value)
            found += _texts(target, "url", "contentUrl")
    return found
