"""The last steps of a page's refinement: extracted lines are cleaned, and become an Article
together with the metadata.
"""

from dataclasses import replace
from urllib.parse import urlsplit

from items import Article, Page, RemovedLine, Site
from pipelines.cleaning.clean_lines import Cleaned, clean_lines
from pipelines.dates.date_lines import join_date_lines
from pipelines.dates.parse import parse_date
from pipelines.extraction.extract import Extracted
from pipelines.metadata.metadata import Metadata
from pipelines.refine_text import article_id_of
from text.folding import fold
from text.urls import canonicalise, join_url, same_site

_MIN_LINKED = 0.5  # of a line's characters; then it is a link


def clean_extracted(extracted: Extracted, metadata: Metadata, site: Site) -> Cleaned:
    cleaned = clean_lines(
        extracted.lines,
        title=metadata.title,
        rules=(*site.lines, *site.family.lines),
        own_names=(site.name, site.title, metadata.site_name or ""),
        reasons=extracted.reasons,
        links=[block.linked >= _MIN_LINKED for block in extracted.blocks],
        pinned=site.text,
        kinds=extracted.kinds,
    )
    return replace(cleaned, removed=_with_ends(cleaned, extracted, metadata.title))


def _with_ends(
    cleaned: Cleaned, extracted: Extracted, title: str | None
) -> tuple[RemovedLine, ...]:
    """The removed lines of the whole page: what is beyond the article's ends is only recorded."""
    start = len(extracted.above)
    end = start + len(cleaned.paragraphs) + len(cleaned.removed)
    shifted = [
        RemovedLine(line.position + shift, line.text, line.reason)
        for lines, shift in ((extracted.above, 0), (cleaned.removed, start), (extracted.below, end))
        for line in lines
    ]
    folded = fold(title or "")
    return tuple(
        replace(line, reason="title")
        if folded and not start <= line.position < end and fold(line.text) == folded
        else line
        for line in shifted
    )


def build_article(
    page: Page, site: Site, metadata: Metadata, cleaned: Cleaned, language: str | None
) -> Article:
    url = article_url(page, metadata.canonical, site)
    published = metadata.published
    if not published and cleaned.dates:
        published = parse_date(join_date_lines(cleaned.dates), site.timezone)
    return Article(
        id=article_id_of(url, "\n\n".join(cleaned.paragraphs)),
        url=url,
        site=site.name,
        title=metadata.title,
        paragraphs=cleaned.paragraphs,
        section=metadata.section,
        source=cleaned.source,
        agency=cleaned.agency,
        author=metadata.author,
        published=published,
        modified=metadata.modified,
        language=language,
        tags=metadata.tags,
        image=metadata.image,
        removed=cleaned.removed,
        kinds=cleaned.kinds,
    )


def article_url(page: Page, canonical: str | None, site: Site) -> str | None:
    """The article's canonical URL. `canonical`, which the page declares, is taken if it is on the
    site and not its front page (some themes declare that for every article).
    """
    if not page.url:  # a saved page: only its own declaration tells its address
        return canonicalise(canonical) if canonical else None
    homepage = site.homepage or None
    declared = canonicalise(join_url(page.url, canonical), homepage) if canonical else None
    is_front_page = not declared or urlsplit(declared).path in ("", "/")
    if declared and same_site(declared, homepage or page.url) and not is_front_page:
        return declared
    return canonicalise(page.url, homepage) or page.url
