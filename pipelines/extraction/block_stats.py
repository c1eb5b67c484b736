"""Statistics of a page's blocks, in columns: sizes, kinds of characters, prose, and the prose
within each element.
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

# A character of these scripts carries about as much as two letters of an alphabet.
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]")
_PUNCTUATION = re.compile(r"[.,،;؛:!?؟。，“”\"]")
_PLANE = 0x10000

CharacterCounts = NDArray[np.float64]
Columns = dict[str, NDArray[np.float64]]  # by name, a number for each of some blocks
KINDS = ("space", "punctuation", "digit", "upper", "dense")


def count_characters(texts: Sequence[str]) -> dict[str, CharacterCounts]:
    """The counts of each kind, one per text. No text may be empty."""
    if not texts:
        return {kind: np.empty(0) for kind in KINDS}
    joined = "".join(texts).encode("utf-32-le", "replace")
    codes = np.minimum(np.frombuffer(joined, np.uint32), _PLANE)
    lengths = np.fromiter(map(len, texts), np.intp, len(texts))
    starts = np.concatenate(([0], np.cumsum(lengths[:-1])))
    kind_bits = _kind_bits()[codes]
    return {
        kind: np.add.reduceat(kind_bits >> bit & 1, starts, dtype=np.float64)
        for bit, kind in enumerate(KINDS)
    }


@cache
def _kind_bits() -> NDArray[np.uint8]:
    """A bit per kind for each character of the first plane; the last entry, for all others, is 0."""
    kinds = [_kinds(chr(code)) for code in range(_PLANE)]
    return np.array([*kinds, 0], np.uint8)


def _kinds(character: str) -> int:
    kinds = (
        character == " ",
        _PUNCTUATION.match(character),
        character.isdecimal(),
        character.isupper(),
        _DENSE.match(character),
    )
    return sum(1 << bit for bit, applies in enumerate(kinds) if applies)


# What the block classifier was trained with: the colon of an introduced list counts, the danda
# does not.
_PROSE_ENDS, _PROSE_CLOSING = frozenset(".!?؟。…！？:"), CLOSING_QUOTES + "’"
_MIN_PROSE_SIZE, _SURE_PROSE_SIZE = 60, 150
_MAX_PROSE_LINKED = 0.4

# A line of links, as menus and boxes have them one after the other.
_MIN_LINK_LINE_LINKED, _MAX_LINK_LINE_SIZE = 0.75, 200

# Rows of `ancestors`.
_MAX_ANCESTORS = 12


class BlockStats:
    """Columns with a row per block: `where` is the number of its element in the index, `size` its
    length in letters of an alphabet, `prose` the part of the size that counts as prose.
    """

    def __init__(self, blocks: Sequence[Block], index: TreeIndex) -> None:
        self.blocks = blocks
        self.index = index
        self.texts = [block.text for block in blocks]
        self.where = index.numbers([block.element for block in blocks])
        self.linked = np.array([block.linked for block in blocks])
        self.counts = count_characters(self.texts)
        self.size = np.fromiter(map(len, self.texts), np.float64) + self.counts["dense"]
        self.sentence = np.array(
            [ends_as_sentence(text, _PROSE_ENDS, closing=_PROSE_CLOSING) for text in self.texts],
            dtype=bool,
        )
        long = self.size >= _MIN_PROSE_SIZE
        is_prose = long & (self.sentence | (self.size > _SURE_PROSE_SIZE))
        is_prose &= self.linked < _MAX_PROSE_LINKED
        self.prose: Amounts = np.where(is_prose, self.size * (1 - self.linked), 0.0)

    def __len__(self) -> int:
        return len(self.blocks)

    @cached_property
    def tags(self) -> list[str]:
        tags = self.index.tags
        return [tags[number] for number in self.where.tolist()]

    @cached_property
    def all_prose(self) -> float:
        return float(self.prose.sum()) or 1.0

    @cached_property
    def all_sizes(self) -> float:
        return float(self.size.sum()) or 1.0

    @cached_property
    def prose_within(self) -> Amounts:
        """The prose within each element of the index."""
        return self.index.sum_within(self.where, self.prose)

    @cached_property
    def size_within(self) -> Amounts:
        return self.index.sum_within(self.where, self.size)

    @cached_property
    def markup(self) -> MarkupFeatures:
        return MarkupFeatures(self.index, self.where, self.lineage)

    @cached_property
    def lineage(self) -> tuple[Numbers, list[slice]]:
        """The blocks' elements and those above them; see `TreeIndex.lineage`."""
        return self.index.lineage(self.where)

    @cached_property
    def parents(self) -> Numbers:
        return self.index.parents[self.where]

    @cached_property
    def ancestors(self) -> Numbers:
        """Each block's element, in the row below its parent, and so on; a column per block. The root is
        repeated.
        """
        return np.ascontiguousarray(self.index.chain(self.where, _MAX_ANCESTORS).T)

    @cached_property
    def rows(self) -> Numbers:
        """The number of each block's row: blocks with the same parent and tag share one."""
        numbers: dict[tuple[int, str], int] = {}
        keys = zip(self.parents.tolist(), self.tags, strict=True)
        return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.intp)

    @cached_property
    def repeated(self) -> NDArray[np.bool_]:
        """Whether the page has the block's text more than once."""
        occurrences = Counter(self.texts)
        return np.array([occurrences[text] > 1 for text in self.texts], dtype=bool)

    def folded(self, chosen: Sequence[int], max_chars: int | None = None) -> list[str]:
        """The texts of the blocks `chosen`, cut at `max_chars`, folded."""
        return fold_lines([self.texts[at][:max_chars] for at in chosen])

    def candidates(self) -> list[int]:
        """Positions of the blocks worth classifying: all but runs of link lines, which are two
        thirds of a page's blocks and hold .7 % of the articles' text (sources, mostly).
        """
        is_link_line = (self.linked >= _MIN_LINK_LINE_LINKED) & (self.size < _MAX_LINK_LINE_SIZE)
        next_to_one = np.zeros_like(is_link_line)
        next_to_one[1:] |= is_link_line[:-1]
        next_to_one[:-1] |= is_link_line[1:]
        positions: list[int] = np.flatnonzero(~(is_link_line & next_to_one)).tolist()
        return positions
