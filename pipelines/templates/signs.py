"""What tells one kind of block from another: its path, and a shape that needs no language."""

import re
from zlib import crc32

from lxml.html import HtmlElement

from pipelines.extraction.blocks import Block
from pipelines.extraction.measures import SENTENCE
from pipelines.templates.paths import Paths

_LONGEST_LINE = 250  # characters
_FIGURES = re.compile(r"\d+")
_SIZES = (25, 60, 150)  # characters
_END = 16  # characters, in which a sentence's last sign is looked for
_LINKED = (0.1, 0.5)  # of the characters

Sign = tuple[str, str]


def signs(blocks: list[Block], root: HtmlElement) -> list[Sign]:
    """Of each block the path from `root` and the shape: `2.0s` is a sentence of 60 to 150
    characters with no links.
    """
    paths = Paths(root)
    return [(paths.of(block.element), shape(block)) for block in blocks]


def line(text: str) -> str | None:
    """The shape of a short line that may come back word for word; its figures may differ."""
    if len(text) > _LONGEST_LINE:
        return None
    return f"={crc32(_FIGURES.sub('0', text).encode()):08x}"


def shape(block: Block) -> str:
    size = sum(len(block.text) >= least for least in _SIZES)
    linked = sum(block.linked >= least for least in _LINKED)
    sentence = "s" if SENTENCE.search(block.text[-_END:]) else ""
    return f"{size}.{linked}{sentence}"
