"""Sections and tags that a page shows as links: categories by the title, breadcrumbs, tags."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import unquote

from lxml.html import HtmlElement

from pipelines.metadata.asides import names_of
from pipelines.metadata.page_elements import Vicinity, text_of

_LONGEST = 80
_FEW = 4
_MOST_TAGS = 40
_MOST_LINKS = 300
_BOXES = frozenset({"div", "ul", "p", "span", "section", "li", "dl", "dd", "td", "footer"})
_AROUND = 120  # elements behind the title
_SECTION_NAME = re.compile(
    r"(?:^|[\s_-])(?:cat|category|categories|cat-links|section|channel|kicker|rubrik|rubrique|topic)"
    r"s?(?:$|[\s_-])",
    re.IGNORECASE,
)
_SECTION_PATH = re.compile(
    r"/(?:category|categories|cat|section|sections|channel|topics?|rubrik|rubrique|archive/category|"
    r"taxonomy/term|قسم|اقسام|أقسام|تصنيف|التصنيف|category-\w+)/",
    re.IGNORECASE,
)
_TRAIL = re.compile(r"(?:الصفحة\s+)?(?:الرئيسية|الرئيسيه|home|accueil)\s*[>»›«‹←]", re.IGNORECASE)
_TAG_PATH = re.compile(
    r"/(?:tags?|labels?|keywords?|topics?|taxonomy/term|component/tags|وسم|الوسوم|كلمات)/|[?&]tag=",
    re.IGNORECASE,
)
_TAGS_NAME = re.compile(
    r"(?:^|[\s_-])(?:tags?|tag-links|tags-links|tagcloud|post-tags|keywords?|hashtags?|labels)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)


def shown_sections(vicinity: Vicinity) -> Iterator[str]:
    """Categories linked in the article's head, WordPress's own links first."""
    marked = [a for a in vicinity.index.links("tag")[:_MOST_LINKS] if _is_category(a)]
    first = next((a for a in marked if not vicinity.is_aside(a)), None)
    if first is not None:
        yield from _texts(a for a in marked if a.getparent() is first.getparent())
    if vicinity.title is not None:
        yield from _texts(_first_group(a for a in _around(vicinity) if _leads_to_section(a)))


def _is_category(link: HtmlElement) -> bool:
    words = (link.get("rel") or "").split()
    return "category" in words or ("tag" in words and bool(_SECTION_PATH.search(_href(link))))


def _first_group(links: Iterable[HtmlElement]) -> list[HtmlElement]:
    """The links that stand together with the first; a row of many is a menu."""
    groups: dict[HtmlElement | None, list[HtmlElement]] = {}
    for link in links:
        parent = link.getparent()
        box = parent.getparent() if parent is not None and parent.tag == "li" else parent
        groups.setdefault(box, []).append(link)
    return next((group for group in groups.values() if len(group) <= _FEW), [])


def _around(vicinity: Vicinity) -> Iterator[HtmlElement]:
    for elements in (vicinity.before, vicinity.after[:_AROUND]):
        yield from (e for e in elements if e.tag == "a")


def _leads_to_section(link: HtmlElement) -> bool:
    href, parent = _href(link), link.getparent()
    if _in_section_field(link):
        return True
    if _TAG_PATH.search(href) or not href or href.startswith(("#", "javascript")):
        return False
    names = names_of(link) + " " + ("" if parent is None else names_of(parent))
    return bool(_SECTION_NAME.search(names)) or bool(_SECTION_PATH.search(href))


def _in_section_field(link: HtmlElement) -> bool:
    """Drupal's terms look alike in their addresses; the field they stand in is named."""
    fields = (names_of(box) for box in islice(link.iterancestors(), 3))
    return any("field-name-" in names and _SECTION_NAME.search(names) for names in fields)


def breadcrumb(vicinity: Vicinity) -> list[str]:
    """The names along the page's breadcrumb, the last being perhaps the article itself."""
    for box in vicinity.index.named["crumbs"][:5]:
        names = list(_texts(islice(box.iter("a"), 12)))
        if names:
            return names
    return next((names for box in vicinity.before if (names := _trail(box))), [])


def _trail(line: HtmlElement) -> list[str]:
    """The links of `الرئيسية » أخبار` above the title, however it is marked up; many are a menu."""
    if not _TRAIL.match(text_of(line, _LONGEST)):
        return []
    names = list(_texts(islice(line.iter("a"), _FEW + 1)))
    return names if len(names) <= _FEW else []


def linked_tags(vicinity: Vicinity) -> Iterator[str]:
    """`rel="tag"` links outside menus and sidebars."""
    links = [a for a in vicinity.index.links("tag")[:_MOST_LINKS] if not _is_category(a)]
    yield from _texts(a for a in links if not vicinity.is_aside(a))


def boxed_tags(vicinity: Vicinity) -> Iterator[str]:
    """Links to tags in a box named after them (Joomla, Drupal, Newspaper)."""
    for box in vicinity.index.named["tags"][:_MOST_LINKS]:
        if box.tag in _BOXES and _TAGS_NAME.search(names_of(box)) and not vicinity.is_aside(box):
            links = islice(box.iter("a"), _MOST_TAGS)
            yield from _texts(a for a in links if _TAG_PATH.search(_href(a)))


def _texts(links: Iterable[HtmlElement]) -> Iterator[str]:
    yield from (text for link in links if (text := text_of(link, _LONGEST)))


def _href(link: HtmlElement) -> str:
    return unquote((link.get("href") or "")[:500])
