"""What of a page lies beyond its article's first and last line, as removed lines.

A page has some 140 lines there, three quarters of them links of menus and lists: recorded one by one
they doubled the database. So of a run of links the first few are kept and the others counted; whatever
could be a line of the article is kept as it is.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from items import RemovedLine

_MIN_LINKED = 0.5  # of a line's characters; then it is a link
_MAX_LINK_CHARS = 160  # a longer one is prose
_MAX_LABEL_CHARS = 25  # of a line in a menu or a form that is no link
_SHOWN = 2  # of a run, in front of its count
_NEAREST = 3  # lines next to the article, which stay in any case
# Of one end; what is farther from the article is counted. Comments and the next article of an endless
# page fit in, a page made to fill disks does not.
_MAX_LINES, _MAX_CHARS = 300, 30_000


def end_lines(
    lines: Sequence[RemovedLine], linked: Sequence[float], *, above: bool
) -> tuple[RemovedLine, ...]:
    """`lines` with the counts of those left out in their places, in positions from 0. `linked`: the
    share of each line's characters inside links; `above`: the article follows, else it precedes.
    """
    pairs = zip(lines, linked, strict=True)
    are_furniture = [_is_furniture(line, share) for line, share in pairs]
    nearest = range(max(0, len(lines) - _NEAREST), len(lines)) if above else range(_NEAREST)
    for at in nearest[: len(lines)]:
        are_furniture[at] = False
    kept: list[RemovedLine] = []
    start = 0
    for is_furniture, run in groupby(are_furniture):
        end = start + sum(1 for _ in run)
        kept += _counted(lines[start:end], _SHOWN) if is_furniture else lines[start:end]
        start = end
    kept = _nearest(kept[::-1])[::-1] if above else _nearest(kept)
    return tuple(
        [
            line if line.position == at else RemovedLine(at, line.text, line.reason)
            for at, line in enumerate(kept)
        ]
    )


def _is_furniture(line: RemovedLine, linked: float) -> bool:
    """Whether it cannot be of the article: a link, or a label inside a menu, a form or the like."""
    if linked >= _MIN_LINKED:
        return len(line.text) <= _MAX_LINK_CHARS
    return line.reason != "layout" and len(line.text) <= _MAX_LABEL_CHARS


def _counted(lines: Sequence[RemovedLine], shown: int) -> list[RemovedLine]:
    """The first lines, and one that counts the others, with the reason that most of these have."""
    rest = lines[shown:]
    if len(rest) < 2:
        return list(lines)
    [(reason, _)] = Counter(line.reason for line in rest).most_common(1)
    return [*lines[:shown], RemovedLine(0, f"… {len(rest)} more lines", reason)]


def _nearest(lines: Sequence[RemovedLine]) -> list[RemovedLine]:
    """The first lines of `lines`, which begin at the article, and the count of the others."""
    chars = 0
    for at, line in enumerate(lines):
        chars += len(line.text)
        if at >= _MAX_LINES or (chars > _MAX_CHARS and at >= _NEAREST):
            return _counted(lines, at)
    return list(lines)
