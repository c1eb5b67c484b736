"""Places and what is learned from them, as JSON in the database."""

import json
from dataclasses import fields
from operator import attrgetter
from typing import Any

from items import PageKind, Places, Verdicts
from storage.templates.deciding import decide
from storage.templates.learning import Learned

# dataclasses.asdict copies all that is in it: 15 ms for the blocks of a large page.
_NAMES = [field.name for field in fields(Places)]
_row = attrgetter(*(field.name for field in fields(Verdicts)))


def pack_places(places: Places) -> str:
    data = {name: getattr(places, name) for name in _NAMES}
    data["blocks"] = [_row(one) for one in places.blocks]
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def unpack_places(text: str) -> Places:
    data: dict[str, Any] = json.loads(text)
    blocks = tuple(Verdicts(*one) for one in data.pop("blocks"))
    lists = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
    return Places(**(data | lists), blocks=blocks)


def pack(learned: Learned) -> str:
    data = {
        "region": learned.region,
        "counts": [_row(one) for one in learned.counts.values()],
        "outside": sorted(learned.outside),
        "sizes": [learned.shortest, learned.longest],
        "always": sorted(learned.always or ()),
        "ever": sorted(learned.ever),
        "head": learned.head,
        "frame": learned.frame,
        "languages": sorted(learned.languages),
        "words": sorted(learned.words),
        "articles": learned.articles,
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def unpack(text: str) -> Learned:
    data = json.loads(text)
    counts = [Verdicts(*one) for one in data["counts"]]
    return Learned(
        region=tuple(data["region"]),
        counts={(one.path, one.shape): one for one in counts},
        outside=set(data["outside"]),
        shortest=data["sizes"][0],
        longest=data["sizes"][1],
        always=set(data["always"]),
        ever=set(data["ever"]),
        head=data["head"],
        frame=data["frame"],
        languages=set(data["languages"]),
        words=set(data["words"]),
        articles=data["articles"],
        is_settled=True,
    )


def page_kind(number: int, learned: Learned, *, trial: bool) -> PageKind:
    """What goes with a page to the worker."""
    language = next(iter(learned.languages)) if len(learned.languages) == 1 else ""
    return PageKind(
        number=number,
        region=learned.region,
        verdicts=decide(learned.counts, learned.articles),
        outside=frozenset(learned.outside),
        sizes=(learned.shortest, learned.longest),
        always=frozenset(learned.always or ()),
        ever=frozenset(learned.ever),
        head=learned.head,
        frame=learned.frame,
        language=language or None,
        words=frozenset(learned.words),
        trial=trial,
    )
