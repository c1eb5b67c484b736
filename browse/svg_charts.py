"""Figures made into the geometry of an SVG; `templates/_charts.html` draws it. Knows no news."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Cells = Mapping[tuple[str, str], float]
"""Values by (row or column, series or column); what is missing is nothing."""

_WIDTH, _LEFT, _TOP = 720, 44, 8
_BARS_HEIGHT, _ROW, _LABEL = 190, 26, 110
_THICKEST = 36
_LEVELS = 6


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `tone` picks its colour, `title` says what it stands for."""

    x: float
    y: float
    width: float
    height: float
    tone: int
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A label on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`kind` is `series` (tones are series) or `heat` (tones are levels, 1 to 6)."""

    width: float
    height: float
    kind: str
    boxes: list[Box]
    left: float = _LEFT
    across: list[Mark] = field(default_factory=list)
    down: list[Mark] = field(default_factory=list)
    legend: list[str] = field(default_factory=list)


def columns(
    cells: Cells, names: Sequence[str], series: Sequence[str], unit: str, width: int = _WIDTH
) -> Chart:
    """Upright bars, one a name, the series on top of one another."""
    highest = _round(max((_sum(cells, name, series) for name in names), default=0))
    step = (width - _LEFT) / max(1, len(names))
    scale = _BARS_HEIGHT / highest
    thick = min(step * 0.76, _THICKEST)
    boxes: list[Box] = []
    for place, name in enumerate(names):
        base: float = _TOP + _BARS_HEIGHT
        for tone, one in enumerate(series):
            if value := cells.get((name, one), 0):
                base -= value * scale
                x = _LEFT + (place + 0.5) * step - thick / 2
                title = f"{name} · {one}: {value:g} {unit}"
                boxes.append(Box(x, base, thick, value * scale, tone, title))
    every = -(-len(names) * 80 // width)
    across = [Mark(_LEFT + (n + 0.5) * step, names[n]) for n in range(0, len(names), every or 1)]
    down = [Mark(_TOP + _BARS_HEIGHT * (1 - part), f"{highest * part:g}") for part in (0, 0.5, 1)]
    height = _TOP + _BARS_HEIGHT + 24
    return Chart(width, height, "series", boxes, _LEFT, across, down, list(series))


def horizontal_bars(cells: Cells, names: Sequence[str], series: Sequence[str], unit: str) -> Chart:
    """Lying bars, one a name, the series after one another."""
    longest = max((_sum(cells, name, series) for name in names), default=0) or 1
    scale = (_WIDTH - _LABEL - 50) / longest
    boxes: list[Box] = []
    for place, name in enumerate(names):
        x = float(_LABEL)
        for tone, one in enumerate(series):
            if value := cells.get((name, one), 0):
                title = f"{name} · {one}: {value:g} {unit}"
                boxes.append(Box(x, place * _ROW + 4, value * scale, _ROW - 8, tone, title))
                x += value * scale
    return _rows(names, boxes, "series", list(series))


def heat(cells: Cells, names: Sequence[str], across: Sequence[str], unit: str) -> Chart:
    """A square for every pair, the darker the more; with its number where there is room."""
    most = max(cells.values(), default=0) or 1
    step = (_WIDTH - _LABEL) / max(1, len(across))
    step = min(step, 72)
    boxes: list[Box] = []
    for place, name in enumerate(names):
        for n, other in enumerate(across):
            if value := cells.get((name, other), 0):
                tone = max(1, round(value / most * _LEVELS))
                box = (_LABEL + n * step + 1, place * _ROW + 1, step - 2, _ROW - 2)
                text = f"{value:g}" if (step >= 26 and value < 1000) or step > 40 else ""
                boxes.append(Box(*box, tone, f"{name} · {other}: {value:g} {unit}", text))
    every = -(-len(across) * 40 // _WIDTH) or 1
    marks = [Mark(_LABEL + (n + 0.5) * step, across[n]) for n in range(0, len(across), every)]
    return _rows(names, boxes, "heat", [], marks)


def spark(values: Sequence[float], width: int = 84, height: int = 22) -> str:
    """The points of a small line."""
    most = max(values, default=0) or 1
    step = width / max(1, len(values) - 1)
    return " ".join(
        f"{n * step:.1f},{height - 2 - value / most * (height - 4):.1f}"
        for n, value in enumerate(values)
    )


def _rows(
    names: Sequence[str],
    boxes: list[Box],
    kind: str,
    legend: list[str],
    across: Sequence[Mark] = (),
) -> Chart:
    down = [Mark((n + 0.5) * _ROW, name) for n, name in enumerate(names)]
    height = len(names) * _ROW + (24 if across else 4)
    return Chart(_WIDTH, height, kind, boxes, _LABEL, list(across), down, legend)


def _sum(cells: Cells, name: str, series: Sequence[str]) -> float:
    return sum(cells.get((name, one), 0) for one in series)


def _round(highest: float) -> float:
    """The next figure that is good on an axis: 2, 4, 10, 20, 40, 100, …"""
    power = 10 ** max(0, len(str(int(highest))) - 1)
    return next((n * power for n in (2, 4, 10) if n * power >= highest), 2)
