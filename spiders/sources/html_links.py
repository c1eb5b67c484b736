"""The links of a web page with their text, and whether they are furniture (navigation, sidebars)."""

import re
from dataclasses import dataclass, field
from itertools import accumulate

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from spiders.fetching.errors import WrongFormat
from spiders.sources.feed import strip_markup
from text.charset import decode
from text.limits import MAX_LINKS_A_PAGE, MAX_TAGS_A_LIST_PAGE
from text.markup_limits import markup_excess
from text.urls import join_url

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
# What an anchor or its parent calls a link to the next page.
_NEXT_LABELS = frozenset(
    {"next", "pager-next", "next-page", "nextpostslink", "nav-previous", "pagination-next"}
    | {"blog-pager-older-link", "older-posts", "nav-older", "pager__item--next"}
)
# Of an anchor: its first texts, and what a title is read of each.
_MAX_TEXTS, _MAX_TEXT_CHARS = 50, 4_000
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
    """`address` is absolute; `onward`: the anchor or its parent is labelled as leading to the next page."""

    address: str
    text: str
    headed: bool = False
    furniture: bool = False
    onward: bool = False


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
    if excess := markup_excess(text, MAX_TAGS_A_LIST_PAGE):
        raise WrongFormat(f"a web page made to stall its parser: {excess}")
    try:
        # As bytes: lxml refuses a str that declares an encoding.
        root = document_fromstring(
            text.encode("utf-8", "replace"),
            parser=HTMLParser(
                encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
            ),
        )
    except (etree.LxmlError, ValueError) as error:
        raise WrongFormat("an empty page") from error
    declared = next((href for element in root.iter("base") if (href := element.get("href"))), "")
    base = join_url(url, declared.strip()) or url
    return LinkPage(root, base, _links(root, base))


@dataclass(slots=True)
class _Anchor:
    """An anchor while its page is walked through."""

    href: str
    title: str | None
    headed: bool
    onward: bool
    texts: list[str] = field(default_factory=list)
    alternative: str | None = None

    def add(self, text: str | None) -> None:
        if text and len(self.texts) < _MAX_TEXTS:
            self.texts.append(text[:_MAX_TEXT_CHARS])

    def take_in(self, inner: "_Anchor") -> None:
        """What an anchor inside this one has is this one's too."""
        for text in inner.texts:
            self.add(text)
        self.headed = self.headed or inner.headed
        self.alternative = self.alternative or inner.alternative

    def text(self) -> str:
        """The link's text, else its title, else its image's alternative text."""
        return (
            strip_markup(" ".join(self.texts))
            or strip_markup(self.title)
            or strip_markup(self.alternative)
            or ""
        )


class _Walk:
    """One pass through the elements of a page, each looked at when it begins and when it ends: what is
    asked of an anchor's ancestors is known of the elements that are open.
    """

    def __init__(self) -> None:
        self.anchors: list[_Anchor] = []
        # The first and the last anchor, plus one, of each part that is furniture whatever it holds, or
        # if it holds less than half of the links.
        self.parts: list[tuple[int, int]] = []
        self.doubtful: list[tuple[int, int]] = []
        self._open: list[tuple[HtmlElement, int]] = []
        self._around: list[_Anchor] = []

    def begin(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag == "a" and len(self.anchors) < MAX_LINKS_A_PAGE:
            self._around.append(self._anchor(element))
            self.anchors.append(self._around[-1])
        elif self._around:
            anchor = self._around[-1]
            anchor.headed = anchor.headed or tag in _HEADINGS
            if tag == "img" and anchor.alternative is None:
                anchor.alternative = element.get("alt")
        if self._around:
            self._around[-1].add(element.text)
        self._open.append((element, len(self.anchors) - (tag == "a")))

    def _anchor(self, element: HtmlElement) -> _Anchor:
        above = [parent for parent, _ in self._open[-3:]]
        headed = any(parent.tag in _HEADINGS for parent in above)
        onward = any(_is_onward(labelled) for labelled in (element, *above[-1:]))
        return _Anchor(element.get("href") or "", element.get("title"), headed, onward)

    def end(self, element: HtmlElement) -> None:
        _, first = self._open.pop()
        last = len(self.anchors)
        if element.tag == "a" and first < last and self._around:
            self._close_anchor(self.anchors[first])
        elif first < last and _is_furniture(element):
            sure = element.tag in _FURNITURE_TAGS
            (self.parts if sure else self.doubtful).append((first, last))
        if self._around:
            self._around[-1].add(element.tail)

    def _close_anchor(self, anchor: _Anchor) -> None:
        if self._around[-1] is anchor:
            self._around.pop()
            if self._around:
                self._around[-1].take_in(anchor)

    def furniture(self) -> list[bool]:
        """Of each anchor, whether it is in navigation, a sidebar or the like. A part with most of the
        links is the page itself, whatever its class says (`sidebar-right` is a layout as well).
        """
        count = len(self.anchors)
        small = [(first, last) for first, last in self.doubtful if (last - first) * 2 <= count]
        steps = [0] * (count + 1)
        for first, last in (*self.parts, *small):
            steps[first] += 1
            steps[last] -= 1
        return [depth > 0 for depth in accumulate(steps[:-1])]


def _links(root: HtmlElement, base: str) -> tuple[PageLink, ...]:
    walk = _Walk()
    for event, element in etree.iterwalk(root, events=("start", "end")):
        (walk.begin if event == "start" else walk.end)(element)
    links = []
    for anchor, furniture in zip(walk.anchors, walk.furniture(), strict=True):
        address = join_url(base, anchor.href.strip())
        if address.startswith(("http:", "https:")):
            link = PageLink(address, anchor.text(), anchor.headed, furniture, anchor.onward)
            links.append(link)
    return tuple(links)


def _is_furniture(element: HtmlElement) -> bool:
    if element.tag in ("html", "body", "main", "article"):
        return False
    if element.tag in _FURNITURE_TAGS or element.get("role") in _FURNITURE_ROLES:
        return True
    names = [*(element.get("class") or "").split(None, 20)[:20], element.get("id") or ""]
    return any(_FURNITURE.fullmatch(name[:80].replace("_", "-")) for name in names if name)


def _is_onward(element: HtmlElement) -> bool:
    labels = (element.get("rel"), element.get("class"))
    return any(name in _NEXT_LABELS for text in labels if text for name in text.lower().split())
