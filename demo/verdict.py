"""Whether what landed is what the sites published: every article once, and no line too many."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from demo.expected import Printing
from text.urls import canonicalise


@dataclass(slots=True)
class Verdict:
    """`problems` are sentences for a person; none means that all is well."""

    expected: int = 0
    stored: int = 0
    copies: int = 0
    problems: list[str] = field(default_factory=list)


def judge(db: Database, published: Mapping[str, Iterable[Printing]]) -> Verdict:
    """`published`: each running site's base URL, and what must have come home from it."""
    verdict = Verdict()
    stored = {row["url"]: row for row in db["articles"].rows}
    copies = {row["url"]: row for row in db["copies"].rows}
    wire: dict[str, list[bool]] = {}
    for base, printings in published.items():
        for printing in printings:
            url = address(base, printing)
            verdict.expected += 1
            verdict.stored += url in stored
            verdict.copies += url in copies
            row = stored.pop(url, None)
            verdict.problems += judge_one(printing, row, copied=url in copies)
            if printing.wired:
                wire.setdefault(printing.story, []).append(row is not None)
    verdict.problems += not_once(wire) + strangers(stored, published)
    return verdict


def address(base: str, printing: Printing) -> str:
    return canonicalise(base + printing.quoted) or ""


def judge_one(printing: Printing, row: Mapping[str, Any] | None, *, copied: bool) -> list[str]:
    named = f"{printing.site} {printing.path}"
    if row is None:
        kept = copied and printing.wired
        return [] if kept else [f"{named}: missing{' (held as a copy)' if copied else ''}"]
    if copied:
        return [f"{named}: stored, and held as a copy as well"]
    return [f"{named}: {difference}" for difference in differences(printing, row)]


def differences(printing: Printing, row: Mapping[str, Any]) -> list[str]:
    """Between the truth and a row of `articles`."""
    texts = row["text"].split("\n\n")
    found = [f"a line too many: {line!r}" for line in texts if line not in printing.paragraphs]
    found += [f"a line missing: {line!r}" for line in printing.paragraphs if line not in texts]
    if not found and tuple(texts) != printing.paragraphs:
        found.append("paragraphs in another order, or more than once")
    facts = {**row, "tags": tuple(json.loads(row["tags"] or "[]"))}
    return found + [
        f"{name} is {facts[name]!r}, not {value!r}"
        for name, value in truths(printing).items()
        if facts[name] != value
    ]


def truths(printing: Printing) -> dict[str, Any]:
    """The columns that the site's pages or interfaces tell, and what they must say."""
    return {
        "title": printing.title,
        "section": printing.section,
        "published": iso(printing.published),
        "author": printing.author,
        "tags": printing.tags,
        "agency": printing.wire,
        "source": printing.credit,
        "language": printing.language,
        "site": printing.site,
    }


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def not_once(wire: Mapping[str, list[bool]]) -> list[str]:
    """A wire story is stored for one of the sites that carry it, altered or not; the others are
    its copies.
    """
    return [
        f"{story}: stored {sum(stored)} times, once expected"
        for story, stored in wire.items()
        if sum(stored) != 1
    ]


def strangers(rows: Mapping[str, Any], published: Mapping[str, Any]) -> list[str]:
    """What came from these sites and is no article of theirs."""
    bases = tuple(f"{base}/" for base in published)
    return [f"{url}: no article, and stored" for url in rows if url and url.startswith(bases)]
