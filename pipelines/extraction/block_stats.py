"""What a page's blocks measure, in columns: sizes, characters of each kind, prose, what each
element holds of it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.blocks import Block
from pipelines.extraction.markup_features import MarkupFeatures
from pipelines.extraction.tree_index import Amounts, Numbers, TreeIndex
from text.folding import fold_lines
from text.sentences import CLOSING_QUOTES, ends_as_sentence

# A sign of these scripts carries about what two letters of an alphabet do.
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]")
_PUNCTUATION = re.compile(r"[.,،;؛:!?؟。，“”\"]")
_PLANE = 0x10000

CharacterCounts = NDArray[np.float64]
KINDS = ("space", "punctuation", "digit", "upper", "dense")


def count_characters(texts: Sequence[str]) -> dict[str, CharacterCounts]:
    """Of each kind a number for each of the texts, none of which is empty."""
    if not texts:
        return {kind: np.empty(0) for kind in KINDS}
    joined = "".join(texts).encode("utf-32-le", "replace")
    codes = np.minimum(np.frombuffer(joined, np.uint32), _PLANE)
    lengths = np.fromiter(map(len, texts), np.intp, len(texts))
    starts = np.concatenate(([0], np.cumsum(lengths[:-1])))
    marks = _table()[codes]
    return {
        kind: np.add.reduceat(marks >> bit & 1, starts, dtype=np.float64)
        for bit, kind in enumerate(KINDS)
    }


@cache
def _table() -> NDArray[np.uint8]:
    """Of each character of the first plane the kinds it is of, a bit each; beyond, none."""
    kinds = [_kinds(chr(code)) for code in range(_PLANE)]
    return np.array([*kinds, 0], np.uint8)


def _kinds(character: str) -> int:
    found = (
        character == " ",
        _PUNCTUATION.match(character),
        character.isdecimal(),
        character.isupper(),
        _DENSE.match(character),
    )
    return sum(1 << bit for bit, is_one in enumerate(found) if is_one)


# What the block classifier was trained with: the colon of an introduced list counts, the danda
# does not.
_PROSE_ENDS, _PROSE_CLOSING = frozenset(".!?؟。…！？:"), CLOSING_QUOTES + "’"
_PROSE_SIZE, _SURE_PROSE_SIZE = 60, 150
_PROSE_LINKED = 0.4

# A line of links, as menus and boxes have them, one after the other.
_LINK_LINE, _LINK_LINE_SIZE = 0.75, 200


class BlockStats:
    """Columns with a row for each block: `where` its element stands in the outline, `size` in
    letters of an alphabet, `prose` the part of it that counts as prose.
    """

    def __init__(self, blocks: Sequence[Block], outline: TreeIndex) -> None:
        self.blocks, self.outline = blocks, outline
        self.texts = [block.text for block in blocks]
        self.where = outline.numbers([block.element for block in blocks])
        self.linked = np.array([block.linked for block in blocks])
        self.counts = count_characters(self.texts)
        self.size = np.fromiter(map(len, self.texts), np.float64) + self.counts["dense"]
        self.sentence = np.array(
            [ends_as_sentence(text, _PROSE_ENDS, closing=_PROSE_CLOSING) for text in self.texts],
            dtype=bool,
        )
        long = self.size >= _PROSE_SIZE
        is_prose = long & (self.sentence | (self.size > _SURE_PROSE_SIZE))
        is_prose &= self.linked < _PROSE_LINKED
        self.prose: Amounts = np.where(is_prose, self.size * (1 - self.linked), 0.0)

    def __len__(self) -> int:
        return len(self.blocks)

    @cached_property
    def tags(self) -> NDArray[np.str_]:
        return np.array([block.tag for block in self.blocks])

    @cached_property
    def all_prose(self) -> float:
        return float(self.prose.sum()) or 1.0

    @cached_property
    def all_sizes(self) -> float:
        return float(self.size.sum()) or 1.0

    @cached_property
    def prose_within(self) -> Amounts:
        """Of each element of the outline, the prose in it."""
        return self.outline.sum_within(self.where, self.prose)

    @cached_property
    def size_within(self) -> Amounts:
        return self.outline.sum_within(self.where, self.size)

    @cached_property
    def lineages(self) -> MarkupFeatures:
        return MarkupFeatures(self.outline, self.where)

    @cached_property
    def parents(self) -> Numbers:
        return self.outline.parents[self.where]

    @cached_property
    def rows(self) -> Numbers:
        """Blocks side by side with the same tag are of one row: a number for each."""
        codes: dict[tuple[int, str], int] = {}
        sides = zip(self.parents.tolist(), (block.tag for block in self.blocks), strict=True)
        return np.array([codes.setdefault(side, len(codes)) for side in sides], dtype=np.intp)

    @cached_property
    def again(self) -> NDArray[np.bool_]:
        """Whether the page has the block's text more than once."""
        times = Counter(self.texts)
        return np.array([times[text] > 1 for text in self.texts], dtype=bool)

    def folded(self, chosen: Sequence[int], longest: int | None = None) -> list[str]:
        """The blocks' texts, or so many of their first characters, folded."""
        return fold_lines([self.texts[at][:longest] for at in chosen])

    def candidates(self) -> list[int]:
        """Positions of the blocks that are worth a judgement: all but runs of link lines, which
        are two thirds of a page's blocks and hold .7 % of the articles' text (sources, mostly).
        """
        linked = (self.linked >= _LINK_LINE) & (self.size < _LINK_LINE_SIZE)
        beside = np.zeros_like(linked)
        beside[1:] |= linked[:-1]
        beside[:-1] |= linked[1:]
        found: list[int] = np.flatnonzero(~(linked & beside)).tolist()
        return found
