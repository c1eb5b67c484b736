"""An imported document, which is text already, becomes an Article. Its head (section, title, source)
is read by the position of its lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from items import Article, Site
from pipelines.cleaning.clean_lines import Cleaned, clean_lines
from pipelines.dates.date_lines import has_time, is_date_line, join_date_lines
from pipelines.dates.parse import parse_date
from text.language import detect
from text.normalise import tidy, tidy_lines
from text.sentences import ends_as_sentence
from text.urls import article_id, canonicalise

_MAX_LABEL_CHARS = 30
_MAX_LABEL_WORDS = 4
_MAX_TITLE_CHARS = 180
_MIN_BODY_CHARS = 80
_TITLE_ENDS = frozenset("؟?!")


@dataclass(frozen=True, slots=True)
class DocumentHead:
    """Positions of the head's lines, each None when the document has no such line."""

    section: int | None = None
    title: int | None = None
    source: int | None = None


def read_head(lines: Sequence[str]) -> DocumentHead:
    """A head is a title, with a section above it or not, and a source line below it or not. A text
    without a head begins with a sentence, or with a line as long as one.
    """
    if len(lines) < 2 or not is_title(lines[0]):
        return DocumentHead()
    if is_label(lines[0]) and len(lines) > 2 and is_title(lines[1]) and not is_label(lines[1]):
        return DocumentHead(section=0, title=1, source=_source_line(lines, 1))
    return DocumentHead(title=0, source=_source_line(lines, 0))


def is_title(line: str) -> bool:
    """Short, and no sentence: a full stop ends a sentence, `؟` and `!` end a title as well."""
    is_question = ends_as_sentence(line, _TITLE_ENDS, closing='"”»')
    return (
        len(line) <= _MAX_TITLE_CHARS
        and (is_question or not ends_as_sentence(line))
        and not line.rstrip().endswith((":", "،"))
    )


def is_label(line: str) -> bool:
    """A section's or an outlet's name: a few words without a number or a mark of speech."""
    return (
        len(line) <= _MAX_LABEL_CHARS
        and len(line.split()) <= _MAX_LABEL_WORDS
        and not any(mark in line for mark in '.:،؛؟?!"“”«»')
        and not any(character.isdigit() for character in line)
    )


def _source_line(lines: Sequence[str], title: int) -> int | None:
    """A label alone between the title and the body's first paragraph, but for date lines."""
    between = []
    for at in range(title + 1, len(lines)):
        if len(lines[at]) >= _MIN_BODY_CHARS:
            break
        if not is_date_line(lines[at]):
            between.append(at)
    else:
        return None
    return between[0] if len(between) == 1 and is_label(lines[between[0]]) else None


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
    """The article of an imported text. What is not given is read from the text. A time read from it
    is UTC where a `site` gives its zone, else naive (`2023-06-21T16:16`).
    """
    lines = tidy_lines(text)
    head = read_head(lines) if title is None else DocumentHead()
    cleaned = clean_lines(
        lines,
        title=title,
        rules=(*site.lines, *site.family.lines) if site else (),
        own_names=(site.name, site.title) if site else (),
        pinned=site.text if site else (),
        reasons=_head_reasons(head, len(lines)),
    )
    canonical = canonicalise(url) if url else None
    return Article(
        id=id or article_id_of(canonical or url, text),
        url=canonical or url,
        site=site.name if site else None,
        title=tidy(title) if title else _line(lines, head.title),
        paragraphs=cleaned.paragraphs,
        section=section or _line(lines, head.section),
        source=source or _line(lines, head.source) or cleaned.source,
        agency=cleaned.agency,
        published=published or _published(cleaned, site),
        language=language or detect(" ".join(cleaned.paragraphs)),
        removed=cleaned.removed,
    )


def article_id_of(url: str | None, text: str) -> str:
    """16 hex digits: of the canonical URL, or of the text where there is none."""
    return article_id(url) if url else sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _head_reasons(head: DocumentHead, count: int) -> list[str | None]:
    names = {head.section: "section", head.title: "title", head.source: "source"}
    return [names.get(at) for at in range(count)]


def _line(lines: list[str], at: int | None) -> str | None:
    return None if at is None else lines[at]


def _published(cleaned: Cleaned, site: Site | None) -> str | None:
    text = join_date_lines(cleaned.dates)
    published = parse_date(text, site.timezone if site else "UTC") if text else None
    if published is None or site is not None:
        return published
    return published[:16] if has_time(text) else published[:10]
