"""The head of a document that is text already: section, title and source line, by their place."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.cleaning.line_rules import is_sentence
from pipelines.dates.date_lines import is_date_line

_SECTION_CHARS = 30
_SECTION_WORDS = 4
_TITLE_CHARS = 180
_SOURCE_CHARS = 40
_SOURCE_WORDS = 4
_BODY_CHARS = 80


@dataclass(frozen=True, slots=True)
class Head:
    """Positions of the head's lines, each None when the document has no such line."""

    section: int | None = None
    title: int | None = None
    source: int | None = None


def head(lines: Sequence[str]) -> Head:
    """A head is a title, perhaps under a section and above a source line; a text may begin
    without any (its first line is then a sentence, or as long as one).
    """
    if len(lines) < 2 or not is_title(lines[0]):
        return Head()
    section = title = 0
    if is_label(lines[0]) and len(lines) > 2 and is_title(lines[1]) and not is_label(lines[1]):
        title = 1
        return Head(section, title, _source(lines, title))
    return Head(None, title, _source(lines, title))


def is_title(line: str) -> bool:
    """Short, and no sentence: a full stop ends a sentence, `؟` and `!` end a title as well."""
    ends_as_sentence = is_sentence(line) and not line.rstrip(' "”»').endswith(("؟", "?", "!"))
    return (
        len(line) <= _TITLE_CHARS
        and not ends_as_sentence
        and not line.rstrip().endswith((":", "،"))
    )


def is_label(line: str) -> bool:
    """A section's or an outlet's name: a few words without a number or a mark of speech."""
    return (
        len(line) <= _SECTION_CHARS
        and len(line.split()) <= _SECTION_WORDS
        and not any(mark in line for mark in '.:،؛؟?!"“”«»')
        and not any(character.isdigit() for character in line)
    )


def _source(lines: Sequence[str], title: int) -> int | None:
    """A label between the title and the first paragraph of the body, date lines around it."""
    between = []
    for at in range(title + 1, len(lines)):
        if len(lines[at]) >= _BODY_CHARS:
            break
        if not is_date_line(lines[at]):
            between.append(at)
    else:
        return None
    alone = len(between) == 1 and is_label(lines[between[0]])
    return between[0] if alone and len(lines[between[0]]) <= _SOURCE_CHARS else None
