"""Seeds by kind, all from the project itself: what the demo's sites answer, records of our own
writers, exports of a database made of the demo's articles, files that we ship.
"""

import json
import tempfile
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path

import pages
import script_lists
from babel.dates import format_date
from foreign_warcs import Record, member, stories

from demo.expected import printings
from demo.newsroom import Newsroom, Request
from demo.outlets import outlets
from demo.server import respond
from demo.site_files import keys
from items import Article, Exchange, Heads, Page, Site
from pipelines.refine import refine
from storage.archive.page_records import write_page
from storage.archive.pointer import digest_of
from storage.archive.warc_file import WarcWriter
from storage.articles import store
from storage.database import open_database
from storage.formats.export import export
from storage.formats.file_formats import FormatName

ROOT = Path(__file__).parents[2]
NOW = "2026-11-20T06:00:00Z"
"""The time of every input that has one: outcomes do not depend on the clock."""


BASE = "https://ex.org"
"""Where all of the demo's outlets are, so that one site takes what any of them lists."""


@cache
def newsrooms() -> tuple[Newsroom, ...]:
    rooms = []
    for outlet in outlets():
        room = Newsroom(outlet, printings(outlet.name))
        room.base = BASE
        rooms.append(room)
    return tuple(rooms)


def answer(room: Newsroom, target: str) -> bytes:
    """The body of a 200, else nothing."""
    response = respond(room, Request.read(target, {}))
    return response.body if response.status == 200 else b""


def _answers(*targets: str) -> list[bytes]:
    bodies = (answer(room, target) for room in newsrooms() for target in targets)
    return list(dict.fromkeys(filter(None, bodies)))


@cache
def page_bodies() -> list[bytes]:
    """An article of each outlet, its traps, and the pages of the systems that tests read."""
    bodies = []
    for room in newsrooms():
        bodies += [answer(room, printing.path) for printing in room.printings()[:2]]
        bodies += [answer(room, trap.path) for trap in room.outlet.traps[:3]]
    systems = sorted((ROOT / "tests/pipelines/systems").glob("*.html"))
    bodies += [pages.article_page().encode(), *(file.read_bytes() for file in systems)]
    return list(filter(None, bodies))


@cache
def list_bodies() -> list[bytes]:
    """Front pages and sections."""
    sections = [room.outlet.section(next(iter(room.outlet.sections))) for room in newsrooms()]
    scripts = [
        script_lists.first_page(kind.after, kind.head) for kind in script_lists.LISTS.values()
    ]
    batches = [
        kind.reply(
            {"page": "2", "offset": "5", "start": "5", "cursor": "c6", "action": "load_posts"}
        )
        for kind in script_lists.LISTS.values()
    ]
    lists = [pages.list_page(), *scripts, *batches]
    return [*_answers("/", *sections), *(text.encode() for text in lists)]


@cache
def feed_bodies() -> list[bytes]:
    bodies = _answers("/feed/", "/rss.xml", "/atom.xml")
    return [*bodies, *(bodies[0].decode().encode(name, "replace") for name in ("utf-16", "cp1256"))]


@cache
def sitemap_bodies() -> list[bytes]:
    announced = [path for room in newsrooms() for path in room.outlet.announced]
    return _answers(*announced, "/sitemap.xml", "/post-sitemap.xml", "/post-sitemap1.xml.gz")


@cache
def rest_bodies() -> list[bytes]:
    return _answers("/wp-json/wp/v2/posts?per_page=3&_embed=1", "/wp-json/wp/v2/posts?page=99")


@cache
def root_bodies() -> list[bytes]:
    return _answers("/wp-json/")


@cache
def robots_bodies() -> list[bytes]:
    rate = (
        b"\n# x\nUser-agent: Warraq\nCrawl-delay: 2.5\nRequest-rate: 1/5s 0800-1200\nAllow: /a*$\n"
    )
    return [body + rate for body in _answers("/robots.txt")]


