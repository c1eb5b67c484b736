"""Redirects that set a cookie, pages that lead on at once, and the cookies and headers of a site's file."""

import gzip
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import web_server as webserver
from scrapy.http import HtmlResponse
from scrapy.http.cookies import CookieJar
from web_server import Answer, ReceivedRequest, Web, article, publish, rss

from items import Site
from spiders.fetching.meta_refresh import refresh_target
from spiders.fetching.request_headers import cookies_for, keep
from spiders.runner import CrawlResult
from spiders.site_files import read_site
from spiders.toml_errors import SiteFileError
from storage.database import open_database
from text.limits import MAX_COOKIE_CHARS, MAX_COOKIES, MAX_COOKIES_CHARS

Crawl = Callable[..., CrawlResult]


def gated(web: Web, numbers: range, gate: Callable[[ReceivedRequest], Answer]) -> None:
    """Articles that are only given with the cookie `seen=1`, else what `gate` answers."""
    publish(web, numbers)
    for number in numbers:

        def answer(asked: ReceivedRequest, number: int = number) -> str | Answer:
            return article(number) if "seen=1" in asked.headers.get("cookie", "") else gate(asked)

        web.pages[f"/news/{number}"] = answer


def to_itself(asked: ReceivedRequest) -> Answer:
    return Answer("", 302, {"Location": asked.path, "Set-Cookie": "seen=1; Path=/; HttpOnly"})


def over_consent(asked: ReceivedRequest) -> Answer:
    return Answer("", 307, {"Location": f"/consent?next={asked.path}"})


def refresh(asked: ReceivedRequest) -> Answer:
    tag = '<html><meta http-equiv="refresh" content="0">'
    return Answer(tag, 200, {"Set-Cookie": "seen=1; Path=/"})


def consent(asked: ReceivedRequest) -> Answer:
    [target] = parse_qs(urlsplit(asked.path).query)["next"]
    return Answer("", 302, {"Location": target, "Set-Cookie": "seen=1; Path=/"})


@pytest.mark.parametrize("gate", [to_itself, over_consent, refresh])
def test_a_redirect_that_sets_a_cookie_is_followed_once_for_all_articles(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, gate: Callable[[ReceivedRequest], Answer]
) -> None:
    gated(web, range(6), gate)
    web.pages |= {f"/consent?next=/news/{number}": consent for number in range(6)}
    result = crawl(replace(site, concurrency=1))
    assert (result.outcome, result.counts["new"]) == ("finished", 6)
    # The first, and what has left before its cookie was there.
    assert len(web.paths("/news/")) <= (7 if gate is to_itself else 9)
    assert len(web.paths("/consent")) <= 3
    web.forget()
    assert crawl(site).outcome == "finished"
    assert not any("cookie" in request.headers for request in web.asked), "nothing is kept"
    stored = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.suffix == ".db")
    assert b"seen=1" not in stored


def test_redirects_without_end_are_bounded_though_each_sets_a_cookie(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, [1])

    def turn(asked: ReceivedRequest) -> Answer:
        cookie = f"n{len(web.asked)}=1"
        return Answer("", 302, {"Location": "/news/1", "Set-Cookie": cookie})

    web.pages["/news/1"] = turn
    crawl(site)
    assert web.count("/news/1") == 6
    with open_database(tmp_path) as db:
        [row] = db.query("SELECT state, reason FROM frontier")
    assert (row["state"], row["reason"]) == ("rejected", "redirect_loop")


def test_a_page_s_own_cookies_are_not_kept(web: Web, site: Site, crawl: Crawl) -> None:
    publish(web, range(3))
    for number in range(3):
        web.pages[f"/news/{number}"] = Answer(article(number), headers={"Set-Cookie": "meter=1"})
    assert crawl(site).counts["new"] == 3
    assert not any("cookie" in request.headers for request in web.asked)


