"""Two texts compared: paragraph by paragraph, and in those that changed word by word.

Either is hostile, and may have a megabyte: what is compared and what comes of it are bounded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from text.alignment import AlignmentBudget, IndexPairs, aligned

ChangeKind = Literal["same", "removed", "added"]
RowKind = Literal["same", "changed", "removed", "added", "moved_away", "moved_here"]
Words = list[tuple[ChangeKind, str]]

# Of one paragraph; one with more is shown as a whole, before and after.
_MAX_RUNS = 2_000
# Changed paragraphs between two that stayed, of either text, that are matched by their words; and the
# words of each that are looked at.
_MAX_BLOCK, _MAX_BLOCK_WORDS = 40, 300
# What comparing two paragraphs takes of a budget: 200 000 comparisons are some 0.3 s of short ones, and a
# text of a megabyte could ask for six million.
_COMPARISON = 500
# Words in common, of those of both, below which two paragraphs are not versions of one another.
_LEAST_ALIKE = 0.3


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A paragraph with its words before and after; `same`: `paragraphs` of them that did not change,
    which have no words.
    """

    kind: RowKind
    words: Words
    paragraphs: int = 1

    @property
    def left(self) -> Words:
        return [run for run in self.words if run[0] != "added"]

    @property
    def right(self) -> Words:
        return [run for run in self.words if run[0] != "removed"]


def words(before: str, after: str, budget: AlignmentBudget | None = None) -> Words:
    """Both paragraphs as one, with the removed and the added words."""
    old, new = before.split(), after.split()
    pairs = aligned(old, new, budget or AlignmentBudget())
    runs = list(_runs(old, new, pairs))
    if len(runs) > _MAX_RUNS:
        return [("removed", " ".join(old)), ("added", " ".join(new))]
    return runs


def diff_rows(
    old: Sequence[str], new: Sequence[str], budget: AlignmentBudget | None = None
) -> list[DiffRow]:
    """The paragraphs of two texts side by side, in the order of both."""
    budget = budget or AlignmentBudget()
    rows: list[DiffRow] = []
    i = j = 0
    for a, b in [*aligned(old, new, budget), (len(old), len(new))]:
        rows += _block(old[i:a], new[j:b], budget)
        if a < len(old):
            rows.append(DiffRow("same", []))
        i, j = a + 1, b + 1
    return list(_folded(_with_moves(rows)))


def share_in_common(rows: Sequence[DiffRow], old: str, new: str) -> tuple[float, float]:
    """Which share of the words of the one text, and of the other, has its place in both."""
    counts = len(old.split()), len(new.split())
    changed = [0, 0]
    for row in rows:
        for kind, text in row.words:
            if row.kind in ("moved_away", "moved_here") or kind == "same":
                continue
            changed[kind == "added"] += len(text.split())
    removed, added = (
        max(0.0, 1 - n / (count or 1)) for n, count in zip(changed, counts, strict=True)
    )
    return removed, added


def _runs(
    old: Sequence[str], new: Sequence[str], pairs: IndexPairs
) -> Iterator[tuple[ChangeKind, str]]:
    i = j = 0
    same: list[str] = []
    for a, b in [*pairs, (len(old), len(new))]:
        if same and (i < a or j < b or a == len(old)):
            yield "same", " ".join(same)
            same = []
        if i < a:
            yield "removed", " ".join(old[i:a])
        if j < b:
            yield "added", " ".join(new[j:b])
        same += old[a : a + 1]
        i, j = a + 1, b + 1


def _block(old: Sequence[str], new: Sequence[str], budget: AlignmentBudget) -> Iterator[DiffRow]:
    """What changed between two paragraphs that stayed."""
    i = j = 0
    for a, b in [*_alike(old, new, budget), (len(old), len(new))]:
        yield from (DiffRow("removed", [("removed", text)]) for text in old[i:a] if text)
        yield from (DiffRow("added", [("added", text)]) for text in new[j:b] if text)
        if a < len(old):
            yield DiffRow("changed", words(old[a], new[b], budget))
        i, j = a + 1, b + 1


def _alike(old: Sequence[str], new: Sequence[str], budget: AlignmentBudget) -> IndexPairs:
    """Paragraphs that are versions of one another, in the order of both: those that have most words in
    common together. Beyond the budget, the first with the first, and so on.
    """
    if not old or not new:
        return []
    if len(old) == len(new) == 1:
        return [(0, 0)]
    is_long = max(len(old), len(new)) > _MAX_BLOCK
    if is_long or not budget.take(_COMPARISON * len(old) * len(new)):
        return [(n, n) for n in range(min(len(old), len(new)))]
    bags = [
        [set(text[: 20 * _MAX_BLOCK_WORDS].split()[:_MAX_BLOCK_WORDS]) for text in texts]
        for texts in (old, new)
    ]
    best: list[list[tuple[float, IndexPairs]]] = [[(0.0, [])] * (len(new) + 1)]
    for row, left in enumerate(bags[0]):
        line = [best[-1][0]]
        for column, right in enumerate(bags[1]):
            total = 2 * len(left & right) / (len(left) + len(right) or 1)
            options = [best[-1][column + 1], line[column]]
            if total >= _LEAST_ALIKE:
                score, pairs = best[-1][column]
                options.append((score + total, [*pairs, (row, column)]))
            line.append(max(options, key=lambda option: option[0]))
        best.append(line)
    return best[-1][-1][1]


def _with_moves(rows: Sequence[DiffRow]) -> Iterator[DiffRow]:
    """A paragraph that was taken out and put in elsewhere has moved."""
    texts = [{row.words[0][1] for row in rows if row.kind == kind} for kind in ("removed", "added")]
    moved = texts[0] & texts[1]
    kinds: dict[RowKind, RowKind] = {"removed": "moved_away", "added": "moved_here"}
    for row in rows:
        is_moved = row.kind in kinds and row.words[0][1] in moved
        yield DiffRow(kinds[row.kind], row.words) if is_moved else row


def _folded(rows: Iterator[DiffRow]) -> Iterator[DiffRow]:
    same = 0
    for row in rows:
        if row.kind == "same":
            same += 1
            continue
        if same:
            yield DiffRow("same", [], same)
            same = 0
        yield row
    if same:
        yield DiffRow("same", [], same)
