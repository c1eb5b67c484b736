"""The rule: what two texts are to each other, and why, as figures and in words. Pure; nothing is read
or written here. Measured by `benchmarks/duplicates.py`, with every false pair and miss it leaves.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from storage.duplicates.shingles import TokenisedText, common, numbers

Relation = Literal["copy", "variant", "contains", "part", "distinct"]

# Jaccard or containment that makes a copy. The closer two texts are in time the more likely it is
# one story. An outlet seldom runs its own text twice with a quarter of the words changed, but its
# forms (the weather, an execution, a communiqué) it fills in day after day.
_NEAR, _USUAL, _FAR, _OWN = (0.36, 0.65), (0.40, 0.70), (0.60, 0.85), (0.65, 0.78)
_NEAR_DAYS, _FAR_DAYS = 1.0, 2.0
# Of the shorter text's shingles, the least share that any of these stands for.
LEAST_SHARED = min(_NEAR[1], 2 * _NEAR[0] / (1 + _NEAR[0]))
# By containment alone the shorter text must be this part of the longer one.
LEAST_RATIO = 0.33
# Fewer shared shingles are a formula or a quotation.
FEWEST = 20
# Of the places where both texts have a number, the share that may differ: in a copy, and in another
# outlet's variant (the toll has risen since).
COPY_CONFLICT, _VARIANT_CONFLICT = 0.34, 0.6
# A copy that is much shorter or longer begins as the other does: news has its lead at the top. What
# begins elsewhere in the longer text is a part of it (a round-up, a background).
_MUCH_LONGER, _HEAD, SAME_HEAD = 0.67, 0.1, 0.33
_VARIANT = 0.80


@dataclass(frozen=True, slots=True)
class ComparedText:
    """A text to compare. `outlets`: names of who published it; `published`: days since 1970;
    `agency` and `credits`: names of the agency it credits, and those with its source line's.
    """

    tokens: TokenisedText
    outlets: frozenset[str] = frozenset()
    published: float | None = None
    agency: frozenset[str] = frozenset()
    credits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the first text is to the second, and the evidence. `ratio` is the shorter's length by
    the longer's; `places` have a number in both texts, `conflicts` of them different ones; `head`
    is the share of the longer text's beginning that the shorter one has; None: not looked at.
    """

    kind: Relation
    jaccard: float
    containment: float
    ratio: float
    same_outlet: bool
    days: float | None
    agency: bool
    places: int = 0
    conflicts: int = 0
    head: float | None = None

    @property
    def conflict(self) -> float:
        return self.conflicts / self.places if self.places else 0.0

    @property
    def needed(self) -> tuple[float, float]:
        """Jaccard and containment, one of which makes a copy of these two."""
        return _needed(self.days, same_outlet=self.same_outlet, agency=self.agency)


def compare_texts(one: ComparedText, other: ComparedText) -> Comparison:
    """What `one` is to `other`: a copy or a variant of it, something that contains it or a part."""
    sizes = len(one.tokens.shingles), len(other.tokens.shingles)
    shared = common(one.tokens.shingles, other.tokens.shingles)
    verdict = Comparison(
        "distinct",
        jaccard=shared / max(1, sum(sizes) - shared),
        containment=shared / max(1, min(sizes)),
        ratio=min(sizes) / max(1, *sizes),
        same_outlet=bool(one.outlets & other.outlets),
        days=_days(one, other),
        agency=bool(one.agency & other.credits or one.credits & other.agency),
    )
    is_chance = shared < FEWEST and one.tokens.folded != other.tokens.folded
    if is_chance or not (_is_like(verdict) or verdict.containment >= _VARIANT):
        return verdict
    return _judged(verdict, one.tokens, other.tokens)


def _judged(seen: Comparison, one: TokenisedText, other: TokenisedText) -> Comparison:
    places, conflicts = _compared_numbers(one, other)
    longer, shorter = (one, other) if len(one.shingles) >= len(other.shingles) else (other, one)
    head = _head(longer, shorter) if seen.ratio < _MUCH_LONGER else None
    seen = replace(seen, places=places, conflicts=conflicts, head=head)
    kind = relation_of(seen)
    return replace(seen, kind="part" if kind == "contains" and longer is other else kind)


def relation_of(seen: Comparison) -> Relation:
    """What follows from the figures; `contains` is said whichever of the two is the longer."""
    if seen.jaccard == 1:
        return "copy"
    agrees = seen.conflict <= COPY_CONFLICT
    begins_alike = seen.head is None or seen.head >= SAME_HEAD
    if _is_like(seen) and agrees and begins_alike:
        return "copy"
    if seen.containment < _VARIANT:
        return "distinct"
    if (seen.ratio < LEAST_RATIO or not begins_alike) and agrees:
        return "contains"
    far = seen.days is not None and seen.days > _FAR_DAYS
    most = COPY_CONFLICT if seen.same_outlet else _VARIANT_CONFLICT
    return "distinct" if far or seen.conflict > most else "variant"


def _is_like(seen: Comparison) -> bool:
    jaccard, containment = seen.needed
    contained = seen.containment >= containment and seen.ratio >= LEAST_RATIO
    return seen.jaccard >= jaccard or contained


def _needed(days: float | None, *, same_outlet: bool, agency: bool) -> tuple[float, float]:
    far = days is not None and days > _FAR_DAYS
    if same_outlet:
        return (_OWN[0], _FAR[1]) if far else _OWN
    if far:
        return _FAR
    near = agency or (days is not None and days <= _NEAR_DAYS)
    return _NEAR if near else _USUAL


def _days(one: ComparedText, other: ComparedText) -> float | None:
    if one.published is None or other.published is None:
        return None
    return abs(one.published - other.published)


def _compared_numbers(one: TokenisedText, other: TokenisedText) -> tuple[int, int]:
    ours, theirs = numbers(one.folded), numbers(other.folded)
    shared = ours.keys() & theirs.keys()
    return len(shared), sum(ours[place].isdisjoint(theirs[place]) for place in shared)


def _head(longer: TokenisedText, shorter: TokenisedText) -> float:
    begin = longer.order[: max(3, int(len(longer.order) * _HEAD))]
    return float(np.isin(begin, shorter.shingles).mean())


_WHOLE, _SHORTENED = 0.9, 0.8


def kind_of_copy(verdict: Comparison, *, longer: bool, same_words: bool) -> str:
    """exact: letter for letter, once folded; shortened, extended: nearly all of the shorter text is
    in the longer one; near: reworded. `longer`: than the original.
    """
    if same_words:
        return "exact"
    if verdict.containment >= _WHOLE and verdict.ratio < _SHORTENED:
        return "extended" if longer else "shortened"
    return "near"


def describe(verdict: Comparison, *, credit: str | None, through: str | None) -> str:
    """`credit`: the agency both name; `through`: the id of the text that both are copies of."""
    said = [f"both are copies of {through}"] if through else []
    if verdict.agency and credit:
        said.append(f"both credit {credit}")
    if verdict.days is not None:
        said.append(_apart(verdict.days))
    if verdict.same_outlet:
        said.append("the same outlet")
    if verdict.places:
        agree = verdict.places - verdict.conflicts
        said.append(f"{agree} of {verdict.places} numbers agree")
    if verdict.head is not None:
        said.append(f"{verdict.head:.0%} of the beginning is the same")
    return "; ".join(said)


def _apart(days: float) -> str:
    if days < 1 / 24:
        return "published at the same time" if days == 0 else "published within an hour"
    return f"published {days:.1f} days apart" if days >= 2 else f"published {days * 24:.0f} h apart"