def test_another_host_s_redirects_get_and_set_no_cookie(web: Web, site: Site, crawl: Crawl) -> None:
    with webserver.serve("127.0.0.2") as other:
        other.pages["/feed"] = Answer(
            "", 302, {"Location": "/feed2", "Set-Cookie": "theirs=1; Path=/"}
        )
        other.pages["/feed2"] = rss(other.url, [])
        publish(web, [])
        crawl(
            replace(
                site,
                feeds=(f"{web.url}/feed", f"{other.url}/feed"),
                cookies=(("login", "abc"),),
                headers=(("X-Token", "def"),),
            )
        )
        assert len(other.asked) == 3
        for request in other.asked:
            assert "cookie" not in request.headers
            assert "x-token" not in request.headers
    assert {request.headers["cookie"] for request in web.asked} == {"login=abc"}
    assert {request.headers["x-token"] for request in web.asked} == {"def"}


def test_a_jar_is_bounded_and_takes_what_a_browser_takes() -> None:
    jar, url = CookieJar(), "https://www.a.example/x"
    keep(jar, url, [b"n%d=%d" % (n, n) for n in range(200)])
    assert len(cookies_for(jar, url)) <= MAX_COOKIES
    jar = CookieJar()
    keep(
        jar,
        url,
        [b"long=" + b"x" * MAX_COOKIE_CHARS, *(b"m%d=" % n + b"y" * 1000 for n in range(20))],
    )
    kept = cookies_for(jar, url)
    assert "long" not in kept
    assert 0 < sum(len(n) + len(v) for n, v in kept.items()) <= MAX_COOKIES_CHARS
    jar = CookieJar()
    keep(
        jar,
        url,
        [
            *(b"a=1", b"b=2; Domain=.a.example", b"c=3; Domain=b.example", b"d=4; Path=/elsewhere"),
            *(
                b"e=5; Max-Age=0",
                b"f=6; Secure",
                b"",
                b"=",
                b";;;",
                "g=\u0628".encode(),
                b"h=1\x01",
            ),
        ],
    )
    assert {"a", "b", "f"} <= set(cookies_for(jar, url)) <= {"a", "b", "f", "g"}
    assert cookies_for(jar, "http://www.a.example/x").keys() & {"f"} == set()
    assert cookies_for(jar, "https://b.example/") == {}


# The address of each leads to http://a.example/to, from http://a.example/dir/page.
REFRESHES = [
    '<meta http-equiv="refresh" content="0;url=/to">',
    "<META HTTP-EQUIV='REFRESH' CONTENT=\"0;URL='/to'\">",
    '<meta http-equiv=refresh content="0; url=http://a.example/to">',
    '<meta content="0;url=../to" http-equiv="refresh">',
    '<meta http-equiv="refresh" content="0, url=/to">',
    '<meta http-equiv="refresh" content="0 /to">',
    '<meta http-equiv="refresh" content="0;/to">',
    '<meta http-equiv="refresh" content="1;url=/to">',
    '<meta http-equiv="refresh" content="0.5 ; Url = \'/to\'">',
    '<meta http-equiv="refresh" content="0;url=&quot;/to&quot;">',
    '<meta http-equiv="refresh" content="0;&#117;rl=&#x2F;to">',
    '<meta http-equiv="&#114;efresh" content="0;url=/to">',
    '<meta\n http-equiv = "refresh"\n content = " 0;\n url=/to ">',
    '<base href="http://a.example/"><meta http-equiv="refresh" content="0;url=to">',
    '<noscript><meta http-equiv="refresh" content="0;url=/to"></noscript>',
    '<!DOCTYPE html><html lang="ar"><head><title>لحظة</title>'
    '<meta http-equiv="refresh" content="0;url=/to"></head><body>يرجى الانتظار</body></html>',
]
NONE = [
    '<meta http-equiv="refresh" content="2;url=/to">',
    '<meta http-equiv="refresh" content="300">',
    '<meta http-equiv="refresh" content="">',
    '<meta http-equiv="refresh" content="url=/to">',
    '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
    '<meta http-equiv="refresh" content="0;url=data:text/html,x">',
    '<meta http-equiv="refresh" content="0;url=http://[::1">',
    '<!-- <meta http-equiv="refresh" content="0;url=/to"> -->',
    '<script>x=\'<meta http-equiv="refresh" content="0;url=/to">\'</script>',
    '<template><meta http-equiv="refresh" content="0;url=/to"></template>',
    '<textarea><meta http-equiv="refresh" content="0;url=/to"></textarea>',
    '<meta name="refresh" content="0;url=/to">',
    '<noscript><meta http-equiv="refresh" content="0;url=/to"></noscript>'
    + "<p>نص الخبر كاملا. " * 90,
]


