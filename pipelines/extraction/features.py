"""What is measured of each block of a page, for the forest to judge whether it is the article's.

Nothing here knows a language: only lengths, links, punctuation, markup and neighbours count.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from lxml.html import HtmlElement
from numpy.typing import NDArray

from pipelines.cleaning.line_rules import matching, rule_set
from pipelines.extraction.blocks import Block
from pipelines.extraction.markup import ABOVE, GROUPS, Lineages
from pipelines.text.folding import fold

_TAGS = (
    "p",
    "div",
    "li",
    "td",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "blockquote",
    "figcaption",
    "dd",
    "pre",
    "article",
    "section",
)
_SENTENCE = re.compile(r"[.!؟?。…！？:][\s\"”»)\'’]*$")
_PUNCTUATION = re.compile(r"[.,،;؛:!?؟。，“”\"]")
_DIGIT = re.compile(r"\d")
# A sign of these scripts carries about what two letters of an alphabet do.
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]")
_CONTEXT = (
    "size",
    "linked",
    "sentence",
    "mass_1",
    "half",
    "is_p",
    "n_related",
    "n_comment_form",
    "trafilatura",
    "rule",
)
_OFFSETS = (-2, -1, 1, 2)
_MASS_STEPS = 6

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
    "rule",
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
)
_CONTEXT_COLUMNS = [_OWN.index(name) for name in _CONTEXT]


@dataclass(frozen=True, slots=True)
class _Measured:
    block: Block
    size: int
    prose: float
    ancestors: tuple[HtmlElement, ...]


class _Totals:
    """Sums over a page that the rows of its blocks refer to."""

    def __init__(self, measured: Sequence[_Measured]) -> None:
        self.prose: defaultdict[HtmlElement, float] = defaultdict(float)
        self.sizes: Counter[HtmlElement] = Counter()
        self.siblings: Counter[tuple[HtmlElement | None, str]] = Counter()
        self.sibling_prose: defaultdict[tuple[HtmlElement | None, str], float] = defaultdict(float)
        self.pieces: Counter[HtmlElement] = Counter()
        self.texts: Counter[str] = Counter()
        for one in measured:
            self._add(one)
        self.all_prose = sum(one.prose for one in measured) or 1.0
        self.all_sizes = sum(one.size for one in measured) or 1

    def _add(self, one: _Measured) -> None:
        for element in one.ancestors:
            self.sizes[element] += one.size
            if one.prose:
                self.prose[element] += one.prose
        key = (one.block.element.getparent(), one.block.tag)
        self.siblings[key] += 1
        self.sibling_prose[key] += one.prose
        self.pieces[one.block.element] += 1
        self.texts[one.block.text] += 1


def features(
    blocks: Sequence[Block], title: str, lead: str, agreed: Sequence[bool]
) -> NDArray[np.float32]:
    """A row of `len(NAMES)` numbers for each block. `title` is what the page calls itself,
    `lead` how it describes itself; `agreed` says which blocks the general extractor kept.
    """
    measured = [_measure(block) for block in blocks]
    totals, lineages = _Totals(measured), Lineages()
    title_words, lead = frozenset(fold(title).split()), fold(lead)
    heading = _heading(blocks, title_words)
    rows, seen, seen_prose = [], 0, 0.0
    for at, one in enumerate(measured):
        row = _text_row(one.block, one.size)
        row += _place_row(one, at, len(blocks), seen, seen_prose, totals)
        row += _title_row(one.block, at, title_words, heading)
        row += [_lead_share(one.block.text, lead)]
        row += [float(agreed[at]), float(bool(matching(one.block.text, rule_set())))]
        row += [math.log1p(totals.all_prose), math.log1p(len(blocks))]
        row += _markup_row(one, lineages)
        row += _mass_row(one, totals)
        rows.append(row)
        seen, seen_prose = seen + one.size, seen_prose + one.prose
    return _with_neighbours(np.array(rows, dtype=np.float32), blocks)


def _measure(block: Block) -> _Measured:
    size = len(block.text) + len(_DENSE.findall(block.text))
    is_prose = size >= 60 and block.linked < 0.4 and (size > 150 or _SENTENCE.search(block.text))
    ancestors = (block.element, *block.element.iterancestors())
    return _Measured(block, size, size * (1 - block.linked) if is_prose else 0.0, ancestors)


def _text_row(block: Block, size: int) -> list[float]:
    text = block.text
    return [
        math.log1p(size),
        math.log1p(text.count(" ") + 1),
        block.linked,
        float(bool(_SENTENCE.search(text))),
        len(_PUNCTUATION.findall(text)) / size,
        len(_DIGIT.findall(text)) / size,
        sum(map(str.isupper, text)) / size,
    ]


def _place_row(
    one: _Measured, at: int, count: int, seen: int, seen_prose: float, totals: _Totals
) -> list[float]:
    key = (one.block.element.getparent(), one.block.tag)
    return [
        float(len(one.ancestors)),
        at / count,
        seen / totals.all_sizes,
        seen_prose / totals.all_prose,
        math.log1p(totals.siblings[key]),
        totals.sibling_prose[key] / totals.all_prose,
        math.log1p(totals.pieces[one.block.element]),
        float(_steps_to(one, totals, 0.5)),
        float(_steps_to(one, totals, 0.25)),
        float(totals.texts[one.block.text] > 1),
    ]


def _steps_to(one: _Measured, totals: _Totals, share: float) -> int:
    """Steps up to the first ancestor that holds `share` of the page's prose."""
    enough = share * totals.all_prose
    prose = totals.prose
    return next((min(d, 8) for d, el in enumerate(one.ancestors) if prose[el] >= enough), 9)


