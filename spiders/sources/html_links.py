"""The links of a web page with their text, and whether they are furniture (navigation, sidebars)."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from spiders.fetching.errors import WrongFormat
from spiders.sources.feed import strip_markup
from text.charset import decode
from text.markup_limits import has_tag_bomb
from text.urls import join_url

_MAX_LINKS = 3000
_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_FURNITURE_TAGS = ("nav", "footer", "aside", "form", "address")
_FURNITURE_ROLES = frozenset(
    {"navigation", "contentinfo", "banner", "complementary", "search", "menu"}
)
# A class or id that names a part of the page, as far as themes agree.
_FURNITURE = re.compile(
    r"(?:site|main|page|primary|secondary|top|header|footer|mobile|sub|user|post|entry|block)?-?"
    r"(?:nav|navbar|navigation|menu|menus|topbar|footer|sidebar|breadcrumbs?|crumbs|pager|pagination|social|share|sharing"
    r"|related|comments?|tags|tagcloud|login|widget-area|ticker|breaking|newsletter|subscribe|cookies?|languages?|copyright)"
    r"(?:-(?:first|second|left|right|area|menu|links?|list|wrapper|container|inner|bar|box|section|block|widgets?|news|\d+))*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PageLink:
    """`address` is absolute; `labels` are the anchor's rel, classes and those of its parent."""

    address: str
    text: str
    headed: bool = False
    furniture: bool = False
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LinkPage:
    """`base` is the URL to which the page's addresses are relative."""

    root: HtmlElement
    base: str
    links: tuple[PageLink, ...]


def parse_links(body: bytes, charset: str | None, url: str) -> LinkPage:
    """Raises WrongFormat for what no browser would show as a page."""
    text = decode(body, charset)
    if not re.search(
        r"<(?:html|body|head|a|div|table|ul|p|h\d)\b", text[:1_000_000], re.IGNORECASE
    ):
        raise WrongFormat("not a web page")
    if has_tag_bomb(text):
        raise WrongFormat("a web page made to stall its parser: a tag with thousands of attributes")
    try:
        # As bytes: lxml refuses a str that declares an encoding.
        root = document_fromstring(
            text.encode("utf-8", "replace"),
            parser=HTMLParser(encoding="utf-8", no_network=True, remove_comments=True),
        )
    except (etree.LxmlError, ValueError) as error:
        raise WrongFormat("an empty page") from error
    declared = next((element.get("href") for element in root.iter("base")), None)
    base = join_url(url, declared or "")
    return LinkPage(root, base, tuple(_links(root, base)))


def _links(root: HtmlElement, base: str) -> Iterator[PageLink]:
    anchors = list(islice(root.iter("a"), _MAX_LINKS))
    furniture = _furniture(anchors)
    for anchor in anchors:
        address = join_url(base, (anchor.get("href") or "").strip())
        if not address.startswith(("http:", "https:")):
            continue
        ancestors = list(anchor.iterancestors())
        yield PageLink(
            address,
            _text(anchor),
            _is_headed(anchor, ancestors[:3]),
            any(element in furniture for element in ancestors),
            _labels(anchor) | (_labels(ancestors[0]) if ancestors else frozenset()),
        )


def _furniture(anchors: list[HtmlElement]) -> set[HtmlElement]:
    """Navigation, sidebars and the like. An element with most of the links is the page itself,
    whatever its class says (`sidebar-right` is a layout as well as a sidebar).
    """
    links_in = Counter(element for anchor in anchors for element in anchor.iterancestors())
    return {
        element
        for element, count in links_in.items()
        if _is_furniture(element) and (count * 2 <= len(anchors) or element.tag in _FURNITURE_TAGS)
    }


def _is_furniture(element: HtmlElement) -> bool:
    if element.tag in ("html", "body", "main", "article"):
        return False
    if element.tag in _FURNITURE_TAGS or element.get("role") in _FURNITURE_ROLES:
        return True
    names = [*(element.get("class") or "").split()[:20], element.get("id") or ""]
    return any(_FURNITURE.fullmatch(name.replace("_", "-")[:80]) for name in names if name)


def _text(anchor: HtmlElement) -> str:
    """The link's text, else its title, else its image's alternative text."""
    text = strip_markup(" ".join(islice(anchor.itertext(), 50))) or strip_markup(
        anchor.get("title")
    )
    alternative = next((image.get("alt") for image in anchor.iter("img")), None)
    return text or strip_markup(alternative) or ""


def _is_headed(anchor: HtmlElement, ancestors: list[HtmlElement]) -> bool:
    return any(element.tag in _HEADINGS for element in ancestors) or (
        next(anchor.iter(*_HEADINGS), None) is not None
    )


def _labels(element: HtmlElement) -> frozenset[str]:
    return frozenset(f"{element.get('rel') or ''} {element.get('class') or ''}".lower().split())
