"""What a page's JSON-LD claims about its article."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from pipelines.metadata.jsonld import Node, types
from pipelines.metadata.raw_metadata import Claims

_ALSO_ARTICLES = frozenset({"BlogPosting", "LiveBlogPosting", "Report", "SocialMediaPosting"})
_PAGES = frozenset({"WebPage", "ItemPage", "AboutPage", "ContactPage", "FAQPage", "QAPage"})
_PAGES_OF_OTHERS = frozenset({"CollectionPage", "SearchResultsPage", "ProfilePage", "CheckoutPage"})
_VIDEOS = frozenset({"VideoObject", "AudioObject", "PodcastEpisode"})
_MOST = 50  # values of a list


def from_jsonld(found: list[Node], url: str) -> Claims:
    """Claims of the article's node, completed by those of its page, site and breadcrumb."""
    by_id = {node["@id"]: node for node in found if isinstance(node.get("@id"), str)}
    claims = Claims()
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


def _add(claims: Claims, node: Node, by_id: dict[str, Node]) -> None:
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


def _add_surroundings(claims: Claims, node: Node, by_id: dict[str, Node], *, alone: bool) -> None:
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
