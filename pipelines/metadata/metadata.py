"""An article's metadata: each field from the most trusted source with a plausible value. Costly
sources are read only where the others have none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from lxml.html import HtmlElement

from items import Hints, Site
from pipelines.dates.parse import DateContext, parse_moment
from pipelines.metadata import sections_and_tags, titles
from pipelines.metadata.access import DeclaredAccess, declared_access
from pipelines.metadata.authors import authors, shown_authors
from pipelines.metadata.json_ld import crumbs, from_jsonld, nodes
from pipelines.metadata.meta_tags import MetaTags
from pipelines.metadata.microdata import from_microdata
from pipelines.metadata.page_elements import PageIndex, TitleContext
from pipelines.metadata.publication_dates import PageDates
from pipelines.metadata.raw_metadata import RawMetadata
from pipelines.metadata.site_names import choose_site_name, own_names
from pipelines.metadata.titles import (
    element_of,
    heading_elements,
    is_site_heading,
    lower_headings,
    standing_alone,
)
from pipelines.metadata.witnesses import Witness
from text.folding import fold
from text.language_codes import language_code

_MAX_TITLE_CHARS = 4000  # of the `title` element, most of them spaces
_MAX_VALUES = 200  # of a field; a page of a hundred nodes has some 50


class MetadataSources:
    """The values of each field by source, the most trusted first and unchecked."""

    def __init__(
        self, tree: HtmlElement, url: str, site: Site, hints: Hints, fetched: str | None
    ) -> None:
        self.tree, self.url, self.site, self.hints = tree, url, site, hints
        self.index = PageIndex(tree)
        self.meta_tags = MetaTags(self.index.by_tag["meta"])
        self.meta = self.meta_tags.metadata()
        self.nodes = nodes(self.index.by_tag["script"])
        self.json = from_jsonld(self.nodes, url)
        self.headings = heading_elements(self.index, url)
        moment = parse_moment(fetched or "")
        self.fetched = moment.when if moment else None

    @cached_property
    def own_names(self) -> frozenset[str]:
        return own_names(self.site_names, self.site, self.url)

    @cached_property
    def title(self) -> str | None:
        document = [(t.text or "")[:_MAX_TITLE_CHARS] for t in self.index.by_tag["title"][:1]]
        candidates = [
            *titles.candidates([self.hints.title or ""], 3.5),
            *titles.headings([text for _, text in self.headings], document),
            *titles.candidates(self.meta.titles, 3),
            *titles.candidates(self.json.titles, 3),
        ]
        if not (self.meta.titles or self.json.titles):
            candidates += titles.candidates(self._shown_parts(document), 2.5, max_count=1)
        candidates += titles.candidates(document, 2)
        return titles.choose(candidates, self.own_names) or self._lower_heading()

    def _shown_parts(self, document: list[str]) -> list[str]:
        """Parts of the `title` element that an element of the page has as its text, longest first."""
        parts = [part for text in document for part in (*titles.parts(titles.line(text)), text)]
        if not parts:
            return []
        shown = chain(lower_headings(self.index), standing_alone(self.index, parts))
        texts = {fold(text) for element, text in shown if not is_site_heading(element, self.url)}
        return [part for part in parts if fold(part) in texts]

    def _lower_heading(self) -> str | None:
        """The first lower heading, for a page whose other titles are the site's name."""
        context = TitleContext(self.index, None)
        texts = (t for e, t in lower_headings(self.index) if not context.is_aside(e))
        return titles.choose(titles.candidates(texts, 1, max_count=1), self.own_names)

    @cached_property
    def context(self) -> TitleContext:
        return TitleContext(self.index, element_of(self.index, self.title, self.headings))

    @cached_property
    def microdata(self) -> RawMetadata:
        return from_microdata(self.context)

    @cached_property
    def language(self) -> str | None:
        html = self.tree if self.tree.tag == "html" else self.tree.getroottree().getroot()
        attributes = (html.get("lang"), html.get("xml:lang"))
        tags = (*attributes, *self.meta.languages, *self.json.languages, self.hints.language)
        codes = (language_code(tag) for tag in tags if tag)
        return next((code for code in codes if code), None)

    @cached_property
    def dates(self) -> DateContext:
        # Many Arabic sites have `lang="en-US"`, but write from right to left.
        american = (
            (self.tree.get("lang") or "").lower().replace("_", "-") == "en-us"
            and self.tree.get("dir") != "rtl"
            and self.site.language in (None, "en")
        )
        return DateContext(self.site.timezone, day_first=not american, now=self.fetched)

    @property
    def site_names(self) -> list[str]:
        return [*self.meta.site_names, *self.json.site_names][:_MAX_VALUES]

    def published(self) -> Iterable[str]:
        yield self.hints.published or ""
        yield from (*self.json.published, *self.meta.published)
        yield from self.microdata.published

    def modified(self) -> Iterable[str]:
        yield self.hints.modified or ""
        yield from (*self.json.modified, *self.meta.modified)
        yield from self.microdata.modified

    def authors(self) -> Iterable[str]:
        yield self.hints.author or ""
        yield ", ".join(self.json.authors)
        yield from self.meta.authors
        yield from self.microdata.authors
        yield from shown_authors(self.context)

    def sections(self) -> Iterable[Iterable[str]]:
        yield self.hints.sections
        yield self.json.sections
        yield self.meta.sections
        yield self.microdata.sections
        yield sections_and_tags.shown_sections(self.context)
        yield reversed(crumbs(self.nodes)[1:])
        yield reversed(sections_and_tags.breadcrumb(self.context))

    def tags(self) -> Iterable[Iterable[str]]:
        yield self.hints.tags
        yield self.meta.tags
        yield sections_and_tags.linked_tags(self.context)
        yield self.json.tags
        yield sections_and_tags.boxed_tags(self.context)
        yield self.microdata.tags

    def images(self) -> Iterable[str]:
        yield self.hints.image or ""
        yield from (*self.meta.images, *self.json.images)
        yield from self.microdata.images

    def canonical(self) -> Iterable[str]:
        links = (e for e in self.index.by_tag["link"] if e.get("href"))
        yield from (e.get("href") for e in links if "canonical" in e.get("rel", "").lower().split())


