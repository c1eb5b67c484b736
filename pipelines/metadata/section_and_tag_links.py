"""The links that a page shows to its sections and tags: categories, breadcrumbs, boxes of tags; unchecked."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import unquote

from lxml.html import HtmlElement

from pipelines.metadata.markup_patterns import MAX_ADDRESS_CHARS, CaselessPattern, ClassPattern
from pipelines.metadata.page_elements import PageIndex
from pipelines.metadata.title_context import TitleContext

_MAX_LINK_CHARS = 80
_MAX_SECTION_LINKS = 4
_MAX_LINKS_PER_TAG_BOX = 40
_MAX_LINKS = 300
_MAX_LINKS_OF_PAGE = 3000
_MAX_PLAIN_TAGS = 15  # more are a cloud
_TAG_BOX_TAGS = frozenset({"div", "ul", "p", "span", "section", "li", "dl", "dd", "td", "footer"})
_MAX_ELEMENTS_AFTER = 120  # the title
_SECTION_NAME = ClassPattern(
    r"(?:^|[\s_-])(?:cat|category|categories|cat-links|section|channel|kicker|rubrik|rubrique|topic)"
    r"s?(?:$|[\s_-])",
    "cat category categories section channel kicker rubrik rubrique topic",
)
_SECTION_PATH = CaselessPattern(
    r"/(?:category|categories|cat|section|sections|channel|topics?|rubrik|rubrique|archive/category|"
    r"taxonomy/term|قسم|اقسام|أقسام|تصنيف|التصنيف|category-\w+)/"
)
_TRAIL = re.compile(r"(?:الصفحة\s+)?(?:الرئيسية|الرئيسيه|home|accueil)\s*[>»›«‹←]", re.IGNORECASE)
_TAG_PATH = CaselessPattern(
    r"/(?:t(?:ags?|opics?|axonomy/term|hema|hemen|emas?|refwoord|agi|egi)|labels?|keywords?|hashtags?|"
    r"component/tags|e(?:tiquetas?|tiket(?:ler)?)|s(?:chlagworte?|tichwort)|mots?-cles?|argomenti|"
    r"وسم|الوسم|وسوم|الوسوم|كلمات|كلمات-دلالية|موضوع|برچسب|تگ|метка|теги|тег)/[^/?#]|[?&]tag=[^&]"
)
_CLOUD_NAME = CaselessPattern(r"cloud|trend|popular|most|all-?tags|سحابة")
_TAGS_NAME = ClassPattern(
    r"(?:^|[\s_-])(?:tags?|tag-links|tags-links|tagcloud|post-tags|keywords?|hashtags?|labels)"
    r"(?:$|[\s_-])",
    "tag tagcloud keyword hashtag label",
)


def shown_sections(context: TitleContext) -> Iterator[str]:
    """Categories linked around the title, those with WordPress's `rel` first."""
    categories = [a for a in context.index.links("tag")[:_MAX_LINKS] if _is_category(a)]
    first = next((a for a in categories if not context.is_aside(a)), None)
    if first is not None:
        yield from _texts(context, (a for a in categories if a.getparent() is first.getparent()))
    if context.title is not None:
        links = context.links_around(_MAX_ELEMENTS_AFTER)
        yield from _texts(
            context, _first_group(a for a in links if _leads_to_section(a, context.index))
        )


def _is_category(link: HtmlElement) -> bool:
    words = (link.get("rel") or "").split()
    return "category" in words or ("tag" in words and _SECTION_PATH.is_in(_href(link)))


def _first_group(links: Iterable[HtmlElement]) -> list[HtmlElement]:
    """The first links that are in one element and few; many are a menu."""
    groups = _groups_of_links(links)
    return next((group for group in groups if len(group) <= _MAX_SECTION_LINKS), [])


def _leads_to_section(link: HtmlElement, index: PageIndex) -> bool:
    href, parent = _href(link), link.getparent()
    if _in_section_field(link, index):
        return True
    if _TAG_PATH.is_in(href) or not href or href.startswith(("#", "javascript")):
        return False
    named = (link,) if parent is None else (link, parent)
    return any(_SECTION_NAME.is_in(index.names_of(e)) for e in named) or _SECTION_PATH.is_in(href)


def _in_section_field(link: HtmlElement, index: PageIndex) -> bool:
    """Drupal's terms have similar addresses; the field around them has a name."""
    fields = (index.names_of(box) for box in islice(link.iterancestors(), 3))
    return any("field-name-" in names and _SECTION_NAME.is_in(names) for names in fields)


