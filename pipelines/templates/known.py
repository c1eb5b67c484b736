"""Refinement of a page of a site that is known: by its template where that holds, else fully."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from lxml.html import HtmlElement

from items import Article, Page, PageKind, Places, Rejected, Site
from pipelines.cleaning.lines import Cleaned
from pipelines.composing import article, cleaned
from pipelines.extraction.blocks import Block, blocks
from pipelines.extraction.extract import Extracted
from pipelines.extraction.page import body_of, parse
from pipelines.extraction.verdict import no_article
from pipelines.metadata.article import Metadata, metadata
from pipelines.templates.cut import Misfit, cut
from pipelines.templates.languages import language
from pipelines.templates.places import places, sight
from pipelines.templates.reduced import reduced
from pipelines.templates.signs import line
from pipelines.templates.verify import SHORT, after, before, says_enough

# One page in so many, by the hash of its address, is refined both ways and compared.
SAMPLE = 20
_COMPARED = ("title", "published", "section", "author", "tags", "modified", "language",
             "image", "id", "url")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """What a full refinement has made of a page, besides the article."""

    tree: HtmlElement
    found: Metadata
    extracted: Extracted


Fully = Callable[[Page, Site, str], tuple[Article, Reading] | tuple[Rejected, None]]


@dataclass(frozen=True, slots=True)
class _Tried:
    """The article by a template, or why there is none, and the kind that was tried last."""

    article: Article | None
    kind: PageKind | None
    why: str = ""


def by_template(page: Page, site: Site, document: str, fully: Fully) -> Article | Rejected:
    """`fully` is asked where no template holds, on trial, and for a sample of pages."""
    assert site.template is not None
    tried = _try(page, site, document)
    if tried.article and tried.kind and not tried.kind.trial and not is_sample(page.key):
        return replace(tried.article, places=Places("fits", tried.kind.number))
    outcome, reading = fully(page, site, document)
    if isinstance(outcome, Rejected) or reading is None:
        return outcome
    return replace(outcome, places=_places(tried, outcome, page, site, document, reading))


def is_sample(key: str) -> bool:
    return crc32(key.encode()) % SAMPLE == 0


def _places(
    tried: _Tried, full: Article, page: Page, site: Site, document: str, reading: Reading
) -> Places | None:
    assert site.template is not None
    if tried.kind and tried.article:
        other = differing(tried.article, full, repeated(tried.kind))
        found = Places("differs" if other else "agrees", tried.kind.number, other)
        return sight(found, full, reading.tree, reading.extracted, tried.kind.region)
    if tried.kind:
        found = Places("fails", tried.kind.number, tried.why)
        return sight(found, full, reading.tree, reading.extracted, tried.kind.region)
    if not site.template.learning:
        return Places("fails", None, tried.why) if site.template.kinds else None
    outcome = Places("fails" if site.template.kinds else "places", None, tried.why)

    def again(path: str | None) -> Metadata | None:
        return _metadata_within(path, page, site, document)

    return places(outcome, full, reading.tree, reading.extracted, reading.found, again)


def differing(one: Article, other: Article, repeated: Collection[str]) -> str:
    """The first field in which they differ, or "". What was cut may have other reasons; a line
    that the site `repeated` is for the learned boilerplate, wherever one of the two left it.
    """
    texts = [[p for p in article.paragraphs if line(p) not in repeated] for article in (one, other)]
    if texts[0] != texts[1]:
        return "text"
    return next((n for n in _COMPARED if getattr(one, n) != getattr(other, n)), "")


def repeated(kind: PageKind) -> set[str]:
    return {shape for (_, shape), reason in kind.verdicts.items() if shape[:1] == "=" and reason}


def _metadata_within(path: str | None, page: Page, site: Site, document: str) -> Metadata | None:
    tree = parse(document)
    if tree is None:
        return None
    frame = next(iter(tree.getroottree().xpath(path)), None) if path else None
    return _metadata(reduced(tree, frame), page, site)


def _metadata(tree: HtmlElement, page: Page, site: Site) -> Metadata:
    return metadata(tree, page.url, site, page.hints, page.fetched or None)


def _try(page: Page, site: Site, document: str) -> _Tried:
    """Each kind in turn, until one holds; each time the page is read afresh."""
    assert site.template is not None
    kind, why = None, "container missing"
    for one in site.template.kinds:
        try:
            return _Tried(_article(page, site, document, one), one)
        except Misfit as misfit:
            if str(misfit) != "container missing":
                kind, why = one, str(misfit)
    return _Tried(None, kind, why)


def _article(page: Page, site: Site, document: str, kind: PageKind) -> Article:
    tree = parse(document)
    if tree is None:
        raise Misfit("empty")
    body = body_of(tree)
    taken = cut(body, kind, site)
    lines = taken.extracted
    if before(taken, body, kind) < SHORT:
        lines = replace(lines, page=_around(lines.page, body))
        found = _metadata(tree, page, site)
    else:
        found = _read(tree, body, taken.region, kind, page, site)
    clean = cleaned(lines, found, site)
    _refuse(page, site, tree, lines, found, clean)
    named = language(clean.paragraphs, kind, found.language or site.language)
    made = article(page, site, found, clean, named)
    after(taken, made, kind)
    return made


def _read(
    tree: HtmlElement,
    body: HtmlElement,
    region: HtmlElement,
    kind: PageKind,
    page: Page,
    site: Site,
) -> Metadata:
    """The metadata from as little of the page as holds them."""
    frame = body
    if kind.frame:
        frame = [region, *region.iterancestors()][len(kind.region) - kind.frame]
    if kind.head:
        said = reduced(tree, None)
        found = _metadata(said, page, site)
        if says_enough(found, kind, body):
            return found
        tree[:] = [*said.find("head"), body]
    return _metadata(reduced(tree, frame), page, site)


def _around(inner: Sequence[Block], body: HtmlElement) -> tuple[Block, ...]:
    """All blocks of the page, with those of the region as they are."""
    known = {(block.element, block.text): block for block in inner}
    return tuple(known.get((block.element, block.text), block) for block in blocks(body))


def _refuse(
    page: Page, site: Site, tree: HtmlElement, lines: Extracted, found: Metadata, clean: Cleaned
) -> None:
    """What may be no article is for the full extraction to turn away."""
    refused = no_article(
        tree, lines, url=page.url, title=found.title, kind=found.kind, paragraphs=clean.paragraphs
    )
    if refused or (found.noindex and site.honour_noindex):
        raise Misfit(refused.reason if refused else "noindex")
