"""Lines that introduce the author in words: «بقلم: سالم الحداد», `By Ann Lee`, a label with the name
behind it, near the headline or at an end of the text.
"""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from pipelines.metadata.author_names import names_in
from pipelines.metadata.author_rules import EDGES, NameContext
from pipelines.metadata.field_choice import Statement
from pipelines.metadata.name_faults import MAX_CHARS
from pipelines.metadata.name_surroundings import introduction_in, without_dates
from pipelines.metadata.page_elements import PageIndex
from pipelines.metadata.title_context import TitleContext

BYLINE_TAGS = frozenset(
    {"span", "a", "div", "p", "li", "dd", "b", "strong", "em", "h3", "h4", "h5", "h6", "font", "td"}
    | {"address", "cite", "small", "section", "header", "aside", "i"}
)
_MAX_ELEMENTS_AFTER = 160  # the title
_MAX_LABELLED, _MAX_UNPUNCTUATED = 80, 40  # elements from the headline
_MAX_TO_NAME, _MAX_NAME_WORDS = 5, 6  # elements from a label; words behind it
_TEXT_TAGS = frozenset({"p", "em", "strong", "i", "b", "h4", "h5", "h6", "address", "cite", "font"})
_MAX_SCANNED, _MAX_RAW_CHARS = 3000, 160
_PARTICLE = re.compile(
    r"(?:de|del|della|van|von|der|den|la|le|bin|al|el|da|di|dos|du|ten|y|and|und|et|e)$"
)


def near(context: TitleContext) -> Iterator[tuple[list[int], str]]:
    """The elements near the headline by number, nearest first, and where they stand."""
    yield context.numbers_after(_MAX_ELEMENTS_AFTER), "behind"
    yield context.numbers_before, "above"


def distance(position: int, side: str) -> str:
    return f"{position + 1} elements {side} the headline"


def labelled_lines(context: TitleContext, names: NameContext) -> Iterator[Statement]:
    """Short lines that begin with an introduction: «بقلم: سالم الحداد», `By Ann Lee`."""
    page = context.index.page
    for numbers, side in near(context):
        for at, number in enumerate(numbers[:_MAX_LABELLED]):
            if page.tags[number] not in BYLINE_TAGS or len(page.elements[number]) > 6:
                continue
            text = context.index.text_of(page.elements[number], MAX_CHARS)
            label = text and introduction_in(text, names)
            if label and not text[len(label) :].strip(EDGES):
                behind = context.elements(numbers[at + 1 : at + 1 + _MAX_TO_NAME])
                label = label.rstrip(":：") + ":"
                text = f"{label} {_next_text(behind, text, context.index)}"
            if label and (
                label[-1] in ":：" or (at < _MAX_UNPUNCTUATED and _has_names(text[len(label) :]))
            ):
                yield Statement(f"line {distance(at, side)}", (text,), is_shown=True)


def _next_text(elements: list[HtmlElement], label: str, index: PageIndex) -> str:
    """The text of the first element that has one of its own."""
    texts = (index.text_of(element, MAX_CHARS) for element in elements)
    name = next((text for text in texts if text and text not in label), "")
    return name if len(name.split()) <= _MAX_NAME_WORDS else ""


def _has_names(rest: str) -> bool:
    """Whether it begins with two words as names are written in Latin letters."""
    words = without_dates(rest).partition("|")[0].strip(" :").split()
    return 2 <= len(words) <= 12 and words[0].isascii() and all(map(_is_capitalised, words[:4]))


def _is_capitalised(word: str) -> bool:
    return word[0].isupper() or bool(_PARTICLE.match(word)) or not word[0].isalpha()


def text_lines(context: TitleContext, names: NameContext) -> Iterator[Statement]:
    """Lines of their own in the text, or behind it, that are an introduction and names: the first."""
    elements, tags = context.index.elements[:_MAX_SCANNED], context.index.page.tags
    for element, tag in zip(elements, tags, strict=False):
        if tag not in _TEXT_TAGS or len(element.text or "") > _MAX_RAW_CHARS:
            continue
        text = context.index.text_of(element, MAX_CHARS)
        label = text and introduction_in(text, names)
        if not label or context.is_aside(element):
            continue
        rest = text[len(label) :].strip(EDGES)
        if (label[-1] in ":：" and names_in(text, names).names) or _has_names(rest):
            yield Statement("line of the text", (text,), is_shown=True)
            return