@dataclass(frozen=True, slots=True)
class Metadata:
    """Times are ISO 8601 UTC; `canonical` is absolute and unchecked; `kind` is JSON-LD's or Open
    Graph's type (`NewsArticle`, `article`, `CollectionPage`, `website`); `language` is the one
    that the page declares; `og_url` is unchecked. `witnesses` says where each value was found and why it was taken or not.
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
    kind: str | None = None
    language: str | None = None
    witnesses: tuple[Witness, ...] = ()


def metadata_of_page(
    tree: HtmlElement, url: str, site: Site, hints: Hints | None = None, fetched: str | None = None
) -> Metadata:
    """Leaves the tree unchanged. `fetched` (ISO 8601) is the now of «منذ 3 ساعات»."""
    return _choose(MetadataSources(tree, url, site, hints or Hints(), fetched))


def metadata_of_hints(hints: Hints, site: Site) -> Metadata:
    """The metadata of a fragment, which has no page around it."""
    site_names = own_names([], site, site.homepage)
    sections = sections_and_tags.sections([hints.sections], site_names, None)
    return Metadata(
        title=titles.line(hints.title or "") or None,
        author=authors([hints.author or ""], site_names),
        published=hints.published,
        modified=hints.modified,
        section=next(iter(sections), None),
        sections=sections,
        tags=sections_and_tags.tags([hints.tags], site_names),
        image=sections_and_tags.absolute_url([hints.image or ""], ""),
        language=language_code(hints.language or ""),
    )


def _choose(page: MetadataSources) -> Metadata:
    sections = sections_and_tags.sections(page.sections(), page.own_names, page.title)
    # A feed's categories are sections and tags alike, and a section is nobody's name.
    excluded = page.own_names | set(map(fold, sections))
    dates = PageDates(page.context, page.url, page.dates)
    published = dates.published(page.published())
    modified = dates.modified(page.modified(), published)
    return Metadata(
        title=page.title,
        author=authors(page.authors(), excluded),
        published=published.iso if published else None,
        modified=modified.iso if modified else None,
        section=next(iter(sections), None),
        sections=sections,
        tags=sections_and_tags.tags(page.tags(), excluded),
        image=sections_and_tags.absolute_url(page.images(), page.url),
        site_name=choose_site_name(page.site_names, page.site),
        canonical=sections_and_tags.absolute_url(page.canonical(), page.url),
        og_url=next(iter(page.meta_tags.all("og:url")), None),
        access=declared_access(page.nodes, page.meta_tags, page.index.marked),
        noindex=page.meta_tags.noindex,
        kind=sections_and_tags.kind(page.json.kinds, page.meta.kinds),
        language=page.language,
    )
