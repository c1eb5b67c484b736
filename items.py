"""What travels between the rooms: Site, Link, Page, Article. Imports none of them."""

from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo


class Reason(StrEnum):
    """Why an address gave no article, or a source no addresses: a word to count and to store. The
    status of a response is none of these, see `http_reason`; rows of earlier versions may hold others.
    """

    # The request was not sent.
    SCHEME = "scheme"
    URL_TOO_LONG = "url_too_long"
    PRIVATE_ADDRESS = "private_address"
    OFF_SITE = "off_site"
    HOME_PAGE = "home_page"
    STORED = "stored"
    FORGOTTEN = "forgotten"
    ROBOTS = "robots"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    RESTING = "resting"
    # It was, and brought no response, or none that is read.
    DNS = "dns"
    CONNECTION_REFUSED = "connection_refused"
    TIMED_OUT = "timed_out"
    TLS = "tls"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    REDIRECT = "redirect"
    REDIRECT_LOOP = "redirect_loop"
    BROKEN = "broken"
    PROXY = "proxy"
    EMPTY = "empty"
    NOT_HTML = "not_html"
    NOT_WANTED = "not_wanted"
    WRONG_FORMAT = "wrong_format"
    # The page is no article, or none for this corpus.
    NOINDEX = "noindex"
    TDM_RESERVED = "tdm_reserved"
    ERROR_PAGE = "error_page"
    BLOCK_PAGE = "block_page"
    LOGIN_WALL = "login_wall"
    CONSENT_WALL = "consent_wall"
    SAME_TEXT = "same_text"
    VIDEO = "video"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    LIST_PAGE = "list_page"
    TOO_OLD = "too_old"
    UNDATED = "undated"
    OTHER_LANGUAGE = "other_language"
    WIKI = "wiki"
    FORUM = "forum"
    SHOP = "shop"
    FIXED_PAGE = "fixed_page"
    LATER_PAGE = "later_page"
    OTHER_ARTICLE = "other_article"
    # The article is stored without its last pages.
    INCOMPLETE = "incomplete"
    TOO_MANY_PAGES = "too_many_pages"
    # It is drawn by scripts, and was not rendered, or could not be.
    NEEDS_SCRIPT = "needs_script"
    NOT_RENDERED = "not_rendered"
    # It could not be refined.
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    ERROR = "error"

    @property
    def is_final(self) -> bool:
        """Whether another request would bring nothing else."""
        return self in _FINAL_REASONS


# Another request may bring the article, hours later: the whole site answers with something else.
WALLS = frozenset({Reason.CONSENT_WALL, Reason.SAME_TEXT, Reason.BLOCK_PAGE})
_FINAL_REASONS = {
    *(
        Reason.SCHEME,
        Reason.URL_TOO_LONG,
        Reason.OFF_SITE,
        Reason.NOT_WANTED,
        Reason.FORGOTTEN,
        Reason.TOO_LARGE,
        Reason.REDIRECT_LOOP,
    ),
}


def http_reason(status: int) -> str:
    """The word for a response of another status than 200: `http_404`."""
    return f"http_{status}"


@dataclass(frozen=True, slots=True)
class LineRule:
    """Lines of boilerplate, as data; phrases are compared folded (`text.folding`).

    `match`: the line is the phrase, starts with it or ends with it. `place`: where the rule holds:
    above the article's first paragraph (`head`), below its last (`tail`), at either (`edge`) or
    anywhere. `below`: what is under the line goes with it (a heading's list of related articles).
    `longest`: characters; a longer line is a sentence and stays.
    """

    reason: str
    phrases: tuple[str, ...]
    match: Literal["is", "start", "end"] = "is"
    place: Literal["any", "edge", "head", "tail"] = "any"
    below: bool = False
    longest: int = 160


