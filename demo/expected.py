"""What each site publishes, exactly: the pages are made from it, and the crawl is checked by it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal
from urllib.parse import quote

from demo.outlets import Outlet, outlet, outlets
from demo.stories import Block, Story, stories


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
