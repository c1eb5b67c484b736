"""What a page says of its article besides the text: each field from the most trusted source whose
value can be true. What is costly is read only where the rest says nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from lxml.html import HtmlElement

from items import Hints, Site
from pipelines.dates.parse import DateContext, parse_moment
from pipelines.metadata import sections_and_tags, titles
from pipelines.metadata.authors import authors, shown_authors
from pipelines.metadata.json_ld import crumbs, from_jsonld, nodes
from pipelines.metadata.meta_tags import Metas
from pipelines.metadata.microdata import from_microdata
from pipelines.metadata.page_elements import PageIndex, TitleContext
from pipelines.metadata.publication_dates import PageDates
from pipelines.metadata.raw_metadata import RawMetadata
from pipelines.metadata.site_names import choose_site_name, own_names
from pipelines.metadata.titles import (
    element_of,
    heading_elements,
    is_of_site,
    lower_headings,
    standing_alone,
)
from text.folding import fold
from text.language import language_code


class MetadataSources:
    """What each source of the page claims, in the order of trust; nothing is judged here."""

    def __init__(
        self, tree: HtmlElement, url: str, site: Site, hints: Hints, fetched: str | None
    ) -> None:
        self.tree, self.url, self.site, self.hints = tree, url, site, hints
        self.index = PageIndex(tree)
        self.metas = Metas(self.index.by_tag["meta"])
        self.meta = self.metas.claims()
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
        document = [t.text or "" for t in self.index.by_tag["title"][:1]]
        found = [
            *titles.candidates([self.hints.title or ""], 3.5),
            *titles.headings([text for _, text in self.headings], document),
            *titles.candidates(self.meta.titles, 3),
            *titles.candidates(self.json.titles, 3),
        ]
        if not (self.meta.titles or self.json.titles):
            found += titles.candidates(self._parts_shown(document), 2.5, most=1)
        found += titles.candidates(document, 2)
        return titles.choose(found, self.own_names) or self._last_title()

    def _parts_shown(self, document: list[str]) -> list[str]:
        """Parts of the `title` element's text that stand in the page by themselves, by length."""
        parts = [part for text in document for part in (*titles.parts(titles.line(text)), text)]
        if not parts:
            return []
        shown = chain(lower_headings(self.index), standing_alone(self.index, parts))
        texts = {fold(text) for element, text in shown if not is_of_site(element, self.url)}
        return [part for part in parts if fold(part) in texts]

    def _last_title(self) -> str | None:
        """Of a page that is called like its site on top: its first lower heading."""
        outside = TitleContext(self.index, None)
        texts = (t for e, t in lower_headings(self.index) if not outside.is_aside(e))
        return titles.choose(titles.candidates(texts, 1, most=1), self.own_names)

    @cached_property
    def vicinity(self) -> TitleContext:
        return TitleContext(self.index, element_of(self.index, self.title, self.headings))

    @cached_property
    def micro(self) -> RawMetadata:
        return from_microdata(self.vicinity)

    @cached_property
    def language(self) -> str | None:
        html = self.tree if self.tree.tag == "html" else self.tree.getroottree().getroot()
        said = [html.get("lang"), html.get("xml:lang"), *self.meta.languages, *self.json.languages]
        codes = (language_code(tag) for tag in (*said, self.hints.language) if tag)
        return next((code for code in codes if code), None)

    @cached_property
    def times(self) -> DateContext:
        # Many an Arabic site says `lang="en-US"`, but writes from right to left.
        american = (
            (self.tree.get("lang") or "").lower().replace("_", "-") == "en-us"
            and self.tree.get("dir") != "rtl"
            and self.site.language in (None, "en")
        )
        return DateContext(self.site.timezone, day_first=not american, now=self.fetched)

    @property
    def site_names(self) -> list[str]:
        return [*self.meta.site_names, *self.json.site_names]

    def published(self) -> Iterable[str]:
        yield self.hints.published or ""
        yield from (*self.json.published, *self.meta.published)
        yield from self.micro.published

    def modified(self) -> Iterable[str]:
        yield self.hints.modified or ""
        yield from (*self.json.modified, *self.meta.modified)
        yield from self.micro.modified

    def authors(self) -> Iterable[str]:
        yield self.hints.author or ""
        yield ", ".join(self.json.authors)
        yield from self.meta.authors
        yield from self.micro.authors
        yield from shown_authors(self.vicinity)

    def sections(self) -> Iterable[Iterable[str]]:
        yield self.hints.sections
        yield self.json.sections
        yield self.meta.sections
        yield self.micro.sections
        yield sections_and_tags.shown_sections(self.vicinity)
        yield reversed(crumbs(self.nodes)[1:])
        yield reversed(sections_and_tags.breadcrumb(self.vicinity))

    def tags(self) -> Iterable[Iterable[str]]:
        yield self.hints.tags
        yield self.meta.tags
        yield sections_and_tags.linked_tags(self.vicinity)
        yield self.json.tags
        yield sections_and_tags.boxed_tags(self.vicinity)
        yield self.micro.tags

    def images(self) -> Iterable[str]:
        yield self.hints.image or ""
        yield from (*self.meta.images, *self.json.images)
        yield from self.micro.images

    def canonical(self) -> Iterable[str]:
        links = (e for e in self.index.by_tag["link"] if e.get("href"))
        yield from (e.get("href") for e in links if "canonical" in e.get("rel", "").lower().split())


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
    return _judged(MetadataSources(tree, url, site, hints or Hints(), fetched))


def from_hints(hints: Hints, site: Site) -> Metadata:
    """What is known without a page."""
    ours = own_names([], site, site.homepage)
    sections = sections_and_tags.sections([hints.sections], ours, None)
    return Metadata(
        title=titles.line(hints.title or "") or None,
        author=authors([hints.author or ""], ours),
        published=hints.published,
        modified=hints.modified,
        section=next(iter(sections), None),
        sections=sections,
        tags=sections_and_tags.tags([hints.tags], ours),
        image=sections_and_tags.absolute_url([hints.image or ""], ""),
        language=language_code(hints.language or ""),
    )


def _judged(page: MetadataSources) -> Metadata:
    sections = sections_and_tags.sections(page.sections(), page.own_names, page.title)
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
        tags=sections_and_tags.tags(page.tags(), taken),
        image=sections_and_tags.absolute_url(page.images(), page.url),
        site_name=choose_site_name(page.site_names, page.site),
        canonical=sections_and_tags.absolute_url(page.canonical(), page.url),
        noindex=page.metas.noindex,
        kind=sections_and_tags.kind(page.json.kinds, page.meta.kinds),
        language=page.language,
    )
