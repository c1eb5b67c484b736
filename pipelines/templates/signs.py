"""What tells one kind of block from another: its path, and a shape that needs no language."""

from lxml.html import HtmlElement

from pipelines.extraction.blocks import Block
from pipelines.extraction.measures import SENTENCE
from pipelines.templates.paths import Paths

_SIZES = (25, 60, 150)  # characters
_LINKED = (0.1, 0.5)  # of the characters

Sign = tuple[str, str]


def signs(blocks: list[Block], root: HtmlElement) -> list[Sign]:
    """Of each block the path from `root` and the shape: `2.0s` is a sentence of 60 to 150
    characters with no links.
    """
    paths = Paths(root)
    return [(paths.of(block.element), shape(block)) for block in blocks]


def shape(block: Block) -> str:
    size = sum(len(block.text) >= least for least in _SIZES)
    linked = sum(block.linked >= least for least in _LINKED)
    sentence = "s" if SENTENCE.search(block.text) else ""
    return f"{size}.{linked}{sentence}"
