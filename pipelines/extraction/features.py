"""What is measured of each block of a page, for the forest to judge whether it is the article's.

Nothing here knows a language: only lengths, links, punctuation, markup and neighbours count.
"""

import math
import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.markup import ABOVE, GROUPS, Lineages
from pipelines.extraction.measures import Measured, Totals
from pipelines.text.folding import fold

_TAGS = ("p", "div", "li", "h1", "h2", "figcaption")
_PUNCTUATION = re.compile(r"[.,،;؛:!?؟。，“”\"]")
_DIGIT = re.compile(r"\d")
_CONTEXT = ("size", "linked", "mass_1", "half", "n_comment_form", "trafilatura")
_OFFSETS = (-2, -1, 1, 2)
_MASS_STEPS = 6
_NOWHERE = 9

_OWN = (
    "size",
    "words",
    "linked",
    "sentence",
    "punctuation",
    "digits",
    "upper",
    "depth",
    "order",
    "before",
    "prose_before",
    "siblings",
    "siblings_mass",
    "pieces",
    "half",
    "quarter",
    "twice",
    "title_share",
    "is_title",
    "after_heading",
    "is_lead",
    "trafilatura",
    "page_prose",
    "page_blocks",
    *(f"is_{tag}" for tag in _TAGS),
    *(f"in_{tag}" for tag in ABOVE),
    *(f"near_{group}" for group in GROUPS),
    *(f"n_{group}" for group in GROUPS),
    *(f"mass_{step}" for step in range(_MASS_STEPS)),
    *(f"prose_{step}" for step in range(1, _MASS_STEPS)),
)
NAMES = (
    *_OWN,
    *(f"{name}@{offset}" for offset in _OFFSETS for name in _CONTEXT),
    "parent_of_previous",
    "parent_of_next",
    "links_before",
    "links_after",
)
_CONTEXT_COLUMNS = [_OWN.index(name) for name in _CONTEXT]


def features(
    measured: Sequence[Measured],
    chosen: Sequence[int],
    title: str,
    lead: str,
) -> NDArray[np.float32]:
    """A row of `len(NAMES)` numbers for each `chosen` block. `title` is what the page calls
    itself, `lead` how it describes itself.
    """
    totals, lineages = Totals(measured), Lineages()
    title_words, lead = frozenset(fold(title).split()), fold(lead)
    heading = _heading(measured, title_words)
    page = (math.log1p(totals.all_prose), math.log1p(len(measured)))
    rows, seen, seen_prose = [], 0, 0.0
    wanted = set(chosen)
    for at, one in enumerate(measured):
        seen, seen_prose = seen + one.size, seen_prose + one.prose
        if at not in wanted:
            continue
        row = _text_row(one)
        before = (seen - one.size, seen_prose - one.prose)
        row += _place_row(one, at, len(measured), *before, totals)
        row += _title_row(one, at, title_words, heading)
        row.append(_lead_share(one, lead))
        row.append(0)  # `with_witness` fills it in
        row += page
        row += _markup_row(one, lineages)
        row += _mass_row(one, totals)
        rows.append(row)
    table = np.array(rows, dtype=np.float32).reshape(len(rows), len(_OWN))
    return _with_neighbours(table, [measured[at] for at in chosen], chosen, len(measured))


def with_witness(rows: NDArray[np.float32], agreed: Sequence[bool]) -> NDArray[np.float32]:
    """The rows with what the general extractor kept of the chosen blocks."""
    witness = np.array(agreed, dtype=np.float32)
    rows = rows.copy()
    rows[:, NAMES.index("trafilatura")] = witness
    for offset in _OFFSETS:
        rows[:, NAMES.index(f"trafilatura@{offset}")] = _moved(witness[:, None], offset)[:, 0]
    return rows


def _text_row(one: Measured) -> list[float]:
    text = one.block.text
    return [
        math.log1p(one.size),
        math.log1p(text.count(" ") + 1),
        one.block.linked,
        one.is_sentence,
        len(_PUNCTUATION.findall(text)) / one.size,
        len(_DIGIT.findall(text)) / one.size,
        len(text) and _uppers(text) / one.size,
    ]


