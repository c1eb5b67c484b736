"""The article's title, chosen among those that parts of its page give; never the site's name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from pipelines.metadata.raw_metadata import plain_text
from pipelines.metadata.witnesses import TAKEN, Witness
from text.folding import fold_phrase as fold

_MAX_CHARS = 500
# A run of spaces is tried from its beginning only.
_SEPARATOR = re.compile(
    r"(?<!\s)\s++(?:[|–—•·»«›‹~⋆]|-{1,2}|::|:|/|<|>)\s+|\s?(?:\||::)\s?|"
    r"(?<=[\u3000-\u9fff\uff00-\uffef])[_-](?=[\u3000-\u9fff\uff00-\uffef])"
)
_SEPARATING = re.compile(r"[|–—•·»«›‹~⋆:/<>_-]")  # what no separator is without
_CUT_SHORT = re.compile(r"\s*(?:…|\.\.\.|\[…\]|\[\.\.\.\])$")
_MAX_WITNESS_CHARS = 200
_MIN_PREFIX_CHARS = 15  # folded; fewer are the beginning of many titles


@dataclass(frozen=True, slots=True)
class Candidate:
    """A title, how much the part of the page that gives it is trusted, and the name of that part."""

    text: str
    weight: float
    source: str = ""


def line(text: str) -> str:
    """The form in which a title is stored."""
    return _line(text[: 8 * _MAX_CHARS])


# The parts of a page have the same title, and each is asked for several times.
@lru_cache(maxsize=128)
def _line(text: str) -> str:
    return plain_text(text, _MAX_CHARS)


def candidates(
    texts: Iterable[str], weight: float, source: str, max_count: int = 3
) -> list[Candidate]:
    """The first texts that are not empty, the first with the whole weight, the others with half."""
    lines = [title for text in texts if (title := line(text))]
    return [
        Candidate(text, weight if at == 0 else weight / 2, source)
        for at, text in enumerate(lines[:max_count])
    ]


# More than all other parts of a page together have: they repeat one line for search engines.
_HEADLINE_WEIGHT = 16
_MIN_SHARED = 0.3


def headings(texts: list[str], document: list[str], others: Iterable[str]) -> list[Candidate]:
    """Candidates of first-level headings. A long one that shares words with the `others`, the titles
    that the page's metadata have, is what readers see as the headline, and decides. A short one
    that is no part of the `document`'s own title has half the weight: it may be a box's («بحث»).
    """
    found = candidates(texts, 3, "h1")
    are_long = [_is_long(c.text) for c in found]
    if not all(are_long):
        known = {fold(part) for text in document for part in (text, *parts(text))}
        found = [
            c if is_long or fold(c.text) in known else replace(c, weight=c.weight / 2)
            for c, is_long in zip(found, are_long, strict=True)
        ]
    if any(are_long):
        words = [own for text in dict.fromkeys(others) if (own := _words(text))]
        shares = [
            _shared(c.text, words) if long else 0.0 for c, long in zip(found, are_long, strict=True)
        ]
        if max(shares) >= _MIN_SHARED:
            best = shares.index(max(shares))
            found[best] = replace(found[best], weight=_HEADLINE_WEIGHT)
    return found


def _shared(text: str, others: list[frozenset[str]]) -> float:
    """The largest share of words (of pairs of ideographs) that the text and another one share."""
    words = _words(text)
    shares = [len(words & o) / min(len(words), len(o)) for o in others if words]
    return max(shares, default=0.0)


def _words(text: str) -> frozenset[str]:
    folded = fold(line(text))
    words = folded.split()
    if len(folded) > 10 * len(words):
        words = [folded[at : at + 2] for at in range(len(folded) - 1)]
    return frozenset(words) if len(words) > 2 else frozenset()


def _is_long(text: str) -> bool:
    # An ideograph carries about as much as three letters.
    return len(text) + 2 * sum("\u3000" <= c <= "\uffef" for c in text) >= 18


@lru_cache(maxsize=128)
def _cuts(text: str) -> tuple[tuple[int, int], ...]:
    """Where each separator begins and ends."""
    if not _SEPARATING.search(text):
        return ()
    return tuple(cut.span() for cut in _SEPARATOR.finditer(text))


def parts(text: str) -> list[str]:
    """The text between any two of its separators and ends, longest first, without the whole."""
    cuts = _cuts(text)[:5]
    if not cuts:
        return []
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(text)]
    spans = {text[start:end] for start in starts for end in ends if start < end} - {text}
    return sorted(spans, key=len, reverse=True)


def choose(
    candidates: list[Candidate], own_names: frozenset[str]
) -> tuple[str | None, tuple[Witness, ...]]:
    """The title with the most weight behind it, in its earliest candidate's spelling.

    `own_names` are the folded names of the site: none is a title, and each is taken off as a
    prefix or suffix, but for words that the heading and another part both have in that place.
    """
    bare = [_with_text(c, without_site(c.text, own_names, exactly=True)) for c in candidates]
    agreed = _agreed(bare)
    stripped = [
        c if fold(c.text) in agreed else _with_text(c, without_site(c.text, own_names))
        for c in bare
    ]
    stripped = _without_kickers(stripped)
    stripped = [c for c in stripped if c.text and fold(c.text) not in own_names]
    votes = _votes(stripped)
    if not votes:
        return None, _witnesses(candidates, "", own_names)
    best = max(votes, key=lambda key: votes[key])
    spellings = [c for c in stripped if fold(c.text) == best]
    text = spellings[0].text
    # A title that a single source gives may still carry the site's name.
    has_other_votes = votes[best] > max(c.weight for c in spellings) or spellings[0].source == "h1"
    title = text if has_other_votes else _without_tail(text)
    return title, _witnesses(candidates, title, own_names)


def _with_text(candidate: Candidate, text: str) -> Candidate:
    return candidate if text == candidate.text else replace(candidate, text=text)


def _without_kickers(candidates: list[Candidate]) -> list[Candidate]:
    """Headings without the line above the headline that is inside them, where another part has the
    headline alone.
    """
    texts = {
        c.text for c in candidates if c.source != "h1" and len(fold(c.text)) >= _MIN_PREFIX_CHARS
    }
    return [
        _with_text(c, next((t for t in texts if _has_kicker(c.text, t)), c.text))
        if c.source == "h1"
        else c
        for c in candidates
    ]


def _has_kicker(heading: str, headline: str) -> bool:
    """Whether the headline ends the heading, and words without a mark behind them begin it."""
    above = heading[: -len(headline)].rstrip()
    return bool(above) and fold(heading[len(above) :]) == fold(headline) and above[-1].isalnum()


def _agreed(candidates: list[Candidate]) -> frozenset[str]:
    """The folded titles that a heading and another part have alike."""
    headings = {fold(c.text) for c in candidates if c.source == "h1"}
    return frozenset(headings & {fold(c.text) for c in candidates if c.source != "h1"})


def _witnesses(
    candidates: list[Candidate], title: str, own_names: frozenset[str]
) -> tuple[Witness, ...]:
    return tuple(
        Witness("title", c.source, c.text[:_MAX_WITNESS_CHARS], _verdict(c, fold(title), own_names))
        for c in candidates
    )


def _verdict(candidate: Candidate, title: str, own_names: frozenset[str]) -> str:
    folded = fold(candidate.text)
    if folded == title:
        return TAKEN
    if folded in own_names:
        return "the site's own name"
    if title and title in folded:
        return "has the site's name or more around the title"
    return "another title has more weight behind it"


def _votes(candidates: list[Candidate]) -> dict[str, float]:
    """Folded title → weight. A title cut short, or with more around it, votes for the plain one."""
    keys = [key for c in candidates if (key := fold(c.text))]
    votes = dict.fromkeys(keys, 0.0)
    # `And then …` is no shorter form of `And then … | The Paper`.
    wholes = frozenset(part for c in candidates for part in parts(c.text))
    for candidate in candidates:
        is_headline = candidate.weight == _HEADLINE_WEIGHT
        key = fold(candidate.text) if is_headline else _vote_of(candidate.text, keys, wholes)
        if key:
            votes[key] += candidate.weight
    return votes


def _vote_of(text: str, keys: list[str], wholes: frozenset[str]) -> str:
    own_key = fold(text)
    is_cut = text not in wholes and _CUT_SHORT.search(text)
    if is_cut and len(own_key) >= _MIN_PREFIX_CHARS:
        prefix = fold(_CUT_SHORT.sub("", text))
        return next((k for k in keys if k.startswith(prefix) and k != own_key), own_key)
    for part in map(fold, parts(text)):
        if part in keys and len(part) >= _MIN_PREFIX_CHARS:
            return part
    return own_key


def without_site(text: str, own_names: frozenset[str], *, exactly: bool = False) -> str:
    """`text` without the site's names before or behind a separator, or without forms of them too,
    unless `exactly`.
    """
    for _ in range(3):
        cuts = _cuts(text)
        if cuts and _is_site_name(text[cuts[-1][1] :], own_names, exactly=exactly):
            text = text[: cuts[-1][0]]
        elif cuts and _is_site_name(text[: cuts[0][0]], own_names, exactly=exactly):
            text = text[cuts[0][1] :]
        else:
            break
    return text.strip()


def _is_site_name(part: str, own_names: frozenset[str], *, exactly: bool) -> bool:
    folded = fold(part)
    if not folded:  # «… – …'» is more of a title
        return not part.strip(" \t|:·-–—")
    if folded in own_names or exactly:
        return folded in own_names
    words = set(folded.split())
    return any(words <= set(name.split()) or _is_form_of(name, folded) for name in own_names)


def _is_form_of(name: str, folded: str) -> bool:
    """`وكالة سانا للأنباء` is a form of the name `سانا`, a sentence with it is not."""
    if " " not in name and " " not in folded:  # 読売新聞 of 読売新聞オンライン
        return len(folded) > 2 and (name.startswith(folded) or folded.startswith(name))
    return len(name) > 2 and f" {name} " in f" {folded} " and len(folded.split()) <= 5


def _without_tail(text: str) -> str:
    """Without a short last part behind a much longer one: it is taken for an unknown site's name."""
    cuts = _cuts(text)
    if not cuts:
        return text
    start, end = cuts[-1]
    head, tail = text[:start], text[end:]
    is_tail = len(tail.split()) <= 4 and len(head.split()) >= max(3, len(tail.split()) + 1)
    return head.strip() if is_tail and ":" not in text[start:end] else text
