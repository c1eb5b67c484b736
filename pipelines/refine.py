"""Refinement: a fetched Page becomes an Article or a Rejected. Pure and CPU-bound."""

from lxml.html import HtmlElement

from items import Article, Page, Reason, Rejected, Site
from pipelines.build_article import build_article, clean_extracted
from pipelines.cleaning.clean_lines import Cleaned
from pipelines.extraction.article_filter import rejection_of
from pipelines.extraction.extract import Extracted, extract_fragment, extract_page
from pipelines.extraction.parse_html import parse_html
from pipelines.metadata.metadata import Metadata, metadata_of_hints, metadata_of_page
from text.charset import decode
from text.language import detect


def refine(page: Page, site: Site) -> Article | Rejected:
    """The page's article, or why it has none. A rejection carries `page.key`."""
    document = decode(page.body, page.charset)
    tree = parse_html(document)
    if tree is None:
        return Rejected(page.key, Reason.EMPTY, f"{len(page.body)} bytes, no HTML in them")
    if page.fragment:
        metadata = metadata_of_hints(page.hints, site)
        extracted = extract_fragment(tree, site)
    else:
        metadata = metadata_of_page(tree, page.url, site, page.hints, page.fetched or None)
        if metadata.noindex and site.honour_noindex:
            return Rejected(page.key, Reason.NOINDEX, "the page asks not to be indexed")
        extracted = extract_page(tree, document, site)
    cleaned = clean_extracted(extracted, metadata, site)
    if rejected := _rejection(page, tree, extracted, metadata, cleaned):
        return rejected
    language = detect(" ".join(cleaned.paragraphs), metadata.language or site.language)
    return build_article(page, site, metadata, cleaned, language)


def _rejection(
    page: Page, tree: HtmlElement, extracted: Extracted, metadata: Metadata, cleaned: Cleaned
) -> Rejected | None:
    if page.fragment:  # the REST interface lists articles only
        return None if cleaned.paragraphs else Rejected(page.key, Reason.TOO_SHORT, "no text in it")
    rejected = rejection_of(
        tree,
        extracted,
        url=page.url,
        title=metadata.title,
        kind=metadata.kind,
        paragraphs=cleaned.paragraphs,
    )
    return Rejected(page.key, rejected.reason, rejected.detail) if rejected else None
