"""The demo's news sites: a TOML file per site, in `sites/`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).parent / "sites"


@dataclass(frozen=True, slots=True)
class Trap:
    """A page that a crawler finds and must not store; `kind` names its template.

    `of`: the slug of the story that a `mirror` shows at a second address.
    """

    kind: str
    path: str
    title: str
    status: int = 200
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Outlet:
    """A site of the demo. `crawl` is the content of its site file, with `{base}` for its address.

    Paths are `str.format` patterns: `permalink` of id, year, month, day, words (the title) and
    slug, `section_path` of slug, `tag_path` and `author_path` of words. `announced`: sitemaps
    named in robots.txt; `campaign`: a query that the feed appends to its links; `credit`: articles
    begin with the site's own name.
    """

    name: str
    title: str
    slogan: str
    system: str
    timezone: str
    permalink: str
    section_path: str
    sections: Mapping[str, str]
    tag_path: str = ""
    author_path: str = ""
    announced: tuple[str, ...] = ()
    campaign: str = ""
    per_page: int = 10
    first_id: int = 100
    charset: str = "utf-8"
    credit: bool = False
    rest_closed: bool = False
    crawl: Mapping[str, Any] = field(default_factory=dict)
    traps: tuple[Trap, ...] = ()

    def section(self, name: str) -> str:
        return self.section_path.format(slug=self.sections[name])

    def tag(self, name: str) -> str:
        return self.tag_path.format(words=name.replace(" ", "-"))

    def by(self, author: str) -> str:
        return self.author_path.format(words=author.replace(" ", "-"))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@cache
def outlets() -> tuple[Outlet, ...]:
    """The sites, in the order of their ports."""
    return tuple(read_outlet(path) for path in sorted(FOLDER.glob("*.toml")))


def read_outlet(path: Path) -> Outlet:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    data["traps"] = tuple(Trap(**trap) for trap in data.get("traps", ()))
    data["announced"] = tuple(data.get("announced", ()))
    return Outlet(name=path.stem, **data)


def outlet(name: str) -> Outlet:
    return next(outlet for outlet in outlets() if outlet.name == name)
