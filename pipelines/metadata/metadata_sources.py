"""What each source of a page has for each field, the most trusted first and unchecked."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain

from lxml.html import HtmlElement

from items import Hints, Site
from pipelines.dates.parse import DateContext, parse_moment
from pipelines.metadata import section_and_tag_links, titles
from pipelines.metadata.author_rules import NameContext
from pipelines.metadata.authors import linked_names
from pipelines.metadata.bylines import linked_bylines, shown_authors
from pipelines.metadata.field_choice import Statement, choose_first
from pipelines.metadata.headings import (
    element_of,
    heading_elements,
    is_site_heading,
    lower_headings,
    standing_alone,
)
from pipelines.metadata.json_ld import nodes
from pipelines.metadata.json_ld_metadata import crumbs, from_jsonld
from pipelines.metadata.meta_tags import AUTHORS, MODIFIED, PUBLISHED, SECTIONS, TAGS, MetaTags
from pipelines.metadata.microdata import from_microdata
from pipelines.metadata.other_articles import OtherArticles
from pipelines.metadata.page_elements import PageIndex
from pipelines.metadata.publication_dates import Stated
from pipelines.metadata.raw_metadata import RawMetadata
from pipelines.metadata.site_names import own_names
from pipelines.metadata.title_context import TitleContext
from pipelines.metadata.witnesses import TAKEN, Witness
from text.folding import fold, fold_lines
from text.language_codes import language_code

_MAX_TITLE_CHARS = 4000  # of the `title` element, most of them spaces
_MAX_LANGUAGES = 4
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
        self.headings = heading_elements(self.index, url)
        shown = [*self._document_titles, *self.meta.titles, *(text for _, text in self.headings)]
        self.json = from_jsonld(self.nodes, url, shown)
        self.fetched_at = fetched or ""
        moment = parse_moment(self.fetched_at)
        self.fetched = moment.when if moment else None

    @property
    def _document_titles(self) -> list[str]:
        return [(t.text or "")[:_MAX_TITLE_CHARS] for t in self.index.by_tag["title"][:1]]

    @cached_property
    def own_names(self) -> frozenset[str]:
        return own_names(self.site_names, self.site, self.url)

    @cached_property
    def title(self) -> str | None:
        return self.chosen_title[0]

    @cached_property
    def chosen_title(self) -> tuple[str | None, tuple[Witness, ...]]:
        document = self._document_titles
        declared = [*self.meta.titles[:4], *self.json.titles[:4], *document]
        candidates = [
            *titles.candidates([self.hints.title or ""], 3.5, "feed"),
            *titles.headings([text for _, text in self.headings], document, declared),
            *titles.candidates(self.meta.titles, 3, "meta og:title and the like"),
            *titles.candidates(self.json.titles, 3, "json-ld headline"),
        ]
        if not (self.meta.titles or self.json.titles):
            shown = self._shown_parts(document)
            candidates += titles.candidates(shown, 2.5, "heading like the title element", 1)
        candidates += titles.candidates(document, 2, "title element")
        chosen = titles.choose(candidates, self.own_names)
        return chosen if chosen[0] else self._lower_heading(chosen[1])

    def _shown_parts(self, document: list[str]) -> list[str]:
        """Parts of the `title` element that an element of the page has as its text, longest first."""
        parts = [part for text in document for part in (*titles.parts(titles.line(text)), text)]
        if not parts:
            return []
        shown = list(chain(lower_headings(self.index), standing_alone(self.index, parts)))
        wanted = {fold(part) for part in parts}
        keys = fold_lines([text for _, text in shown])
        texts = {
            key
            for (element, _), key in zip(shown, keys, strict=True)
            if key in wanted and not is_site_heading(element, self.url, self.index)
        }
        return [part for part in parts if fold(part) in texts]

    def _lower_heading(
        self, witnesses: tuple[Witness, ...]
    ) -> tuple[str | None, tuple[Witness, ...]]:
        """The first lower heading, for a page whose other titles are the site's name."""
        context = TitleContext(self.index, None)
        texts = (t for e, t in lower_headings(self.index) if not context.is_aside(e))
        lower = titles.candidates(texts, 1, "lower heading", 1)
        title, found = titles.choose(lower, self.own_names)
        return title, witnesses + found

    @cached_property
    def context(self) -> TitleContext:
        return TitleContext(self.index, element_of(self.index, self.title, self.headings))

    @cached_property
    def microdata(self) -> RawMetadata:
        return from_microdata(self.context)

    @cached_property
    def language(self) -> str | None:
        return next(
            (language_code(w.value) for w in self.language_witnesses if w.verdict == TAKEN), None
        )

    @cached_property
    def language_witnesses(self) -> tuple[Witness, ...]:
        """What the page declares of its language; the text may overrule it."""
        html = self.tree if self.tree.tag == "html" else self.tree.getroottree().getroot()
        declared = [
            *(("html lang", html.get(name) or "") for name in ("lang", "xml:lang")),
            *(("meta", text) for text in self.meta.languages[:_MAX_LANGUAGES]),
            *(("json-ld inLanguage", text) for text in self.json.languages[:_MAX_LANGUAGES]),
            ("feed", self.hints.language or ""),
        ]
        statements = [Statement(source, (text,)) for source, text in declared]

        def read(statement: Statement) -> tuple[list[str], str]:
            code = language_code(statement.texts[0])
            return [code] if code else [], "no language's code"

        return choose_first("language", statements, read)[1]

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

    def published(self) -> Iterable[Stated]:
        yield "feed", self.hints.published or ""
        yield from (("json-ld", text) for text in self.json.published)
        yield from self.meta_tags.named(*PUBLISHED)
        yield from (("microdata", text) for text in self.microdata.published)

    def modified(self) -> Iterable[Stated]:
        yield "feed", self.hints.modified or ""
        yield from (("json-ld", text) for text in self.json.modified)
        yield from self.meta_tags.named(*MODIFIED)
        yield from (("microdata", text) for text in self.microdata.modified)

    @cached_property
    def other_articles(self) -> OtherArticles:
        shown = (*self.canonical, *self.meta_tags.all("og:url"))
        return OtherArticles(self.context, [self.url, *shown])

    def authors(self, names: NameContext) -> Iterator[Statement]:
        yield Statement("feed", (self.hints.author or "",))
        yield Statement("json-ld author", tuple(self.json.authors))
        short: list[Statement] = []
        for statement in linked_bylines(self.context, names):
            if any(" " in text for text in statement.texts):
                yield statement
            else:  # other sources may have the name in full
                short.append(statement)
        for name, contents in self.meta_tags.by_name(*AUTHORS):
            yield Statement(f"meta {name}", tuple(contents))
        yield Statement("meta twitter:data", tuple(self.meta_tags.labelled_authors()))
        addresses = self.meta_tags.all("article:author", "author")
        yield from linked_names(addresses, self.index)
        yield Statement("microdata author", tuple(self.microdata.authors))
        yield from short
        yield from shown_authors(self.context, names)

    def sections(self) -> Iterator[Statement]:
        yield Statement("feed", self.hints.sections)
        yield Statement("json-ld articleSection", tuple(self.json.sections))
        for name, contents in self.meta_tags.by_name(*SECTIONS):
            yield Statement(f"meta {name}", tuple(contents))
        yield Statement("microdata articleSection", tuple(self.microdata.sections))
        shown = section_and_tag_links.shown_sections(self.context)
        yield Statement("category links around the headline", tuple(shown))
        yield Statement("json-ld breadcrumb", tuple(reversed(crumbs(self.nodes)[1:])))
        trail = section_and_tag_links.breadcrumb(self.context)
        yield Statement("breadcrumb", tuple(reversed(trail)))
        yield Statement("tag link above the headline", tuple(self._primary_tag()))

    def _primary_tag(self) -> Iterator[str]:
        """Of a tag alone above the headline or, on Ghost, the first that is declared."""
        if any("ghost" in text.lower() for text in self.meta_tags.all("generator")):
            yield from self.meta_tags.all("article:tag")[:1]
        yield from section_and_tag_links.primary_tag(self.context)

    def tags(self) -> Iterator[Statement]:
        yield Statement("feed", self.hints.tags)
        for name, contents in self.meta_tags.by_name(*TAGS):
            yield Statement(f"meta {name}", tuple(contents))
        linked = tuple(section_and_tag_links.linked_tags(self.context))
        yield Statement("rel=tag links", linked, is_link=True)
        yield Statement("json-ld keywords", tuple(self.json.tags))
        boxed = tuple(section_and_tag_links.boxed_tags(self.context))
        yield Statement("links in a box of tags", boxed, is_link=True)
        yield Statement("microdata keywords", tuple(self.microdata.tags))
        plain = tuple(section_and_tag_links.plain_tags(self.context))
        yield Statement("links with a tag's address", plain, is_link=True)

    def images(self) -> Iterable[str]:
        yield self.hints.image or ""
        yield from (*self.meta.images, *self.json.images)
        yield from self.microdata.images

    def license_links(self) -> Iterator[HtmlElement]:
        """Elements that may declare a licence by their `rel`."""
        yield from self.index.by_tag["link"]
        yield from self.index.rel_links

    @cached_property
    def canonical(self) -> list[str]:
        links = (
            e for e in self.index.by_tag["link"] if "canonical" in e.get("rel", "").lower().split()
        )
        return [href for e in links if (href := e.get("href"))]
