"""Refinement: a fetched Page becomes an Article, or is recognised as none. Pure and CPU-bound."""

from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from items import Article, Page, Rejected, Site
from pipelines.cleaning.lines import Cleaned, clean
from pipelines.dates.date_lines import joined
from pipelines.dates.parsing import parse as parse_date
from pipelines.extraction.extract import Extracted, extract_fragment, extract_page
from pipelines.extraction.page import parse
from pipelines.extraction.verdict import no_article
from pipelines.imported import identity, refine_text
from pipelines.metadata.article import Metadata, from_hints, metadata
from pipelines.text.charset import decode
from pipelines.text.language import detect
from pipelines.urls import canonicalise, same_site

__all__ = ["refine", "refine_text"]

_LINK = 0.5  # of a line's characters


def refine(page: Page, site: Site) -> Article | Rejected:
    """The article of a page: extract, clean, name its language. A rejection carries `page.key`."""
    document = decode(page.body, page.charset)
    tree = parse(document)
    if tree is None:
        return Rejected(page.key, "empty", f"{len(page.body)} bytes, no HTML in them")
    if page.fragment:
        found, extracted = from_hints(page.hints, site), extract_fragment(tree, site)
    else:
        found = metadata(tree, page.url, site, page.hints, page.fetched or None)
        if found.noindex and site.honour_noindex:
            return Rejected(page.key, "noindex", "the page asks not to be indexed")
        extracted = extract_page(tree, document, site)
    cleaned = _cleaned(extracted, found, site)
    refused = _refused(page, tree, extracted, found, cleaned)
    return refused or _article(page, site, found, cleaned)


def _cleaned(extracted: Extracted, found: Metadata, site: Site) -> Cleaned:
    return clean(
        extracted.lines,
        title=found.title,
        rules=(*site.lines, *site.family.lines),
        own_names=(site.name, site.title, found.site_name or ""),
        reasons=extracted.reasons,
        links=[block.linked >= _LINK for block in extracted.blocks],
        pinned=site.text,
    )


def _refused(
    page: Page, tree: HtmlElement, extracted: Extracted, found: Metadata, cleaned: Cleaned
) -> Rejected | None:
    if page.fragment:  # the interface said that it is an article
        return None if cleaned.paragraphs else Rejected(page.key, "too_short", "no text in it")
    refused = no_article(
        tree,
        extracted,
        url=page.url,
        title=found.title,
        kind=found.kind,
        paragraphs=cleaned.paragraphs,
    )
    return Rejected(page.key, refused.reason, refused.detail) if refused else None


def _article(page: Page, site: Site, found: Metadata, cleaned: Cleaned) -> Article:
    url = _address(page, found.canonical, site)
    stated = parse_date(joined(cleaned.dates), site.timezone) if cleaned.dates else None
    return Article(
        id=identity(url, "\n\n".join(cleaned.paragraphs)),
        url=url,
        site=site.name,
        title=found.title,
        paragraphs=cleaned.paragraphs,
        section=found.section,
        source=cleaned.source,
        agency=cleaned.agency,
        author=found.author,
        published=found.published or stated,
        modified=found.modified,
        language=detect(" ".join(cleaned.paragraphs), found.language or site.language),
        tags=found.tags,
        image=found.image,
        removed=cleaned.removed,
    )


def _address(page: Page, canonical: str | None, site: Site) -> str | None:
    """The article's canonical URL: what the page says it is, while that stays on the site and
    names a page (a theme that gives every article the front page's address is not believed).
    """
    if not page.url:  # a saved page: only it can tell where it was from
        return canonicalise(canonical) if canonical else None
    homepage = site.homepage or page.url
    here = canonicalise(page.url, site.homepage or None) or page.url
    said = canonicalise(urljoin(page.url, canonical), site.homepage or None) if canonical else None
    if said and same_site(said, homepage) and urlsplit(said).path not in ("", "/"):
        return said
    return here
