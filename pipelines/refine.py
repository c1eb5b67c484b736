"""Refinement: a fetched Page becomes an Article, or is recognised as none. Pure and CPU-bound."""

from lxml.html import HtmlElement

from items import Article, Page, Rejected, Site
from pipelines.build_article import build_article, clean_extracted
from pipelines.cleaning.clean_lines import Cleaned
from pipelines.extraction.article_filter import rejection_of
from pipelines.extraction.extract import Extracted, extract_fragment, extract_page
from pipelines.extraction.parse_html import parse_html
from pipelines.metadata.metadata import Metadata, from_hints, metadata
from text.charset import decode
from text.language import detect


def refine(page: Page, site: Site) -> Article | Rejected:
    """The article of a page: extract, clean, name its language. A rejection carries `page.key`."""
    document = decode(page.body, page.charset)
    tree = parse_html(document)
    if tree is None:
        return Rejected(page.key, "empty", f"{len(page.body)} bytes, no HTML in them")
    if page.fragment:
        found, extracted = from_hints(page.hints, site), extract_fragment(tree, site)
    else:
        found = metadata(tree, page.url, site, page.hints, page.fetched or None)
        if found.noindex and site.honour_noindex:
            return Rejected(page.key, "noindex", "the page asks not to be indexed")
        extracted = extract_page(tree, document, site)
    clean = clean_extracted(extracted, found, site)
    if refused := _refused(page, tree, extracted, found, clean):
        return refused
    language = detect(" ".join(clean.paragraphs), found.language or site.language)
    return build_article(page, site, found, clean, language)


def _refused(
    page: Page, tree: HtmlElement, extracted: Extracted, found: Metadata, cleaned: Cleaned
) -> Rejected | None:
    if page.fragment:  # the interface said that it is an article
        return None if cleaned.paragraphs else Rejected(page.key, "too_short", "no text in it")
    refused = rejection_of(
        tree,
        extracted,
        url=page.url,
        title=found.title,
        kind=found.kind,
        paragraphs=cleaned.paragraphs,
    )
    return Rejected(page.key, refused.reason, refused.detail) if refused else None
