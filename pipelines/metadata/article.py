"""Everything a page says of its article besides the text: each field from the source that is to
be trusted most, and only when it can be true.
"""

from dataclasses import dataclass

from lxml.html import HtmlElement

from items import Hints, Site
from pipelines.metadata import fields, titles
from pipelines.metadata.authors import authors
from pipelines.metadata.metadata import Reading
from pipelines.metadata.publication_dates import PageDates
from pipelines.metadata.site_names import own_names, site_name
from text.folding import fold
from text.language import language_code


@dataclass(frozen=True, slots=True)
class Metadata:
    """Times are ISO 8601 UTC; `canonical` is absolute and not judged; `kind` is JSON-LD's or
    Open Graph's type (`NewsArticle`, `article`, `CollectionPage`, `website`); `language` is what
    the page declares.
    """

    title: str | None = None
    author: str | None = None
    published: str | None = None
    modified: str | None = None
    section: str | None = None
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    image: str | None = None
    site_name: str | None = None
    canonical: str | None = None
    noindex: bool = False
    kind: str | None = None
    language: str | None = None


def metadata(
    tree: HtmlElement, url: str, site: Site, hints: Hints | None = None, fetched: str | None = None
) -> Metadata:
    """Read a page's tree, which stays as it is. `fetched` (ISO 8601) dates «منذ 3 ساعات»."""
    return _judged(Reading(tree, url, site, hints or Hints(), fetched))


def from_hints(hints: Hints, site: Site) -> Metadata:
    """What is known without a page."""
    ours = own_names([], site, site.homepage)
    sections = fields.sections([hints.sections], ours, None)
    return Metadata(
        title=titles.line(hints.title or "") or None,
        author=authors([hints.author or ""], ours),
        published=hints.published,
        modified=hints.modified,
        section=next(iter(sections), None),
        sections=sections,
        tags=fields.tags([hints.tags], ours),
        image=fields.address([hints.image or ""], ""),
        language=language_code(hints.language or ""),
    )


def _judged(page: Reading) -> Metadata:
    sections = fields.sections(page.sections(), page.own_names, page.title)
    # A feed's categories are sections and tags alike; a section signs no article.
    taken = page.own_names | set(map(fold, sections))
    dates = PageDates(page.vicinity, page.url, page.times)
    appeared = dates.published(page.published())
    changed = dates.modified(page.modified(), appeared)
    return Metadata(
        title=page.title,
        author=authors(page.authors(), taken),
        published=appeared.iso if appeared else None,
        modified=changed.iso if changed else None,
        section=next(iter(sections), None),
        sections=sections,
        tags=fields.tags(page.tags(), taken),
        image=fields.address(page.images(), page.url),
        site_name=site_name(page.site_names, page.site),
        canonical=fields.address(page.canonical(), page.url),
        noindex=page.metas.noindex,
        kind=fields.kind(page.json.kinds, page.meta.kinds),
        language=page.language,
    )
