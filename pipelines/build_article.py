"""The last steps of a page's refinement: extracted lines are cleaned, and become an Article
together with the metadata.
"""

from collections.abc import Sequence
from dataclasses import replace

from items import Article, Page, RemovedLine, Site
from pipelines.access import access_of
from pipelines.canonical import judge_canonical
from pipelines.cleaning.clean_lines import Cleaned, clean_lines
from pipelines.dates.date_lines import join_date_lines
from pipelines.dates.parse import parse_date
from pipelines.extraction.extract import Extracted
from pipelines.metadata.byline_lines import byline_names
from pipelines.metadata.metadata import Metadata
from pipelines.refine_text import article_id_of
from pipelines.url_filter import is_left
from text.folding import fold, fold_lines
from text.urls import canonicalise

_MIN_LINKED = 0.5  # of a line's characters; then it is a link
_MAX_BELOW_TITLE = 5


def clean_extracted(extracted: Extracted, metadata: Metadata, site: Site) -> Cleaned:
    def names_of(line: str) -> tuple[str, ...]:
        return byline_names(line, metadata.names, metadata.author)

    cleaned = clean_lines(
        extracted.lines,
        title=metadata.title,
        rules=(*site.lines, *site.family.lines),
        own_names=(site.name, site.title, metadata.site_name or ""),
        reasons=extracted.reasons,
        links=[block.linked >= _MIN_LINKED for block in extracted.blocks],
        pinned=site.text,
        kinds=extracted.kinds,
        byline_names=names_of,
    )
    below_title = _lines_below_title(extracted, metadata.title)
    authors = cleaned.authors or next(filter(None, map(names_of, below_title)), ())
    removed = _with_ends(cleaned, extracted, metadata.title)
    return replace(cleaned, removed=removed, authors=authors)


def _lines_below_title(extracted: Extracted, title: str | None) -> list[str]:
    """The lines between the headline and the article's first, where they are few."""
    last = [line.text for line in extracted.above[-_MAX_BELOW_TITLE:]]
    folded = fold(title or "")
    at = next((at for at, line in enumerate(last) if folded and fold(line) == folded), len(last))
    return last[at + 1 :]


def _with_ends(
    cleaned: Cleaned, extracted: Extracted, title: str | None
) -> tuple[RemovedLine, ...]:
    """The removed lines of the whole page: what is beyond the article's ends is only recorded."""
    start = len(extracted.above)
    end = start + len(cleaned.paragraphs) + len(cleaned.removed)
    above, below = _with_title(extracted, title)
    within = [
        RemovedLine(line.position + start, line.text, line.reason) for line in cleaned.removed
    ]
    beyond = [RemovedLine(line.position + end, line.text, line.reason) for line in below]
    return (*above, *within, *beyond)


def _with_title(
    extracted: Extracted, title: str | None
) -> tuple[Sequence[RemovedLine], Sequence[RemovedLine]]:
    """The lines beyond the article's ends; its title is known as such there too."""
    lines, start = [*extracted.above, *extracted.below], len(extracted.above)
    if folded := fold(title or ""):
        for at, text in enumerate(fold_lines([line.text for line in lines])):
            if text == folded:
                lines[at] = lines[at]._replace(reason="title")
    return lines[:start], lines[start:]


def build_article(
    page: Page, site: Site, metadata: Metadata, cleaned: Cleaned, language: str | None
) -> Article:
    url, address = article_url(page, metadata, site)
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
        address=address,
        access=access_of(metadata.access, cleaned.paragraphs),
        rights=page.rights + metadata.rights,
    )


def article_url(page: Page, metadata: Metadata, site: Site) -> tuple[str | None, str | None]:
    """The article's canonical URL, and the address that was fetched where that is another one."""
    if not page.url:  # a saved page: only its own declaration tells its address
        return canonicalise(metadata.canonical) if metadata.canonical else None, None
    homepage = site.homepage or None
    judgement = judge_canonical(
        page.url,
        metadata.canonical,
        homepage=homepage,
        og_url=metadata.og_url,
        title=metadata.title,
    )
    fetched = canonicalise(page.url, homepage) or page.url
    if judgement.url != fetched and is_left(site, judgement.url):
        return fetched, None  # a translation that declares its original
    return judgement.url, fetched if judgement.url != fetched else None
