"""The article's lines out of a page's tree: which blocks are its text, and why the others are not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from lxml import html as lxml_html
from lxml.html import HtmlElement

from items import Family, LineKind, RemovedLine, Site
from pipelines.cleaning.credit_lines import agency
from pipelines.cleaning.repeated_lines import MIN_CAPTION_CHARS
from pipelines.extraction.block_classifier import KEEP, classify_blocks
from pipelines.extraction.block_stats import BlockStats
from pipelines.extraction.blocks import Block
from pipelines.extraction.element_rules import element_reasons
from pipelines.extraction.features import headline
from pipelines.extraction.line_kinds import PARAGRAPH, line_kinds
from pipelines.extraction.markup_features import GROUPS
from pipelines.extraction.other_stories import other_stories
from pipelines.extraction.page_ends import end_lines
from pipelines.extraction.parse_html import body_of, title_of
from pipelines.extraction.structure_features import Structures
from pipelines.extraction.tree_index import index_tree
from text.limits import MAX_BLOCKS_A_PAGE, MAX_TEXT_CHARS_A_PAGE
from text.normalise import tidy_each

# The probability that keeps a block inside the family's body element, and outside of it.
_KEEP_IN_BODY = {True: 0.05, False: 0.97}
_KEEP_OF_REST = 0.2
_MIN_BODY_SHARE = 0.5
_MAX_NEAR_STEPS = 4
# In alphabetical order, which decides between two that are equally near.
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
    """The lines from the article's first to its last, the reason why a line is not its text (None:
    it is), the blocks they came from and their kinds. `page` has every block of the page; `above` and
    `below` are the page's other lines, each counted from 0: only on record, no rule reads them.
    """

    lines: tuple[str, ...]
    reasons: tuple[str | None, ...]
    blocks: tuple[Block, ...]
    page: tuple[Block, ...] = ()
    kinds: tuple[LineKind, ...] = ()
    above: tuple[RemovedLine, ...] = ()
    below: tuple[RemovedLine, ...] = ()

    @property
    def kept(self) -> list[Block]:
        return [b for b, reason in zip(self.blocks, self.reasons, strict=True) if reason is None]


def text_excess(all_blocks: Sequence[Block]) -> str | None:
    """What is too much about a page's text, as words for a person; None: nothing is."""
    if len(all_blocks) > MAX_BLOCKS_A_PAGE:
        return f"more than {MAX_BLOCKS_A_PAGE} lines of text"
    if sum(len(block.text) for block in all_blocks) > MAX_TEXT_CHARS_A_PAGE:
        return f"more than {MAX_TEXT_CHARS_A_PAGE} characters of text"
    return None


def extract_fragment(tree: HtmlElement, all_blocks: Sequence[Block], site: Site) -> Extracted:
    """The lines of an article's own HTML: all of it is text but what element rules take out."""
    root = body_of(tree)
    return _extracted(all_blocks, element_reasons(all_blocks, root, _prune(site)))


def extracted_of_lines(lines: Sequence[str], shown: Extracted) -> Extracted:
    """Lines that came without markup, all of them text; those that the page has `shown` are below."""
    paragraphs = []
    for line in lines:
        element = lxml_html.Element("p")
        element.text = line
        paragraphs.append(Block(line, element, 0.0))
    text = frozenset(lines)
    reasons = [
        reason or ("repeat" if line in text else "layout")
        for line, reason in zip(shown.lines, shown.reasons, strict=True)
    ]
    inside = [
        RemovedLine(0, line, reason) for line, reason in zip(shown.lines, reasons, strict=True)
    ]
    below = (
        RemovedLine(at, line.text, line.reason)
        for at, line in enumerate((*shown.above, *inside, *shown.below))
    )
    found = _readable(paragraphs, [None] * len(paragraphs))
    return replace(found, kinds=(PARAGRAPH,) * len(found.lines), below=tuple(below))


def extract_page(
    tree: HtmlElement, all_blocks: Sequence[Block], document: str, site: Site, declared: str = ""
) -> Extracted:
    """The lines of a whole page's article. `all_blocks` are those of its body, `document` is what
    `tree` was parsed from, `declared` the text that its data give as the article's.
    """
    judged = judge_blocks(tree, all_blocks, document, site, declared)
    return _trim_to_article(_extracted(all_blocks, [block.reason for block in judged]))


class JudgedBlock(NamedTuple):
    """`probability` (0 to 1): that it is the article's; `reason`: why it is not, None if it is."""

    probability: float
    reason: str | None


