"""One page cut by its site's template: all the way to an article, or to the reason why not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from items import Article, Page, PageKind, Site
from pipelines.cleaning.lines import Cleaned
from pipelines.composing import article, cleaned
from pipelines.extraction.blocks import Block, blocks
from pipelines.extraction.extract import Extracted
from pipelines.extraction.page import body_of, parse
from pipelines.extraction.verdict import no_article
from pipelines.metadata.article import Metadata, metadata
from pipelines.templates.cut import Misfit, cut
from pipelines.templates.languages import language
from pipelines.templates.reduced import reduced
from pipelines.templates.verify import MARGIN, SHORT, after, before, says_enough


@dataclass(frozen=True, slots=True)
class Tried:
    """The article by a template, or why there is none, and the kind that was tried last. `tree` is
    the page's, where it is still whole.
    """

    article: Article | None
    kind: PageKind | None
    why: str = ""
    tree: HtmlElement | None = None


class _Sheet:
    """A document's tree, parsed anew once it has been taken apart."""

    def __init__(self, document: str) -> None:
        self._document = document
        self.tree: HtmlElement | None = None

    def whole(self) -> HtmlElement:
        if self.tree is None:
            self.tree = parse(self._document)
        if self.tree is None:
            raise Misfit("empty")
        return self.tree

    def spend(self) -> None:
        self.tree = None


def attempt(page: Page, site: Site, document: str) -> Tried:
    """Each kind in turn, until one holds."""
    assert site.template is not None
    kind, why, sheet = None, "container missing", _Sheet(document)
    for one in site.template.kinds:
        try:
            return Tried(_article(page, site, sheet, one), one, tree=sheet.tree)
        except Misfit as misfit:
            if str(misfit) != "container missing":
                kind, why = one, str(misfit)
    return Tried(None, kind, why, sheet.tree)


def _article(page: Page, site: Site, sheet: _Sheet, kind: PageKind) -> Article:
    tree = sheet.whole()
    body = body_of(tree)
    taken = cut(body, kind, site)
    lines = taken.extracted
    is_short = before(taken, body, kind) < SHORT + MARGIN
    if is_short:  # the verdict on it looks at all of the page
        lines = replace(lines, page=_around(lines.page, body))
        found = read_metadata(tree, page, site)
    else:
        sheet.spend()
        found = _read(tree, body, taken.region, kind, page, site)
    clean = cleaned(lines, found, site)
    if not is_short and sum(map(len, clean.paragraphs)) < SHORT:
        raise Misfit("length")
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
        found = read_metadata(said, page, site)
        if says_enough(found, kind, body):
            return found
        tree[:] = [*said.find("head"), body]
    return read_metadata(reduced(tree, frame), page, site)


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


def read_metadata(tree: HtmlElement, page: Page, site: Site) -> Metadata:
    return metadata(tree, page.url, site, page.hints, page.fetched or None)
