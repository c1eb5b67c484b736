"""Credit lines: lines with nothing but the agency or outlet that a text is from."""

import re
from functools import lru_cache
from importlib import resources

from text.folding import fold

_MAX_CHARS = 60
# "Source:" and the words that introduce an agency.
_INTRODUCTIONS = (
    "المصدر",
    "المصادر",
    "مصدر",
    "نقلا عن",
    "عن",
    "وكاله",
    "وكالات",
    "source",
    "via",
    "the",
)
_AND = ("و", "and")


@lru_cache(maxsize=1)
def _agencies() -> frozenset[str]:
    text = resources.files("pipelines.rules").joinpath("agencies.txt").read_text("utf-8")
    return frozenset(fold(line) for line in text.splitlines() if line and not line.startswith("#"))


def agency(line: str, own_names: tuple[str, ...] = ()) -> str | None:
    """The credit in `line` without its introduction and brackets; None when the line is text.

    Every word must belong to an agency: `الأناضول`, `(رويترز)`, `المصدر: أ ف ب + وكالات`.
    `own_names` are names of the site, which some sites credit in the same way.
    """
    if len(line) > _MAX_CHARS:
        return None
    credit = _without_introduction(line)
    words = fold(credit).split()
    if not words:
        return None
    own = frozenset([fold(name) for name in own_names if name])
    return credit if _are_agencies(words, own) else None


def named_source(line: str) -> str | None:
    """The name after `المصدر:` or `Source:`, known or not."""
    match = re.match(
        r"\s*(?:المصدر|المصادر|مصدر الخبر|source)\s*[:：]\s*(.{2,60})$", line, re.IGNORECASE
    )
    if not match or len(match[1].split()) > 6:
        return None
    return match[1].strip(" .()[]-–—")


def _without_introduction(line: str) -> str:
    bare = re.sub(r"^[\s\W_]+|[\s\W_]+$", "", line)
    match = re.match(r"(?:المصدر|المصادر|source)\s*[:：/-]?\s*", bare, re.IGNORECASE)
    return bare[match.end() :].strip(" ()[]") if match and match.end() < len(bare) else bare


def _are_agencies(words: list[str], own: frozenset[str]) -> bool:
    """Whether `words` are names of agencies, or of the site's `own`, one after the other; the longest
    match counts.
    """
    agencies = _agencies()
    at, has_name = 0, False
    while at < len(words):
        if words[at] in _AND:
            at += 1
            continue
        for size in range(min(5, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + size])
            spellings = (phrase, phrase.removeprefix("و"))
            if not (agencies.isdisjoint(spellings) and own.isdisjoint(spellings)):
                at, has_name = at + size, True
                break
        else:
            if words[at] not in _INTRODUCTIONS:
                return False
            at += 1
    return has_name
