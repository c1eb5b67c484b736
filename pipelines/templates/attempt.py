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
from pipelines.templates.verify import MARGIN, SHORT, after, before, says_enough, undoubted


@dataclass(frozen=True, slots=True)
class Tried:
    """The article by a template, or why there is none, and the kind that was tried last. `sheet` is
    what the page has been parsed to and read from it as a whole.
    """

    article: Article | None
    kind: PageKind | None
    sheet: "Sheet"
    why: str = ""


class Sheet:
    """A document's tree, parsed anew once it has been taken apart, and what all of it says."""

    def __init__(self, document: str, page: Page, site: Site) -> None:
        self._document, self._page, self._site = document, page, site
        self.tree: HtmlElement | None = None
        self.found: Metadata | None = None

    def whole(self) -> HtmlElement:
        if self.tree is None:
            self.tree = parse(self._document)
        if self.tree is None:
            raise Misfit("empty")
        return self.tree

    def spend(self) -> None:
        self.tree = None

    def metadata(self) -> Metadata:
        if self.found is None:
            self.found = read_metadata(self.whole(), self._page, self._site)
        return self.found


def attempt(page: Page, site: Site, document: str) -> Tried:
    """Each kind in turn, until one holds."""
    assert site.template is not None
    kind, why, sheet = None, "container missing", Sheet(document, page, site)
    for one in site.template.kinds:
        try:
            return Tried(_article(page, site, sheet, one), one, sheet)
        except Misfit as misfit:
            if str(misfit) != "container missing":
                kind, why = one, str(misfit)
    return Tried(None, kind, sheet, why)


def _article(page: Page, site: Site, sheet: Sheet, kind: PageKind) -> Article:
    tree = sheet.whole()
    body = body_of(tree)
    taken = cut(body, kind, site)
    lines = taken.extracted
    is_short = before(taken, body, kind) < SHORT + MARGIN
    if is_short:  # the verdict on it looks at all of the page
        lines = replace(lines, page=_around(lines.page, body))
    # What is in doubt is likely to be refined fully, which asks for all that the page says.
    if is_short or taken.doubtful:
        found = sheet.metadata()
    else:
        sheet.spend()
        found = _read(tree, body, taken.region, kind, page, site)
    clean = cleaned(lines, found, site)
    if not is_short and sum(map(len, clean.paragraphs)) < SHORT:
        raise Misfit("length")
    undoubted(taken, clean.paragraphs)
    _refuse(page, site, tree, lines, found, clean)
    named = language(clean.paragraphs, kind, found.language or site.language)
    made = article(page, site, found, clean, named)
    after(made, kind)
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
