"""The last steps of every refinement: extracted lines are cleaned, and lines and metadata become
an Article.
"""

from urllib.parse import urljoin, urlsplit

from items import Article, Page, Site
from pipelines.cleaning.clean_lines import Cleaned, clean_lines
from pipelines.dates.date_lines import join_date_lines
from pipelines.dates.parse import parse_date
from pipelines.extraction.extract import Extracted
from pipelines.metadata.metadata import Metadata
from pipelines.refine_text import article_id_of
from text.urls import canonicalise, same_site

_LINK = 0.5  # of a line's characters


def clean_extracted(extracted: Extracted, found: Metadata, site: Site) -> Cleaned:
    return clean_lines(
        extracted.lines,
        title=found.title,
        rules=(*site.lines, *site.family.lines),
        own_names=(site.name, site.title, found.site_name or ""),
        reasons=extracted.reasons,
        links=[block.linked >= _LINK for block in extracted.blocks],
        pinned=site.text,
    )


def build_article(
    page: Page, site: Site, found: Metadata, cleaned: Cleaned, language: str | None
) -> Article:
    url = article_url(page, found.canonical, site)
    stated = parse_date(join_date_lines(cleaned.dates), site.timezone) if cleaned.dates else None
    return Article(
        id=article_id_of(url, "\n\n".join(cleaned.paragraphs)),
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
        language=language,
        tags=found.tags,
        image=found.image,
        removed=cleaned.removed,
    )


def article_url(page: Page, canonical: str | None, site: Site) -> str | None:
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
