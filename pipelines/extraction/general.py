"""The general extractor, trafilatura: which blocks of a page it takes for the article's."""

from collections.abc import Sequence

import trafilatura

from text.folding import fold_lines

# trafilatura deletes U+200C, which glues Persian words: a private-use sign stands in for it.
_ZWNJ, _SENTINEL = "\u200c", "\ue00c"
_SURE_CHARS = 40


def general_text(document: str) -> str:
    """Trafilatura's text, a line a paragraph; empty when it finds none. Never with its
    `deduplicate`, whose state outlives the page.
    """
    found = trafilatura.extract(
        document.replace(_ZWNJ, _SENTINEL),
        include_comments=False,
        # Its own fallbacks cost as much again and, to a witness, add nothing (F1 .9485, .9489).
        fast=True,
        deduplicate=False,
    )
    return (found or "").replace(_SENTINEL, _ZWNJ)


def agreement(folded: Sequence[str], text: str) -> list[bool]:
    """For each folded block whether it stands in `text`: a whole line, or at length inside one."""
    lines = set(fold_lines(text.splitlines()))
    run = " \n ".join(sorted(lines))
    return [_stands(one, lines, run) for one in folded]


def _stands(folded: str, lines: set[str], run: str) -> bool:
    return bool(folded) and (folded in lines or (len(folded) >= _SURE_CHARS and folded in run))