@cache
def headers() -> list[bytes]:
    """The lines of one answer."""
    moment = datetime(2026, 11, 1, 6, tzinfo=UTC)
    date = format_datetime(moment, usegmt=True)
    return [
        f'Date: {date}\r\nLast-Modified: {date}\r\nETag: "a1-b2"\r\nRetry-After: 120\r\n'
        "Content-Type: text/html; charset=utf-8\r\nX-Robots-Tag: Warraq: noindex, nofollow\r\n"
        'Link: <https://ex.org/wp-json/>; rel="https://api.w.org/"\r\nLocation: /a?b=1\r\n'
        "X-WP-TotalPages: 12\r\nX-Generator: Drupal 10\r\n".encode(),
        f"Retry-After: {date}\r\nContent-Type: TEXT/HTML;charset='windows-1256'\r\n"
        'Last-Modified: Sunday, 01-Nov-26 06:00:00 +0300\r\nETag: W/"x"\r\n'.encode(),
    ]


@cache
def dates() -> list[bytes]:
    """A day as the press of many languages writes it, and the forms of machines."""
    moment = datetime(2023, 6, 21, 16, 16, tzinfo=UTC)
    locales = [
        "ar",
        "ar_EG",
        "ar_DZ",
        "fa",
        "ur",
        "ps",
        "ckb",
        "ku",
        "tr",
        "fr",
        "de",
        "es",
        "pt",
        "it",
        "ru",
        "el",
        "pl",
        "nl",
        "sv",
        "id",
        "zh",
        "ja",
        "ko",
        "he",
        "en",
        "hi",
    ]
    shown = [
        format_date(moment, form, locale=code) for code in locales for form in ("full", "medium")
    ]
    shown += ["2023-06-21T16:16:00+03:00", "20230621161600", "1687364160", "21/6/2023 - 4:16 م"]
    shown += [
        format_datetime(moment),
        "منذ 3 ساعات",
        "أمس 4:16 م",
        "١٤٠٢/۳/۳۱ ساعت 16:16",
        "2 hours ago",
    ]
    return [text.encode() for text in shown]


@cache
def addresses() -> list[bytes]:
    paths = [printing.quoted for room in newsrooms() for printing in room.printings()[:3]]
    texts = [f"{BASE}{path}?utm_source=x&b=2&a=1#c" for path in paths]
    texts += [
        "//www.ex.org/a;jsessionid=9/../b?m=1",
        "https://مثال.example:443/أ/ب?س=ج",
        "../x.amp.html",
    ]
    texts += [
        "http://[2001:db8::1]:8080/x",
        "https://amp.ex.org/amp/a/amp/?amp",
        "/a%20b/%d8%a7?p=%2b",
    ]
    return [text.encode() for text in texts]


@cache
def encoded() -> list[bytes]:
    """A declared charset, a line break, and a page in some encoding."""
    page = pages.article_page().replace('<meta charset="utf-8">', '<meta charset="{}">')
    names = ("utf-8", "utf-16", "cp1256", "iso8859-6", "utf-8-sig", "utf-16-le")
    return [
        name.encode() + b"\n" + page.replace("{}", name).encode(name, "replace") for name in names
    ] + [
        b"gb18030\n" + "<title>新闻</title><p>新闻内容。".encode("gb18030") * 20,
        b"koi8-r\n" + "<title>Новости</title><p>Новости дня.".encode("koi8-r") * 20,
        b"iso-2022-jp\n" + "<title>日本</title>".encode("iso2022_jp"),
    ]


@cache
def articles() -> tuple[Article, ...]:
    """The demo's articles, refined."""
    found = []
    for room in newsrooms():
        site = Site(room.outlet.name, homepage=f"{room.base}/", timezone=room.outlet.timezone)
        for printing in room.printings()[:3]:
            url = room.base + printing.quoted
            outcome = refine(Page(url, url, answer(room, printing.path), NOW), site)
            if isinstance(outcome, Article):
                found.append(outcome)
    return tuple(found)


def fill_database(folder: Path) -> None:
    """A database of the demo's articles, with a copy and a revision."""
    with open_database(folder) as db:
        for article in articles():
            store(db, article, found_by="feed", now=NOW)


def _exported(kind: FormatName) -> bytes:
    with tempfile.TemporaryDirectory(prefix="warraq-fuzz-") as name:
        fill_database(Path(name) / "data")
        with open_database(Path(name) / "data") as db:
            export(db, Path(name) / f"out.{kind}", kind)
        if kind == "txt":
            return b"\0".join(
                file.read_bytes() for file in sorted((Path(name) / "out.txt").iterdir())
            )
        return (Path(name) / f"out.{kind}").read_bytes()


