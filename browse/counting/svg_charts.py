"""The geometry of charts, drawn by `templates/_charts.html`. Knows nothing of news."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Cells = Mapping[tuple[str, str], float]
"""Values by (row or column, series or column); a missing value is 0."""
Amount = Callable[[float], str]
"""A value in words, for its tooltip: `3 stories`."""

_WIDTH, _LEFT, _TOP = 720, 44, 8
_BARS_HEIGHT, _ROW_HEIGHT, _LABEL_WIDTH = 190, 26, 110
_MAX_BAR_WIDTH, _MAX_CELL_WIDTH = 36, 112
_LEVELS = 6


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `tone` selects the colour, `title` is the tooltip."""

    x: float
    y: float
    width: float
    height: float
    tone: int
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A label on an axis, at this coordinate."""

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
    cells: Cells,
    names: Sequence[str],
    series: Sequence[str],
    amount: Amount,
    width: int = _WIDTH,
    labels: Sequence[str] = (),
) -> Chart:
    """Vertical bars, a bar per name, with the series stacked; `labels` are short names for the axis."""
    axis_end = _axis_end(max((_sum(cells, name, series) for name in names), default=0))
    step = (width - _LEFT) / max(1, len(names))
    scale = _BARS_HEIGHT / axis_end
    bar_width = min(step * 0.76, _MAX_BAR_WIDTH)
    boxes: list[Box] = []
    for index, name in enumerate(names):
        base: float = _TOP + _BARS_HEIGHT
        for tone, label in enumerate(series):
            if value := cells.get((name, label), 0):
                base -= value * scale
                x = _LEFT + (index + 0.5) * step - bar_width / 2
                title = _tooltip(name, label if len(series) > 1 else "", amount(value))
                boxes.append(Box(x, base, bar_width, value * scale, tone, title))
    marks = labels or names
    room = max((len(mark) for mark in marks), default=0) * 6.5 + 18 if labels else 80
    stride = math.ceil(len(names) * room / width) or 1
    across = [Mark(_LEFT + (n + 0.5) * step, marks[n]) for n in range(0, len(names), stride)]
    # A label that would be cut by the edge is left out.
    across = [mark for mark in across if mark.at + len(mark.text) * 3.5 < width or not labels]
    down = [
        Mark(_TOP + _BARS_HEIGHT * (1 - fraction), f"{axis_end * fraction:g}")
        for fraction in (0, 0.5, 1)
    ]
    height = _TOP + _BARS_HEIGHT + 24
    return Chart(width, height, "series", boxes, _LEFT, across, down, list(series))


def horizontal_bars(
    cells: Cells, names: Sequence[str], series: Sequence[str], amount: Amount
) -> Chart:
    """Horizontal bars, a bar per name, with the series side by side."""
    longest = max((_sum(cells, name, series) for name in names), default=0) or 1
    scale = (_WIDTH - _LABEL_WIDTH - 50) / longest
    boxes: list[Box] = []
    for index, name in enumerate(names):
        x = float(_LABEL_WIDTH)
        for tone, label in enumerate(series):
            if value := cells.get((name, label), 0):
                title = _tooltip(name, label, amount(value))
                boxes.append(
                    Box(x, index * _ROW_HEIGHT + 4, value * scale, _ROW_HEIGHT - 8, tone, title)
                )
                x += value * scale
    return _rows(names, boxes, "series", list(series))


def heat(cells: Cells, names: Sequence[str], across: Sequence[str], amount: Amount) -> Chart:
    """A cell per pair, darker for larger values, with the value where there is room."""
    highest = max(cells.values(), default=0) or 1
    step = (_WIDTH - _LABEL_WIDTH) / max(1, len(across))
    step = min(step, _MAX_CELL_WIDTH)
    boxes: list[Box] = []
    for index, name in enumerate(names):
        for n, column in enumerate(across):
            if value := cells.get((name, column), 0):
                tone = max(1, round(value / highest * _LEVELS))
                box = (
                    _LABEL_WIDTH + n * step + 1,
                    index * _ROW_HEIGHT + 1,
                    step - 2,
                    _ROW_HEIGHT - 2,
                )
                text = f"{value:g}" if (step >= 26 and value < 1000) or step > 40 else ""
                boxes.append(Box(*box, tone, _tooltip(name, column, amount(value)), text))
    stride = -(-len(across) * 40 // _WIDTH) or 1
    marks = [
        Mark(_LABEL_WIDTH + (n + 0.5) * step, _fitting(across[n], step * stride))
        for n in range(0, len(across), stride)
    ]
    return _rows(names, boxes, "heat", [], marks)


def spark(values: Sequence[float], width: int = 84, height: int = 22) -> str:
    """The points of a sparkline."""
    highest = max(values, default=0) or 1
    step = width / max(1, len(values) - 1)
    return " ".join(
        f"{n * step:.1f},{height - 2 - value / highest * (height - 4):.1f}"
        for n, value in enumerate(values)
    )


def _rows(
    names: Sequence[str],
    boxes: list[Box],
    kind: str,
    legend: list[str],
    across: Sequence[Mark] = (),
) -> Chart:
    down = [Mark((n + 0.5) * _ROW_HEIGHT, name) for n, name in enumerate(names)]
    height = len(names) * _ROW_HEIGHT + (24 if across else 4)
    return Chart(_WIDTH, height, kind, boxes, _LABEL_WIDTH, list(across), down, legend)


def _fitting(text: str, width: float) -> str:
    most = max(2, int(width / 7))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _tooltip(name: str, label: str, amount: str) -> str:
    return f"{name} · {label}: {amount}" if label else f"{name}: {amount}"


def _sum(cells: Cells, name: str, series: Sequence[str]) -> float:
    return sum(cells.get((name, label), 0) for label in series)


def _axis_end(highest: float) -> float:
    """The next round number: 2, 4, 10, 20, 40, 100, …"""
    power = 10 ** max(0, len(str(int(highest))) - 1)
    return next((n * power for n in (2, 4, 10) if n * power >= highest), 2)
