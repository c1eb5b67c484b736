"""`meta` elements: Open Graph, article:*, Dublin Core and the names that news systems invent."""

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import islice

from lxml.html import HtmlElement

from pipelines.metadata.raw_metadata import RawMetadata

_MAX_ELEMENTS = 500
_MAX_CHARS = 2000

TITLES = ("og:title", "twitter:title", "dc.title", "dcterms.title", "headline", "parsely-title",
           "sailthru.title", "citation_title", "title")  # fmt: skip
AUTHORS = ("article:author", "author", "article:author_name", "dc.creator", "dcterms.creator",
            "parsely-author", "sailthru.author", "byl", "citation_author", "creator",
            "shareaholic:article_author_name")  # fmt: skip
PUBLISHED = (
    "article:published_time", "article:published", "og:article:published_time",
    "og:published_time", "datepublished", "article:published_date", "article.published",
    "parsely-pub-date", "sailthru.date", "publishdate", "publish_date", "publish-date",
    "published_time", "published-date", "pubdate", "publication_date", "originalpublicationdate",
    "dcterms.created", "dcterms.issued", "dc.date.issued", "dc.date.created", "dcterms.date",
    "rnews:datepublished", "cxenseparse:recs:publishtime", "citation_publication_date",
    "shareaholic:article_published_time", "article:create_time", "date.created", "datecreated",
    "dc.date", "displaydate", "news_date", "date",
)  # fmt: skip
MODIFIED = ("article:modified_time", "article:modified", "og:updated_time", "article:updated_time",
             "datemodified", "last-modified", "lastmod", "dcterms.modified", "dc.date.modified",
             "modified_time", "og:article:modified_time", "revised")  # fmt: skip
SECTIONS = ("article:section", "og:article:section", "section", "parsely-section",
             "cxenseparse:recs:category", "category")  # fmt: skip
TAGS = ("article:tag", "og:article:tag", "news_keywords", "parsely-tags", "sailthru.tags")
_IMAGES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
_SITE_NAMES = ("og:site_name", "application-name", "twitter:app:name:iphone", "apple-mobile-web-app-title",
               "dc.publisher", "cre")  # fmt: skip
_BYLINE_LABEL = re.compile(
    r"\bby\b|بواسطة|\bvon\b|\bpar\b|\bpor\b|автор|yazar|نویسنده|نوشته", re.IGNORECASE
)
_ROBOTS = ("robots", "googlebot", "googlebot-news")


class MetaTags:
    """The contents of a page's `meta` elements, by name or property in lower case."""

    def __init__(self, elements: Iterable[HtmlElement]) -> None:
        self._contents: dict[str, list[str]] = defaultdict(list)
        for element in islice(elements, _MAX_ELEMENTS):
            name = element.get("property") or element.get("name") or element.get("http-equiv")
            content = (element.get("content") or element.get("value") or "")[:_MAX_CHARS].strip()
            if name and content:
                self._contents[name.strip().lower()[:80]].append(content)

    def all(self, *names: str) -> list[str]:
        """Contents of these names, in the order of the names."""
        return [c for name in names for c in self._contents.get(name, ())]

    def named(self, *names: str) -> list[tuple[str, str]]:
        """As `all`, each with its source: `meta og:updated_time`."""
        return [(f"meta {name}", c) for name in names for c in self._contents.get(name, ())]

    def by_name(self, *names: str) -> list[tuple[str, list[str]]]:
        """Each of these names that the page has, with its contents."""
        return [(name, self._contents[name]) for name in names if self._contents.get(name)]

    @property
    def noindex(self) -> bool:
        """Whether the rule for all robots, or for Google's, forbids indexing."""
        rules = ",".join(self.all(*_ROBOTS)).lower()
        return not {"noindex", "none"}.isdisjoint(rule.strip() for rule in rules.split(","))

    def labelled_authors(self) -> list[str]:
        """WordPress's SEO plugins have the author's name behind a label: «كُتب بواسطة»."""
        labels = [(n, " ".join(self.all(f"twitter:label{n}"))) for n in (1, 2)]
        return [
            c
            for n, label in labels
            if _BYLINE_LABEL.search(label)
            for c in self.all(f"twitter:data{n}")
        ]

    def metadata(self) -> RawMetadata:
        """The fields that are read whatever else a page has; the others are asked for by name."""
        return RawMetadata(
            titles=self.all(*TITLES),
            images=self.all(*_IMAGES),
            site_names=self.all(*_SITE_NAMES),
            kinds=self.all("og:type"),
            languages=self.all("content-language", "og:locale", "dc.language"),
        )
