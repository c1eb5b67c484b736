"""An article's metadata in the nodes of its page's JSON-LD: which node is the article's, and what it, its
page and its site state.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from pipelines.metadata.json_ld import LIST_PAGE_TYPES, PAGE_TYPES, Node, is_article, types
from pipelines.metadata.raw_metadata import RawMetadata
from text.folding import fold_phrase as fold

_MAX_VALUES = 50  # of a list
_MIN_TITLE_CHARS, _MAX_TITLE_CHARS = 15, 1000
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
