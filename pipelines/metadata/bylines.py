"""The bylines that a page shows: links to an author's page, elements with an author's class, lines
like «بقلم: …», the nearest to the headline first.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Literal
from urllib.parse import unquote

from lxml.html import HtmlElement

from pipelines.metadata.author_lines import BYLINE_TAGS, distance, labelled_lines, near, text_lines
from pipelines.metadata.author_names import names_in
from pipelines.metadata.author_rules import NameContext
from pipelines.metadata.field_choice import Statement
from pipelines.metadata.markup_patterns import MAX_ADDRESS_CHARS, CaselessPattern
from pipelines.metadata.name_faults import MAX_CHARS
from pipelines.metadata.title_context import TitleContext
from text.normalise import squeeze

_MAX_APART = 10  # elements between two names of a byline
_MAX_TEXT_CHARS = 200
_MAX_PIECES = 16
_MAX_NAMES = 6
_MAX_SCANNED, _MAX_LINKS = 200, 3000
_AUTHOR_CLASS = CaselessPattern(
    r"(?:^|[\s_-])(?:authors?|author-?(?:names?|links?|txt|title|url)|authorname\w*|byline\w*|bylines|writers?|"
    r"username|createdby|uid|fn|katib|journalists?|reporters?|contributors?|autor(?:en|es|in|a|zeile)?|auteurs?|"
    r"autore|autori|verfasser|redakteur|yazar|penulis|avtor|posted-?by|written-?by)(?:$|[\s_-])",
)
_BIOGRAPHY = CaselessPattern(
    r"(?:^|[\s_-])(?:bio|biography|desc|description|count|posts|comments?)(?:$|[\s_-])",
)
_AUTHOR_ADDRESS = (
    r"/(?:authors?|autor(?:en|es|in|a|i|e)?|auteurs?|writers?|journalists?|reporters?|columnists?|"
    r"contributors?|opinion-writers|redakteure?|yazar(?:lar)?|avtor|penulis|"
    r"كاتب|الكاتب|كتاب|الكتاب|كتّاب|كاتبة|مؤلف|المؤلف|نویسنده|автор|авторы)(?:/|-|\.)[^/]"
)
_AUTHOR_PATH = CaselessPattern(_AUTHOR_ADDRESS)
# Of these addresses some are persons' of another kind: a class must name an author as well.
_PERSON_ADDRESS = CaselessPattern(
    r"/(?:profiles?|people|persons?|staff|users?|u|by|team|experts?|members?|menschen|personen|gens|bio|about)/[^/]|"
    rf"[?&]author(?:_?id|_?name)?=.|{_AUTHOR_ADDRESS}"
)
# Boxes whose persons wrote other articles, or comments.
_OTHERS_BOX = CaselessPattern(
    r"comment|related|recommend|popular|latest|trend|teaser|card|carousel|slider|most|newsletter|"
    r"outbrain|taboola|read-?more|read-?next|also|promo|feed|list|grid|archive|disqus|respond",
)


def shown_authors(context: TitleContext, names: NameContext) -> Iterator[Statement]:
    """Bylines near the headline by how sure they are; then, where exactly one person has a byline
    anywhere outside comments and other articles, that one.
    """
    yield from class_bylines(context, names)
    yield from labelled_lines(context, names)
    yield from _lone_person(context, names)
    yield from text_lines(context, names)


def linked_bylines(context: TitleContext, names: NameContext) -> Iterator[Statement]:
    """Groups of links to authors' pages near the headline."""
    page = context.index.page
    for numbers, side in near(context):
        links = [
            (at, page.elements[number])
            for at, number in enumerate(numbers)
            if page.tags[number] == "a" and _is_author_link(page.elements[number], context)
        ]
        for place, texts in _texts_of_groups(links, names, context):
            yield Statement(f"author link {distance(place, side)}", texts, True, True)


def class_bylines(context: TitleContext, names: NameContext) -> Iterator[Statement]:
    page, names_byline = context.index.page, context.index.names.judged(_names_byline)
    places = context.index.names.places
    for numbers, side in near(context):
        marked = [
            (at, page.elements[number])
            for at, number in enumerate(numbers)
            if names_byline[places[number]] and _is_byline(page.elements[number], context)
        ]
        for place, texts in _texts_of_groups(marked, names, context):
            yield Statement(f"byline {distance(place, side)}", texts, is_shown=True)


