"""Cleaning: which of an article's extracted lines stay, and why the others go. No line is changed;
each removed one is recorded with its position and reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from items import LineKind, LineRule, RemovedLine
from pipelines.cleaning.apply_rules import apply_rules, drop_section_pairs, refine_reasons
from pipelines.cleaning.cleaning_state import CleaningState
from pipelines.cleaning.credit_lines import agency, named_source
from pipelines.cleaning.line_rules import rule_set
from pipelines.cleaning.repeated_lines import MIN_CAPTION_CHARS, may_repeat, repeated
from pipelines.dates.date_lines import is_date_line
from text.folding import fold
from text.sentences import ends_as_sentence

_MAX_ROUNDS = 10
# Above the body, in which a byline is looked for.
_MAX_HEAD_LINES = 6

# The names in a line that is a byline and nothing else.
ReadNames = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The lines that stay, as they are and `folded`, with their kinds; those removed, and the article's
    dates and credits among the latter.
    """

    paragraphs: tuple[str, ...]
    removed: tuple[RemovedLine, ...]
    dates: tuple[str, ...] = ()
    source: str | None = None
    agency: str | None = None
    kinds: tuple[LineKind, ...] = ()
    authors: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()


def clean_lines(
    lines: Sequence[str],
    *,
    title: str | None = None,
    rules: tuple[LineRule, ...] = (),
    own_names: tuple[str, ...] = (),
    reasons: Sequence[str | None] = (),
    links: Sequence[bool] | None = None,
    pinned: tuple[str, ...] = (),
    kinds: Sequence[LineKind] = (),
    byline_names: ReadNames | None = None,
) -> Cleaned:
    """Clean the non-blank `lines` of an article. `reasons` are those that the markup gives (None:
    the line may stay), `own_names` names of the site, `pinned` lines that stay in any case;
    `links` tells which lines are links, and `kinds` what each line is, where that is known;
    `byline_names` gives the names in a byline.
    """
    state = CleaningState(
        list(lines),
        list(reasons) or [None] * len(lines),
        frozenset(map(fold, pinned)),
        rule_set(rules),
    )
    state.links = links
    refine_reasons(state)
    if title:
        _drop_title(state, title)
    # A removed line can leave others at an edge, or a repeat next to its original: rounds until
    # nothing changes, so that cleaning is idempotent.
    for _ in range(_MAX_ROUNDS):
        before = len(state.kept())
        _drop_repeats(state)
        apply_rules(state)
        drop_section_pairs(state)
        _remove_date_lines(state)
        if byline_names:
            _remove_bylines(state, byline_names)
        _remove_credit_lines(state, own_names)
        if len(state.kept()) == before:
            break
    return _result(state, kinds)


def _drop_title(state: CleaningState, title: str) -> None:
    """At the text's beginning, and at its end, where a trail of the page's place may end with it."""
    folded = fold(title)
    for at in state.kept()[:3]:
        if state.folded[at] == folded:
            state.drop(at, "title")
    for at in state.kept()[-2:]:
        if state.folded[at] == folded:
            state.drop(at, "repeat")


def _drop_repeats(state: CleaningState) -> None:
    kept = state.kept()
    compared = [state.compared[at] for at in kept] if state.may_repeat else []
    state.may_repeat = may_repeat(compared)
    if not state.may_repeat:
        return
    repeats, head = repeated(compared), state.head()
    for position in sorted(repeats):
        state.drop(kept[position], "repeat")
        original = position - 1
        if position and original not in repeats and _is_caption(state, kept, original, head):
            state.drop(kept[original], "caption")


def _is_caption(state: CleaningState, kept: list[int], position: int, head: int) -> bool:
    """A line twice above the body that is no sentence is a picture's caption."""
    at, next_at = kept[position], kept[position + 1]
    is_doubled = (
        state.folded[at] == state.folded[next_at] and len(state.lines[at]) >= MIN_CAPTION_CHARS
    )
    return is_doubled and at <= head and not ends_as_sentence(state.lines[at])


def _remove_date_lines(state: CleaningState) -> None:
    """Date lines above the body, and below it."""
    for at in _edges(state):
        if is_date_line(state.lines[at]):
            state.drop(at, "date")
            state.dates.append(state.lines[at])


def _remove_bylines(state: CleaningState, names_of: ReadNames) -> None:
    """Bylines above the body, those that the markup has taken out too."""
    head = range(min(state.head() + 1, len(state.lines)))
    for at in [at for at in head if state.reasons[at] in (None, "layout")][:_MAX_HEAD_LINES]:
        if names := names_of(state.lines[at]):
            state.drop(at, "byline")
            state.authors = state.authors or names
            state.dates.append(state.lines[at])


def _remove_credit_lines(state: CleaningState, own_names: tuple[str, ...]) -> None:
    kept = state.kept()
    if len(kept) < 2:
        return
    for at in kept[:2]:
        credit = agency(state.lines[at], own_names)
        if credit is None:
            break
        if state.source is None:
            state.source = credit
            state.drop(at, "source")
        else:
            state.agency = state.agency or credit
            state.drop(at, "agency")
    for at in reversed(state.kept()[-2:]):
        credit = agency(state.lines[at], own_names) or named_source(state.lines[at])
        if credit is None:
            break
        state.agency = state.agency or credit
        state.drop(at, "agency")


def _edges(state: CleaningState) -> list[int]:
    """The kept lines before the first paragraph of prose and after the last."""
    kept = state.kept()
    prose = [i for i, at in enumerate(kept) if state.is_prose[at]]
    if not prose:
        return kept[:4]
    return kept[: prose[0]] + kept[prose[-1] + 1 :]


def _result(state: CleaningState, kinds: Sequence[LineKind]) -> Cleaned:
    # Title, section and source line are fields of the article: they are not removed, and no
    # position counts them.
    recorded = [
        (state.lines[at], reason)
        for at, reason in enumerate(state.reasons)
        if reason not in ("title", "section", "source")
    ]
    removed = [
        RemovedLine(position, line, reason)
        for position, (line, reason) in enumerate(recorded)
        if reason is not None
    ]
    kept = state.kept()
    return Cleaned(
        tuple([state.lines[at] for at in kept]),
        tuple(removed),
        tuple(state.dates),
        state.source,
        state.agency,
        tuple([kinds[at] for at in kept]) if kinds else (),
        state.authors,
        tuple([state.folded[at] for at in kept]),
    )
