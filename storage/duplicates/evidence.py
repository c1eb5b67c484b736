"""A verdict in words: the kind of a copy, and what speaks for it."""

from storage.duplicates.compare import Verdict

_WHOLE, _SHORTENED = 0.9, 0.8


def kind_of_copy(verdict: Verdict, *, longer: bool, same_words: bool) -> str:
    """exact: letter for letter, once folded; shortened, extended: nearly all of the shorter text is
    in the longer one; near: reworded. `longer`: than the original.
    """
    if same_words:
        return "exact"
    if verdict.containment >= _WHOLE and verdict.ratio < _SHORTENED:
        return "extended" if longer else "shortened"
    return "near"


def in_words(verdict: Verdict, *, credit: str | None, through: str | None) -> str:
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
