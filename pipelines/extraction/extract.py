"""From a page's tree to the article's lines: which blocks are its text, and why others are not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from lxml.html import HtmlElement

from items import Family, Site
from pipelines.cleaning.credit_lines import agency
from pipelines.extraction.block_classifier import KEEP, classify_blocks
from pipelines.extraction.block_stats import BlockStats
from pipelines.extraction.blocks import Block, blocks
from pipelines.extraction.element_rules import element_reasons
from pipelines.extraction.markup_features import GROUPS
from pipelines.extraction.parse_html import body_of
from pipelines.extraction.tree_index import index_tree
from text.normalise import tidy

# Inside the element that the site's family names as the body, and outside of it.
_KEEP_IN = {True: 0.05, False: 0.97}
_BODY_SHARE = 0.5
_CAPTION_CHARS = 25
_NEAR_STEPS = 4
# Of two that are equally near the first in the alphabet names the reason.
_REASONS = (
    "advert",
    "caption",
    "comment_form",
    "metadata",
    "navigation",
    "related",
    "share",
    "subscription",
)


@dataclass(frozen=True, slots=True)
class Extracted:
    """The lines of the article's stretch of the page, with the reason for those that are not its
    text (None: text), and the blocks they came from. `page` is every block there is.
    """

    lines: tuple[str, ...]
    reasons: tuple[str | None, ...]
    blocks: tuple[Block, ...]
    page: tuple[Block, ...] = ()

    @property
    def kept(self) -> list[Block]:
        return [b for b, reason in zip(self.blocks, self.reasons, strict=True) if reason is None]


def extract_fragment(tree: HtmlElement, site: Site) -> Extracted:
    """The lines of an article's own HTML: all of it is text but furniture."""
    root = body_of(tree)
    found = blocks(root)
    return _extracted(found, element_reasons(found, root, _prune(site)))


def extract_page(tree: HtmlElement, document: str, site: Site) -> Extracted:
    """The lines of a whole page's article. `document` is what `tree` was parsed from."""
    root = body_of(tree)
    found = blocks(root)
    if not found:
        return Extracted((), (), ())
    measures = BlockStats(found, index_tree(tree))
    judged = classify_blocks(measures, tree, document)
    boxed = element_reasons(found, root, _prune(site))
    inside = _inside_body(found, root, site.family, judged)
    reasons = [
        box or (None if sure >= (KEEP if within is None else _KEEP_IN[within]) else markup)
        for box, sure, within, markup in zip(
            boxed, judged, inside, by_markup(measures), strict=True
        )
    ]
    return _stretch(_extracted(found, reasons))


def _prune(site: Site) -> tuple[str, ...]:
    return (*site.prune, *site.family.prune)


def by_markup(measures: BlockStats) -> list[str]:
    """For each block what the markup around it is about, should it be no text."""
    near = measures.lineages.near[:, [GROUPS.index(group) for group in _REASONS]]
    nearest = near.argmin(axis=1)
    steps = near[np.arange(len(near)), nearest]
    words = zip(nearest.tolist(), steps.tolist(), strict=True)
    return [_REASONS[at] if far <= _NEAR_STEPS else "layout" for at, far in words]


def _inside_body(
    found: Sequence[Block], root: HtmlElement, family: Family, judged: Sequence[float]
) -> list[bool | None]:
    """For each block whether it is in the family's body element; None where the page has none
    that the judgement agrees with.
    """
    kept = sum(len(b.text) for b, sure in zip(found, judged, strict=True) if sure >= KEEP)
    for xpath in family.body:
        for element in root.xpath(xpath):
            within = set(element.iter()) if isinstance(element, HtmlElement) else set()
            inside = [block.element in within for block in found]
            agreed = sum(
                len(b.text)
                for b, sure, here in zip(found, judged, inside, strict=True)
                if here and sure >= KEEP
            )
            if kept and agreed >= _BODY_SHARE * kept:
                return list(inside)
    return [None] * len(found)


def _extracted(found: Sequence[Block], reasons: Sequence[str | None]) -> Extracted:
    lines = [tidy(block.text) for block in found]
    some = [at for at, line in enumerate(lines) if line]
    captions = {lines[at] for at in some if reasons[at] == "caption"}
    return Extracted(
        tuple(lines[at] for at in some),
        tuple(reasons[at] or _again(lines[at], captions) for at in some),
        tuple(found[at] for at in some),
    )


def _again(line: str, captions: set[str]) -> str | None:
    """A picture's caption that stands once more as a paragraph."""
    return "caption" if line in captions and len(line) >= _CAPTION_CHARS else None


def _stretch(whole: Extracted) -> Extracted:
    """From the first line of text to the last, and the agency's name where it stands right below:
    what lies beyond was never the article's.
    """
    text = [at for at, reason in enumerate(whole.reasons) if reason is None]
    if not text:
        return Extracted((), (), (), whole.blocks)
    first, end, reasons = text[0], text[-1] + 1, whole.reasons
    if end < len(reasons) and reasons[end] == "layout" and agency(whole.lines[end]):
        end, reasons = end + 1, (*reasons[:end], None)
    return Extracted(
        whole.lines[first:end], reasons[first:end], whole.blocks[first:end], whole.blocks
    )