@pytest.mark.parametrize("markup", REFRESHES)
def test_spellings_of_a_refresh(markup: str) -> None:
    response = HtmlResponse("http://a.example/dir/page", body=f"<html>{markup}".encode())
    assert refresh_target(response) == "http://a.example/to"


@pytest.mark.parametrize("markup", NONE)
def test_what_is_no_refresh_within_a_second(markup: str) -> None:
    response = HtmlResponse("http://a.example/dir/page", body=f"<html>{markup}".encode())
    assert refresh_target(response) is None


@pytest.mark.parametrize("markup", [REFRESHES[0], REFRESHES[14], REFRESHES[15]])
def test_a_refresh_is_followed_under_the_same_guards(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, markup: str
) -> None:
    markup += "</html>"
    publish(web, range(5))
    with webserver.serve() as inside:
        inside.pages["/to"] = article(99)
        web.pages |= {
            "/news/0": markup,
            "/to": article(0),
            "/news/1": markup.replace("/to", f"{inside.url}/to"),
            "/news/2": markup.replace("/to", "/closed"),
            "/news/3": markup.replace("/to", "/news/3"),
            "/robots.txt": Answer("User-agent: *\nDisallow: /closed"),
        }
        result = crawl(site)
        assert inside.asked == []
    assert web.count("/to") == 1
    assert web.count("/closed") == 0
    assert web.count("/news/3") == 1
    with open_database(tmp_path) as db:
        urls = {row["url"] for row in db.query("SELECT url FROM articles")}
    assert f"{web.url}/to" in urls
    assert result.counts["rejected: off_site"] == 1
    assert result.counts["rejected: robots"] == 1


def test_a_check_for_robots_is_not_passed_by_its_refresh(
    web: Web, site: Site, crawl: Crawl
) -> None:
    publish(web, [1])
    check = (
        '<html><title>Making sure you are not a bot</title><script src="/.within.website/x/a.js">'
        '</script><meta http-equiv="refresh" content="1;url=/pass?id=1"></html>'
    )
    web.pages |= {"/news/1": check, "/pass?id=1": article(1)}
    assert crawl(site).counts["rejected: block_page"] == 1
    assert web.count("/pass?id=1") == 0


def test_refreshes_in_a_circle_end(web: Web, site: Site, crawl: Crawl) -> None:
    publish(web, [1])
    web.pages["/news/1"] = '<html><meta http-equiv="refresh" content="0;url=/b">'
    web.pages["/b"] = '<html><meta http-equiv="refresh" content="0;url=/news/1">'
    result = crawl(site)
    assert len(web.paths("/news/")) + web.count("/b") == 6
    assert result.counts["rejected: redirect_loop"] == 1


SITE_FILE = """
homepage = "http://a.example/"
[cookies]
session = "env:WARRAQ_TEST_SESSION"
lang = "ar"
[headers]
X-Token = "geheim-1"
"""


