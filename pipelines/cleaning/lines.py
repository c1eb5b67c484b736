"""Cleaning: which of an article's extracted lines stay, which go and why. Lines in, lines out;
no line is changed or invented, and what goes is kept with its position and reason.
"""

from collections.abc import Sequence

from items import LineRule
from pipelines.cleaning.clean_lines import Cleaned, Sweep
from pipelines.cleaning.line_rules import rule_set
from text.folding import fold

_ROUNDS = 10


def clean(
    lines: Sequence[str],
    *,
    title: str | None = None,
    rules: tuple[LineRule, ...] = (),
    own_names: tuple[str, ...] = (),
    reasons: Sequence[str | None] = (),
    links: Sequence[bool] | None = None,
    pinned: tuple[str, ...] = (),
) -> Cleaned:
    """Clean the non-blank `lines` of one article. `reasons` are those already given by the
    markup (None: the line may stay); `own_names` are names of the site; `links` says
    which lines are links, where that is known; `pinned` are lines that stay in any case.
    """
    work = Sweep(list(lines), list(reasons) or [None] * len(lines), frozenset(map(fold, pinned)))
    work.links = links
    work.name_the_cut(rule_set(rules))
    if title:
        work.drop_title(title)
    # What goes can leave other lines at an edge, or a repeat beside its twin: again until all
    # is quiet, so that cleaning what is clean changes nothing.
    for _ in range(_ROUNDS):
        before = len(work.kept())
        work.drop_repeats()
        work.apply_rules(rule_set(rules))
        work.drop_section_pairs()
        work.take_dates()
        work.take_credits(own_names)
        if len(work.kept()) == before:
            break
    return work.result()