def breadcrumb(context: TitleContext) -> list[str]:
    """The names along the page's breadcrumb; the last may be the article itself."""
    for box in context.index.named["crumbs"][:5]:
        names = list(_texts(context, islice(box.iter("a"), 12)))
        if names:
            return names
    return next((names for box in context.before if (names := _trail(box, context))), [])


def _trail(line: HtmlElement, context: TitleContext) -> list[str]:
    """The links of a line like `الرئيسية » أخبار`, whatever its markup; many are a menu."""
    if not _TRAIL.match(context.index.text_of(line, _MAX_LINK_CHARS)):
        return []
    names = list(_texts(context, islice(line.iter("a"), _MAX_SECTION_LINKS + 1)))
    return names if len(names) <= _MAX_SECTION_LINKS else []


def primary_tag(context: TitleContext) -> Iterator[str]:
    """The only tag linked above the headline, or right below, alone: Ghost's section."""
    links = [a for a in context.links_around(_MAX_ELEMENTS_AFTER) if _TAG_PATH.is_in(_href(a))]
    if links and links[0] in context.before:
        groups = _groups_of_links(links)
        yield from _texts(context, groups[0]) if len(groups[0]) == 1 else ()


def linked_tags(context: TitleContext) -> Iterator[str]:
    """`rel="tag"` links outside menus and sidebars."""
    links = [a for a in context.index.links("tag")[:_MAX_LINKS] if not _is_category(a)]
    yield from _texts(context, (a for a in links if not context.is_aside(a)))


def boxed_tags(context: TitleContext) -> Iterator[str]:
    """Links to tags in a box with a class for tags (Joomla, Drupal, Newspaper)."""
    for box in context.index.named["tags"][:_MAX_LINKS]:
        if (
            box.tag in _TAG_BOX_TAGS
            and _TAGS_NAME.is_in(context.index.names_of(box))
            and not context.is_aside(box)
            and (_in_article(box) or not _CLOUD_NAME.is_in(context.index.names_of(box)))
        ):
            links = islice(box.iter("a"), _MAX_LINKS_PER_TAG_BOX)
            yield from _texts(context, (a for a in links if _TAG_PATH.is_in(_href(a))))


def _in_article(box: HtmlElement) -> bool:
    return any(above.tag == "article" for above in islice(box.iterancestors(), 6))


def plain_tags(context: TitleContext) -> Iterator[str]:
    """Links with a tag's address and nothing else that names them: the first few that are in one
    box, outside sidebars, clouds and the cards of other articles.
    """
    if context.title is None:
        return
    links = context.index.links_to(_TAG_PATH, _MAX_LINKS_OF_PAGE)
    shown = (a for a in links if not context.is_aside(a) and not _is_in_cloud(a, context))
    for group in _groups_of_links(islice(shown, _MAX_LINKS)):
        if len(group) <= _MAX_PLAIN_TAGS and not _is_in_card(group[0], context):
            yield from _texts(context, group)
            return


def _groups_of_links(links: Iterable[HtmlElement]) -> list[list[HtmlElement]]:
    groups: dict[HtmlElement | None, list[HtmlElement]] = {}
    for link in links:
        parent = link.getparent()
        box = parent.getparent() if parent is not None and parent.tag == "li" else parent
        groups.setdefault(box, []).append(link)
    return list(groups.values())


def _is_in_cloud(link: HtmlElement, context: TitleContext) -> bool:
    boxes = (link, *islice(link.iterancestors(), 6))
    outside = (context.index.names_of(e) for e in boxes if not context.is_around_title(e))
    return any(map(_CLOUD_NAME.is_in, outside))


def _is_in_card(link: HtmlElement, context: TitleContext) -> bool:
    """Whether a box around it that is not around the headline has a linked heading: another
    article's.
    """
    for box in islice(link.iterancestors(), 6):
        if context.is_around_title(box):
            return False
        headings = (e for e in islice(box.iterdescendants(), 60) if e.tag in ("h2", "h3", "h4"))
        if any(h.find(".//a") is not None or h.getparent().tag == "a" for h in headings):
            return True
    return False


def _texts(context: TitleContext, links: Iterable[HtmlElement]) -> Iterator[str]:
    texts = (context.index.text_of(link, _MAX_LINK_CHARS) for link in links)
    return (text for text in texts if text)


def _href(link: HtmlElement) -> str:
    href = (link.get("href") or "")[:MAX_ADDRESS_CHARS]
    return unquote(href) if "%" in href else href
