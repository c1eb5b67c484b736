"""Repeats inside one article: the whole body, a run of lines, a caption. The first occurrence stays.

The cost is linear in the length of the text: a line is looked up by its words and by a few anchors,
and never compared with all others.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from zlib import crc32

from text.folding import fold

_MIN_RUN_CHARS = 120
_MIN_SINGLE_CHARS = 60
_MIN_SINGLE_WORDS = 10
MIN_CAPTION_CHARS = 25  # a shorter line that is there twice may be a label
_MAX_REFRAIN_CHARS = 160
_MIN_REFRAIN_REPEATS = 2
_ANCHORS = 5
_MIN_SHARED_WORDS = 0.8  # of the longer line's
_MAX_COMPARED = 12  # lines, each with each
_NUMBER = re.compile(r"\d+")


@dataclass(eq=False)
class ComparedLine:
    """A line, folded, and how many characters it has unfolded. It is kept over the rounds of a cleaning,
    and so are its words, numbers and anchors, which few lines are asked for.
    """

    folded: str
    chars: int

    @cached_property
    def words(self) -> set[str]:
        return set(self.folded.split())

    @cached_property
    def numbers(self) -> list[str]:
        return _NUMBER.findall(self.folded)

    @property
    def is_long(self) -> bool:
        return self.chars >= _MIN_SINGLE_CHARS and self.folded.count(" ") >= _MIN_SINGLE_WORDS - 1

    @cached_property
    def anchors(self) -> list[int]:
        """The smallest few hashes of the line's word pairs: near repeats share at least one."""
        if not self.is_long:
            return []
        pairs = map(b" ".join, pairwise(self.folded.encode().split(b" ")))
        return sorted(set(map(crc32, pairs)))[:_ANCHORS]


def compared_line(line: str, folded: str) -> ComparedLine:
    return ComparedLine(folded, len(line))


def repeats(lines: Sequence[str]) -> set[int]:
    """Positions of the lines that repeat an earlier line of the text."""
    return repeated([compared_line(line, fold(line)) for line in lines])


def repeated(lines: Sequence[ComparedLine]) -> set[int]:
    """As `repeats`, for lines made ready to compare."""
    originals = _originals(lines)
    repeat_counts = Counter(original for original in originals if original is not None)
    positions: set[int] = set()
    start = 0
    while start < len(lines):
        length = _run_length(originals, start)
        run = lines[start : start + length]
        if run and _is_removable(run, originals, start, repeat_counts):
            positions.update(range(start, start + length))
        start += max(1, length)
    return positions


def may_repeat(lines: Sequence[ComparedLine]) -> bool:
    """Whether any of the lines may repeat another. Where none may, none of fewer of them may either."""
    return len({line.folded for line in lines}) < len(lines) or _may_be_near(lines)


def _originals(lines: Sequence[ComparedLine]) -> list[int | None]:
    """For each line the position of the earlier line that it repeats, exactly or nearly."""
    exact: dict[str, int] = {}
    anchored: dict[int, int] = {}
    originals: list[int | None] = []
    may_be_near = _may_be_near(lines)
    for position, line in enumerate(lines):
        original: int | None = exact.setdefault(line.folded, position) if line.folded else position
        if original == position and may_be_near:
            original = _near_original(line, lines, anchored)
        if original is None or original == position:
            for anchor in line.anchors if may_be_near else ():
                anchored.setdefault(anchor, position)
            original = None
        originals.append(original)
    return originals


def _may_be_near(lines: Sequence[ComparedLine]) -> bool:
    """Whether any line may be a near repeat. Where none is, in six texts of seven, anchors are not
    needed.
    """
    distinct = {line.folded: line for line in lines if line.is_long}
    texts = [line.words for line in distinct.values()]
    seen: set[str] = set()
    shared: set[str] = set()
    for words in texts:
        shared |= seen & words
        seen |= words
    alike = [words for words in texts if len(words & shared) >= _MIN_SHARED_WORDS * len(words)]
    if len(alike) > _MAX_COMPARED:
        return True
    return any(_share_words(a, b) for a, b in combinations(alike, 2))


def _near_original(
    line: ComparedLine, lines: Sequence[ComparedLine], anchored: dict[int, int]
) -> int | None:
    candidates = {anchored[anchor] for anchor in line.anchors if anchor in anchored}
    return next((at for at in sorted(candidates) if _are_alike(lines[at], line)), None)


def _are_alike(a: ComparedLine, b: ComparedLine) -> bool:
    if a.numbers != b.numbers:
        return False
    return _share_words(a.words, b.words)


def _share_words(a: set[str], b: set[str]) -> bool:
    return len(a & b) >= _MIN_SHARED_WORDS * max(len(a), len(b))


def _run_length(originals: Sequence[int | None], start: int) -> int:
    """Lines in the repeated run that begins at `start`: their originals follow one another."""
    original = originals[start]
    if original is None:
        return 0
    length = 1
    while start + length < len(originals) and originals[start + length] == original + length:
        length += 1
    return length


def _is_removable(
    run: Sequence[ComparedLine],
    originals: Sequence[int | None],
    start: int,
    repeat_counts: Counter[int],
) -> bool:
    original = originals[start]
    assert original is not None
    if all(
        repeat_counts[original + at] >= _MIN_REFRAIN_REPEATS and line.chars < _MAX_REFRAIN_CHARS
        for at, line in enumerate(run)
    ):
        return False  # a refrain
    if len(run) == 1:
        return run[0].is_long or (original == start - 1 and run[0].chars >= MIN_CAPTION_CHARS)
    return sum(line.chars for line in run) >= _MIN_RUN_CHARS and any(line.is_long for line in run)
