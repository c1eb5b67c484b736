"""What a page's blocks add up to: how much prose each element holds, and what stands beside what."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from lxml.html import HtmlElement

from pipelines.extraction.blocks import Block
from pipelines.text.folding import fold

SENTENCE = re.compile(r"[.!؟?。…！？:][\s\"”»)\'’]*$")
# A sign of these scripts carries about what two letters of an alphabet do.
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]")
_PROSE_SIZE, _SURE_PROSE_SIZE = 60, 150
_PROSE_LINKED = 0.4

# A line of links, as menus and boxes have them, one after the other.
_LINK_LINE, _LINK_LINE_SIZE = 0.75, 200

Ancestors = tuple[HtmlElement, ...]


@dataclass(frozen=True)
class Measured:
    """A block; `size` in letters of an alphabet, `prose` the part of it
    that counts as prose, `ancestors` from its own element to the root.
    """

    block: Block
    is_sentence: bool
    size: int
    prose: float
    ancestors: Ancestors

    @cached_property
    def folded(self) -> str:
        # Two thirds of the blocks are links that nobody asks it of.
        return fold(self.block.text)

    @cached_property
    def row(self) -> tuple[HtmlElement | None, str]:
        """Blocks side by side with the same tag are of one row."""
        return (self.ancestors[1] if len(self.ancestors) > 1 else None, self.block.tag)


class Totals:
    """Sums over a page that the features of its blocks refer to."""

    def __init__(self, measured: Sequence[Measured]) -> None:
        self.prose: defaultdict[HtmlElement, float] = defaultdict(float)
        self.sizes: Counter[HtmlElement] = Counter()
        self.siblings = Counter(one.row for one in measured)
        self.sibling_prose: defaultdict[tuple[HtmlElement | None, str], float] = defaultdict(float)
        self.pieces = Counter(one.block.element for one in measured)
        self.texts = Counter(one.block.text for one in measured)
        for one in measured:
            self.sibling_prose[one.row] += one.prose
        self._sum(measured)
        self.all_prose = sum(one.prose for one in measured) or 1.0
        self.all_sizes = sum(one.size for one in measured) or 1

    def _sum(self, measured: Sequence[Measured]) -> None:
        """Each element once, with what stands in it directly; then upwards."""
        own: dict[HtmlElement, list[float]] = {}
        chains: dict[HtmlElement, Ancestors] = {}
        for one in measured:
            sums = own.setdefault(one.block.element, [0, 0.0])
            sums[0] += one.size
            sums[1] += one.prose
            chains[one.block.element] = one.ancestors
        for element, (size, prose) in own.items():
            for ancestor in chains[element]:
                self.sizes[ancestor] += int(size)
                if prose:
                    self.prose[ancestor] += prose


def measure(blocks: Sequence[Block]) -> list[Measured]:
    chains: dict[HtmlElement, Ancestors] = {}
    return [_measured(block, _chain(block.element, chains)) for block in blocks]


def _measured(block: Block, ancestors: Ancestors) -> Measured:
    text = block.text
    size = len(text) + (0 if text.isascii() else len(_DENSE.findall(text)))
    is_sentence = SENTENCE.search(text) is not None
    is_prose = size >= _PROSE_SIZE and (size > _SURE_PROSE_SIZE or is_sentence)
    prose = size * (1 - block.linked) if is_prose and block.linked < _PROSE_LINKED else 0.0
    return Measured(block, is_sentence, size, prose, ancestors)


def _chain(element: HtmlElement, known: dict[HtmlElement, Ancestors]) -> Ancestors:
    """The element and its ancestors; those of a neighbour are taken over."""
    path = []
    at: HtmlElement | None = element
    while at is not None and at not in known:
        path.append(at)
        at = at.getparent()
    chain = known[at] if at is not None else ()
    for step in reversed(path):
        chain = known[step] = (step, *chain)
    return chain


def candidates(measured: Sequence[Measured]) -> list[int]:
    """Positions of the blocks that are worth a judgement: all but runs of link lines, which are
    two thirds of a page's blocks and hold .7 % of the articles' text (lists of sources, mostly).
    """
    linked = [one.block.linked >= _LINK_LINE and one.size < _LINK_LINE_SIZE for one in measured]
    last = len(linked) - 1
    return [
        at
        for at, is_link in enumerate(linked)
        if not is_link or (not (at > 0 and linked[at - 1]) and not (at < last and linked[at + 1]))
    ]