def _title_row(block: Block, at: int, title: frozenset[str], heading: int | None) -> list[float]:
    words = frozenset(fold(block.text).split()) if len(block.text) <= 400 else frozenset()
    common = len(words & title)
    same = bool(words) and common >= 0.8 * len(words) and len(words) >= 0.5 * len(title)
    after = float(max(-20, min(60, at - heading))) if heading is not None else -99.0
    return [common / max(1, len(words)), float(same), after]


def _lead_share(text: str, lead: str) -> float:
    """How much of the page's description the block is, when one begins as the other does."""
    if len(lead) < 40 or len(text) > 1500:
        return 0.0
    folded = fold(text)
    short, long = sorted((folded, lead), key=len)
    return len(short) / len(long) if len(short) >= 40 and long.startswith(short[:-3]) else 0.0


def _heading(blocks: Sequence[Block], title: frozenset[str]) -> int | None:
    """The last `h1` that shares half of its words with the page's title."""
    found = None
    for at, block in enumerate(blocks):
        if block.tag == "h1":
            words = frozenset(fold(block.text).split())
            if words and len(words & title) >= 0.5 * len(words):
                found = at
    return found


def _markup_row(one: _Measured, lineages: Lineages) -> list[float]:
    lineage = lineages.of(one.block.element)
    return [
        *(float(one.block.tag == tag) for tag in _TAGS),
        *map(float, lineage.above),
        *map(float, lineage.near),
        *map(float, lineage.count),
    ]


def _mass_row(one: _Measured, totals: _Totals) -> list[float]:
    """Of the page's prose, and of their own text, what the block's ancestors hold as prose."""
    chain = [one.ancestors[min(step, len(one.ancestors) - 1)] for step in range(_MASS_STEPS)]
    return [
        *(totals.prose[element] / totals.all_prose for element in chain),
        *(totals.prose[element] / max(1, totals.sizes[element]) for element in chain[1:]),
    ]


def _with_neighbours(rows: NDArray[np.float32], blocks: Sequence[Block]) -> NDArray[np.float32]:
    context = rows[:, _CONTEXT_COLUMNS]
    columns = [rows]
    for offset in _OFFSETS:
        moved = np.full_like(context, -1.0)
        if offset < 0:
            moved[-offset:] = context[:offset]
        else:
            moved[:-offset] = context[offset:]
        columns.append(moved)
    parents = [block.element.getparent() for block in blocks]
    same = [0.0, *(float(a is b) for a, b in pairwise(parents)), 0.0]
    columns.append(np.array([same[:-1], same[1:]], dtype=np.float32).T)
    return np.hstack(columns)
