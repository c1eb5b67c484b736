"""The curve of the one writer as a picture: pages a second over workers, both on doubling scales."""

from collections.abc import Sequence
from math import ceil, floor, log2
from pathlib import Path

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 640, 420, 70, 40, 20, 50
_HEAD = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
    'font-family="sans-serif" font-size="13" fill="#222">'
    f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
)


def write_picture(file: Path, points: Sequence[tuple[int, float]], alone: float) -> None:
    """`alone`: pages a second of one worker that waits for nobody."""
    most = max(workers for workers, _ in points)
    low, high = floor(log2(alone)), ceil(log2(alone * most))

    def place(workers: float, rate: float) -> tuple[float, float]:
        right = (_WIDTH - _LEFT - _RIGHT) * log2(workers) / log2(most)
        up = (_HEIGHT - _TOP - _BOTTOM) * (log2(rate) - low) / (high - low)
        return _LEFT + right, _HEIGHT - _BOTTOM - up

    best = max(rate for _, rate in points)
    ends = place(1, alone), place(most, alone * most)
    parts = [
        _HEAD,
        *(_row(place(1, 2.0**power)[1], 2**power) for power in range(low, high + 1)),
        *(_column(place(workers, alone)[0], workers) for workers, _ in points),
        _line(ends, "#999", "6 4"),
        _line([place(workers, rate) for workers, rate in points], "#b3261e"),
        *(_dot(*place(workers, rate)) for workers, rate in points),
        _text(ends[1][0] - 150, ends[1][1] + 12, "what they could do", "#777"),
        _text(_WIDTH - _RIGHT - 170, place(1, best)[1] + 24, f"one writer: {best:.0f}", "#b3261e"),
        _text(_LEFT, _HEIGHT - 12, "workers"),
        _text(6, _TOP - 20, "pages a second"),
        "</svg>\n",
    ]
    file.write_text("\n".join(parts), "utf-8")


def _row(y: float, rate: int) -> str:
    line = f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>'
    return line + f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{rate}</text>'


def _column(x: float, workers: int) -> str:
    y = _HEIGHT - _BOTTOM
    return f'<text x="{x:.1f}" y="{y + 18}" text-anchor="middle">{workers}</text>'


def _line(places: Sequence[tuple[float, float]], colour: str, dashes: str = "none") -> str:
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    return (
        f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2" '
        f'stroke-dasharray="{dashes}"/>'
    )


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#b3261e"/>'


def _text(x: float, y: float, text: str, colour: str = "#222") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}">{text}</text>'
