"""An imported document, text already, becomes an Article: its head is read by the place of its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from items import Article, Site
from pipelines.cleaning.clean_lines import Cleaned, clean_lines
from pipelines.dates.date_lines import has_clock, is_date_line, join_date_lines
from pipelines.dates.parse import parse_date
from text.language import detect
from text.normalise import tidy, tidy_lines
from text.sentences import ends_as_sentence
from text.urls import article_id, canonicalise

_SECTION_CHARS = 30
_SECTION_WORDS = 4
_TITLE_CHARS = 180
_SOURCE_CHARS = 40
_SOURCE_WORDS = 4
_BODY_CHARS = 80
_TITLE_ENDS = frozenset("؟?!")


@dataclass(frozen=True, slots=True)
class DocumentHead:
    """Positions of the head's lines, each None when the document has no such line."""

    section: int | None = None
    title: int | None = None
    source: int | None = None


def read_head(lines: Sequence[str]) -> DocumentHead:
    """A head is a title, perhaps under a section and above a source line; a text may begin
    without any (its first line is then a sentence, or as long as one).
    """
    if len(lines) < 2 or not is_title(lines[0]):
        return DocumentHead()
    section = title = 0
    if is_label(lines[0]) and len(lines) > 2 and is_title(lines[1]) and not is_label(lines[1]):
        title = 1
        return DocumentHead(section, title, _source(lines, title))
    return DocumentHead(None, title, _source(lines, title))


def is_title(line: str) -> bool:
    """Short, and no sentence: a full stop ends a sentence, `؟` and `!` end a title as well."""
    is_question = ends_as_sentence(line, _TITLE_ENDS, closing='"”»')
    return (
        len(line) <= _TITLE_CHARS
        and (is_question or not ends_as_sentence(line))
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


def refine_text(
    text: str,
    *,
    url: str | None = None,
    id: str | None = None,
    title: str | None = None,
    section: str | None = None,
    source: str | None = None,
    published: str | None = None,
    language: str | None = None,
    site: Site | None = None,
) -> Article:
    """Refine an imported text. What is not given is read from the text's head; a time without a
    site stays naive (`2023-06-21T16:16`), with one it becomes UTC.
    """
    lines = tidy_lines(text)
    found = read_head(lines) if title is None else DocumentHead()
    cleaned = clean_lines(
        lines,
        title=title,
        rules=(*site.lines, *site.family.lines) if site else (),
        own_names=(site.name, site.title) if site else (),
        pinned=site.text if site else (),
        reasons=[_place(at, found) for at in range(len(lines))],
    )
    canonical = canonicalise(url) if url else None
    return Article(
        id=id or article_id_of(canonical or url, text),
        url=canonical or url,
        site=site.name if site else None,
        title=tidy(title) if title else _line(lines, found.title),
        paragraphs=cleaned.paragraphs,
        section=section or _line(lines, found.section),
        source=source or _line(lines, found.source) or cleaned.source,
        agency=cleaned.agency,
        published=published or _published(cleaned, site),
        language=language or detect(" ".join(cleaned.paragraphs)),
        removed=cleaned.removed,
    )


def article_id_of(url: str | None, text: str) -> str:
    """16 hex digits: of the canonical URL, or of the text where there is none."""
    return article_id(url) if url else sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _place(at: int, found: DocumentHead) -> str | None:
    named = ((found.section, "section"), (found.title, "title"), (found.source, "source"))
    return next((name for position, name in named if position == at), None)


def _line(lines: list[str], at: int | None) -> str | None:
    return None if at is None else lines[at]


def _published(cleaned: Cleaned, site: Site | None) -> str | None:
    text = join_date_lines(cleaned.dates)
    when = parse_date(text, site.timezone if site else "UTC") if text else None
    if when is None or site is not None:
        return when
    return when[:16] if has_clock(text) else when[:10]
