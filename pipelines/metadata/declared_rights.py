"""What a page itself declares of its use: TDMRep's meta tags, `noai`, and the licence of its text (link,
JSON-LD, Dublin Core).
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from items import Rights, RightsStatement
from pipelines.metadata.header_rights import MAX_VALUE_CHARS, ai_directives
from pipelines.metadata.json_ld import PAGE_TYPES, Node, is_article, types
from pipelines.metadata.meta_tags import MetaTags
from text.urls import join_url

META, LINK, JSON_LD = "meta", "link", "json-ld"
_MAX_LINKS, _MAX_STATEMENTS = 500, 20
_ROBOTS = ("robots", "googlebot", "googlebot-news", "bingbot")
_LICENSES = (
    *(
        "dcterms.rights",
        "dc.rights",
        "dcterms.license",
        "dc.rights.license",
        "dcterms.rightsholder",
    ),
    *("dc.rightsholder", "copyright"),
)
_JSON_LD = {
    "license": "license",
    "usageInfo": "usage-info",
    "copyrightNotice": "copyright",
    "acquireLicensePage": "usage-info",
}


def declared_rights(
    nodes: Iterable[Node], meta_tags: MetaTags, links: Iterable[HtmlElement], url: str, at: str
) -> Rights:
    """`links`: elements that may have `rel="license"`; `at`: when the page was fetched."""
    stated = [
        *((META, term, value) for term, value in _of_meta(meta_tags)),
        *((LINK, "license", value) for value in _of_links(links, url)),
        *((JSON_LD, term, value) for term, value in _of_nodes(nodes)),
    ]
    statements = [
        RightsStatement(term, value, source, at)
        for source, term, value in dict.fromkeys(stated)
        if value
    ]
    return Rights(tuple(statements[:_MAX_STATEMENTS]), (META, LINK, JSON_LD))


def _of_meta(meta_tags: MetaTags) -> Iterator[tuple[str, str]]:
    for name in ("tdm-reservation", "tdm-policy"):
        for value in meta_tags.all(name)[:1]:
            yield name, _short(value)
    for value in meta_tags.all(*_ROBOTS):
        for directive in ai_directives(value):
            yield directive, _short(value)
    for name, value in meta_tags.named(*_LICENSES):
        yield name.removeprefix("meta "), _short(value)


def _of_links(links: Iterable[HtmlElement], url: str) -> Iterator[str]:
    for element in islice(links, _MAX_LINKS):
        if "license" in (element.get("rel") or "").lower()[:200].split():
            href = (element.get("href") or "").strip()[:MAX_VALUE_CHARS]
            yield _short(join_url(url, href) or href) if href else ""


def _of_nodes(nodes: Iterable[Node]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if is_article(node) or not PAGE_TYPES.isdisjoint(types(node)):
            for key, term in _JSON_LD.items():
                yield term, _text(node.get(key))


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("url") or value.get("@id") or value.get("name")
    return _short(value) if isinstance(value, str) else ""


def _short(value: str) -> str:
    return " ".join(value[: 2 * MAX_VALUE_CHARS].split())[:MAX_VALUE_CHARS]
