"""The cut: a page's blocks by the verdicts of its site's template, with no judgement of its own."""

from dataclasses import dataclass

from lxml.html import HtmlElement

from items import PageKind, Site
from pipelines.extraction.blocks import blocks
from pipelines.extraction.extract import Extracted, extracted
from pipelines.extraction.furniture import furniture
from pipelines.templates.paths import find
from pipelines.templates.signs import Sign, line, signs
from storage.templates.deciding import DOUBT


class Misfit(Exception):
    """Why a page can not be cut by the template; in few words, to be counted."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The region's lines; those in `doubtful` are taken for text, and must not be left as such
    when cleaning is done.
    """

    region: HtmlElement
    extracted: Extracted
    doubtful: frozenset[str]


def cut(body: HtmlElement, kind: PageKind, site: Site) -> Cut:
    """Raises Misfit."""
    regions = find(body, kind.region)
    if len(regions) != 1:
        raise Misfit("container missing" if not regions else "container more than once")
    found = blocks(regions[0])
    reasons = [
        _verdict(kind, sign, block.text)
        for sign, block in zip(signs(found, regions[0]), found, strict=True)
    ]
    doubtful = {place for place, reason in enumerate(reasons) if reason == DOUBT}
    prune = (*site.prune, *site.family.prune)
    if doubtful or prune:
        for place, box in enumerate(furniture(found, body, prune)):
            # What the site's file prunes is no matter of habit: the file may have changed.
            if place in doubtful or box == "pruned":
                reasons[place] = box
        doubtful = {place for place in doubtful if reasons[place] is None}
    lines = extracted(found, reasons)
    unsure = {id(found[place]) for place in doubtful}
    kept = list(zip(lines.lines, lines.blocks, lines.reasons, strict=True))
    # Of a body that is there twice, one copy that is sure is enough: the other is a repeat.
    sure = {text for text, block, reason in kept if reason is None and id(block) not in unsure}
    return Cut(
        regions[0],
        lines,
        frozenset(text for text, block, _ in kept if id(block) in unsure and text not in sure),
    )


def _verdict(kind: PageKind, sign: Sign, text: str) -> str | None:
    path, own = sign
    for known in (line(text), own, ""):
        if known is not None and (path, known) in kind.verdicts:
            return kind.verdicts[path, known]
    return DOUBT