def judge_blocks(
    tree: HtmlElement, all_blocks: Sequence[Block], document: str, site: Site, declared: str
) -> list[JudgedBlock]:
    """What rules, other stories and the classifier say of each block of a page; see `extract_page`."""
    if not all_blocks:
        return []
    root = body_of(tree)
    stats = BlockStats(all_blocks, index_tree(tree))
    structures = Structures(stats)
    probabilities = classify_blocks(stats, structures, tree, document, declared)
    others = _other_stories(stats, structures, probabilities, title_of(tree))
    kept = [probability >= KEEP for probability in probabilities]
    by_element = element_reasons(all_blocks, root, _prune(site), kept)
    in_body = _in_body(all_blocks, root, site.family, probabilities)
    keep = _KEEP_OF_REST if _took_all(kept, by_element) else KEEP
    bars = [keep if is_in is None else _KEEP_IN_BODY[is_in] for is_in in in_body]
    return [
        JudgedBlock(probability, rule or other or (None if probability >= bar else markup))
        for rule, other, probability, bar, markup in zip(
            by_element, others, probabilities, bars, reasons_by_markup(stats), strict=True
        )
    ]


def _took_all(kept: Sequence[bool], rules: Sequence[str | None]) -> bool:
    """Whether rules take all that the classifier would keep: a notice that is longer than the note
    beside it makes that look like none.
    """
    return any(kept) and not any(
        is_kept and rule is None for is_kept, rule in zip(kept, rules, strict=True)
    )


def _other_stories(
    stats: BlockStats, structures: Structures, probabilities: Sequence[float], title: str
) -> list[str | None]:
    flags = other_stories(
        stats,
        structures.headings,
        structures.articles,
        headline(stats, title),
        np.array(probabilities) >= KEEP,
    )
    return ["another_story" if flag else None for flag in flags.tolist()]


def _prune(site: Site) -> tuple[str, ...]:
    return (*site.prune, *site.family.prune)


def reasons_by_markup(stats: BlockStats) -> list[str]:
    """For each block the reason that the markup around it gives, should it not be text."""
    near = stats.markup.near[:, [GROUPS.index(group) for group in _REASONS]]
    nearest = near.argmin(axis=1)
    steps = near[np.arange(len(near)), nearest]
    pairs = zip(nearest.tolist(), steps.tolist(), strict=True)
    return [_REASONS[at] if distance <= _MAX_NEAR_STEPS else "layout" for at, distance in pairs]


def _in_body(
    all_blocks: Sequence[Block], root: HtmlElement, family: Family, probabilities: Sequence[float]
) -> list[bool | None]:
    """For each block whether it is in the family's body element; None for all where no such
    element of the page holds most of what the classifier keeps.
    """
    kept = [probability >= KEEP for probability in probabilities]
    size = sum(len(b.text) for b, is_kept in zip(all_blocks, kept, strict=True) if is_kept)
    for xpath in family.body:
        for element in root.xpath(xpath):
            within = set(element.iter()) if isinstance(element, HtmlElement) else set()
            in_body = [block.element in within for block in all_blocks]
            kept_size = sum(
                len(b.text)
                for b, is_kept, is_in in zip(all_blocks, kept, in_body, strict=True)
                if is_in and is_kept
            )
            if size and kept_size >= _MIN_BODY_SHARE * size:
                return list(in_body)
    return [None] * len(all_blocks)


def _extracted(all_blocks: Sequence[Block], reasons: Sequence[str | None]) -> Extracted:
    found = _readable(all_blocks, reasons)
    kept = [reason is None for reason in found.reasons]
    return replace(found, kinds=line_kinds(found.blocks, kept))


def _readable(all_blocks: Sequence[Block], reasons: Sequence[str | None]) -> Extracted:
    """The blocks that have letters or digits; a picture's caption that the page also has as a paragraph
    is one there too.
    """
    lines = tidy_each([block.text for block in all_blocks])
    readable = [at for at, line in enumerate(lines) if line]
    captions = {
        line
        for line, reason in zip(lines, reasons, strict=True)
        if reason == "caption" and len(line) >= MIN_CAPTION_CHARS
    }
    return Extracted(
        tuple([lines[at] for at in readable]),
        tuple([reasons[at] or ("caption" if lines[at] in captions else None) for at in readable]),
        tuple([all_blocks[at] for at in readable]),
    )


def _trim_to_article(whole: Extracted) -> Extracted:
    """From the first line of text to the last, with the agency's name where it stands right below."""
    text = [at for at, reason in enumerate(whole.reasons) if reason is None]
    if not text:
        return Extracted((), (), (), whole.blocks, below=_ends(whole, 0, len(whole.lines)))
    first, end, reasons = text[0], text[-1] + 1, whole.reasons
    if end < len(reasons) and reasons[end] == "layout" and agency(whole.lines[end]):
        end, reasons = end + 1, (*reasons[:end], None)
    return Extracted(
        whole.lines[first:end],
        reasons[first:end],
        whole.blocks[first:end],
        whole.blocks,
        whole.kinds[first:end],
        above=_ends(whole, 0, first),
        below=_ends(whole, end, len(whole.lines)),
    )


def _ends(whole: Extracted, start: int, end: int) -> tuple[RemovedLine, ...]:
    """The lines from `start` to `end`, above the article where they begin the page."""
    lines = [
        RemovedLine(at - start, whole.lines[at], whole.reasons[at] or "layout")
        for at in range(start, end)
    ]
    linked = [block.linked for block in whole.blocks[start:end]]
    return end_lines(lines, linked, above=start == 0 and end < len(whole.lines))
