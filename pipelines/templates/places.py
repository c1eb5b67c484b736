"""What a full extraction tells of where a page holds its article."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from lxml.html import HtmlElement

from items import Article, Places, Verdicts
from pipelines.cleaning.normalise import tidy
from pipelines.extraction.extract import Extracted
from pipelines.extraction.page import body_of
from pipelines.metadata.article import Metadata
from pipelines.templates.languages import common_words
from pipelines.templates.paths import chain, find
from pipelines.templates.regions import around, heading, keep_only, prose_outside
from pipelines.templates.signs import line, signs
from pipelines.templates.verify import fields

__all__ = ["keep_only", "places", "sight"]

_MOST_REGIONS = 5

Again = Callable[[str], Metadata | None]


def places(
    known: Places,
    article: Article,
    tree: HtmlElement,
    extracted: Extracted,
    found: Metadata,
    again: Again,
) -> Places | None:
    """`known`, completed. `again` reads the metadata with nothing left but the element at an
    XPath: the region is the smallest that holds text and title and tells the same.
    """
    body = body_of(tree)
    inner = [block.element for block in extracted.kept]
    titled = heading(body, article.title)
    region = around([*inner, titled] if titled is not None else inner)
    if region is None or region.tag == "html":
        return None
    wider = [region, *region.iterancestors()]
    wider = [one for at, one in enumerate(wider) if at == 0 or len(one) > 1][:_MOST_REGIONS]
    for one in wider:
        if one is body or one.tag == "html":
            break
        if again(tree.getroottree().getpath(one)) == found:
            return _seen(known, article, body, extracted, one)
    return replace(_seen(known, article, body, extracted, region), whole=True)


def sight(
    known: Places, article: Article, tree: HtmlElement, extracted: Extracted, path: Sequence[str]
) -> Places:
    """`known`, with the blocks of a page whose region is at a known path."""
    body = body_of(tree)
    regions = find(body, path)
    return _seen(known, article, body, extracted, regions[0]) if len(regions) == 1 else known


def _seen(
    known: Places, article: Article, body: HtmlElement, extracted: Extracted, region: HtmlElement
) -> Places:
    return replace(
        known,
        region=chain(region, body),
        blocks=_verdicts(body, extracted),
        outside=tuple(sorted(prose_outside(region, body))),
        size=sum(map(len, article.paragraphs)),
        fields=fields(article, region),
        language=article.language,
        words=common_words(article.paragraphs),
    )


def _verdicts(body: HtmlElement, extracted: Extracted) -> tuple[Verdicts, ...]:
    """Of every kind of block on the page, how often it was text."""
    said = dict(zip(map(id, extracted.blocks), extracted.reasons, strict=True))
    text: Counter[tuple[str, str]] = Counter()
    reasons: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    blocks = [block for block in extracted.page if tidy(block.text)]
    for sign, block in zip(signs(blocks, body), blocks, strict=True):
        reason = said.get(id(block), "layout")
        again = line(block.text)
        for one in (sign, (sign[0], again)) if again else (sign,):
            if reason is None:
                text[one] += 1
            else:
                reasons[one][reason] += 1
    return tuple(
        Verdicts(*sign, text[sign], reasons[sign].total(), _most(reasons[sign]))
        for sign in sorted({*text, *reasons})
    )


def _most(reasons: Counter[str]) -> str:
    return next((reason for reason, _ in reasons.most_common(1)), "layout")