def _uppers(text: str) -> int:
    # Letters without case, such as Arabic's, are not worth a look each.
    return 0 if text.lower() == text else sum(map(str.isupper, text))


def _place_row(
    one: Measured, at: int, count: int, seen: int, seen_prose: float, totals: Totals
) -> list[float]:
    half, quarter = _steps(one, totals)
    return [
        len(one.ancestors),
        at / count,
        seen / totals.all_sizes,
        seen_prose / totals.all_prose,
        math.log1p(totals.siblings[one.row]),
        totals.sibling_prose[one.row] / totals.all_prose,
        math.log1p(totals.pieces[one.block.element]),
        half,
        quarter,
        totals.texts[one.block.text] > 1,
    ]


def _steps(one: Measured, totals: Totals) -> tuple[int, int]:
    """Steps up to the first ancestor that holds half, and a quarter, of the page's prose."""
    quarter = _NOWHERE
    for steps, element in enumerate(one.ancestors):
        share = totals.prose.get(element, 0.0) / totals.all_prose
        if share >= 0.25 and quarter == _NOWHERE:
            quarter = min(steps, 8)
        if share >= 0.5:
            return min(steps, 8), quarter
    return _NOWHERE, quarter


def _title_row(one: Measured, at: int, title: frozenset[str], heading: int | None) -> list[float]:
    words = set(one.folded.split()) if len(one.block.text) <= 400 else set()
    common = len(words & title)
    same = bool(words) and common >= 0.8 * len(words) and len(words) >= 0.5 * len(title)
    after = max(-20, min(60, at - heading)) if heading is not None else -99
    return [common / max(1, len(words)), same, after]


def _lead_share(one: Measured, lead: str) -> float:
    """How much of the page's description the block is, when one begins as the other does."""
    if len(lead) < 40 or len(one.folded) < 40 or len(one.block.text) > 1500:
        return 0.0
    short, long = sorted((one.folded, lead), key=len)
    return len(short) / len(long) if long.startswith(short[:-3]) else 0.0


def _heading(measured: Sequence[Measured], title: frozenset[str]) -> int | None:
    """The last `h1` that shares half of its words with the page's title."""
    found = None
    for at, one in enumerate(measured):
        if one.block.tag == "h1":
            words = set(one.folded.split())
            if words and len(words & title) >= 0.5 * len(words):
                found = at
    return found


def _markup_row(one: Measured, lineages: Lineages) -> list[float]:
    lineage = lineages.of(one.block.element)
    tag = one.block.tag
    return [*(tag == name for name in _TAGS), *lineage.above, *lineage.near, *lineage.count]


def _mass_row(one: Measured, totals: Totals) -> list[float]:
    """Of the page's prose, and of their own text, what the block's ancestors hold as prose."""
    last = len(one.ancestors) - 1
    chain = [one.ancestors[min(step, last)] for step in range(_MASS_STEPS)]
    held = [totals.prose.get(element, 0.0) for element in chain]
    return [
        *(prose / totals.all_prose for prose in held),
        *(p / max(1, totals.sizes[el]) for p, el in zip(held[1:], chain[1:], strict=True)),
    ]


def _with_neighbours(
    rows: NDArray[np.float32], measured: Sequence[Measured], chosen: Sequence[int], count: int
) -> NDArray[np.float32]:
    """The rows with those of the chosen blocks around, and how many links lie between."""
    context = rows[:, _CONTEXT_COLUMNS]
    columns = [rows]
    columns += [_moved(context, offset) for offset in _OFFSETS]
    parents = [one.row[0] for one in measured]
    same = [0.0, *(float(a is b) for a, b in pairwise(parents)), 0.0]
    columns.append(np.array([same[:-1], same[1:]], dtype=np.float32).T)
    gaps = np.log1p(np.diff(np.array([-1, *chosen, count])) - 1).astype(np.float32)
    columns.append(np.array([gaps[:-1], gaps[1:]]).T)
    return np.hstack(columns)


def _moved(rows: NDArray[np.float32], offset: int) -> NDArray[np.float32]:
    """For each row the one `offset` further on; -1 beyond the ends."""
    moved = np.full_like(rows, -1.0)
    if offset < 0:
        moved[-offset:] = rows[:offset]
    else:
        moved[:-offset] = rows[offset:]
    return moved
