"""From counts to verdicts: which kinds of blocks are text, which are not, which are in doubt."""

from collections import defaultdict
from collections.abc import Mapping

from items import Verdicts

DOUBT = "doubt"
# Of the blocks of a kind, those that must have been text, or not, for it to be sure; and on how
# many pages they must have stood: one page's list of results tells nothing of the next one's.
_SURE, _LEAST = 0.95, 4
# A line on half of the pages, word for word, that is cut from some of them is cut from all.
_EVERYWHERE, _SOMETIMES = 0.5, 0.2

Sign = tuple[str, str]


def decide(counts: Mapping[Sign, Verdicts], articles: int) -> dict[Sign, str | None]:
    """By path and shape; the empty shape stands for all shapes of a path that were not seen. A
    line that comes back word for word (its shape begins with `=`) has a verdict of its own.
    """
    paths: defaultdict[str, list[Verdicts]] = defaultdict(list)
    found: dict[Sign, str | None] = {}
    for one in counts.values():
        if one.shape.startswith("="):
            repeated = one.pages >= max(2 * _LEAST, _EVERYWHERE * articles)
            is_cut = repeated and one.cut >= _SOMETIMES * (one.text + one.cut)
            if (verdict := one.reason if is_cut else _verdict(one)) != DOUBT:
                found[one.path, one.shape] = verdict
        else:
            paths[one.path].append(one)
    for path, shapes in paths.items():
        known = _verdict(_sum(path, shapes))
        if known != DOUBT:  # what is not said is in doubt
            found[path, ""] = known
        for one in shapes:
            own = _verdict(one)
            few = one.pages < _LEAST and (one.text == 0 or one.cut == 0)
            agrees = known != DOUBT and (one.cut == 0) == (known is None)
            if own != known and not (few and agrees):
                found[path, one.shape] = own
    return found


def _sum(path: str, shapes: list[Verdicts]) -> Verdicts:
    most = max(shapes, key=lambda one: one.cut)
    text, cut = sum(one.text for one in shapes), sum(one.cut for one in shapes)
    return Verdicts(path, "", text, cut, most.reason, max(one.pages for one in shapes))


def _verdict(one: Verdicts) -> str | None:
    total = one.text + one.cut
    if one.pages < _LEAST:
        return DOUBT
    if one.text >= _SURE * total:
        return None
    return one.reason if one.cut >= _SURE * total else DOUBT
