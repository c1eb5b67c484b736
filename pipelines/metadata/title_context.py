"""Which elements of a page are near the title, and which are in menus, sidebars and comments."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import islice

from lxml.html import HtmlElement

from pipelines.metadata.page_elements import PageIndex, is_shown

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


def names_an_aside(element: HtmlElement, index: PageIndex, elements: int) -> bool:
    """Whether the element is an aside by its own tag, class and id. `elements` is the number of
    elements around that the page has.
    """
    names = index.names_of(element)
    by_names = _is_aside_by_names(names) if names else None
    if by_names is not None:
        return by_names
    tag = element.tag
    if tag == "footer":
        return not _in_article(element)
    if tag == "form":  # ASP.NET puts the whole page into one
        return index.page.size_of(element) * 2 < elements
    return tag in _ASIDE_TAGS


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


class TitleContext:
    """The elements around the title's element, or of the whole body when the title has none."""

    def __init__(self, index: PageIndex, title: HtmlElement | None) -> None:
        self.index, self.root, self.title = index, index.body, title
        self._around_title = set(self.root.iterancestors()) | {self.root}
        if title is not None:
            self._around_title |= {title, *islice(title.iterancestors(), 300)}
        # By number; what is not known yet is not in it.
        self._asides: dict[int, bool] = {index.at[e]: False for e in self._around_title}

    def is_around_title(self, element: HtmlElement) -> bool:
        """Whether it holds the title, or is the title or the body."""
        return element in self._around_title

    def is_aside(self, element: HtmlElement) -> bool:
        """Whether it is in a menu, a sidebar, a box of related articles, the comments."""
        return self._is_aside(self.index.at[element])

    def _is_aside(self, number: int) -> bool:
        known, parents = self._asides, self.index.page.parent_list
        if number in known:
            return known[number]
        path: list[int] = []
        while number not in known:
            path.append(number)
            number = parents[number]
        aside = known[number]
        for step in reversed(path):
            aside = aside or self._names_aside(self.index.page.elements[step])
            known[step] = aside
        return aside

    def _names_aside(self, element: HtmlElement) -> bool:
        return names_an_aside(element, self.index, len(self.index.elements))

    def beside(self) -> Iterator[HtmlElement]:
        """Elements behind the title in asides that are so by a word like `share` alone."""
        page = self.index.page
        for number in islice(self._behind(), 4 * _MAX_AFTER):
            if not is_shown(page.tags[number]):
                continue
            element = page.elements[number]
            if self._is_aside(number) and self._is_in_soft_asides(element):
                yield element

    def _is_in_soft_asides(self, element: HtmlElement) -> bool:
        for step in (element, *element.iterancestors()):
            if step in self._around_title:
                return True
            if self._names_aside(step) and not (_is_soft_aside_by_names(self.index.names_of(step))):
                return False
        return True

    def _behind(self) -> range:
        """All elements behind the title in reading order, or the body's."""
        ends, root = self.index.ends, self.index.at[self.root]
        if self.title is None:
            return range(root, ends[root])
        at = self.index.at[self.title]
        is_in_body = root <= at < ends[root]
        return range(ends[at], ends[root] if is_in_body else len(ends))

    @cached_property
    def after(self) -> list[HtmlElement]:
        """Elements behind the title in reading order, without asides."""
        behind = self._behind()
        return self._elements(islice(self._shown(behind.start, behind.stop), _MAX_AFTER))

    @cached_property
    def before(self) -> list[HtmlElement]:
        """Elements above the title within its four nearest ancestors, nearest first."""
        return self._elements(islice(self._preceding(), _MAX_BEFORE))

    def _elements(self, numbers: Iterable[int]) -> list[HtmlElement]:
        elements = self.index.page.elements
        return [elements[number] for number in numbers]

    def _preceding(self) -> Iterator[int]:
        at = self.title
        for _ in range(4):
            if at is None or at is self.root:
                return
            for sibling in at.itersiblings(preceding=True):
                number = self.index.at[sibling]
                yield from self._shown(number, self.index.ends[number])
            at = at.getparent()

    def _shown(self, start: int, stop: int) -> Iterator[int]:
        """The elements of whole subtrees without asides and elements without text."""
        tags, ends = self.index.page.tags, self.index.ends
        number = start
        while number < stop:
            if self._is_aside(number):
                number = ends[number]  # what is in an aside is in it too
                continue
            if is_shown(tags[number]):
                yield number
            number += 1
