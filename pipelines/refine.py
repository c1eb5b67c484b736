"""Refinement: a fetched Page becomes an Article or a Rejected. Pure and CPU-bound."""

from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from items import Article, FirstPage, Page, Reason, Rejected, Site
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
from pipelines.extraction.page_addresses import page_mark
from pipelines.extraction.page_links import PageLinks, page_links, shows_title
from pipelines.extraction.parse_html import body_of, parse_html
from pipelines.extraction.script_shell import is_script_shell
from pipelines.extraction.tree_index import index_tree
from pipelines.join_pages import adds_text, join_pages
from pipelines.list_address import is_list_page, is_listing
from pipelines.metadata.embedded_text import declared_text, embedded_text
from pipelines.metadata.metadata import (
    Metadata,
    metadata_of_hints,
    metadata_of_page,
    with_byline,
)
from pipelines.url_filter import is_wanted
from text.characters import clean_markup
from text.charset import decode_utf_8
from text.language import detect
from text.markup_limits import markup_excess
from text.urls import canonicalise


@dataclass(slots=True)
class RefinementTrace:
    """What a refinement found on its way to the outcome; None: it did not get so far."""

    tree: HtmlElement | None = None
    document: str = ""
    metadata: Metadata | None = None
    extracted: Extracted | None = None
    cleaned: Cleaned | None = None


def refine(page: Page, site: Site, trace: RefinementTrace | None = None) -> Article | Rejected:
    """The page's article, with the text of its later pages, or why it has none. A rejection carries
    `page.key`. `trace` is filled with what was found on the first page.
    """
    article = _refine_alone(page, site, trace)
    if isinstance(article, Rejected) or not page.later:
        return article
    articles = [article]
    for number, later in enumerate(page.later, 2):
        first = FirstPage(page.url, article.title, number)
        result = _refine_alone(replace(later, first=first), site)
        if isinstance(result, Rejected) or not adds_text(articles, result):
            break
        articles.append(result)
    return join_pages(articles)


def _refine_alone(
    page: Page, site: Site, trace: RefinementTrace | None = None
) -> Article | Rejected:
    document, utf_8 = clean_markup(*decode_utf_8(page.body, page.charset))
    if excess := markup_excess(document):
        return Rejected(page.key, Reason.TOO_LARGE, excess)
    tree = parse_html(document, utf_8)
    if tree is None:
        return Rejected(page.key, Reason.EMPTY, f"{len(page.body)} bytes, no HTML in them")
    all_blocks = blocks(body_of(tree), index_tree(tree))
    if excess := text_excess(all_blocks):
        return Rejected(page.key, Reason.TOO_LARGE, excess)
    if page.fragment:
        links = PageLinks()
        metadata = metadata_of_hints(page.hints, site)
        extracted = extract_fragment(tree, all_blocks, site)
    else:
        metadata = metadata_of_page(tree, page.url, site, page.hints, page.fetched or None)
        if metadata.noindex and site.honour_noindex:
            return Rejected(page.key, Reason.NOINDEX, "the page asks not to be indexed")
        if page.first and not _goes_on(tree, page.url, page.first):
            return Rejected(page.key, Reason.OTHER_ARTICLE, f"no page of {page.first.url}")
        links = _page_links(tree, page, site, metadata.canonical)
        extracted = extract_page(tree, all_blocks, document, site, declared_text(tree))
        extracted = _or_embedded(extracted, tree, metadata.title or "")
        extracted = _without_pagers(extracted, links.pagers)
    cleaned = clean_extracted(extracted, metadata, site)
    metadata = with_byline(metadata, cleaned.authors)
    if trace is not None:
        trace.tree, trace.document, trace.metadata = tree, document, metadata
        trace.extracted, trace.cleaned = extracted, cleaned
    if site.honour_tdm and (page.rights + metadata.rights).is_tdm_reserved:
        return Rejected(page.key, Reason.TDM_RESERVED, "text and data mining is reserved")
    if rejected := _rejection(page, tree, extracted, metadata, cleaned, render=site.render):
        return rejected
    language = detect(" ".join(cleaned.paragraphs), metadata.language or site.language)
    article = build_article(page, site, metadata, cleaned, language)
    return replace(article, next_page=links.next_page, first_page=links.first_page)


