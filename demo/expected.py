"""What each site publishes, exactly (the pages are made from it), and whether what landed is that:
every article once, and no line too many.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal
from urllib.parse import quote

from sqlite_utils import Database

from demo.outlets import Outlet, outlet, outlets
from demo.stories import Block, Story, stories
from text.urls import canonicalise


@dataclass(frozen=True, slots=True)
class Printing:
    """A story as one site prints it. `path` is decoded, with its query where it has one.

    `wired`: several sites carry the story; `same`: here its body is what the agency sent, but for
    spelling and signs.
    """

    site: str
    story: str
    id: int
    path: str
    title: str
    section: str
    published: datetime
    modified: datetime
    blocks: tuple[Block, ...]
    tags: tuple[str, ...] = ()
    author: str | None = None
    agency: str | None = None
    agency_at: Literal["head", "tail"] = "tail"
    source: str | None = None
    caption: str | None = None
    language: str = "ar"
    trap: str | None = None
    wired: bool = False
    same: bool = False

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(block.text for block in self.blocks)

    @property
    def credit(self) -> str | None:
        """The source line above the text: the site's own name, else the agency's."""
        return self.source or (self.agency if self.agency_at == "head" else None)

    @property
    def wire(self) -> str | None:
        """The agency, where a line names it beside the source line."""
        return None if self.credit == self.agency else self.agency

    @property
    def quoted(self) -> str:
        """The path as it travels."""
        return quote(self.path, safe="/?=&-._~")


@cache
def printings(site: str) -> tuple[Printing, ...]:
    """All that a site prints, the oldest first, traps included."""
    found = [(story, story.on[site]) for story in stories() if site in story.on]
    found.sort(key=lambda pair: moment(*pair))
    place = outlet(site)
    return tuple(
        printing(place, story, place.first_id + 7 * number, change)
        for number, (story, change) in enumerate(found)
    )


def articles(site: str) -> tuple[Printing, ...]:
    """What a crawl of the site must bring home."""
    return tuple(printing for printing in printings(site) if not printing.trap)


def everything() -> Iterable[Printing]:
    return (printing for place in outlets() for printing in articles(place.name))


def moment(story: Story, change: Any) -> datetime:
    return story.published.astimezone(UTC) + timedelta(minutes=change.get("later", 0))


def printing(place: Outlet, story: Story, number: int, change: Any) -> Printing:
    """A site's own version: `change` is its `on` table."""
    published = moment(story, change)
    title = change.get("title", story.title)
    return Printing(
        site=place.name,
        story=story.slug,
        id=number,
        path=address(place, number, published, title, story.slug),
        title=title,
        section=change.get("section", story.section),
        published=published,
        modified=published,
        blocks=altered(story.blocks, change),
        tags=tuple(change.get("tags", story.tags)),
        author=change.get("author", story.author),
        agency=story.agency,
        agency_at=change.get("agency_at", "tail"),
        source=place.title if place.credit else None,
        caption=story.caption,
        language=story.language,
        trap=story.trap,
        wired=len(story.on) > 1,
        same=len(story.on) > 1 and not {"drop", "replace"} & change.keys(),
    )


def altered(blocks: tuple[Block, ...], change: Any) -> tuple[Block, ...]:
    """Paragraphs left out by number (from 1); words or spellings changed everywhere."""
    kept = [block for place, block in enumerate(blocks, 1) if place not in change.get("drop", ())]
    changes = {**change.get("replace", {}), **change.get("spelling", {})}
    for old, new in changes.items():
        kept = [Block(block.kind, block.raw.replace(old, new)) for block in kept]
    return tuple(kept)


def address(place: Outlet, number: int, published: datetime, title: str, slug: str) -> str:
    local = published.astimezone(place.zone)
    words = "-".join(re.findall(r"[\w\u064b-\u0652]+", title.casefold()))
    return place.permalink.format(
        id=number,
        year=local.year,
        month=f"{local.month:02}",
        day=f"{local.day:02}",
        words=words,
        slug=slug,
    )


@dataclass(slots=True)
class Verdict:
    """`problems` are sentences for a person; none means that all is well."""

    expected: int = 0
    stored: int = 0
    copies: int = 0
    problems: list[str] = field(default_factory=list)


def check_landed(db: Database, published: Mapping[str, Iterable[Printing]]) -> Verdict:
    """`published`: each running site's base URL, and what must have come home from it."""
    verdict = Verdict()
    stored = {row["url"]: row for row in db["articles"].rows}
    copies = {row["url"]: row for row in db["copies"].rows}
    wire: dict[str, list[bool]] = {}
    for base, printings in published.items():
        for printing in printings:
            url = printed_url(base, printing)
            verdict.expected += 1
            verdict.stored += url in stored
            verdict.copies += url in copies
            row = stored.pop(url, None)
            verdict.problems += judge_one(printing, row, copied=url in copies)
            if printing.wired:
                wire.setdefault(printing.story, []).append(row is not None)
    verdict.problems += not_once(wire) + strangers(stored, published)
    return verdict


def printed_url(base: str, printing: Printing) -> str:
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
