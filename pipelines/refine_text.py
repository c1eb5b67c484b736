"""An imported document (text already, without its page) becomes an Article."""

from dataclasses import replace
from hashlib import sha256

from items import Article, Site
from pipelines.cleaning.clean_lines import Cleaned
from pipelines.cleaning.heads import Head, head
from pipelines.cleaning.lines import clean
from pipelines.dates.date_lines import has_clock, joined
from pipelines.dates.parse import parse
from storage.documents import Document
from text.language import detect
from text.normalise import tidy, tidy_lines
from text.urls import article_id, canonicalise


def refine_text(
    text: str,
    *,
    url: str | None = None,
    id: str | None = None,
    title: str | None = None,
    section: str | None = None,
    source: str | None = None,
    published: str | None = None,
    language: str | None = None,
    site: Site | None = None,
) -> Article:
    """Refine an imported text. What is not given is read from the text's head; a time without a
    site stays naive (`2023-06-21T16:16`), with one it becomes UTC.
    """
    lines = tidy_lines(text)
    found = head(lines) if title is None else Head()
    cleaned = clean(
        lines,
        title=title,
        rules=(*site.lines, *site.family.lines) if site else (),
        own_names=(site.name, site.title) if site else (),
        pinned=site.text if site else (),
        reasons=[_place(at, found) for at in range(len(lines))],
    )
    canonical = canonicalise(url) if url else None
    return Article(
        id=id or identity(canonical or url, text),
        url=canonical or url,
        site=site.name if site else None,
        title=tidy(title) if title else _line(lines, found.title),
        paragraphs=cleaned.paragraphs,
        section=section or _line(lines, found.section),
        source=source or _line(lines, found.source) or cleaned.source,
        agency=cleaned.agency,
        published=published or _published(cleaned, site),
        language=language or detect(" ".join(cleaned.paragraphs)),
        removed=cleaned.removed,
    )


def refine_document(document: Document) -> Article:
    """Refine a document that was read from a file. The address stays as it was given; the frontier,
    and the id, go by the canonical one.
    """
    article = refine_text(
        document.text,
        url=document.url,
        id=document.id,
        title=document.title,
        section=document.section,
        source=document.source,
        published=document.published,
        language=document.language,
    )
    return replace(article, url=document.url, number=document.number)


def identity(url: str | None, text: str) -> str:
    """16 hex digits: of the canonical URL, or of the text where there is none."""
    return article_id(url) if url else sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _place(at: int, found: Head) -> str | None:
    named = ((found.section, "section"), (found.title, "title"), (found.source, "source"))
    return next((name for position, name in named if position == at), None)


def _line(lines: list[str], at: int | None) -> str | None:
    return None if at is None else lines[at]


def _published(cleaned: Cleaned, site: Site | None) -> str | None:
    text = joined(cleaned.dates)
    when = parse(text, site.timezone if site else "UTC") if text else None
    if when is None or site is not None:
        return when
    return when[:16] if has_clock(text) else when[:10]
