"""The demo's articles as written: one TOML a story, with dates as Arabic news sites print them."""

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
MARKS: dict[str, Kind] = {"## ": "h2", "- ": "li", "> ": "blockquote"}
INLINE = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\[(?P<text>[^\]]+)\]\((?P<href>[^)]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of any kind; `raw` may hold `**strong**` and `[text](/path)`."""

    kind: Kind
    raw: str

    @property
    def text(self) -> str:
        return INLINE.sub(lambda found: found["strong"] or found["text"], self.raw)


@dataclass(frozen=True, slots=True)
class Story:
    """What a desk wrote. `on` says how each site that carries a wire story changed it.

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
    """A story's home is its folder, unless the folder is `wire`: then its `on` tables say."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    data["blocks"] = blocks(data.pop("body"))
    data["tags"] = tuple(data.get("tags", ()))
    if path.parent.name != "wire":
        data["on"] = {path.parent.name: {}}
    return Story(slug=path.stem, **data)


def blocks(body: str) -> tuple[Block, ...]:
    """Paragraphs stand between blank lines; the items of a list follow each other."""
    parts = re.split(r"\n\s*\n|\n(?=- )", body.strip())
    return tuple(block(part.strip()) for part in parts)


def block(part: str) -> Block:
    mark = next((mark for mark in MARKS if part.startswith(mark)), None)
    return Block(MARKS[mark], part[len(mark) :]) if mark else Block("p", part)


WEEKDAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
EGYPT = [
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
    return EGYPT[day.month - 1]


def weekday_name(day: datetime) -> str:
    return WEEKDAYS[day.weekday()]


def clock(moment: datetime) -> str:
    """Twelve hours, as `4:16 م`."""
    return f"{moment.hour % 12 or 12}:{moment.minute:02} {'ص' if moment.hour < 12 else 'م'}"
