"""Repeats inside one article: the body held twice, a block or a caption again. The first stays.

Cost is linear in the length of the text: each paragraph is looked up by its hash and by a few
anchors, never compared with all others.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from itertools import pairwise
from zlib import crc32

from text.folding import fold

_RUN_CHARS = 120
_LONE_CHARS = 60
_LONE_WORDS = 10
_CAPTION_CHARS = 25
_REFRAIN_CHARS = 160
_ANCHORS = 5
_ALIKE = 0.8
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class ComparedLine:
    """A line as it is compared; its anchors outlast the rounds of a cleaning."""

    words: tuple[str, ...]
    chars: int
    numbers: tuple[str, ...]

    @property
    def weighty(self) -> bool:
        return self.chars >= _LONE_CHARS and len(self.words) >= _LONE_WORDS

    @cached_property
    def anchors(self) -> list[int]:
        """The smallest few hashes of the line's word pairs: near repeats share at least one."""
        if not self.weighty:
            return []
        pairs = {" ".join(pair) for pair in pairwise(self.words)}
        return nsmallest(_ANCHORS, map(crc32, map(str.encode, pairs)))


def read_line(line: str, folded: str) -> ComparedLine:
    numbers = tuple(_NUMBER.findall(folded))
    return ComparedLine(tuple(folded.split()), len(line), numbers)


def repeats(lines: Sequence[str]) -> set[int]:
    """Positions of the lines that say again what an earlier line of the text has said."""
    return repeated([read_line(line, fold(line)) for line in lines])


def repeated(read: Sequence[ComparedLine]) -> set[int]:
    """As `repeats`, of lines that are read already."""
    first = _first_occurrences(read)
    times = _times(first)
    found: set[int] = set()
    position = 0
    while position < len(read):
        run = _run(first, position)
        if run and _removable(read[position : position + run], first, position, times):
            found.update(range(position, position + run))
        position += max(1, run)
    return found


def _first_occurrences(read: Sequence[ComparedLine]) -> list[int | None]:
    """For each line the position of the earlier line it repeats, exactly or nearly."""
    exact: dict[tuple[str, ...], int] = {}
    anchored: dict[int, int] = {}
    first: list[int | None] = []
    for position, line in enumerate(read):
        origin: int | None = exact.setdefault(line.words, position) if line.words else position
        if origin == position:
            origin = _near(line, read, anchored)
        if origin is None or origin == position:
            for anchor in line.anchors:
                anchored.setdefault(anchor, position)
            origin = None
        first.append(origin)
    return first


def _near(line: ComparedLine, read: Sequence[ComparedLine], anchored: dict[int, int]) -> int | None:
    seen = {anchored[anchor] for anchor in line.anchors if anchor in anchored}
    return next((position for position in sorted(seen) if _alike(read[position], line)), None)


def _alike(one: ComparedLine, other: ComparedLine) -> bool:
    if one.numbers != other.numbers:
        return False
    a, b = set(one.words), set(other.words)
    return len(a & b) >= _ALIKE * max(len(a), len(b))


def _times(first: Sequence[int | None]) -> dict[int, int]:
    """How often the line at a position is repeated later."""
    times: dict[int, int] = {}
    for origin in first:
        if origin is not None:
            times[origin] = times.get(origin, 0) + 1
    return times


def _run(first: Sequence[int | None], start: int) -> int:
    """Length of the repeated run that begins at `start`: its originals follow one another."""
    origin = first[start]
    if origin is None:
        return 0
    length = 1
    while start + length < len(first) and first[start + length] == origin + length:
        length += 1
    return length


def _removable(
    run: Sequence[ComparedLine], first: Sequence[int | None], start: int, times: dict[int, int]
) -> bool:
    origin = first[start]
    assert origin is not None
    if all(times[origin + i] >= 2 and line.chars < _REFRAIN_CHARS for i, line in enumerate(run)):
        return False  # a refrain: three times or more, short
    if len(run) == 1:
        return run[0].weighty or (origin == start - 1 and run[0].chars >= _CAPTION_CHARS)
    return sum(line.chars for line in run) >= _RUN_CHARS and any(line.weighty for line in run)
