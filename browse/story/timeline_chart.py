"""The geometry of a time line: a lane for each outlet, and how long after the first one they came."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p

from browse.story.timeline import Entry, outlets_of
from browse.template_filters import number
from browse.translation import gettext as _
from browse.translation import ngettext

_WIDTH, _LABEL, _END, _TOP, _LANE = 720, 170, 20, 30, 30
_MAX_LANES = 12
_MAX_LABEL_CHARS = 22
_MINUTE = 60.0
_TICKS = (0, 1, 10, 60, 360, 1440, 10080, 43200, 525600, 5256000)  # minutes


# Minutes, and the words for so many of them.
_UNITS: tuple[tuple[int, Callable[[int], str]], ...] = (
    (525600, lambda n: ngettext("%(num)s year", "%(num)s years", n)),
    (43200, lambda n: ngettext("%(num)s month", "%(num)s months", n)),
    (10080, lambda n: ngettext("%(num)s week", "%(num)s weeks", n)),
    (1440, lambda n: ngettext("%(num)s day", "%(num)s days", n)),
    (60, lambda n: ngettext("%(num)s hour", "%(num)s hours", n)),
    (1, lambda n: ngettext("%(num)s minute", "%(num)s minutes", n)),
)


@dataclass(frozen=True, slots=True)
class TimelinePoint:
    """`tone` is its kind: 0 publication, 1 change, 2 gone."""

    x: float
    y: float
    tone: int
    title: str


@dataclass(frozen=True, slots=True)
class Lane:
    y: float
    label: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class TimelineChart:
    """`mirrored`: from right to left; `left_out`: outlets that have no lane."""

    width: float
    height: float
    mirrored: bool
    lanes: list[Lane]
    points: list[TimelinePoint]
    ticks: list[Tick]
    label_x: float
    left_out: int


def timeline_chart(
    entries: Sequence[Entry],
    names: Mapping[str | None, str],
    titles: Sequence[str],
    *,
    mirrored: bool,
) -> TimelineChart:
    """`entries` are in time, and there is one; `titles` are tooltips, one for each. Distances are
    logarithmic: what is minutes apart at first can be told apart beside what came months later.
    """
    sites = list(outlets_of(entries))
    shown = sites[:_MAX_LANES]
    longest = log1p(max(_minutes(entries, entry) for entry in entries)) or 1.0

    def across(minutes: float) -> float:
        share = log1p(minutes) / longest
        at = _LABEL + share * (_WIDTH - _LABEL - _END)
        return round(_WIDTH - at if mirrored else at, 1)

    points, ends = [], {site: list[float]() for site in shown}
    for entry, title in zip(entries, titles, strict=True):
        site = entry.row["site"]
        if site in ends:
            x = across(_minutes(entries, entry))
            ends[site].append(x)
            tone = 0 if entry.is_publication else 2 if entry.kind == "gone" else 1
            points.append(TimelinePoint(x, _lane(shown.index(site)), tone, title))
    lanes = [
        Lane(_lane(n), _label(names.get(site) or site or ""), min(ends[site]), max(ends[site]))
        for n, site in enumerate(shown)
    ]
    height = _TOP + len(shown) * _LANE + 6
    label_x = _WIDTH - 4 if mirrored else 4
    ticks = _ticks(longest, across)
    return TimelineChart(
        _WIDTH, height, mirrored, lanes, points, ticks, label_x, len(sites) - len(shown)
    )


def _minutes(entries: Sequence[Entry], entry: Entry) -> float:
    return (entry.time - entries[0].time).total_seconds() / _MINUTE


def _lane(number: int) -> float:
    return _TOP + (number + 0.5) * _LANE


def _label(name: str) -> str:
    return name if len(name) <= _MAX_LABEL_CHARS else name[: _MAX_LABEL_CHARS - 1] + "…"


def _ticks(longest: float, across: Callable[[float], float]) -> list[Tick]:
    """Those that are far enough from one another for their labels."""
    ticks: list[Tick] = []
    for minutes in _TICKS:
        if log1p(minutes) > longest:
            break
        x = across(minutes)
        if not ticks or abs(x - ticks[-1].x) >= 60:
            ticks.append(Tick(x, _distance(minutes)))
    return ticks


def _distance(minutes: int) -> str:
    if minutes == 0:
        return _("first")
    unit, text = next(pair for pair in _UNITS if minutes >= pair[0])
    return text(minutes // unit) % {"num": number(minutes // unit)}
