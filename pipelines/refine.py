"""Refinement: a fetched Page becomes an Article or a Rejected. Pure and CPU-bound."""

from lxml.html import HtmlElement

from items import Article, Page, Reason, Rejected, Site
from pipelines.build_article import build_article, clean_extracted
from pipelines.cleaning.clean_lines import Cleaned
from pipelines.extraction.article_filter import length_excess, rejection_of
from pipelines.extraction.blocks import blocks
from pipelines.extraction.consent_wall import is_consent_wall
from pipelines.extraction.extract import (
    Extracted,
    extract_fragment,
    extract_page,
    extracted_of_lines,
    text_excess,
)
from pipelines.extraction.parse_html import body_of, parse_html
from pipelines.list_address import is_list_address
from pipelines.metadata.embedded_text import embedded_text
from pipelines.metadata.metadata import Metadata, metadata_of_hints, metadata_of_page
from text.characters import without_control_characters
from text.charset import decode
from text.language import detect
from text.markup_limits import markup_excess


def refine(page: Page, site: Site) -> Article | Rejected:
    """The page's article, or why it has none. A rejection carries `page.key`."""
    document = without_control_characters(decode(page.body, page.charset))
    if excess := markup_excess(document):
        return Rejected(page.key, Reason.TOO_LARGE, excess)
    tree = parse_html(document)
    if tree is None:
        return Rejected(page.key, Reason.EMPTY, f"{len(page.body)} bytes, no HTML in them")
    all_blocks = blocks(body_of(tree))
    if excess := text_excess(all_blocks):
        return Rejected(page.key, Reason.TOO_LARGE, excess)
    if page.fragment:
        metadata = metadata_of_hints(page.hints, site)
        extracted = extract_fragment(tree, all_blocks, site)
    else:
        metadata = metadata_of_page(tree, page.url, site, page.hints, page.fetched or None)
        if metadata.noindex and site.honour_noindex:
            return Rejected(page.key, Reason.NOINDEX, "the page asks not to be indexed")
        extracted = extract_page(tree, all_blocks, document, site)
        extracted = _or_embedded(extracted, tree, metadata.title or "")
    cleaned = clean_extracted(extracted, metadata, site)
    if rejected := _rejection(page, tree, extracted, metadata, cleaned):
        return rejected
    language = detect(" ".join(cleaned.paragraphs), metadata.language or site.language)
    return build_article(page, site, metadata, cleaned, language)


# A page that is drawn by scripts shows so little of what its data hold. Others' data are not read:
# that costs a tenth of refinement.
_MAX_SHOWN_CHARS, _MAX_SHOWN_SHARE = 1500, 0.35


def _or_embedded(extracted: Extracted, tree: HtmlElement, title: str) -> Extracted:
    """The text in the page's data, where the page itself shows hardly anything of it."""
    shown = sum(len(block.text) for block in extracted.kept)
    if shown > _MAX_SHOWN_CHARS:
        return extracted
    embedded = embedded_text(tree, title, least=int(shown / _MAX_SHOWN_SHARE))
    return extracted_of_lines(embedded.paragraphs) if embedded else extracted


def _rejection(
    page: Page, tree: HtmlElement, extracted: Extracted, metadata: Metadata, cleaned: Cleaned
) -> Rejected | None:
    if page.fragment:  # the REST interface lists articles only
        if excess := length_excess(cleaned.paragraphs):
            return Rejected(page.key, Reason.TOO_LONG, excess)
        return None if cleaned.paragraphs else Rejected(page.key, Reason.TOO_SHORT, "no text in it")
    if is_consent_wall(page.key, page.url, metadata.title, cleaned.paragraphs):
        return Rejected(page.key, Reason.CONSENT_WALL, f"{page.url} asks for consent")
    if is_list_address(page.url, tree, metadata.kind):
        return Rejected(page.key, Reason.LIST_PAGE, "its address and its markup are a list's")
    rejected = rejection_of(
        tree,
        extracted,
        url=page.url,
        title=metadata.title,
        kind=metadata.kind,
        paragraphs=cleaned.paragraphs,
    )
    return Rejected(page.key, rejected.reason, rejected.detail) if rejected else None
