"""Which elements of a page are near the title, and which are in menus, sidebars and comments."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import islice

from lxml.html import HtmlElement

from pipelines.metadata.markup_patterns import ClassPattern, words_of
from pipelines.metadata.page_elements import UNSEEN_TAGS, PageIndex

_ASIDE_TAGS = frozenset({"nav", "aside", "footer", "menu", "select", "button", "form"})
# Whole words of a class or id such as `site-footer`, `footer_menu`, `relatedPosts`.
_ASIDE = ClassPattern(
    r"(?:^|[\s_-])(?:nav|navbar|menu|footer|sidebar|widgets?|related|recommended|comments?|respond|"
    r"share|sharing|social|ticker|breaking|trending|popular|latest|more|topbar|top-bar|today|clock|"
    r"weather|prayer|login|search|newsletter|cookie|modal|popup|carousel|slider|read-?also|"
    r"yarpp|jp-relatedposts|mostread|most-read|also|teasers?|outbrain|taboola|copyright|"
    r"elementor-posts)s?"
    r"(?:$|[\s_-])",
    # Of those of two words the last.
    "nav navbar menu footer sidebar widget related recommended comment respond share sharing social "
    "ticker breaking trending popular latest more topbar bar today clock weather prayer login search "
    "newsletter cookie modal popup carousel slider readalso also yarpp relatedposts mostread read "
    "teaser outbrain taboola copyright posts",
)
# Elementor calls every part of a page a widget, its title and text included.
_ELEMENTOR_WIDGET = re.compile(r"elementor-widget\b")
# Parts of the article itself: WordPress themes have date, section and tags in its footer.
_ARTICLE_PART = ClassPattern(
    r"(?:^|\s)(?:entry|post|article|node|single|story|content|asset)[_-]{1,2}"
    r"(?:footer|meta|info|bottom|tags?|categor\w*|date|header|title)",
    "entry post article node single story content asset",
)
_TELLING_WORDS = _ASIDE.words | _ARTICLE_PART.words
# Of the words above, those that boxes in an article's own head have: `author-share`, `header-widget`.
_SOFT_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|social|sidebar|widget|more|slider|also|copyright|teaser)s?(?=$|[\s_-])",
    re.IGNORECASE,
)


def names_an_aside(element: HtmlElement, index: PageIndex, elements: int) -> bool:
    """Whether the element is an aside by its own tag, class and id. `elements` is the number of
    elements around that the page has.
    """
    number = index.at[element]
    by_names = index.names.judged(_is_aside_by_names)[index.names.places[number]]
    return _is_aside_by_tag(number, index, elements) if by_names is None else by_names


def _is_aside_by_tag(number: int, index: PageIndex, elements: int) -> bool:
    tag = index.page.tags[number]
    if tag not in _ASIDE_TAGS:
        return False
    if tag == "footer":
        return not _in_article(index.page.elements[number])
    if tag == "form":  # ASP.NET puts the whole page into one
        return (index.ends[number] - number) * 2 < elements
    return True


@lru_cache(maxsize=8192)
def _is_aside_by_names(names: str) -> bool | None:
    if names.isascii() and _TELLING_WORDS.isdisjoint(words_of(names)):
        return None
    if _ARTICLE_PART.is_in(names):
        return False
    if "elementor" in names:
        names = _ELEMENTOR_WIDGET.sub("elementor", names)
    return True if _ASIDE.is_in(names) else None


@lru_cache(maxsize=8192)
def _is_soft_aside_by_names(names: str) -> bool:
    return bool(_SOFT_ASIDE.search(names)) and not _is_aside_by_names(_SOFT_ASIDE.sub("", names))


def _in_article(element: HtmlElement) -> bool:
    return any(above.tag == "article" for above in islice(element.iterancestors(), 6))


# Elements behind the title, where themes have date and author, and above it.
MAX_AFTER, _MAX_BEFORE = 260, 60
_MAX_AROUND = 300


class TitleContext:
    """The elements around the title's element, or of the whole body when the title has none."""

    def __init__(self, index: PageIndex, title: HtmlElement | None) -> None:
        self.index, self.root, self.title = index, index.body, title
        parents = index.page.parent_list
        self._around_title = _upwards(index.at[self.root], parents, len(parents))
        if title is not None:
            self._around_title |= _upwards(index.at[title], parents, _MAX_AROUND)
        # By number; what is not known yet is not in them.
        self._asides = dict.fromkeys(self._around_title, False)
        self._by_names = index.names.judged(_is_aside_by_names)
        self._soft = dict.fromkeys(self._around_title, True)
        self._after: list[int] = []
        self._next = self._behind().start  # the first that is not judged yet

    def is_around_title(self, element: HtmlElement) -> bool:
        """Whether it holds the title, or is the title or the body."""
        return self.is_number_around_title(self.index.at[element])

    def is_number_around_title(self, number: int) -> bool:
        return number in self._around_title

    def is_aside(self, element: HtmlElement) -> bool:
        """Whether it is in a menu, a sidebar, a box of related articles, the comments."""
        return self._is_aside(self.index.at[element])

    def _is_aside(self, number: int) -> bool:
        known, parents = self._asides, self.index.page.parent_list
        path: list[int] = []
        while (aside := known.get(number)) is None:
            path.append(number)
            number = parents[number]
        for step in reversed(path):
            known[step] = aside = aside or self._names_aside(step)
        return aside

    def _names_aside(self, number: int) -> bool:
        by_names = self._by_names[self.index.names.places[number]]
        if by_names is None:
            return _is_aside_by_tag(number, self.index, len(self.index.elements))
        return by_names

    def beside(self) -> Iterator[int]:
        """Elements behind the title, by number, in asides that are so by a word like `share` alone."""
        page = self.index.page
        for number in islice(self._behind(), 4 * MAX_AFTER):
            if page.tags[number] in UNSEEN_TAGS:
                continue
            if self._is_aside(number) and self._is_in_soft_asides(number):
                yield number

    def _is_in_soft_asides(self, number: int) -> bool:
        """Whether no aside that it is in is one by another word."""
        known, parents = self._soft, self.index.page.parent_list
        path: list[int] = []
        while (soft := known.get(number)) is None:
            path.append(number)
            number = parents[number]
        for step in reversed(path):
            known[step] = soft = soft and (
                not self._names_aside(step) or self._is_soft_by_names(step)
            )
        return soft

    def _is_soft_by_names(self, number: int) -> bool:
        names = self.index.names
        return _is_soft_aside_by_names(names.joined[names.places[number]])

    def _behind(self) -> range:
        """All elements behind the title in reading order, or the body's."""
        ends, root = self.index.ends, self.index.at[self.root]
        if self.title is None:
            return range(root, ends[root])
        at = self.index.at[self.title]
        is_in_body = root <= at < ends[root]
        return range(ends[at], ends[root] if is_in_body else len(ends))

    @cached_property
    def before(self) -> list[HtmlElement]:
        """Elements above the title within its four nearest ancestors, nearest first."""
        return self.elements(self.numbers_before)

    def numbers_after(self, most: int = MAX_AFTER) -> list[int]:
        """The first elements behind the title in reading order, without asides. Of most pages no more than
        half are asked for.
        """
        most = min(most, MAX_AFTER)
        missing = most - len(self._after)
        if missing > 0:
            stop = self._behind().stop
            found = list(islice(self._shown(self._next, stop), missing))
            self._after += found
            self._next = found[-1] + 1 if len(found) == missing else stop
        return self._after[:most]

    @cached_property
    def numbers_before(self) -> list[int]:
        """`before`, by number."""
        return list(islice(self._preceding(), _MAX_BEFORE))

    def links_around(self, max_after: int) -> Iterator[HtmlElement]:
        """The `a` elements of `before`, and of the first `max_after` behind the title."""
        tags = self.index.page.tags
        yield from self.elements(n for n in self.numbers_before if tags[n] == "a")
        yield from self.elements(n for n in self.numbers_after(max_after) if tags[n] == "a")

    def elements(self, numbers: Iterable[int]) -> list[HtmlElement]:
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
        page, ends, known = self.index.page, self.index.ends, self._asides
        tags, parents = page.tags, page.parent_list
        places, by_names = self.index.names.places, self._by_names
        number = start
        while number < stop:
            aside = known.get(number)
            if aside is None:
                if known.get(parents[number]) is False:  # as nearly always: none around it is one
                    aside = by_names[places[number]]
                    if aside is None:
                        aside = tags[number] in _ASIDE_TAGS and self._names_aside(number)
                    known[number] = aside
                else:
                    aside = self._is_aside(number)
            if aside:
                number = ends[number]  # what is in an aside is in it too
                continue
            if tags[number] not in UNSEEN_TAGS:
                yield number
            number += 1


def _upwards(number: int, parents: list[int], steps: int) -> set[int]:
    """The element's number and those of so many around it."""
    found = {number}
    for _ in range(steps):
        number = parents[number]
        found.add(number)
        if not number:
            break
    return found
