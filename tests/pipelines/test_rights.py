"""What sites declare of the use of their pages, from every place where they do, and what it means."""

import json
from pathlib import Path

import pytest
from foreign_warcs import Record, Story, write

from items import Article, Page, Rejected, Rights, RightsStatement, Site
from pipelines.ingest.web_archive import ImportFilter, cut_archive
from pipelines.metadata.header_rights import header_rights
from pipelines.refine import refine
from pipelines.rights.ai_crawlers import read_ai_rules
from pipelines.rights.tdm_file import read_tdm_file, tdm_statements
from pipelines.site_lookup import SiteLookup
from pipelines.workers.slices import PageInSlice
from storage.rights import merged_rights, rights_json, rights_of

NOW, LATER = "2026-11-01T06:00:00Z", "2026-11-02T06:00:00Z"
TEXT = "واجتمع المجلس البلدي صباح اليوم لبحث مشروع المكتبة الجديدة في المدينة القديمة. " * 8


def refined(head: str, rights: Rights | None = None, **site: object) -> Article | Rejected:
    html = f"<!doctype html><html><head><title>خبر</title>{head}</head><body><h1>خبر</h1><p>{TEXT}</p></body></html>"
    url = "https://news.example/a/1"
    page = Page(url, url, html.encode(), NOW, "utf-8", rights=rights or Rights())
    return refine(page, Site("news", homepage="https://news.example/", **site))  # type: ignore[arg-type]


def rights(head: str, beside: Rights | None = None) -> Rights:
    article = refined(head, beside)
    assert isinstance(article, Article)
    return article.rights


def header(*lines: tuple[str, str]) -> Rights:
    return header_rights(lines, NOW)


def stated(found: Rights) -> list[tuple[str, str, str]]:
    return [(one.source, one.term, one.value) for one in found.statements]


@pytest.mark.parametrize(
    ("head", "expected", "reserved"),
    [
        ("", [], ()),
        (
            '<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="https://a.example/p">',
            [("meta", "tdm-reservation", "1"), ("meta", "tdm-policy", "https://a.example/p")],
            ("tdm-reservation",),
        ),
        ('<meta name="TDM-Reservation" content="0">', [("meta", "tdm-reservation", "0")], ()),
        ('<meta name="tdm-reservation" content="yes">', [("meta", "tdm-reservation", "yes")], ()),
        (
            '<meta name="robots" content="index, NoAI, noimageai">',
            [("meta", word, "index, NoAI, noimageai") for word in ("noai", "noimageai")],
            ("noai", "noimageai"),
        ),
        ('<meta name="robots" content="noaim, max-snippet:-1">', [], ()),
        (
            '<link rel="license" href="/licence/">',
            [("link", "license", "https://news.example/licence/")],
            (),
        ),
        (
            '<meta name="dcterms.rights" content="© صحيفة">',
            [("meta", "dcterms.rights", "© صحيفة")],
            (),
        ),
        (
            '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "خبر", '
            '"license": {"url": "https://creativecommons.org/licenses/by/4.0/"}, '
            '"copyrightNotice": "©", "usageInfo": "https://a.example/use"}</script>',
            [
                ("json-ld", "license", "https://creativecommons.org/licenses/by/4.0/"),
                ("json-ld", "usage-info", "https://a.example/use"),
                ("json-ld", "copyright", "©"),
            ],
            (),
        ),
        (
            '<script type="application/ld+json">{"@type": "ImageObject", "license": "x"}</script>',
            [],
            (),
        ),
    ],
)
def test_what_a_page_declares(
    head: str, expected: list[tuple[str, str, str]], reserved: tuple[str, ...]
) -> None:
    found = rights(head)
    assert stated(found) == expected
    assert found.reserved == reserved
    assert {one.at for one in found.statements} <= {NOW}
    assert set(found.read) == {"meta", "link", "json-ld"}


@pytest.mark.parametrize(
    ("line", "reserved"),
    [
        (("TDM-Reservation", "1"), ("tdm-reservation",)),
        (("tdm-reservation", "0"), ()),
        (("X-Robots-Tag", "noai"), ("noai",)),
        (("X-Robots-Tag", "gptbot: noai, noimageai"), ("noai", "noimageai")),
        (("X-Robots-Tag", "noindex"), ()),
        (("Content-Usage", "train-ai=n"), ("ai-train",)),
        (("Content-Usage", "train-ai=y"), ()),
        (("Link", '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'), ()),
    ],
)
def test_what_a_header_declares(line: tuple[str, str], reserved: tuple[str, ...]) -> None:
    assert header(line).reserved == reserved


FILE = Rights((RightsStatement("tdm-reservation", "1", "tdmrep.json", NOW),), ("tdmrep.json",))
UNRESERVED = '<meta name="tdm-reservation" content="0">'


@pytest.mark.parametrize(
    ("head", "line", "is_reserved"),
    [
        ("", None, True),
        ("", ("tdm-reservation", "0"), False),
        (UNRESERVED, ("tdm-reservation", "1"), False),
        ('<meta name="tdm-reservation" content="1">', ("tdm-reservation", "0"), True),
        ('<meta name="tdm-reservation" content="?">', ("tdm-reservation", "0"), False),
    ],
)
def test_the_page_is_before_its_header_and_that_before_the_file(
    head: str, line: tuple[str, str] | None, is_reserved: bool
) -> None:
    beside = FILE + (header(line) if line else Rights())
    assert rights(head, beside).is_tdm_reserved is is_reserved