def test_cookies_and_headers_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text(SITE_FILE)
    site = read_site(file)
    assert site.cookies == (("session", "env:WARRAQ_TEST_SESSION"), ("lang", "ar"))
    assert site.headers == (("X-Token", "geheim-1"),)
    assert "geheim" not in repr(site)
    import pickle

    assert b"geheim" not in pickle.dumps(site)
    assert pickle.loads(pickle.dumps(site)) == replace(site, cookies=(), headers=(), proxy=None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[headers]\nHost = "geheim"', "Host is Warraq's own"),
        ('[headers]\ncontent-length = "geheim"', "content-length is Warraq's own"),
        ('[headers]\nTransfer-Encoding = "geheim"', "is Warraq's own"),
        ('[headers]\nUser-Agent = "geheim"', "is Warraq's own"),
        ('[headers]\nCookie = "geheim"', "use [cookies]"),
        ('[headers]\nX-A = "geheim\\r\\nHost: b"', "one line"),
        ('[headers]\nX-A = "geheim\\nb"', "one line"),
        ('[headers]\n"X A" = "geheim"', "a name is"),
        ('[headers]\n"X-A\\r\\nB" = "geheim"', "a name is"),
        ('[headers]\nX-A = "geheim-\u0628"', "one line"),
        ('[headers]\nX-A = ""', "one line"),
        ("[headers]\nX-A = 7", "table of names and values"),
        ('headers = "geheim"', "table of names and values"),
        ('[cookies]\na = "geheim; b=1"', "no space, quote, comma, semicolon"),
        ('[cookies]\na = "geheim\\r\\nX: 1"', "one line"),
        ('[cookies]\n"a;b" = "geheim"', "a name is"),
        ('[cookies.a]\nb = "geheim"', "table of names and values"),
        ('proxy = "geheim"', "scheme://host:port"),
        ('proxy = "http://me:geheim@h"', "scheme://host:port"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_not_repeated(
    tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "a.toml"
    top, _, table = text.rpartition("\n[") if text.startswith("proxy") else ("", "", text)
    file.write_text(f'{top}homepage = "http://a.example/"\n{table}')
    with pytest.raises(SiteFileError) as error:
        read_site(file)
    assert words in str(error.value)
    assert "geheim" not in str(error.value)


def test_a_missing_variable_is_named_and_nothing_is_asked_for(
    web: Web, site: Site, crawl: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(web, [1])
    named = replace(site, cookies=(("session", "env:WARRAQ_TEST_SESSION"),))
    result = crawl(named)
    assert result.outcome == "no_access"
    assert result.trouble == (
        "cookies.session: the environment variable WARRAQ_TEST_SESSION is not set"
    )
    assert web.asked == []
    monkeypatch.setenv("WARRAQ_TEST_SESSION", "abc\r\nX-Evil: 1")
    result = crawl(named)
    assert (result.outcome, web.asked) == ("no_access", [])
    assert "Evil" not in result.trouble


def test_a_secret_is_sent_and_is_nowhere_else(
    web: Web,
    site: Site,
    crawl: Crawl,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("WARRAQ_TEST_SESSION", "geheim-1")
    publish(web, range(3))
    web.pages["/news/2"] = Answer(article(2), headers={"Set-Cookie": "session=geheim-2"})
    web.pages["/news/1"] = Answer("", 302, {"Location": "/x/1", "Set-Cookie": "turn=geheim-3"})
    web.pages["/x/1"] = article(1)
    named = replace(
        site,
        cookies=(("session", "env:WARRAQ_TEST_SESSION"),),
        headers=(("X-Token", "geheim-4"), ("Accept-Language", "fa")),
    )
    result = crawl(named)
    assert result.counts["new"] == 3
    for request in web.asked:
        assert "session=geheim-1" in request.headers["cookie"]
        assert request.headers["x-token"] == "geheim-4"
        assert request.headers["accept-language"] == "fa"
    assert "geheim" not in caplog.text + repr(result)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    warcs = [file for file in files if ".warc" in file.name]
    assert warcs
    for file in files:
        data = file.read_bytes()
        data += gzip.decompress(data) if data[:2] == b"\x1f\x8b" else b""
        assert b"geheim" not in data, file
    assert any(b"(not recorded)" in gzip.decompress(file.read_bytes()) for file in warcs)


def test_a_redirect_to_another_host_loses_them(web: Web, site: Site, crawl: Crawl) -> None:
    with webserver.serve("127.0.0.2") as other:
        publish(web, [])
        web.pages["/map.xml"] = Answer("", 302, {"Location": f"{other.url}/map.xml"})
        own = replace(
            site,
            sitemaps=(f"{web.url}/map.xml", f"{other.url}/other.xml"),
            cookies=(("a", "1"),),
            headers=(("X-Token", "2"), ("Accept", "text/x")),
        )
        crawl(own)
        assert len(other.paths("/map.xml")) == 1
        for request in other.asked:
            assert "cookie" not in request.headers
            assert "x-token" not in request.headers
            assert request.headers["accept"] != "text/x"
            assert request.headers["accept"].startswith("text/html")