@cache
def json_lines() -> list[bytes]:
    """Lines of our export, and lines as other programs write them."""
    exported = _exported("jsonl").splitlines(keepends=True)
    foreign = [
        {"url": article.url, "title": article.title, "date": "2026-11-01", "text": article.text}
        for article in articles()[:3]
    ]
    lines = [json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in foreign]
    return [exported[0], b"".join(exported[1:4]), *lines, b"".join([*lines, exported[0]])]


@cache
def documents() -> list[bytes]:
    """Texts of the corpus format."""
    return _exported("txt").split(b"\0")[:8]


@cache
def warc_files() -> list[bytes]:
    """Our own writer's files, and other programs' records, plain and in members."""
    room = newsrooms()[0]
    plain = b"".join(
        map(member, [*stories(3), Record(status="404 Not Found"), Record(kind="resource")])
    )
    chunked = Record(headers=[("Content-Type", "text/html"), ("Transfer-Encoding", "chunked")], body=b"5\r\n<html\r\n1\r\n>\r\n0\r\n\r\n")  # fmt: skip
    revisit = Record(kind="revisit", refers="2025-06-01T00:00:00Z")
    with tempfile.TemporaryDirectory(prefix="warraq-fuzz-") as name:
        writer = WarcWriter(Path(name), {"software": "fuzz"})
        for printing in room.printings()[:3]:
            url, body = room.base + printing.quoted, answer(room, printing.path)
            lines = (("Content-Type", "text/html; charset=utf-8"), ("X", "y"))
            exchange = Exchange(url, Heads("GET / HTTP/1.1", ()), Heads("HTTP/1.1 200 OK", lines))
            page = Page(url, url, body, NOW, "utf-8", exchange=exchange)
            write_page(writer, page, digest_of(body))
        writer.finish()
        [ours] = [file.read_bytes() for file in Path(name).iterdir()]
    return [plain, plain.replace(b"WARC/1.1", b"WARC/1.0"), member(chunked) + member(revisit), ours]


@cache
def site_files() -> list[bytes]:
    files = [
        "".join(f"{k} = {v}\n" for k, v in keys(r.outlet, r.base).items()) for r in newsrooms()
    ]
    shipped = sorted(
        p for folder in ("sites", "families") for p in (ROOT / "spiders" / folder).glob("*.toml")
    )
    rich = """homepage = "https://ex.org/"
cron = "*/20 6-23 * * sun"
since = 2026-11-01
recheck = [1, 6.5]
take = ["/news/\\\\d+"]
prune = ["div.related > a", "//aside"]
[[lines]]
reason = "read_more"
phrases = ["x"]
"""
    return [text.encode() for text in [*files, rich]] + [path.read_bytes() for path in shipped[:12]]


@cache
def settings_files() -> list[bytes]:
    shipped = (ROOT / "deploy/settings").read_bytes()
    return [
        shipped,
        b"WARRAQ_DATA=/data\nexport WARRAQ_WORKERS = '4'\n# x\nWARRAQ_CONTACT=a@b.example\n",
    ]


@cache
def reader_requests() -> list[bytes]:
    """Targets of requests to the reader."""
    return [
        b"/", b"/plots", b"/warraq", b"/warraq/articles", b"/warraq/articles/1", b"/warraq/articles/1?cut",
        b"/warraq/articles?_search=%D9%88%D8%B2%D9%8A%D8%B1&_sort_desc=published&_size=3",
        b"/warraq/articles.json?_shape=array&site=waha&_facet=site&_nocol=text&_labels=on",
        b"/warraq/articles.atom", b"/warraq/articles?_next=3&_sort=published&section__contains=x&_where=1",
        b"/warraq/copies?_facet_array=tags&kind__in=a,b", b"/warraq/suspects", b"/warraq/corpus.csv?_stream=1",
        b"/warraq/articles/1.json?_extra=columns&_ttl=5",
        b"/warraq/crawls?_filter_column=site&_filter_op=exact&_filter_value=x&_sort=started",
        b"/warraq/frontier?_facet_date=due&state__not=done&_trace=1", b"/-/static/app.css", b"/robots.txt",
        b"/warraq?sql=select+1&_hide_sql=1", b"/warraq.db", b"/warraq/related/1,2,variant", b"/assets/app.css",
    ]  # fmt: skip


@cache
def queries() -> list[bytes]:
    return [
        text.encode()
        for text in ("وزير الزراعة", '"معرض الكتاب" -دمشق', "والدول لله", "a* OR b NEAR c")
    ]
