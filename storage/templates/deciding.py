"""From counts to verdicts: which kinds of blocks are text, which are not, which are in doubt."""

from collections import defaultdict
from collections.abc import Mapping

from items import Verdicts

DOUBT = "doubt"
# Of the blocks of a kind, those that must have been text, or not, for it to be sure; and how many
# must have been seen.
_SURE, _LEAST = 0.95, 3
_LEAST_OF_PATH = 5

Sign = tuple[str, str]


def decide(counts: Mapping[Sign, Verdicts]) -> dict[Sign, str | None]:
    """By path and shape; the empty shape stands for all shapes of a path that were not seen."""
    paths: defaultdict[str, list[Verdicts]] = defaultdict(list)
    for one in counts.values():
        paths[one.path].append(one)
    found: dict[Sign, str | None] = {}
    for path, shapes in paths.items():
        whole = _sum(path, shapes)
        known = _verdict(whole, _LEAST_OF_PATH)
        found[path, ""] = known
        for one in shapes:
            own = _verdict(one, _LEAST)
            few = one.text + one.cut < _LEAST and (one.text == 0 or one.cut == 0)
            agrees = known != DOUBT and (one.cut == 0) == (known is None)
            found[path, one.shape] = known if few and agrees else own
    return found


def _sum(path: str, shapes: list[Verdicts]) -> Verdicts:
    most = max(shapes, key=lambda one: one.cut)
    text, cut = sum(one.text for one in shapes), sum(one.cut for one in shapes)
    return Verdicts(path, "", text, cut, most.reason)


def _verdict(one: Verdicts, least: int) -> str | None:
    total = one.text + one.cut
    if total < least:
        return DOUBT
    if one.text >= _SURE * total:
        return None
    return one.reason if one.cut >= _SURE * total else DOUBT
