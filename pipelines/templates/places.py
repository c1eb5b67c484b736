"""What a full extraction tells of where a page holds its article."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from lxml.html import HtmlElement

from items import Article, Places, Verdicts
from pipelines.cleaning.normalise import tidy
from pipelines.dates.date_lines import is_date_line
from pipelines.extraction.extract import Extracted
from pipelines.extraction.page import body_of
from pipelines.metadata.article import Metadata
from pipelines.templates.languages import common_words
from pipelines.templates.paths import chain, find
from pipelines.templates.regions import around, heading, prose_outside
from pipelines.templates.signs import line, signs
from pipelines.templates.verify import fields
from pipelines.text.folding import fold

_MOST_FRAMES = 5

# The metadata of the page with nothing left but its head and the element at an XPath, if any.
Again = Callable[[str | None], Metadata | None]


def places(
    known: Places,
    article: Article,
    tree: HtmlElement,
    extracted: Extracted,
    found: Metadata,
    again: Again | None,
) -> Places | None:
    """`known`, completed. The frame is the smallest element around text and title with which the
    metadata are the same; without `again`, it is not looked for.
    """
    body = body_of(tree)
    region = _alone(around(_texts(article, extracted)), body)
    if region is None:
        return None
    seen = _seen(known, article, body, extracted, region)
    if again is None:
        return seen
    titled = heading(body, article.title)
    inner = region if titled is None else around([region, titled])
    assert inner is not None
    wider = [inner, *inner.iterancestors()]
    wider = [one for at, one in enumerate(wider) if at == 0 or len(one) > 1][:_MOST_FRAMES]
    paths = [tree.getroottree().getpath(one) for one in wider if one.tag not in ("body", "html")]
    at = next((at for at, path in enumerate(paths) if again(path) == found), None)
    frame = 0 if at is None else len(chain(wider[at], body))
    return replace(seen, head=again(None) == found, frame=frame)


def _alone(region: HtmlElement | None, body: HtmlElement) -> HtmlElement | None:
    """The region, or the element above it that no other on the page is like; None for the body."""
    while region is not None and region is not body:
        if len(find(body, chain(region, body))) == 1:
            return region
        region = region.getparent()
    return None


def _texts(article: Article, extracted: Extracted) -> list[HtmlElement]:
    """What holds text, but for the title and dates, which are taken for it now and then."""
    title = fold(article.title or "")
    return [
        block.element
        for block in extracted.kept
        if not is_date_line(block.text) and fold(block.text) != title
    ]


def sight(
    known: Places, article: Article, tree: HtmlElement, extracted: Extracted, path: Sequence[str]
) -> Places:
    """`known`, with the blocks of the region of a page whose region is at a known path."""
    body = body_of(tree)
    regions = find(body, path)
    if len(regions) != 1:
        return known
    inside = set(regions[0].iter())
    page = tuple(block for block in extracted.page if block.element in inside)
    return _seen(known, article, body, replace(extracted, page=page), regions[0])


def _seen(
    known: Places, article: Article, body: HtmlElement, extracted: Extracted, region: HtmlElement
) -> Places:
    return replace(
        known,
        region=chain(region, body),
        blocks=_verdicts(body, extracted),
        outside=tuple(sorted(prose_outside(region, body))),
        size=sum(map(len, article.paragraphs)),
        fields=fields(article, body),
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