def _texts_of_groups(
    elements: list[tuple[int, HtmlElement]], names: NameContext, context: TitleContext
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each with the position of its first element."""
    for group in _groups(elements, context):
        texts = tuple(text for _, e in group if (text := byline_text(e, names, context)))
        if texts:
            yield group[0][0], texts


def _is_author_link(link: HtmlElement, context: TitleContext) -> bool:
    if (rel := link.get("rel")) and "author" in rel.lower().split():
        return True
    whose = _whose_path((link.get("href") or "")[:MAX_ADDRESS_CHARS])
    if whose != "person":
        return whose == "author"
    around = (link, *islice(link.iterancestors(), 3))
    return any(_names_author(context.index.names_of(e)) for e in around)


# The links of a page are asked up to three times, and a site's pages share most of them.
@lru_cache(maxsize=4096)
def _whose_path(href: str) -> Literal["author", "person", ""]:
    path = unquote(href) if "%" in href else href
    if not _PERSON_ADDRESS.is_in(path):  # as most
        return ""
    return "author" if _AUTHOR_PATH.is_in(path) else "person"


@lru_cache(maxsize=8192)
def _names_author(names: str) -> bool:
    return _AUTHOR_CLASS.is_in(names)


@lru_cache(maxsize=8192)
def _names_biography(names: str) -> bool:
    return _BIOGRAPHY.is_in(names)


def _names_byline(names: str) -> bool:
    return _names_author(names) and not _names_biography(names)


@lru_cache(maxsize=8192)
def _names_box_of_others(names: str) -> bool:
    return _OTHERS_BOX.is_in(names)


def _is_byline(element: HtmlElement, context: TitleContext) -> bool:
    names_of = context.index.names_of
    if element.tag not in BYLINE_TAGS or not _names_byline(names_of(element)):
        return False
    return not any(
        _names_biography(names_of(inner))
        or (_names_author(names_of(inner)) and context.index.text_of(inner, MAX_CHARS))
        for inner in islice(element.iterdescendants(), 20)
        if isinstance(inner.tag, str)
    )


def _groups(
    elements: Iterable[tuple[int, HtmlElement]], context: TitleContext
) -> list[list[tuple[int, HtmlElement]]]:
    """Elements of one class, by their position, that are near and share their parent or its parent:
    one byline's persons.
    """
    groups: list[list[tuple[int, HtmlElement]]] = []
    around: set[HtmlElement] = set()
    names_of = context.index.names_of
    last = 0
    for position, element in elements:
        above = list(islice(element.iterancestors(), 3))
        is_near = groups and position - last <= _MAX_APART and not around.isdisjoint(above[:2])
        if is_near and names_of(groups[-1][0][1]) == names_of(element):
            groups[-1].append((position, element))
        else:
            groups.append([(position, element)])
            around = set(above)
        last = position
    return [group[:_MAX_NAMES] for group in groups]


def byline_text(element: HtmlElement, names: NameContext, context: TitleContext) -> str:
    """Of the element's text the first part of its markup that has names, with what commas or `and`
    join to it; the whole text where none has, or where each word is a part of its own.
    """
    pieces = _pieces(element, context)
    whole = " ".join(pieces)
    if all(" " not in piece for piece in pieces):
        return whole
    return next((run for run in _joined_runs(pieces) if names_in(run, names).names), whole)


def _pieces(element: HtmlElement, context: TitleContext) -> list[str]:
    """The texts of the element's parts; none when they are many or long."""
    texts = context.index.texts_of(element, 60)
    pieces = [piece for text in texts if (piece := squeeze(text[:400]))]
    is_short = len(pieces) <= _MAX_PIECES and sum(map(len, pieces)) <= _MAX_TEXT_CHARS
    return pieces if is_short else []


_JOINT = re.compile(r"[,،&+]|(?:and|und|et|y|e|و|og|och|en|и|ve|oraz)$", re.IGNORECASE)


def _joined_runs(pieces: list[str]) -> list[str]:
    runs: list[str] = []
    is_open = False
    for piece in pieces:
        is_joint = bool(_JOINT.match(piece))
        if runs and (is_open or is_joint):
            runs[-1] += f" {piece}"
        else:
            runs.append(piece)
        is_open = piece.endswith((",", "،", "&", " and", " und", " et", " و", ":")) or (
            is_joint and len(piece) < 5
        )
    return runs


def _lone_person(context: TitleContext, names: NameContext) -> Iterator[Statement]:
    marked = [e for e in context.index.named["author"][:_MAX_SCANNED] if _is_byline(e, context)]
    links = _author_links(context)
    texts: dict[tuple[str, ...], str] = {}
    for element in (*links[:_MAX_SCANNED], *marked):
        if _is_others(element, context):
            continue
        text = byline_text(element, names, context)
        found = names_in(text, names, is_link=element.tag == "a").names if text else []
        if found:
            texts.setdefault(tuple(found), text)
    if len(texts) == 1:
        yield Statement("the page's only byline", tuple(texts.values()))


def _author_links(context: TitleContext) -> list[HtmlElement]:
    """Of the page's links."""
    index = context.index
    may_be = {
        *index.links("author"),
        *index.links_to(_PERSON_ADDRESS, _MAX_LINKS),
    }
    links = index.by_tag["a"][:_MAX_LINKS]
    return [a for a in links if a in may_be and _is_author_link(a, context)]


def _is_others(element: HtmlElement, context: TitleContext) -> bool:
    """Whether it is in a box of comments or of other articles, or in a card: a small element with a
    link in a heading.
    """
    for box in islice(element.iterancestors(), 10):
        if context.is_around_title(box):
            return False
        if _names_box_of_others(context.index.names_of(box)) or box.tag == "nav":
            return True
        if _has_linked_heading(box, context):
            return True
    return False


def _has_linked_heading(box: HtmlElement, context: TitleContext) -> bool:
    inner = [e for e in islice(box.iterdescendants(), 40) if isinstance(e.tag, str)]
    headings = (e for e in inner if e.tag in ("h2", "h3", "h4"))
    return any(
        not _is_author_link(a, context)
        for h in headings
        for a in (*h.iter("a"), *islice(h.iterancestors("a"), 1))
    )