RULES = [
    {"location": "/open/", "tdm-reservation": 0},
    {"location": "/*.html$", "tdm-reservation": 1, "tdm-policy": "https://a.example/p.json"},
    {"location": "/news/*/ar", "tdm-reservation": 1},
    {"location": "/wrong/", "tdm-reservation": 7},
    {"location": "/%D8%A3/", "tdm-reservation": 1},
    "rubbish",
]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/open/1.html", "0"),  # the first that matches
        ("/a/1.html", "1"),
        ("/a/1.html?x=1", None),
        ("/news/9/ar/2", "1"),
        ("/news/9/en/2", None),
        ("/News/9/ar/2", None),
        ("/wrong/1", None),
        ("/أ/1", "1"),
        ("/%D8%A3/1", "1"),
        ("/", None),
    ],
)
def test_rules_of_the_well_known_file(path: str, value: str | None) -> None:
    rules = read_tdm_file(json.dumps(RULES).encode())
    assert rules is not None
    found = tdm_statements(rules, f"https://news.example{path}", NOW)
    assert [one.value for one in found[:1]] == ([] if value is None else [value])


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"1", b"[" * 100_000, b"\xff", b"[" + b" " * 300_000]
)
def test_what_is_no_such_file_tells_nothing(body: bytes) -> None:
    assert read_tdm_file(body) is None


@pytest.mark.parametrize(
    ("robots", "path", "reserved"),
    [
        ("User-agent: *\nDisallow: /private", "/news/1", ()),
        ("User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /", "/news/1", ("robots.txt",)),
        ("User-agent: GPTBot\nDisallow:", "/news/1", ()),
        ("User-agent: ClaudeBot\nDisallow: /\nAllow: /news/", "/news/1", ()),
        ("user-agent: bytespider\ndisallow: /*/1$", "/news/1", ("robots.txt",)),
        ("User-agent: Googlebot\nDisallow: /", "/news/1", ()),
        (
            "User-agent: *\nContent-Signal: search=yes,ai-train=no\nAllow: /",
            "/news/1",
            ("ai-train",),
        ),
        ("Content-Usage: /blog/ train-ai=n", "/news/1", ()),
        ("Content-Usage: /news/ train-ai=n", "/news/1", ("ai-train",)),
        ("User-agent: other\nContent-Signal: ai-train=no", "/news/1", ()),
    ],
)
def test_what_robots_txt_says_to_robots_of_ai(
    robots: str, path: str, reserved: tuple[str, ...]
) -> None:
    statements = read_ai_rules(robots).statements(path, NOW)
    assert Rights(statements).reserved == reserved


def test_the_robots_are_named() -> None:
    [one] = read_ai_rules("User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /").statements("/", NOW)
    assert (one.term, one.value) == ("disallow", "ccbot, gptbot")


def test_a_site_may_be_refused_for_its_reservation() -> None:
    head = '<meta name="tdm-reservation" content="1">'
    result = refined(head, honour_tdm=True)
    assert isinstance(result, Rejected)
    assert result.reason == "tdm_reserved"
    assert isinstance(refined(head), Article)
    assert isinstance(refined("", honour_tdm=True), Article)


def test_a_statement_that_ends_stays_with_its_time() -> None:
    old = header(("tdm-reservation", "1")) + FILE
    merged = merged_rights(old, header_rights([("tdm-reservation", "0")], LATER), LATER)
    assert [(one.value, one.source, one.until) for one in merged.statements] == [
        ("1", "header", LATER),
        ("1", "tdmrep.json", None),  # not read this time
        ("0", "header", None),
    ]
    assert merged.reserved == ()
    assert merged_rights(merged, header(("tdm-reservation", "0")), LATER) == merged
    assert rights_of(rights_json(merged)) == merged


def test_reading_a_page_once_more_ends_nothing() -> None:
    old = header(("tdm-reservation", "1"))
    assert merged_rights(old, header(), None).reserved == ("tdm-reservation",)


def archive_rights(path: Path, records: list[Record]) -> list[Rights]:
    write(path, records)
    with path.open("rb") as file:
        size = path.stat().st_size
        slices = list(cut_archive(file, str(path), 0, size, ImportFilter(), SiteLookup([])))
    found = [(part, item) for part in slices for item in part.read()]
    articles = [part.refine(item) for part, item in found if isinstance(item, PageInSlice)]
    return [article.rights for article in articles if isinstance(article, Article)]


def test_an_archive_gives_headers_and_the_file_that_stands_in_it(tmp_path: Path) -> None:
    rules = b'[{"location": "/2", "tdm-reservation": 1}]'
    kind = [("Content-Type", "application/json")]
    file = Record("https://news.example/.well-known/tdmrep.json", rules, headers=kind)
    tags = [("Content-Type", "text/html"), ("X-Robots-Tag", "noindex-x"), ("X-Robots-Tag", "noai")]
    first, second, other = (
        Record(f"https://{host}/{number}", Story(number).html(), headers=tags)
        for host, number in (("news.example", 1), ("news.example", 2), ("else.example", 2))
    )
    found = archive_rights(tmp_path / "a.warc", [file, first, second, other])
    assert [rights.reserved for rights in found] == [
        ("noai",), ("noai", "tdm-reservation"), ("noai",),
    ]  # fmt: skip
    assert ["tdmrep.json" in rights.read for rights in found] == [True, True, False]
    assert "robots.txt" not in found[0].read
