"""The witnesses of a field whose reader names none: every value that a source of the page has for it, and
whether it is the one that was taken.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import get_args

from pipelines.metadata import sections_and_tags
from pipelines.metadata.authors import shown_authors
from pipelines.metadata.metadata import Metadata, MetadataSources
from pipelines.metadata.publication_dates import date_in_address, shown_dates
from pipelines.metadata.raw_metadata import RawMetadata, plain_text
from pipelines.metadata.witnesses import Field, Witness
from text.folding import fold
from text.language_codes import language_code

TAKEN, SAME, NOT_TAKEN = "taken", "says the same", "not taken"
_MAX_VALUE_CHARS = 300
_MAX_WITNESSES = 40  # of a field
_MAX_SHOWN = 40
Values = Iterator[tuple[Field, str, str]]
FIELDS: tuple[Field, ...] = get_args(Field)


def source_witnesses(sources: MetadataSources, chosen: Metadata) -> tuple[Witness, ...]:
    """For each field that `chosen.witnesses` has none of, by field and the most trusted source first."""
    known = {witness.field for witness in chosen.witnesses}
    counts: Counter[Field] = Counter()
    taken: set[Field] = set()
    found: list[Witness] = []
    seen: set[tuple[str, ...]] = set()
    for field, source, raw in _values(sources):
        value = plain_text(raw, _MAX_VALUE_CHARS) if isinstance(raw, str) else ""
        row = (field, source, value)
        if field in known or not value or row in seen or counts[field] >= _MAX_WITNESSES:
            continue
        seen.add(row)
        verdict = _verdict(field, value, sources, chosen)
        if verdict == TAKEN and field in taken and field != "tags":
            verdict = SAME
        taken |= {field} if verdict == TAKEN else set()
        counts[field] += 1
        found.append(Witness(field, source, value, verdict))
    found += _from_elsewhere(chosen, known | taken)
    return tuple(sorted(found, key=lambda witness: FIELDS.index(witness.field)))


def _from_elsewhere(chosen: Metadata, known: set[Field]) -> Iterator[Witness]:
    """What was taken of none of the listed sources: htmldate's day, a part of the `title` element."""
    for field in FIELDS:
        value = getattr(chosen, field)
        if value and field not in known:
            shown = value if isinstance(value, str) else ", ".join(value)
            source = "words of the text" if field == "language" else "elsewhere in the page"
            yield Witness(field, source, shown, TAKEN)


def _values(sources: MetadataSources) -> Values:
    hints, context = sources.hints, sources.context
    feed = RawMetadata(
        titles=[hints.title or ""],
        authors=[hints.author or ""],
        published=[hints.published or ""],
        modified=[hints.modified or ""],
        sections=list(hints.sections),
        tags=list(hints.tags),
        languages=[hints.language or ""],
    )
    yield from _of_raw("feed", feed)
    yield from (("title", str(e.tag), text) for e, text in sources.headings)
    yield from _of_raw("json-ld", sources.json)
    yield from _of_raw("meta", sources.meta)
    yield from (("title", "title", e.text or "") for e in sources.index.by_tag["title"][:1])
    yield from _of_raw("microdata", sources.microdata)
    yield from (("author", "byline", text) for text in islice(shown_authors(context), _MAX_SHOWN))
    for date in islice(shown_dates(context), _MAX_SHOWN):
        yield "modified" if date.kind == "modified" else "published", "date line", date.text
    yield "published", "address", sources.url
    sections = chain(
        sections_and_tags.shown_sections(context), sections_and_tags.breadcrumb(context)
    )
    yield from (("section", "section line", text) for text in islice(sections, _MAX_SHOWN))
    tags = chain(sections_and_tags.linked_tags(context), sections_and_tags.boxed_tags(context))
    yield from (("tags", "tag links", text) for text in islice(tags, _MAX_SHOWN))
    yield "language", "html lang", sources.tree.get("lang") or ""


def _of_raw(source: str, raw: RawMetadata) -> Values:
    fields: tuple[tuple[Field, Iterable[str]], ...] = (
        ("title", raw.titles),
        ("author", raw.authors),
        ("published", raw.published),
        ("modified", raw.modified),
        ("section", raw.sections),
        ("tags", raw.tags),
        ("language", raw.languages),
    )
    for field, values in fields:
        for value in islice(values, _MAX_WITNESSES):
            yield field, source, value


def _verdict(field: Field, value: str, sources: MetadataSources, chosen: Metadata) -> str:
    match field:
        case "published" | "modified":
            return _verdict_of_date(value, getattr(chosen, field), sources)
        case "author":
            names = fold(chosen.author or "")
            is_same = bool(names) and (names in fold(value) or fold(value) in names)
        case "tags":
            is_same = fold(value) in {fold(tag) for tag in chosen.tags}
        case "language":
            is_same = language_code(value) == chosen.language
        case _:
            return _verdict_of_line(value, getattr(chosen, field))
    return TAKEN if is_same else NOT_TAKEN


def _verdict_of_line(value: str, chosen: str | None) -> str:
    own, other = fold(value), fold(chosen or "")
    if own == other:
        return TAKEN
    return "taken in part" if other and other in own else NOT_TAKEN


def _verdict_of_date(value: str, chosen: str | None, sources: MetadataSources) -> str:
    from_address = value == sources.url
    moment = date_in_address(value, sources.dates) if from_address else sources.dates.read(value)
    if moment is None:
        return "names no day" if from_address else "no date that can be read"
    if moment.iso == chosen:
        return TAKEN
    return "the same day" if chosen and moment.iso[:10] == chosen[:10] else "another day"
