"""How a story is cited: as a line in the reader's language, and in the head of its page for programs
(schema.org's NewsArticle, the `citation_*` and Dublin Core that Zotero reads, Open Graph).

No picture is named: whoever previews a link would fetch it from the outlet.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from babel.dates import format_date
from datasette.app import Datasette
from datasette.utils.asgi import Request
from markupsafe import Markup, escape

from browse.calendars import full_day
from browse.hooks import hookimpl
from browse.http_messages import absolute_addresses
from browse.live_database import ResultRow, rows
from browse.numerals import in_digits
from browse.template_filters import excerpt, inert, valid_language, web_address
from browse.translation import gettext as _
from browse.translation import interface_locale, language, text_direction
from storage.article_rows import author_names
from storage.rights import rights_of
from text.terminal import readable_addresses

_SOURCES = """
SELECT title, homepage, (
    SELECT fetched FROM _archived_pages
    WHERE article = :id AND kind != 'import' ORDER BY page DESC LIMIT 1
) AS fetched
FROM (SELECT :site AS site) LEFT JOIN sites ON sites.name = site
"""
_MAX_TITLE_CHARS, _MAX_TAGS, _MAX_STATEMENTS = 600, 40, 10
# What would end the script element, or open a comment in it, as JSON writes it.
_IN_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class CitedStory:
    """`url`: of the original, or None; `page`: ours; `archived`: of the fetched page's record, which was
    `fetched` then. Times are ISO 8601.
    """

    id: str
    title: str
    page: str
    url: str | None
    authors: tuple[str, ...]
    agency: str | None
    outlet: str | None
    homepage: str | None
    published: str | None
    modified: str | None
    language: str | None
    section: str | None
    tags: tuple[str, ...]
    words: int
    access: str | None
    licenses: tuple[str, ...]
    usage: tuple[str, ...]
    copyright: tuple[str, ...]
    fetched: str
    archived: str | None
    description: str

    @property
    def address(self) -> str:
        return self.url or self.page

    def json_ld(self) -> Markup:
        """For a script element of the type application/ld+json."""
        people = [{"@type": "Person", "name": name} for name in self.authors]
        agency = {"@type": "Organization", "name": self.agency} if self.agency else None
        publisher = {"@type": "NewsMediaOrganization", "name": self.outlet, "url": self.homepage}
        fields: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "identifier": self.id,
            "headline": self.title,
            "url": self.address,
            "isBasedOn": self.url,
            "mainEntityOfPage": self.page,
            "archivedAt": self.archived or self.page,
            "datePublished": self.published,
            "dateModified": self.modified,
            "author": people or agency,
            "sourceOrganization": agency if people else None,
            "publisher": _present(publisher) if self.outlet else None,
            "inLanguage": self.language,
            "articleSection": self.section,
            "keywords": list(self.tags),
            "wordCount": self.words,
            "isAccessibleForFree": {"free": True, "teaser": False}.get(self.access or ""),
            "license": list(self.licenses),
            "usageInfo": list(self.usage),
            "copyrightNotice": "; ".join(self.copyright),
        }
        text = json.dumps(_clean(_present(fields)), ensure_ascii=False)
        return Markup(text.translate(_IN_SCRIPT))  # noqa: S704

    def names(self) -> Iterator[tuple[str, str]]:
        """Names and contents of meta elements. By `citation_journal_title` alone Zotero takes a page for
        a journal's; `z:itemType` outweighs it.
        """
        yield "z:itemType", "newspaperArticle"
        yield "citation_title", self.title
        # One for each: Zotero splits at semicolons and commas, but not at Arabic ones.
        yield from (("citation_author", name) for name in self.authors or self._agencies)
        if self.published:
            yield "citation_publication_date", self.published[:10].replace("-", "/")
            yield "citation_online_date", self.published[:10].replace("-", "/")
        for name in ("journal_title", "publisher"):
            yield f"citation_{name}", self.outlet or ""
        yield "citation_language", self.language or ""
        yield "citation_public_url", self.address
        yield "citation_abstract_html_url", self.page
        yield from (("citation_keywords", tag) for tag in self.tags)
        yield "DC.type", "newspaperArticle"
        yield "DC.title", self.title
        yield from (("DC.creator", name) for name in self.authors or self._agencies)
        yield "DC.date", (self.published or "")[:10]
        yield "DC.language", self.language or ""
        yield "DC.publisher", self.outlet or ""
        yield from (("DC.subject", tag) for tag in self.tags)
        yield "DC.rights", "; ".join((*self.copyright, *self.licenses))

    def properties(self) -> Iterator[tuple[str, str]]:
        """Properties and contents of Open Graph."""
        yield "og:type", "article"
        yield "og:title", self.title
        yield "og:url", self.address
        yield "og:site_name", self.outlet or ""
        yield "og:locale", self.language or ""
        yield "og:description", self.description
        yield "article:published_time", self.published or ""
        yield "article:modified_time", self.modified or ""
        yield "article:section", self.section or ""
        yield from (("article:tag", tag) for tag in self.tags)

    @property
    def _agencies(self) -> tuple[str, ...]:
        return (self.agency,) if self.agency else ()

    def line(self) -> Markup:
        """As a person writes it: names, title, outlet, day; address; when it was retrieved."""
        comma = "، " if text_direction() == "rtl" else ", "
        parts = [
            _joined(comma, map(_isolated, self.authors or self._agencies)),
            _quoted(self.title),
            _isolated(self.outlet),
            _isolated(_day(self.published)),
        ]
        sentence = _joined(comma, filter(None, parts))
        retrieved = _("retrieved %(day)s") % {"day": _day(self.fetched)}
        return Markup("{}. {}{}{}.").format(sentence, _linked(self.address), comma, retrieved)


def _joined(comma: str, parts: Iterable[Markup]) -> Markup:
    return escape(comma).join(parts)


def _isolated(text: str | None) -> Markup:
    return Markup("<bdi>{}</bdi>").format(inert(text)) if text else Markup("")


def _quoted(title: str) -> Markup:
    opening, closing = "«»" if text_direction() == "rtl" or language() == "fr" else "“”"
    return Markup("{}<bdi>{}</bdi>{}").format(opening, inert(title), closing)


def _linked(address: str) -> Markup:
    return Markup(
        '<a href="{}" rel="noreferrer noopener external nofollow"><bdi dir="ltr">{}</bdi></a>'
    ).format(inert(address), inert(readable_addresses(address)))


def _day(time: str | None) -> str:
    try:
        moment = datetime.fromisoformat(time or "")
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
        locale = interface_locale()
        if locale.language == "fa":
            return full_day(moment, locale)
        return in_digits(format_date(moment.date(), "long", locale=locale), locale)
    except (ValueError, OverflowError):
        return ""


def cited_story(row: ResultRow, source: ResultRow, absolute: Callable[[str], str]) -> CitedStory:
    """`row` of `articles`; `source`: the outlet's title and homepage, and when its page was fetched.
    `absolute` makes an address of a path.
    """
    page = absolute(f"/warraq/articles/{row['number']}")
    stated = [s for s in rights_of(row["rights"]).statements if s.until is None]

    def values(*terms: str) -> tuple[str, ...]:
        found = dict.fromkeys(s.value for s in stated if s.term in terms)
        return tuple(value[:500] for value in found)[:_MAX_STATEMENTS]

    return CitedStory(
        id=f"urn:warraq:{row['id']}",
        title=(row["title"] or excerpt(row["text"], 80))[:_MAX_TITLE_CHARS],
        page=page,
        url=web_address(row["url"]),
        authors=author_names(row["author"])[:_MAX_TAGS],
        agency=row["agency"],
        outlet=source["title"] or row["source"] or row["site"],
        homepage=web_address(source["homepage"]),
        published=row["published"],
        modified=row["modified"],
        language=valid_language(row["language"]),
        section=row["section"],
        tags=tuple(json.loads(row["tags"] or "[]"))[:_MAX_TAGS],
        words=row["words"],
        access=row["access"],
        licenses=values("license"),
        usage=values("usage-info", "tdm-policy"),
        copyright=values("copyright"),
        fetched=source["fetched"] or row["last_seen"],
        archived=f"{page}/page.warc.gz" if source["fetched"] else None,
        description=excerpt(row["text"], 200),
    )


@hookimpl
def extra_template_vars(datasette: Datasette, request: Request | None) -> dict[str, Any]:
    """`citation_of(article)` in a template; `request` is None where datasette renders by itself."""

    async def citation_of(article: ResultRow) -> CitedStory:
        values = {"id": article["id"], "site": article["site"]}
        [source] = await rows(datasette, _SOURCES, values)
        return cited_story(article, source, absolute_addresses(datasette, request))

    found: dict[str, Callable[[ResultRow], Awaitable[CitedStory]]] = {"citation_of": citation_of}
    return found


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _clean(part) for name, part in value.items()}
    return [_clean(part) for part in value] if isinstance(value, list) else inert(value)
