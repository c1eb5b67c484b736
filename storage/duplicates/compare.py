"""The rule: what two texts are to each other, and why, as figures and in words. Pure: no database.
Measured by `benchmarks/duplicates.py`, which lists every false pair and every miss.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from storage.duplicates.shingles import TokenisedText, common, numbers

Relation = Literal["copy", "variant", "contains", "part", "distinct"]

# Jaccard and containment, one of which makes a copy: of texts published near each other in time or
# crediting one agency, others, far apart, and by one outlet. The closer in time the more likely it is
# one story. An outlet seldom publishes its own text twice with a quarter of the words changed, but it
# fills in its forms (the weather, an execution, a communiqué) day after day.
_NEAR, _USUAL, _FAR, _OWN = (0.36, 0.65), (0.40, 0.70), (0.60, 0.85), (0.65, 0.78)
_NEAR_DAYS, _FAR_DAYS = 1.0, 2.0
# The least share of the shorter text's shingles that any of these stands for.
LEAST_SHARED = min(_NEAR[1], 2 * _NEAR[0] / (1 + _NEAR[0]))
# Containment alone makes a copy only if the shorter text has this share of the longer one's length.
LEAST_RATIO = 0.33
# Fewer shared shingles are a formula or a quotation.
FEWEST = 20
# The share of the numbers in the same position in both texts that may differ: in a copy, and in
# another outlet's variant (the toll has risen since).
COPY_CONFLICT, _VARIANT_CONFLICT = 0.34, 0.6
# A copy that is much shorter or longer begins like the other: news has its lead at the top. A text
# that begins elsewhere in the longer one is a part of it (a round-up, a background).
_MUCH_LONGER, _HEAD, SAME_HEAD = 0.67, 0.1, 0.33
_VARIANT = 0.80
# A note: how much of it, and of the story's beginning, is in both, and its least share of the length.
_NOTE, _NOTE_HEAD, _NOTE_RATIO = 0.9, 0.9, 0.2


@dataclass(frozen=True, slots=True)
class ComparedText:
    """A text to compare. `outlets`: names of its publisher; `published`: days since 1970; `agency`:
    names of the agency that it credits; `credits`: these and the names of its source line.
    """

    tokens: TokenisedText
    outlets: frozenset[str] = frozenset()
    published: float | None = None
    agency: frozenset[str] = frozenset()
    credits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the first text is to the second, and the evidence. `ratio`: the shorter length by the longer
    one, in shingles; `places`: positions with a number in both texts, `conflicts` of them with
    different ones; `head`: the share of the longer text's beginning that the shorter one has, None:
    not measured.
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
        """Jaccard and containment, one of which makes these two copies."""
        return _needed(self.days, same_outlet=self.same_outlet, agency=self.agency)


def compare_texts(first: ComparedText, second: ComparedText) -> Comparison:
    """What the first text is to the second: a copy, a variant, a text that contains it, or a part."""
    sizes = len(first.tokens.shingles), len(second.tokens.shingles)
    shared = common(first.tokens.shingles, second.tokens.shingles)
    comparison = Comparison(
        "distinct",
        jaccard=shared / max(1, sum(sizes) - shared),
        containment=shared / max(1, min(sizes)),
        ratio=min(sizes) / max(1, *sizes),
        same_outlet=bool(first.outlets & second.outlets),
        days=_days(first, second),
        agency=bool(first.agency & second.credits or first.credits & second.agency),
    )
    is_chance = shared < FEWEST and first.tokens.folded != second.tokens.folded
    if is_chance or not (_is_like(comparison) or comparison.containment >= _VARIANT):
        return comparison
    return _with_details(comparison, first.tokens, second.tokens)


def is_note(size: int, other: int, containment: float) -> bool:
    """Whether a text of `size` shingles is the note from which a copy of it, of `other` shingles, goes
    on: nearly all of it is in the other, which is much longer.
    """
    return size < _MUCH_LONGER * other and containment >= _VARIANT


def _with_details(
    comparison: Comparison, first: TokenisedText, second: TokenisedText
) -> Comparison:
    places, conflicts = _compared_numbers(first, second)
    longer, shorter = (
        (first, second) if len(first.shingles) >= len(second.shingles) else (second, first)
    )
    head = _head(longer, shorter) if comparison.ratio < _MUCH_LONGER else None
    comparison = replace(comparison, places=places, conflicts=conflicts, head=head)
    kind = relation_of(comparison)
    return replace(comparison, kind="part" if kind == "contains" and longer is second else kind)


def relation_of(comparison: Comparison) -> Relation:
    """What follows from the figures; `contains` whichever of the two is the longer."""
    if comparison.jaccard == 1:
        return "copy"
    agrees = comparison.conflict <= COPY_CONFLICT
    begins_alike = comparison.head is None or comparison.head >= SAME_HEAD
    if _is_like(comparison) and agrees and begins_alike:
        return "copy"
    if comparison.containment < _VARIANT:
        return "distinct"
    if agrees and _goes_on(comparison):
        return "copy"
    if (comparison.ratio < LEAST_RATIO or not begins_alike) and agrees:
        return "contains"
    far = comparison.days is not None and comparison.days > _FAR_DAYS
    most = COPY_CONFLICT if comparison.same_outlet else _VARIANT_CONFLICT
    return "distinct" if far or comparison.conflict > most else "variant"


def _goes_on(comparison: Comparison) -> bool:
    """Whether the longer text begins with all of the shorter one: a note of a few sentences, from
    which the story goes on within a day. A round-up may begin with a whole story too, but goes on longer.
    """
    near = comparison.days is not None and comparison.days <= _NEAR_DAYS
    is_beginning = comparison.head is not None and comparison.head >= _NOTE_HEAD
    is_whole = comparison.containment >= _NOTE and comparison.ratio >= _NOTE_RATIO
    return is_whole and is_beginning and near


def _is_like(comparison: Comparison) -> bool:
    jaccard, containment = comparison.needed
    contained = comparison.containment >= containment and comparison.ratio >= LEAST_RATIO
    return comparison.jaccard >= jaccard or contained


def _needed(days: float | None, *, same_outlet: bool, agency: bool) -> tuple[float, float]:
    far = days is not None and days > _FAR_DAYS
    if same_outlet:
        return (_OWN[0], _FAR[1]) if far else _OWN
    if far:
        return _FAR
    near = agency or (days is not None and days <= _NEAR_DAYS)
    return _NEAR if near else _USUAL


def _days(first: ComparedText, second: ComparedText) -> float | None:
    if first.published is None or second.published is None:
        return None
    return abs(first.published - second.published)


def _compared_numbers(first: TokenisedText, second: TokenisedText) -> tuple[int, int]:
    first_numbers, second_numbers = numbers(first.folded), numbers(second.folded)
    shared = first_numbers.keys() & second_numbers.keys()
    return len(shared), sum(
        first_numbers[place].isdisjoint(second_numbers[place]) for place in shared
    )


def _head(longer: TokenisedText, shorter: TokenisedText) -> float:
    begin = longer.order[: max(3, int(len(longer.order) * _HEAD))]
    return float(np.isin(begin, shorter.shingles).mean())


_WHOLE, _SHORTENED = 0.9, 0.8


def kind_of_copy(comparison: Comparison, *, longer: bool, earlier: bool, same_words: bool) -> str:
    """exact: equal once folded; shortened, extended: nearly all of the shorter text is in the longer
    one; earlier: so is a note from before its story; near: reworded. `longer`: the copy is longer than
    the original; `earlier`: it is from before.
    """
    if same_words:
        return "exact"
    if comparison.containment >= _VARIANT and comparison.ratio < _MUCH_LONGER and earlier:
        return "earlier"
    if comparison.containment >= _WHOLE and comparison.ratio < _SHORTENED:
        return "extended" if longer else "shortened"
    return "near"


def describe(comparison: Comparison, *, credit: str | None, through: str | None) -> str:
    """`credit`: the agency both name; `through`: the id of the text that both are copies of."""
    evidence = [f"both are copies of {through}"] if through else []
    if comparison.agency and credit:
        evidence.append(f"both credit {credit}")
    if comparison.days is not None:
        evidence.append(_apart(comparison.days))
    if comparison.same_outlet:
        evidence.append("the same outlet")
    if comparison.places:
        agree = comparison.places - comparison.conflicts
        evidence.append(f"{agree} of {comparison.places} numbers agree")
    if comparison.head is not None:
        evidence.append(f"{comparison.head:.0%} of the beginning is the same")
    return "; ".join(evidence)


def _apart(days: float) -> str:
    if days < 1 / 24:
        return "published at the same time" if days == 0 else "published within an hour"
    return f"published {days:.1f} days apart" if days >= 2 else f"published {days * 24:.0f} h apart"
