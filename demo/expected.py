"""What each site publishes: the pages are made from it, and the stored articles are checked against
it, line by line.
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
    """A story as one site prints it. `path` is decoded and includes the query.

    `wired`: several sites carry the story. `same`: this body is the agency's, except for spelling and
    punctuation.
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
        """The agency, if a line beside the source line names it."""
        return None if self.credit == self.agency else self.agency

    @property
    def quoted(self) -> str:
        """The path, percent-encoded."""
        return quote(self.path, safe="/?=&-._~")


@cache
def printings(site: str) -> tuple[Printing, ...]:
    """Everything that a site prints, oldest first, including traps."""
    versions = [(story, story.on[site]) for story in stories() if site in story.on]
    versions.sort(key=lambda version: publication_time(*version))
    publisher = outlet(site)
    return tuple(
        printing(publisher, story, publisher.first_id + 7 * number, change)
        for number, (story, change) in enumerate(versions)
    )


def articles(site: str) -> tuple[Printing, ...]:
    """What a crawl of the site must store."""
    return tuple(printing for printing in printings(site) if not printing.trap)


def everything() -> Iterable[Printing]:
    return (printing for outlet in outlets() for printing in articles(outlet.name))


def publication_time(story: Story, change: Any) -> datetime:
    return story.published.astimezone(UTC) + timedelta(minutes=change.get("later", 0))


def printing(outlet: Outlet, story: Story, number: int, change: Any) -> Printing:
    """A site's own version of a story: `change` is its `on` table."""
    published = publication_time(story, change)
    title = change.get("title", story.title)
    return Printing(
        site=outlet.name,
        story=story.slug,
        id=number,
        path=address(outlet, number, published, title, story.slug),
        title=title,
        section=change.get("section", story.section),
        published=published,
        modified=published,
        blocks=altered(story.blocks, change),
        tags=tuple(change.get("tags", story.tags)),
        author=change.get("author", story.author),
        agency=story.agency,
        agency_at=change.get("agency_at", "tail"),
        source=outlet.title if outlet.credit else None,
        caption=story.caption,
        language=story.language,
        trap=story.trap,
        wired=len(story.on) > 1,
        same=len(story.on) > 1 and not {"drop", "replace"} & change.keys(),
    )


def altered(blocks: tuple[Block, ...], change: Any) -> tuple[Block, ...]:
    """`blocks` without the dropped ones (numbered from 1), and with words or spellings replaced."""
    altered_blocks = [
        block for number, block in enumerate(blocks, 1) if number not in change.get("drop", ())
    ]
    changes = {**change.get("replace", {}), **change.get("spelling", {})}
    for old, new in changes.items():
        altered_blocks = [
            Block(block.kind, block.raw.replace(old, new)) for block in altered_blocks
        ]
    return tuple(altered_blocks)


def address(outlet: Outlet, number: int, published: datetime, title: str, slug: str) -> str:
    local = published.astimezone(outlet.zone)
    words = "-".join(re.findall(r"[\w\u064b-\u0652]+", title.casefold()))
    return outlet.permalink.format(
        id=number,
        year=local.year,
        month=f"{local.month:02}",
        day=f"{local.day:02}",
        words=words,
        slug=slug,
    )


@dataclass(slots=True)
class CheckResult:
    """`problems` are sentences; without any, everything is stored as published."""

    expected: int = 0
    stored: int = 0
    copies: int = 0
    problems: list[str] = field(default_factory=list)


def check_stored(db: Database, published: Mapping[str, Iterable[Printing]]) -> CheckResult:
    """`published`: the articles that must be stored, by the base URL of their site."""
    result = CheckResult()
    stored = {row["url"]: row for row in db["articles"].rows}
    copies = {row["url"]: row for row in db["copies"].rows}
    wire: dict[str, list[bool]] = {}
    for base, printings in published.items():
        for printing in printings:
            url = printed_url(base, printing)
            result.expected += 1
            result.stored += url in stored
            result.copies += url in copies
            row = stored.pop(url, None)
            result.problems += check_article(printing, row, copied=url in copies)
            if printing.wired:
                wire.setdefault(printing.story, []).append(row is not None)
    result.problems += wire_problems(wire) + unexpected_articles(stored, published)
    return result


def printed_url(base: str, printing: Printing) -> str:
    return canonicalise(base + printing.quoted) or ""


def check_article(printing: Printing, row: Mapping[str, Any] | None, *, copied: bool) -> list[str]:
    name = f"{printing.site} {printing.path}"
    if row is None:
        is_wire_copy = copied and printing.wired
        return [] if is_wire_copy else [f"{name}: missing{' (stored as a copy)' if copied else ''}"]
    if copied:
        return [f"{name}: stored both as an article and as a copy"]
    return [f"{name}: {difference}" for difference in differences(printing, row)]


def differences(printing: Printing, row: Mapping[str, Any]) -> list[str]:
    """Between what was printed and a row of `articles`."""
    texts = row["text"].split("\n\n")
    problems = [f"unexpected line: {line!r}" for line in texts if line not in printing.paragraphs]
    problems += [f"missing line: {line!r}" for line in printing.paragraphs if line not in texts]
    if not problems and tuple(texts) != printing.paragraphs:
        problems.append("paragraphs in another order, or repeated")
    columns = {**row, "tags": tuple(json.loads(row["tags"] or "[]"))}
    return problems + [
        f"{name} is {columns[name]!r}, not {value!r}"
        for name, value in expected_columns(printing).items()
        if columns[name] != value
    ]


def expected_columns(printing: Printing) -> dict[str, Any]:
    """The values of the columns that the site's pages or interfaces give."""
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


def wire_problems(wire: Mapping[str, list[bool]]) -> list[str]:
    """Wire stories that are not stored exactly once: the other sites' versions must be copies."""
    return [
        f"{story}: stored {sum(stored)} times instead of once"
        for story, stored in wire.items()
        if sum(stored) != 1
    ]


def unexpected_articles(rows: Mapping[str, Any], published: Mapping[str, Any]) -> list[str]:
    """Stored pages of these sites that are not among their articles."""
    bases = tuple(f"{base}/" for base in published)
    return [f"{url}: stored, but not an article" for url in rows if url and url.startswith(bases)]