def _goes_on(tree: HtmlElement, url: str, first: FirstPage) -> bool:
    """Whether the page that was fetched, at last from `url`, is a later page of the article."""
    mark = page_mark(first.url, url)
    if mark is None or mark.number not in (first.number, first.number - 1):
        return False
    return not mark.weak or shows_title(tree, first.title)


def _page_links(tree: HtmlElement, page: Page, site: Site, canonical: str | None) -> PageLinks:
    first = page.first
    if first:
        return page_links(tree, page.url, first.url, first.number)
    url = page.url or canonicalise(canonical or "")  # of a saved page
    if not url or is_listing(url):
        return PageLinks()
    links = page_links(tree, url)
    first_page = canonicalise(links.first_page, url) if links.first_page else None
    return links if first_page and is_wanted(site, first_page) else replace(links, first_page=None)


def _without_pagers(extracted: Extracted, pagers: tuple[HtmlElement, ...]) -> Extracted:
    """Its lines that only lead to other pages of the article are no text."""
    if not pagers:
        return extracted
    within = {element for pager in pagers for element in pager.iter()}
    reasons = tuple(
        reason or ("navigation" if block.element in within else None)
        for block, reason in zip(extracted.blocks, extracted.reasons, strict=True)
    )
    return replace(extracted, reasons=reasons)


# A page that is drawn by scripts shows so little of what its data hold. Others' data are not read:
# that costs a tenth of refinement.
_MAX_SHOWN_CHARS, _MAX_SHOWN_SHARE = 1500, 0.35


def _or_embedded(extracted: Extracted, tree: HtmlElement, title: str) -> Extracted:
    """The text in the page's data, where the page itself shows hardly anything of it."""
    shown = sum(len(block.text) for block in extracted.kept)
    if shown > _MAX_SHOWN_CHARS:
        return extracted
    embedded = embedded_text(tree, title, least=int(shown / _MAX_SHOWN_SHARE))
    return extracted_of_lines(embedded.paragraphs, extracted) if embedded else extracted


# The end of an article may be a few words.
_OF_SHORT_PAGES = {Reason.TOO_SHORT, Reason.VIDEO}
# What a page looks like whose text would be drawn by scripts.
_OF_SHELLS = {Reason.TOO_SHORT, Reason.BLOCK_PAGE}


def _rejection(
    page: Page,
    tree: HtmlElement,
    extracted: Extracted,
    metadata: Metadata,
    cleaned: Cleaned,
    *,
    render: bool,
) -> Rejected | None:
    if page.fragment:  # the REST interface lists articles only
        if excess := length_excess(cleaned.paragraphs):
            return Rejected(page.key, Reason.TOO_LONG, excess)
        return None if cleaned.paragraphs else Rejected(page.key, Reason.TOO_SHORT, "no text in it")
    if is_consent_wall(page.key, page.url, metadata.title, cleaned.paragraphs, cleaned.folded):
        return Rejected(page.key, Reason.CONSENT_WALL, f"{page.url} asks for consent")
    if is_list_page(page.url, tree, metadata.kind):
        return Rejected(page.key, Reason.LIST_PAGE, "its address and its markup are a list's")
    rejected = rejection_of(
        tree,
        extracted,
        url=page.url,
        title=metadata.title,
        kind=metadata.kind,
        attributed=bool(metadata.published or metadata.author),
        paragraphs=cleaned.paragraphs,
    )
    if page.first and rejected and rejected.reason in _OF_SHORT_PAGES and cleaned.paragraphs:
        return None
    if rejected and rejected.reason in _OF_SHELLS and not render and is_script_shell(tree):
        return Rejected(page.key, Reason.NEEDS_SCRIPT, "the page shows nothing without its scripts")
    return Rejected(page.key, rejected.reason, rejected.detail) if rejected else None
