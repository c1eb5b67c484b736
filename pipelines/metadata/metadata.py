"""An article's metadata: each field from the most trusted source with a plausible value. Costly
sources are read only where the others have none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lxml.html import HtmlElement

from items import Hints, Rights, Site
from pipelines.metadata import sections_and_tags, titles
from pipelines.metadata.access import DeclaredAccess, declared_access
from pipelines.metadata.author_rules import NameContext
from pipelines.metadata.authors import choose_authors, joined
from pipelines.metadata.declared_rights import declared_rights
from pipelines.metadata.field_choice import Statement
from pipelines.metadata.metadata_sources import MetadataSources
from pipelines.metadata.publication_dates import PageDates
from pipelines.metadata.site_names import choose_site_name, hostname, own_names
from pipelines.metadata.witnesses import TAKEN, Witness
from text.folding import fold
from text.language_codes import language_code


@dataclass(frozen=True, slots=True)
class Metadata:
    """Times are ISO 8601 UTC; `canonical` is absolute and unchecked; `kind` is JSON-LD's or Open
    Graph's type (`NewsArticle`, `article`, `CollectionPage`, `website`); `language` is the one
    that the page declares; `og_url` is unchecked. `witnesses` says where each value was found and why it was taken or not;
    `names` is what bylines in the text are read with.
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
    og_url: str | None = None
    access: DeclaredAccess = field(default_factory=DeclaredAccess)
    noindex: bool = False
    rights: Rights = field(default_factory=Rights)
    kind: str | None = None
    language: str | None = None
    witnesses: tuple[Witness, ...] = field(default=(), compare=False)
    names: NameContext = field(default_factory=NameContext, compare=False)


def metadata_of_page(
    tree: HtmlElement, url: str, site: Site, hints: Hints | None = None, fetched: str | None = None
) -> Metadata:
    """Leaves the tree unchanged. `fetched` (ISO 8601) is the now of «منذ 3 ساعات»."""
    return _choose(MetadataSources(tree, url, site, hints or Hints(), fetched))


def metadata_of_hints(hints: Hints, site: Site) -> Metadata:
    """The metadata of a fragment, which has no page around it."""
    site_names = own_names([], site, site.homepage)
    names = NameContext(site_names)
    feed = Statement("feed", (hints.author or "",))
    sections, section_witnesses = sections_and_tags.choose_sections(
        [Statement("feed", hints.sections)], site_names, None
    )
    tags, tag_witnesses = sections_and_tags.choose_tags([Statement("feed", hints.tags)], site_names)
    author, author_witnesses = choose_authors([feed], names)
    return Metadata(
        title=titles.line(hints.title or "") or None,
        author=author,
        witnesses=(*author_witnesses, *section_witnesses, *tag_witnesses),
        published=hints.published,
        modified=hints.modified,
        section=next(iter(sections), None),
        sections=sections,
        tags=tags,
        image=sections_and_tags.absolute_url([hints.image or ""], ""),
        language=language_code(hints.language or ""),
        names=names,
    )


def with_byline(metadata: Metadata, names: Sequence[str]) -> Metadata:
    """With the author whom a line of the text names, where nothing else did."""
    if metadata.author or not names:
        return metadata
    author = joined(names)
    witness = Witness("author", "line below the headline", author or "", TAKEN)
    return replace(metadata, author=author, witnesses=(*metadata.witnesses, witness))


def _choose(page: MetadataSources) -> Metadata:
    title, title_witnesses = page.chosen_title
    sections, section_witnesses = sections_and_tags.choose_sections(
        page.sections(), page.own_names, title
    )
    section = next(iter(sections), None)
    # A feed's categories are sections and tags alike, and a section is nobody's name.
    excluded = page.own_names | set(map(fold, sections))
    tags, tag_witnesses = sections_and_tags.choose_tags(page.tags(), excluded)
    names = NameContext(
        excluded,
        page.language,
        hostname(page.url),
        site_names=page.own_names - set(map(fold, sections)),
    )
    author, author_witnesses = choose_authors(page.authors(names), names)
    dates = PageDates(
        page.context, page.url, page.dates, page.published(), page.modified(), page.other_articles
    )
    published = dates.published()
    modified = dates.modified(published)
    return Metadata(
        title=title,
        author=author,
        witnesses=(
            *title_witnesses,
            *author_witnesses,
            *section_witnesses,
            *tag_witnesses,
            *page.language_witnesses,
            *dates.witnesses,
        ),
        published=published.iso if published else None,
        modified=modified.iso if modified else None,
        section=section,
        sections=sections,
        tags=tags,
        image=sections_and_tags.absolute_url(page.images(), page.url),
        site_name=choose_site_name(page.site_names, page.site),
        canonical=sections_and_tags.absolute_url(page.canonical, page.url),
        og_url=next(iter(page.meta_tags.all("og:url")), None),
        access=declared_access(page.nodes, page.meta_tags, page.index.marked),
        noindex=page.meta_tags.noindex,
        rights=declared_rights(
            page.nodes, page.meta_tags, page.license_links(), page.url, page.fetched_at
        ),
        kind=sections_and_tags.kind(page.json.kinds, page.meta.kinds),
        language=page.language,
        names=names,
    )
