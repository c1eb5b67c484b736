"""The elements of a page that metadata is read from, collected in one pass over the tree; which of
them are near the title, and which are in menus, sidebars and comments.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import islice

from lxml.html import HtmlElement

from pipelines.extraction.blocks import BLOCK_TAGS, SILENT_TAGS
from pipelines.extraction.markup_features import CAMEL_CASE
from pipelines.extraction.tree_index import Names, TreeIndex, index_tree
from text.normalise import squeeze

_MAX_ELEMENTS = 60_000  # a larger page is no article, or hostile
_KEPT_TAGS = frozenset(
    {"meta", "link", "script", "title", "h1", "h2", "h3", "h4", "time", "a", "base"}
)
_KINDS = (
    ("crumbs", re.compile("readcrumb")),
    ("title", re.compile("itle|eadline")),
    ("tags", re.compile("[tT]ag|[lL]abel|eyword")),
    ("author", re.compile("utor|uthor|uteur|yline|riter|ontributor|ournalist|eporter")),
)
_ANY_KIND = re.compile("|".join(pattern.pattern for _, pattern in _KINDS))


_MAX_CACHED_CHARS = 2000


def _kind(names: str) -> str | None:
    # A site's pages share their class names; long ones would fill the memory.
    return _known_kind(names) if len(names) <= _MAX_CACHED_CHARS else _kind_of_names(names)


def _kind_of_names(names: str) -> str | None:
    if not _ANY_KIND.search(names):
        return None
    return next(kind for kind, pattern in _KINDS if pattern.search(names))


_known_kind = lru_cache(maxsize=8192)(_kind_of_names)


class PageIndex:
    """`by_tag` has the elements of a few tags; `marked` those with microdata or RDFa; `named` those
    that are, by class or id, a `title`, `crumbs`, `tags` or an `author`.
    """

    def __init__(self, tree: HtmlElement) -> None:
        self.tree = tree
        self.page = page = index_tree(tree)
        self.elements = page.elements[:_MAX_ELEMENTS]
        self.by_tag: dict[str, list[HtmlElement]] = defaultdict(list)
        self._rel_links: list[HtmlElement] = []
        self.marked: list[HtmlElement] = []
        self.named: dict[str, list[HtmlElement]] = defaultdict(list)
        rows = zip(self.elements, page.tags, page.names, strict=False)
        for number, (element, tag, names) in enumerate(rows):
            if tag in _KEPT_TAGS:
                self._keep(element, tag)
            if names[0] or names[1]:
                self._name(element, names)
            if number in page.marked:
                self._read_marks(element, tag, page.marked[number])

    def _keep(self, element: HtmlElement, tag: str) -> None:
        self.by_tag[tag].append(element)
        if tag == "a" and element.get("rel"):
            self._rel_links.append(element)

    def _name(self, element: HtmlElement, names: Names) -> None:
        for name in names:
            if name and (kind := _kind(name)):
                self.named[kind].append(element)

    def _read_marks(self, element: HtmlElement, tag: str, marks: dict[str, str]) -> None:
        itemprop = marks.get("itemprop") or ""
        if itemprop or (marks.get("property") and tag != "meta"):
            self._mark(element, itemprop)

    def _mark(self, element: HtmlElement, itemprop: str) -> None:
        self.marked.append(element)
        if "headline" in itemprop:
            self.named["title"].append(element)

    def links(self, word: str) -> list[HtmlElement]:
        """`a` elements whose `rel` has the word."""
        return [a for a in self._rel_links if word in (a.get("rel") or "").lower().split()]

    @property
    def body(self) -> HtmlElement:
        """The tree itself for a fragment."""
        body = self.tree.find("body")
        return self.tree if body is None else body


_ASIDE_TAGS = frozenset({"nav", "aside", "footer", "menu", "select", "button"})
# Whole words of a class or id such as `site-footer`, `footer_menu`, `relatedPosts`.
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|footer|sidebar|widgets?|related|recommended|comments?|respond|"
    r"share|sharing|social|ticker|breaking|trending|popular|latest|more|topbar|top-bar|today|clock|"
    r"weather|prayer|login|search|newsletter|cookie|modal|popup|carousel|slider|read-?also|"
    r"yarpp|jp-relatedposts|mostread|most-read|also|teasers?|outbrain|taboola|copyright|"
    r"elementor-posts)s?"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
# Elementor calls every part of a page a widget, its title and text included.
_ELEMENTOR_WIDGET = re.compile(r"elementor-widget\b")
# Parts of the article itself: WordPress themes have date, section and tags in its footer.
_ARTICLE_PART = re.compile(
    r"(?:^|\s)(?:entry|post|article|node|single|story|content|asset)[_-]{1,2}"
    r"(?:footer|meta|info|bottom|tags?|categor\w*|date|header|title)",
    re.IGNORECASE,
)
# Of the words above, those that boxes in an article's own head have: `author-share`, `header-widget`.
_SOFT_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|social|sidebar|widget|more|slider|also|copyright|teaser)s?(?=$|[\s_-])",
    re.IGNORECASE,
)
_MAX_NAMES_CHARS = 200


def names_of(element: HtmlElement) -> str:
    """Class and id, with camel case split into words."""
    names, identity = element.get("class"), element.get("id")
    if not identity:
        return _split_camel_case(names[:_MAX_NAMES_CHARS]) if names else ""
    return _split_camel_case(f"{names or ''} {identity}"[:_MAX_NAMES_CHARS])


@lru_cache(maxsize=8192)
def _split_camel_case(names: str) -> str:
    return names.strip() if names.islower() else CAMEL_CASE.sub("-", names).strip()


def names_an_aside(element: HtmlElement, page: TreeIndex, elements: int) -> bool:
    """Whether the element is an aside by its own tag, class and id. `elements` is the number of
    elements around that the page has.
    """
    names = names_of(element)
    by_names = _is_aside_by_names(names) if names else None
    if by_names is not None:
        return by_names
    if element.tag == "footer":
        return not _in_article(element)
    if element.tag == "form":  # ASP.NET puts the whole page into one
        return page.size_of(element) * 2 < elements
    return element.tag in _ASIDE_TAGS


@lru_cache(maxsize=8192)
def _is_aside_by_names(names: str) -> bool | None:
    if _ARTICLE_PART.search(names):
        return False
    return True if _ASIDE.search(_ELEMENTOR_WIDGET.sub("elementor", names)) else None


@lru_cache(maxsize=8192)
def _is_soft_aside_by_names(names: str) -> bool:
    return bool(_SOFT_ASIDE.search(names)) and not _is_aside_by_names(_SOFT_ASIDE.sub("", names))


def _in_article(element: HtmlElement) -> bool:
    return any(above.tag == "article" for above in islice(element.iterancestors(), 6))


# Elements behind the title, where themes have date and author, and above it.
_MAX_AFTER, _MAX_BEFORE = 260, 60
_SPACED_TAGS = BLOCK_TAGS | {"br"}


def text_of(element: HtmlElement, max_chars: int, *, between: str = " ") -> str:
    """The visible text of a small element, "" when it is longer than `max_chars`. `between`
    separates the texts of inline elements; those of block elements are separated by a space.
    """
    if len(element) == 0:
        text = element.text if element.tag not in SILENT_TAGS else None
        return squeeze(text)[: 2 * max_chars] if text and len(text.strip()) <= max_chars else ""
    parts: list[str] = []
    room = max_chars
    for text, node in texts_of(element, 80):
        parts += (" " if node.tag in _SPACED_TAGS else between, text)
        room -= len(text.strip())
        if room < 0:
            return ""
    return squeeze("".join(parts))[: 2 * max_chars]


def texts_of(element: HtmlElement, max_nodes: int) -> Iterator[tuple[str, HtmlElement]]:
    """The visible texts of its first nodes in reading order, each with the node that it is in or
    behind; "" for a node that begins without text.
    """
    opened: list[HtmlElement] = []
    for node in islice(element.iter(), max_nodes):
        while opened and node.getparent() is not opened[-1]:
            yield from _tail(opened.pop(), element)
        is_shown = isinstance(node.tag, str) and node.tag not in SILENT_TAGS
        yield (node.text or "") if is_shown else "", node
        opened.append(node)
    while opened:
        yield from _tail(opened.pop(), element)


def _tail(node: HtmlElement, element: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    if node is not element and node.tail:
        yield node.tail, node


class TitleContext:
    """The elements around the title's element, or of the whole body when the title has none."""

    def __init__(self, index: PageIndex, title: HtmlElement | None) -> None:
        self.index, self.root, self.title = index, index.body, title
        self._around_title = set(self.root.iterancestors()) | {self.root}
        if title is not None:
            self._around_title |= {title, *islice(title.iterancestors(), 300)}
        self._known: dict[HtmlElement, bool] = {}

    def is_around_title(self, element: HtmlElement) -> bool:
        """Whether it holds the title, or is the title or the body."""
        return element in self._around_title

    def is_aside(self, element: HtmlElement) -> bool:
        """Whether it is in a menu, a sidebar, a box of related articles, the comments."""
        path: list[HtmlElement] = []
        at: HtmlElement | None = element
        while at is not None and at not in self._known and at not in self._around_title:
            path.append(at)
            at = at.getparent()
        aside = at is not None and self._known.get(at, False)
        for step in reversed(path):
            aside = aside or names_an_aside(step, self.index.page, len(self.index.elements))
            self._known[step] = aside
        return aside

    def beside(self) -> Iterator[HtmlElement]:
        """Elements behind the title in asides that are so by a word like `share` alone."""
        start = self._behind(self.title) if self.title is not None else self.root.iter()
        for element in islice(start, 4 * _MAX_AFTER):
            if not isinstance(element.tag, str) or element.tag in SILENT_TAGS:
                continue
            if self.is_aside(element) and self._is_in_soft_asides(element):
                yield element

    def _is_in_soft_asides(self, element: HtmlElement) -> bool:
        for step in (element, *element.iterancestors()):
            if step in self._around_title:
                return True
            if names_an_aside(step, self.index.page, len(self.index.elements)) and not (
                _is_soft_aside_by_names(names_of(step))
            ):
                return False
        return True

    def _behind(self, element: HtmlElement) -> Iterator[HtmlElement]:
        """All elements behind it in reading order."""
        at: HtmlElement | None = element
        while at is not None and at is not self.root:
            for sibling in at.itersiblings():
                yield from sibling.iter()
            at = at.getparent()

    @cached_property
    def after(self) -> list[HtmlElement]:
        """Elements behind the title in reading order, without asides."""
        elements = self._below(self.root) if self.title is None else self._following(self.title)
        return list(islice(elements, _MAX_AFTER))

    @cached_property
    def before(self) -> list[HtmlElement]:
        """Elements above the title within its four nearest ancestors, nearest first."""
        return list(islice(self._preceding(), _MAX_BEFORE))

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
        """`element` and its descendants, without asides and elements without text."""
        for node in element.iter():
            if (
                isinstance(node.tag, str)
                and node.tag not in SILENT_TAGS
                and not self.is_aside(node)
            ):
                yield node
