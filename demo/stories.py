"""The demo's articles, a TOML file per story, and dates as Arabic news sites print them."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent / "articles"

Kind = Literal["p", "h2", "li", "blockquote"]
PREFIXES: dict[str, Kind] = {"## ": "h2", "- ": "li", "> ": "blockquote"}
INLINE = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\[(?P<text>[^\]]+)\]\((?P<href>[^)]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of any kind; `raw` may hold `**strong**` and `[text](/path)`."""

    kind: Kind
    raw: str

    @property
    def text(self) -> str:
        return INLINE.sub(lambda match: match["strong"] or match["text"], self.raw)


@dataclass(frozen=True, slots=True)
class Story:
    """A story as written. `on` has the changes of each site that prints it.

    `trap` marks what must not be stored: `noindex`, `disallowed` (robots.txt), `protected`.
    """

    slug: str
    title: str
    section: str
    published: datetime
    blocks: tuple[Block, ...]
    tags: tuple[str, ...] = ()
    author: str | None = None
    agency: str | None = None
    caption: str | None = None
    language: str = "ar"
    trap: str | None = None
    on: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@cache
def stories() -> tuple[Story, ...]:
    """All stories, in the order of their files."""
    return tuple(read_story(path) for path in sorted(FOLDER.glob("*/*.toml")))


def read_story(path: Path) -> Story:
    """The folder names the site of the story; stories in `wire` name their sites in `on` tables."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    data["blocks"] = blocks(data.pop("body"))
    data["tags"] = tuple(data.get("tags", ()))
    if path.parent.name != "wire":
        data["on"] = {path.parent.name: {}}
    return Story(slug=path.stem, **data)


def blocks(body: str) -> tuple[Block, ...]:
    """Paragraphs are separated by blank lines; the items of a list are on consecutive lines."""
    parts = re.split(r"\n\s*\n|\n(?=- )", body.strip())
    return tuple(block(part.strip()) for part in parts)


def block(part: str) -> Block:
    prefix = next((prefix for prefix in PREFIXES if part.startswith(prefix)), None)
    return Block(PREFIXES[prefix], part[len(prefix) :]) if prefix else Block("p", part)


WEEKDAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
MONTHS = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
]


def month_name(day: datetime) -> str:
    return MONTHS[day.month - 1]


def weekday_name(day: datetime) -> str:
    return WEEKDAYS[day.weekday()]


def clock(moment: datetime) -> str:
    """The time on a twelve-hour clock, such as `4:16 م`."""
    return f"{moment.hour % 12 or 12}:{moment.minute:02} {'ص' if moment.hour < 12 else 'م'}"