@dataclass(frozen=True, slots=True)
class Family:
    """What the sites of one theme or content management system share.

    `body`: XPaths of the element around the article's text, tried in order; `prune`: XPaths of
    elements that are never its text.
    """

    name: str = "plain"
    body: tuple[str, ...] = ()
    prune: tuple[str, ...] = ()
    lines: tuple[LineRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A configured outlet: its TOML file, validated, with its family's data filled in.

    With `feeds`, `sitemaps`, `wordpress` (the REST root, ending in `/wp-json/`), `sections` and
    `archives` (addresses of months, with `{year}` and `{month}` in them) all empty, the crawl discovers its sources. `take`, `leave` and `within` are regular expressions, searched in
    canonical URLs: what none of `within` matches is another site's, or another edition's. `text` lists lines that stay, whatever rules and learned boilerplate say.
    `timezone` is the IANA zone of the site's naive times. `every` is minutes between polls, `cron`
    the five fields of a crontab in the site's zone; without either, polls follow the site's
    publishing rate. `pages` is the most article pages of a crawl, `delay` seconds between requests,
    `since` an ISO date before which articles are ignored, `recheck` the hours after which a recent
    article is fetched again. `render`: its pages are what a browser makes of them. Texts older than
    `keep_days`, and all but the newest `keep_articles`, are taken out. `cookies` and `headers` are names and values, sent to the site alone, and
    `proxy` is where to connect through (`none`: no proxy; None: the setting's); a value may be
    `env:NAME`. None of the three leaves this process.
    """

    name: str
    homepage: str = ""
    title: str = ""
    language: str | None = None
    timezone: str = "UTC"
    family: Family = field(default_factory=Family)
    prune: tuple[str, ...] = ()
    lines: tuple[LineRule, ...] = ()
    text: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    wordpress: str | None = None
    sections: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    take: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    every: float | None = None
    cron: str | None = None
    pages: int = 2000
    delay: float = 1.0
    concurrency: int = 2
    since: str | None = None
    recheck: tuple[float, ...] = (1.0, 6.0, 24.0, 72.0, 168.0, 720.0)
    allow_private: bool = False
    honour_noindex: bool = True
    honour_tdm: bool = False
    archive: bool = True
    render: bool = False
    enabled: bool = True
    keep_days: int | None = None
    keep_articles: int | None = None
    cookies: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    proxy: str | None = field(default=None, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """What a worker gets has nothing secret."""
        names = (attribute.name for attribute in fields(self))
        return _unpickled_site, ({n: getattr(self, n) for n in names if n not in _SECRET},)

    def starts_at(self) -> str | None:
        """The first instant from which articles are taken, ISO 8601 UTC; None: all are."""
        return self.start_of(self.since) if self.since else None

    def start_of(self, day: str) -> str:
        """Midnight of an ISO date in the site's time zone, ISO 8601 UTC."""
        return _midnight(day, self.timezone)


_SECRET = {"cookies", "headers", "proxy"}


def _unpickled_site(values: dict[str, Any]) -> Site:
    return Site(**values)


@lru_cache(maxsize=256)
def _midnight(day: str, timezone: str) -> str:
    midnight = datetime.combine(date.fromisoformat(day), time(), ZoneInfo(timezone))
    return midnight.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# The kinds of sources, in the order in which a crawl reads them, with the field that names their
# addresses: of a Site, of a site file's keys, of what a probe finds.
SOURCE_KINDS = {
    "wordpress": "wordpress",
    "feed": "feeds",
    "sitemap": "sitemaps",
    "section": "sections",
    "archive": "archives",
}


def sources_of(holder: object) -> list[tuple[str, str]]:
    """(kind, address) of each source that the fields of SOURCE_KINDS name, in their order. A field is
    an address or None, or a sequence of addresses.
    """
    values = {kind: getattr(holder, field) for kind, field in SOURCE_KINDS.items()}
    return [
        (kind, url)
        for kind, value in values.items()
        for url in ((value,) if isinstance(value, str) else value or ())
    ]


@dataclass(frozen=True, slots=True)
class Hints:
    """What a feed, a sitemap or a REST interface tells of an article before its page is read.

    Times are ISO 8601 UTC, to the second, ending in `Z`. Texts have no entities and no tags.
    """

    title: str | None = None
    published: str | None = None
    modified: str | None = None
    author: str | None = None
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    image: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An article's address as a source lists it.

    `url` is canonical and the frontier's key, `fetch_url` what to request. `found_by` is `feed`,
    `sitemap`, `wordpress`, `section` or `import`. `html` is the article's body where the source
    has it (WordPress REST): then no page is fetched.
    """

    url: str
    fetch_url: str
    found_by: str
    hints: Hints = field(default_factory=Hints)
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Validators:
    """What the next conditional GET of `url` sends, and where a source was left (`cursor`, JSON)."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Heads:
    """Of a request or a response: its first line, then the names and values of its headers."""

    start: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """An HTTP request and its response: `url` is the requested one after redirects, `address` the
    server's IP. The response's headers are as sent, although its body has been decoded since.
    """

    url: str
    request: Heads
    response: Heads
    address: str | None = None


@dataclass(frozen=True, slots=True)
class FirstPage:
    """What a later page of an article has of the first: its canonical `url` and the article's `title`;
    `number`, from 2, is the later page's own.
    """

    url: str
    title: str | None
    number: int


@dataclass(frozen=True, slots=True)
class RightsStatement:
    """One declaration of the use of a page, in its own words. `term`: `tdm-reservation`, `tdm-policy`,
    `noai`, `noimageai`, `disallow` (robots of AI, by name), `content-signal`, `content-usage`,
    `license`, `copyright`, `usage-info`, a name of Dublin Core. `source`: `meta`, `link`, `json-ld`,
    `header`, `tdmrep.json`, `robots.txt`. Times in UTC: read first `at`; no longer there from `until`.
    """

    term: str
    value: str
    source: str
    at: str = ""
    until: str | None = None


# By TDMRep the page is before its header, and that before the site's file.
_TDM_PRIORITY = ("meta", "header", "tdmrep.json")


@dataclass(frozen=True, slots=True)
class Rights:
    """What is declared of the use of a page. `read`: the sources that were read, whether they declare
    anything or not; of the others nothing is known.
    """

    statements: tuple[RightsStatement, ...] = ()
    read: tuple[str, ...] = ()

    @property
    def is_tdm_reserved(self) -> bool:
        """Whether text and data mining is reserved, by the source that is before the others."""
        stated = {
            statement.source: statement.value
            for statement in reversed(self._in_force)
            if statement.term == "tdm-reservation" and statement.value in ("0", "1")
        }
        return next((stated[name] for name in _TDM_PRIORITY if name in stated), "0") == "1"

    @property
    def reserved(self) -> tuple[str, ...]:
        """The declarations in force that reserve a use: `tdm-reservation`, `noai`, `noimageai`,
        `ai-train` (of Content-Signal and Content-Usage), `robots.txt` (robots of AI are refused).
        """
        words = {
            statement.term
            for statement in self._in_force
            if statement.term in ("noai", "noimageai")
        }
        if self.is_tdm_reserved:
            words.add("tdm-reservation")
        for statement in self._in_force:
            if statement.term == "disallow":
                words.add("robots.txt")
            elif statement.term in ("content-signal", "content-usage") and _refuses_training(
                statement.value
            ):
                words.add("ai-train")
        return tuple(sorted(words))

    @property
    def _in_force(self) -> tuple[RightsStatement, ...]:
        return tuple(statement for statement in self.statements if statement.until is None)

    def __add__(self, other: "Rights") -> "Rights":
        statements = dict.fromkeys((*self.statements, *other.statements))
        return Rights(tuple(statements), tuple(sorted({*self.read, *other.read})))


def _refuses_training(uses: str) -> bool:
    """`search=yes, ai-train=no`; `train-ai=n`."""
    pairs = (
        use.partition("=") for use in uses.lower().replace(";", ",").replace(" ", ",").split(",")
    )
    refused = {name.strip() for name, _, value in pairs if value.strip() in ("no", "n")}
    return not refused.isdisjoint({"ai-train", "train-ai"})


@dataclass(frozen=True, slots=True)
class Page:
    """A fetched document as bytes, which refinement decodes.

    `key` is the frontier's URL, `url` the one after redirects; a saved page of unknown address has
    an empty `url`. `fetched` is ISO 8601 UTC, `charset` what the HTTP header declares. `fragment`:
    the body is the article's own HTML, with no page around it. Only the archive uses `exchange`.
    `first`: it is a later page of an article; `later`: the article goes on there, in their order.
    `source`: what was fetched, where the body is what a browser made of it; for the archive alone.
    `validators`: what a conditional request for it sends. `rights`: declared beside the page itself,
    in its header and by its site.
    """

    key: str
    url: str
    body: bytes
    fetched: str
    charset: str | None = None
    fragment: bool = False
    hints: Hints = field(default_factory=Hints)
    exchange: Exchange | None = field(default=None, compare=False, repr=False)
    first: FirstPage | None = None
    later: tuple["Page", ...] = ()
    source: bytes | None = field(default=None, compare=False, repr=False)
    validators: Validators | None = field(default=None, compare=False, repr=False)
    rights: Rights = field(default_factory=Rights)


# What a paragraph of an article is in its page's markup. The cells of a row stand between " | ".
LineKind = Literal[
    "paragraph",
    "heading",
    "subheading",
    "list_item",
    "quote",
    "table_header",
    "table_row",
    "entry",
    "caption",
    "verse",
    "preformatted",
]
LINE_KINDS: frozenset[str] = frozenset(get_args(LineKind))


class RemovedLine(NamedTuple):
    """A line of the page that is not in the article's text; `position` is its index, from 0, among the
    lines that are recorded: the paragraphs and the removed lines. A tuple: a page has some fifty, each
    made several times, in a third of the time of a dataclass.
    """

    position: int
    text: str
    reason: str

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as any tuple with names, it takes twice as long."""
        return RemovedLine, tuple(self)


class _Computed:
    """Where an object keeps what is computed of it, which is no part of its value."""

    __slots__ = ("prepared",)


@dataclass(frozen=True, slots=True)
class Article(_Computed):
    """A refined article. `paragraphs` is its body without the title; `published` and `modified` are
    ISO 8601 UTC ending in `Z`, or naive for an import without a site. `kinds` is parallel to
    `paragraphs`; empty, all are paragraphs. `next_page`: where the text goes on, `first_page`: where it
    begins, if that is not on the pages that it was refined from. `address`: the canonical URL of
    what was fetched, where the page declares another, which `url` is. `access`: `teaser` where the
    page says that more is behind a paywall, `free` where it says that it is whole. `prepared` is what
    `storage.prepared_articles` has computed of it; an article that is made of this one has none.
    """

    id: str
    url: str | None
    site: str | None
    title: str | None
    paragraphs: tuple[str, ...]
    section: str | None = None
    source: str | None = None
    agency: str | None = None
    author: str | None = None
    published: str | None = None
    modified: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None
    removed: tuple[RemovedLine, ...] = ()
    number: int | None = None
    kinds: tuple[LineKind, ...] = ()
    next_page: str | None = None
    first_page: str | None = None
    address: str | None = None
    access: str | None = None
    rights: Rights = field(default_factory=Rights)
    prepared: Any = field(default=None, init=False, compare=False, repr=False)

    @property
    def text(self) -> str:
        """The paragraphs, with a blank line between them."""
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A page that is no article. `reason` is a word to count by (`list_page`, `login_wall`,
    `error_page`, `too_short`, `noindex`, …), `detail` a sentence for a person.
    """

    url: str
    reason: str
    detail: str = ""
