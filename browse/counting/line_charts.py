"""The geometry of line charts, drawn by `templates/_line_charts.html`. Knows nothing of news."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from browse.counting.svg_charts import Mark

WIDE, NARROW, SMALL = 760, 360, 340
_TOP, _BOTTOM, _LEFT = 12, 26, 44
_LABEL_HEIGHT = 15
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Value:
    """`height` is None where there is nothing to draw: the line has a gap. `is_hollow`: drawn as not
    certain. `href` leads to what the value was counted from.
    """

    height: float | None
    title: str
    href: str = ""
    is_hollow: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    value: Value


@dataclass(frozen=True, slots=True)
class Line:
    """`path` is an SVG path with a move at each gap; `tone` selects colour and dashes."""

    tone: int
    label: str
    path: str
    dots: list[Dot]
    label_at: float = 0.0


@dataclass(frozen=True, slots=True)
class LineChart:
    width: float
    height: float
    right: float
    lines: list[Line]
    across: list[Mark]
    down: list[Mark]
    left: float = _LEFT
    targets: list[Dot] = field(default_factory=list)


def line_chart(
    series: Sequence[tuple[str, Sequence[Value]]],
    names: Sequence[str],
    *,
    width: int = WIDE,
    height: int = 260,
    top: float = 0.0,
    label_width: int = 0,
) -> LineChart:
    """A line for each pair of label and values, a value for each of the `names` of the time axis, which
    runs from left to right. `top` is the highest value of the axis, if it is to be as in other charts.
    """
    end = axis_end(top or highest(series))
    right, floor = width - 12 - label_width, height - _BOTTOM
    step = (right - _LEFT) / max(1, len(names) - 1)
    places = [_LEFT + n * step for n in range(len(names))]
    if len(names) == 1:
        places = [(_LEFT + right) / 2]
    lines = [
        _line(tone, label, values, places, floor, (floor - _TOP) / end)
        for tone, (label, values) in enumerate(series)
    ]
    down = [Mark(floor - (floor - _TOP) * part, f"{end * part:g}") for part in (0, 0.5, 1)]
    return LineChart(
        *(width, height, right),
        _apart(lines, floor) if label_width else lines,
        _marks(names, places, right - _LEFT),
        down,
        targets=[dot for line in lines for dot in line.dots if dot.value.href],
    )


def highest(series: Sequence[tuple[str, Sequence[Value]]]) -> float:
    return max((value.height or 0.0 for _, values in series for value in values), default=0.0)


def axis_end(highest: float) -> float:
    """The next round number; 1 for nothing at all."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    return next(step * power for step in _STEPS if step * power >= highest * 0.999999)


def _line(
    tone: int, label: str, values: Sequence[Value], places: list[float], floor: float, scale: float
) -> Line:
    dots = [
        Dot(x, floor - value.height * scale, value)
        for x, value in zip(places, values, strict=True)
        if value.height is not None
    ]
    known = {dot.x for dot in dots}
    path, is_gap = [], True
    heights = {dot.x: dot.y for dot in dots}
    for x in places:
        if x in known:
            path.append(f"{'M' if is_gap else 'L'}{x:.1f} {heights[x]:.1f}")
        is_gap = x not in known
    return Line(tone, label, "".join(path), dots)


def _apart(lines: list[Line], floor: float) -> list[Line]:
    """With the labels beside the lines' ends, none over another."""
    ends = sorted(
        (line for line in lines if line.dots), key=lambda line: (line.dots[-1].y, line.tone)
    )
    at, labelled = -math.inf, []
    for left, line in zip(range(len(ends) - 1, -1, -1), ends, strict=True):
        room = floor - left * _LABEL_HEIGHT
        at = max(at + _LABEL_HEIGHT, min(line.dots[-1].y, room))
        labelled.append(Line(line.tone, line.label, line.path, line.dots, at))
    missing = [line for line in lines if not line.dots]
    return sorted([*labelled, *missing], key=lambda line: line.tone)


def _marks(names: Sequence[str], places: list[float], width: float) -> list[Mark]:
    """As many names as have room; none is cut."""
    longest = max((len(name) for name in names), default=1)
    room = max(1, int(width // (longest * 6.5 + 18)))
    stride = max(1, -(-len(names) // room))
    return [Mark(places[n], names[n]) for n in range(0, len(names), stride)]
