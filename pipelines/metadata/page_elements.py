"""The elements of a page that tell something of its article, found in one pass over the tree: those
around the title, and those in menus, sidebars and comments, which are another's.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import islice

from lxml.html import HtmlElement

from pipelines.extraction.blocks import BLOCK_TAGS, SILENT_TAGS
from pipelines.extraction.tree_index import index_tree
from text.normalise import squeeze

_MOST = 60_000  # elements; a longer page is no article, or hostile
_KEPT_TAGS = frozenset(
    {"meta", "link", "script", "title", "h1", "h2", "h3", "h4", "time", "a", "base"}
)
_NAMES = (
    ("crumbs", re.compile("readcrumb")),
    ("title", re.compile("itle|eadline")),
    ("tags", re.compile("[tT]ag|[lL]abel|eyword")),
)
_ANY = re.compile("|".join(pattern.pattern for _, pattern in _NAMES))


# The pages of a site share their names: one search each instead of one an element.
@lru_cache(maxsize=8192)
def _kind(names: str) -> str | None:
    if not _ANY.search(names):
        return None
    return next(kind for kind, pattern in _NAMES if pattern.search(names))


class PageIndex:
    """`marked` have microdata or RDFa; `named` are, by class or id, a `title`, `crumbs`, `tags`."""

    def __init__(self, tree: HtmlElement) -> None:
        self.tree = tree
        page = index_tree(tree)
        self.elements = page.elements[:_MOST]
        self.by_tag: dict[str, list[HtmlElement]] = defaultdict(list)
        self._related: list[HtmlElement] = []
        self.marked: list[HtmlElement] = []
        self.named: dict[str, list[HtmlElement]] = defaultdict(list)
        for element, tag, names in zip(self.elements, page.tags, page.names, strict=False):
            if tag in _KEPT_TAGS:
                self._keep(element)
            for name in names:
                if name and (kind := _kind(name)):
                    self.named[kind].append(element)
            if (marks := element.get("itemprop")) or (element.get("property") and tag != "meta"):
                self._mark(element, marks or "")

    def _keep(self, element: HtmlElement) -> None:
        tag = element.tag
        self.by_tag[tag].append(element)
        if tag == "a" and element.get("rel"):
            self._related.append(element)

    def _mark(self, element: HtmlElement, marks: str) -> None:
        self.marked.append(element)
        if "headline" in marks:
            self.named["title"].append(element)

    def links(self, word: str) -> list[HtmlElement]:
        """`a` elements whose `rel` has the word."""
        return [a for a in self._related if word in (a.get("rel") or "").lower().split()]

    @property
    def body(self) -> HtmlElement:
        """The tree itself for a fragment."""
        body = self.tree.find("body")
        return self.tree if body is None else body


_ASIDE_TAGS = frozenset({"nav", "aside", "footer", "menu", "select", "button"})
# Whole words of a class or id, parted as `site-footer`, `footer_menu`, `relatedPosts`.
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|footer|sidebar|widgets?|related|recommended|comments?|respond|"
    r"share|sharing|social|ticker|breaking|trending|popular|latest|more|topbar|top-bar|today|clock|"
    r"weather|prayer|login|search|newsletter|cookie|modal|popup|carousel|slider|read-?also|"
    r"yarpp|jp-relatedposts|mostread|most-read|also|teasers?|outbrain|taboola|copyright|"
    r"elementor-posts)s?"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
# Elementor calls every part of a page a widget, the title and the text among them.
_EVERYWHERE = re.compile(r"elementor-widget\b")
# The foot of an article itself, where WordPress themes put date, section and tags.
_OF_ARTICLE = re.compile(
    r"(?:^|\s)(?:entry|post|article|node|single|story|content)[_-]{1,2}"
    r"(?:footer|meta|info|bottom|tags?|categor\w*|date|header|title)",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONGEST_NAME = 200


def names_of(element: HtmlElement) -> str:
    """Class and id, as words that patterns can find."""
    names, identity = element.get("class"), element.get("id")
    if not identity:
        return _parted(names[:_LONGEST_NAME]) if names else ""
    return _parted(f"{names or ''} {identity}"[:_LONGEST_NAME])


@lru_cache(maxsize=8192)
def _parted(names: str) -> str:
    return names.strip() if names.islower() else _CAMEL.sub("-", names).strip()


def names_an_aside(element: HtmlElement, elements: int) -> bool:
    """By its tag, class and id alone. `elements` are those of the whole page."""
    names = names_of(element)
    said = _says_aside(names) if names else None
    if said is not None:
        return said
    if element.tag == "footer":
        return not _in_article(element)
    if element.tag == "form":  # ASP.NET puts the whole page into one
        return sum(1 for _ in element.iter()) * 2 < elements
    return element.tag in _ASIDE_TAGS


@lru_cache(maxsize=8192)
def _says_aside(names: str) -> bool | None:
    if _OF_ARTICLE.search(names):
        return False
    return True if _ASIDE.search(_EVERYWHERE.sub("elementor", names)) else None


def _in_article(element: HtmlElement) -> bool:
    return any(above.tag == "article" for above in islice(element.iterancestors(), 6))


# Elements that are looked at behind the title, where themes put date and author, and above it.
_AFTER, _BEFORE = 260, 60
_PARTED = BLOCK_TAGS | {"br"}


def text_of(element: HtmlElement, longest: int, *, between: str = " ") -> str:
    """The visible text of a small element; "" when it is longer. `between` stands between the
    parts that inline elements make; block elements are parted by a space anyway.
    """
    parts: list[str] = []
    room = longest
    for node in islice(element.iter(), 80):
        parts.append(" " if node.tag in _PARTED else between)
        if isinstance(node.tag, str) and node.tag not in SILENT_TAGS and node.text:
            parts.append(node.text)
            room -= len(node.text.strip())
        if node is not element and node.tail:
            parts.append(" " if node.tag in _PARTED else between)
            parts.append(node.tail)
            room -= len(node.tail.strip())
        if room < 0:
            return ""
    return squeeze("".join(parts))[: 2 * longest]


class TitleContext:
    """The page seen from its title's element (or from its body when no element holds the title)."""

    def __init__(self, index: PageIndex, title: HtmlElement | None) -> None:
        self.index, self.root, self.title = index, index.body, title
        self._spine = set(self.root.iterancestors()) | {self.root}
        if title is not None:
            self._spine |= {title, *islice(title.iterancestors(), 300)}
        self._known: dict[HtmlElement, bool] = {}

    def is_aside(self, element: HtmlElement) -> bool:
        """Whether it is in a menu, a sidebar, a related box, the comments: not of this article."""
        path: list[HtmlElement] = []
        at: HtmlElement | None = element
        while at is not None and at not in self._known and at not in self._spine:
            path.append(at)
            at = at.getparent()
        aside = at is not None and self._known.get(at, False)
        for step in reversed(path):
            aside = aside or names_an_aside(step, len(self.index.elements))
            self._known[step] = aside
        return aside

    @cached_property
    def after(self) -> list[HtmlElement]:
        """Elements that follow the title in reading order, those aside left out."""
        found = self._below(self.root) if self.title is None else self._following(self.title)
        return list(islice(found, _AFTER))

    @cached_property
    def before(self) -> list[HtmlElement]:
        """Elements above the title within its own few wrappers, the nearest wrapper first."""
        return list(islice(self._preceding(), _BEFORE))

    def _following(self, element: HtmlElement) -> Iterator[HtmlElement]:
        at: HtmlElement | None = element
        while at is not None and at is not self.root:
            for sibling in at.itersiblings():
                yield from self._below(sibling)
            at = at.getparent()

    def _preceding(self) -> Iterator[HtmlElement]:
        at = self.title
        for _ in range(4):
            if at is None or at is self.root:
                return
            for sibling in at.itersiblings(preceding=True):
                yield from self._below(sibling)
            at = at.getparent()

    def _below(self, element: HtmlElement) -> Iterator[HtmlElement]:
        """`element` and its descendants, without what is aside or silent."""
        for node in element.iter():
            if (
                isinstance(node.tag, str)
                and node.tag not in SILENT_TAGS
                and not self.is_aside(node)
            ):
                yield node
