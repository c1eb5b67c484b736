"""Crawls through a proxy: what it is asked for, what it is never asked for, and whose fault a failure is."""

import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import web_server as webserver
from hostile_hosts import INSIDE, self_signed
from proxy_server import Proxy, serve_proxy
from web_server import Answer, Web, article, publish, rss

from cli.trial_advice import advice
from cli.trial_crawl import run_trials
from items import Site
from spiders.fetching import dns_resolver
from spiders.fetching.dns_resolver import PublicResolver
from spiders.fetching.fetch import Fetch, Unreachable, run_with_fetch
from spiders.runner import CrawlResult
from storage.database import open_database
from text.environment_values import MissingVariable
from text.proxy_address import ProxyAddress, check_proxy, parse_proxy

Crawl = Callable[..., CrawlResult]
KINDS = ["http", "socks5", "socks5h"]
PUBLIC = "93.184.215.14"


@contextmanager
def names(table: dict[str, list[str]]) -> Iterator[None]:
    async def lookup(host: str, port: int) -> list[str]:
        return table.get(host) or await dns_resolver.system_lookup(host, port)

    dns_resolver.install(PublicResolver(lookup))
    yield
    dns_resolver.install(PublicResolver())


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def proxy(kind: str) -> Iterator[Proxy]:
    with serve_proxy(kind) as proxy:
        yield proxy


def through(site: Site, kind: str, proxy: Proxy, login: str = "") -> Site:
    at = f"{login}@" if login else ""
    return replace(site, proxy=f"{kind}://{at}{proxy.host}:{proxy.port}")


def test_everything_of_a_crawl_goes_through_the_proxy(
    web: Web, crawl: Crawl, kind: str, proxy: Proxy
) -> None:
    """The site's name has a public address: the proxy is asked for the address, the site hears the name."""
    port = int(web.url.rpartition(":")[2])
    home = f"http://news.example:{port}"
    web.pages["/feed"] = rss(home, range(3))
    web.pages["/map.xml"] = Answer(
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<url><loc>{home}/news/7</loc></url></urlset>",
        headers={"Content-Type": "application/xml"},
    )
    web.pages |= {f"/news/{number}": article(number) for number in (0, 1, 2, 7)}
    proxy.to = {PUBLIC: "127.0.0.1"}
    site = Site(
        "far",
        homepage=f"{home}/",
        feeds=(f"{home}/feed",),
        sitemaps=(f"{home}/map.xml",),
        delay=0.0,
    )
    with names({"news.example": [PUBLIC]}):
        result = crawl(through(site, kind, proxy))
    assert (result.outcome, result.counts["new"]) == ("finished", 4)
    assert set(proxy.asked) == {(PUBLIC, port)}
    assert {request.headers["host"] for request in web.asked} == {f"news.example:{port}"}
    assert web.count("/robots.txt") == web.count("/news/1") == 1


def test_the_archive_has_the_site_s_address_not_the_proxy_s(
    web: Web, crawl: Crawl, tmp_path: Path, kind: str, proxy: Proxy
) -> None:
    home = f"http://news.example:{web.url.rpartition(':')[2]}"
    web.pages |= {"/feed": rss(home, [1]), "/news/1": article(1)}
    proxy.to = {PUBLIC: "127.0.0.1"}
    site = Site("far", homepage=f"{home}/", feeds=(f"{home}/feed",), delay=0.0)
    login = "someone:letmein-7"
    proxy.login = login
    with names({"news.example": [PUBLIC]}):
        assert crawl(through(site, kind, proxy, login)).counts["new"] == 1
    [record] = [*tmp_path.rglob("*.warc*")][:1]
    import gzip

    data = record.read_bytes()
    text = gzip.decompress(data) if record.suffix == ".gz" else data
    assert f"WARC-IP-Address: {PUBLIC}".encode() in text
    assert b"letmein" not in text
    assert b"roxy-" not in text


def test_a_private_address_in_any_spelling_is_refused_before_the_proxy_is_asked(
    kind: str, proxy: Proxy, crawl: Crawl
) -> None:
    with webserver.serve() as inside, names({"rebound.example": ["127.0.0.1", "::1"]}):
        inside.pages["/inside"] = article(99)
        port = inside.url.rpartition(":")[2]
        for target in [
            *INSIDE,
            "http://169.254.169.254:{port}/latest/",
            "https://10.1.2.3:{port}/",
        ]:
            url = target.format(port=port)
            site = Site("x", homepage="http://news.example/", feeds=(url,), delay=0.0)
            assert crawl(through(site, kind, proxy)).outcome == "failed", url
        assert inside.asked == []
    assert proxy.connections == 0


def test_a_redirect_inside_is_refused_through_a_proxy_too(
    web: Web, site: Site, crawl: Crawl, kind: str, proxy: Proxy
) -> None:
    with webserver.serve() as inside:
        inside.pages["/inside"] = article(99)
        port = inside.url.rpartition(":")[2]
        targets = [target.format(port=port) for target in INSIDE if "example" not in target]
        web.pages["/feed"] = rss(web.url, range(len(targets)))
        for number, target in enumerate(targets):
            web.pages[f"/news/{number}"] = Answer(status=302, headers={"Location": target})
        crawl(through(site, kind, proxy))
        assert inside.asked == []
        assert port not in {str(asked) for _, asked in proxy.asked}
    assert len(web.paths("/news/")) == len(targets)


@pytest.mark.parametrize(
    ("kind", "setup", "words"),
    [
        ("http", {"reply": 403}, "refuses CONNECT to port {port} (403)"),
        ("http", {"reply": 405}, "refuses CONNECT to port {port} (405)"),
        ("http", {"reply": 502}, "could not connect to the site (502)"),
        ("http", {"login": "a:b"}, "wants user and password (407)"),
        ("socks5", {"login": "a:b"}, "wants a user and a password"),
        ("socks5", {"reply": 1}, "failed without a reason"),
        ("socks5", {"reply": 2}, "does not allow connections to the site"),
    ],
)
def test_a_proxy_s_fault_is_named_as_its_own(
    web: Web,
    site: Site,
    crawl: Crawl,
    tmp_path: Path,
    kind: str,
    setup: dict[str, object],
    words: str,
    proxy: Proxy,
) -> None:
    publish(web, range(2))
    for name, value in setup.items():
        setattr(proxy, name, value)
    result = crawl(through(site, kind, proxy))
    assert result.outcome == "failed"
    assert f"the proxy {kind}://127.0.0.1:{proxy.port} " in result.trouble
    assert words.format(port=web.url.rpartition(":")[2]) in result.trouble
    assert web.asked == []


@pytest.mark.parametrize(("kind", "reply"), [("socks5", 5), ("socks5", 4)])
def test_what_the_proxy_says_of_the_site_is_the_site_s_fault(
    site: Site, crawl: Crawl, kind: str, reply: int, proxy: Proxy
) -> None:
    proxy.reply = reply
    result = crawl(through(site, kind, proxy))
    assert result.outcome == "failed"
    assert "proxy" not in result.trouble


def test_a_wrong_password_is_named_and_never_shown(
    site: Site, crawl: Crawl, kind: str, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    proxy.login = "someone:right"
    guarded = through(site, kind, proxy, "someone:geheim-4711")
    result = crawl(guarded)
    assert "refuses user and password" in result.trouble
    assert proxy.logins == ["someone:geheim-4711"] * len(proxy.logins)
    shown = caplog.text + repr(result) + repr(guarded) + repr(parse_proxy(guarded.proxy or ""))
    assert "geheim" not in shown
    assert "right" not in caplog.text


def test_a_proxy_that_is_not_there_is_named_and_no_page_is_given_up(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, range(3))
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{unused.getsockname()[1]}"
    assert "cannot be reached" in crawl(replace(site, proxy=dead)).trouble
    with open_database(tmp_path) as db:
        assert [*db.query("SELECT 1 FROM frontier WHERE attempts > 0")] == []
    assert crawl(site).counts["new"] == 3


def test_pages_wait_where_the_proxy_fails_in_the_middle(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, kind: str, proxy: Proxy
) -> None:
    publish(web, range(4))
    feed = web.pages["/feed"]

    def last_answer(_: object) -> Answer:
        proxy.reply = 2 if kind.startswith("socks") else 503
        assert isinstance(feed, Answer)
        return replace(feed, headers={**feed.headers, "Connection": "close"})

    web.pages["/feed"] = last_answer
    result = crawl(through(site, kind, proxy))
    assert (result.outcome, result.counts.get("new", 0)) == ("failed", 0)
    assert "the proxy" in result.trouble
    with open_database(tmp_path) as db:
        states = [*db.query("SELECT DISTINCT state, attempts FROM frontier")]
    assert states == [{"state": "queued", "attempts": 0}]
    proxy.reply = 0
    web.pages["/feed"] = feed
    assert crawl(through(site, kind, proxy)).counts["new"] == 4


@pytest.mark.parametrize("kind", ["http", "socks5"])
def test_tls_is_spoken_with_the_site_through_the_proxy(
    tmp_path: Path, crawl: Crawl, kind: str, proxy: Proxy
) -> None:
    """A certificate that nobody vouches for is refused behind a proxy as without one."""
    with webserver.serve(tls=self_signed(tmp_path)) as impostor:
        feeds = (f"{impostor.url}/feed",)
        site = Site("x", f"{impostor.url}/", feeds=feeds, delay=0.0, allow_private=True)
        result = crawl(through(site, kind, proxy))
        assert impostor.asked == []
    assert "TLS" in result.trouble
    assert proxy.asked


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("kind", ["http", "https", "socks5"])
def test_tls_to_the_site_and_to_the_proxy(
    tmp_path: Path, crawl: Crawl, kind: str, scheme: str
) -> None:
    """Both with a certificate that is taken, where a setting takes any."""
    context: ssl.SSLContext = self_signed(tmp_path)
    with (
        webserver.serve(tls=context if scheme == "https" else None) as web,
        serve_proxy(kind, context if kind == "https" else None) as proxy,
    ):
        publish(web, range(2))
        feeds = (f"{web.url}/feed",)
        site = Site("x", f"{web.url}/", feeds=feeds, delay=0.0, allow_private=True)
        settings = {"DOWNLOAD_VERIFY_CERTIFICATES": False}
        result = crawl(through(site, kind, proxy), settings=settings)
        assert result.counts.get("new") == 2, result.trouble
        assert proxy.asked


def test_an_https_proxy_needs_a_certificate(tmp_path: Path, site: Site, crawl: Crawl) -> None:
    with serve_proxy("https", self_signed(tmp_path)) as proxy:
        result = crawl(through(site, "https", proxy))
    assert "the proxy https://127.0.0.1" in result.trouble
    assert proxy.asked == []


def test_the_setting_holds_for_sites_without_a_proxy_and_none_takes_one_out(
    web: Web, site: Site, crawl: Crawl, kind: str, proxy: Proxy
) -> None:
    publish(web, [1])
    settings = {"WARRAQ_PROXY": f"{kind}://127.0.0.1:{proxy.port}"}
    assert crawl(replace(site, proxy="none"), settings=settings).outcome == "finished"
    assert proxy.connections == 0
    assert crawl(site, settings=settings).outcome == "finished"
    assert proxy.connections > 0


def test_a_login_comes_from_the_environment(
    web: Web,
    site: Site,
    crawl: Crawl,
    kind: str,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish(web, [1])
    proxy.login = "me:s3:cret"
    named = through(site, kind, proxy, "env:WARRAQ_TEST_LOGIN")
    result = crawl(named)
    assert result.outcome == "no_access"
    assert "WARRAQ_TEST_LOGIN is not set" in result.trouble
    monkeypatch.setenv("WARRAQ_TEST_LOGIN", "me:s3:cret")
    assert crawl(named).outcome == "finished"
    monkeypatch.setenv("WARRAQ_TEST_PROXY", f"{kind}://me:s3%3Acret@127.0.0.1:{proxy.port}")
    assert crawl(replace(site, proxy="env:WARRAQ_TEST_PROXY")).outcome == "finished"


@pytest.mark.parametrize(
    "text",
    [
        *("10.0.0.1:8080", "ftp://10.0.0.1:21", "http://10.0.0.1", "http://:8080", "socks4://h:1"),
        *(
            "http://h:99999",
            "http://h:0",
            "http://h:8080/path",
            "http://h:8080?q=secret",
            "http://",
        ),
        *("http://user:secret@h", "http://h:secret", "socks5://[::1:1080", "http://h:1#secret"),
    ],
)
def test_what_is_no_proxy_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="scheme://host:port") as error:
        check_proxy(text)
    assert "secret" not in str(error.value)


def test_proxies_are_read() -> None:
    assert parse_proxy("none") is None
    assert parse_proxy("socks5://u%40x:p%3Aq@[::1]:1080") == ProxyAddress(
        "socks5", "::1", 1080, "u@x", "p:q"
    )
    with pytest.raises(MissingVariable, match="WARRAQ_NOT_THERE"):
        parse_proxy("env:WARRAQ_NOT_THERE")


def test_check_names_the_proxy_and_what_to_look_at(site: Site, kind: str, proxy: Proxy) -> None:
    proxy.login = "a:b"
    trial = run_trials([through(site, kind, proxy)], 3, None)[site.name]
    assert "the proxy" in trial.trouble
    [hint] = advice(site, trial.sources, trial.pages)
    assert "look at the proxy" in hint


def test_adding_a_site_goes_through_the_setting_s_proxy(
    web: Web, kind: str, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.pages["/"] = "<html><body>home</body></html>"
    monkeypatch.setattr("settings.WARRAQ_PROXY", f"{kind}://127.0.0.1:{proxy.port}")

    async def task(fetch: Fetch) -> int:
        return (await fetch(f"{web.url}/")).status

    assert run_with_fetch(task, homepage=web.url, allow_private=True, delay=0.0) == 200
    assert {str(port) for _, port in proxy.asked} == {web.url.rpartition(":")[2]}
    monkeypatch.setattr("settings.WARRAQ_PROXY", "env:WARRAQ_NOT_THERE")
    with pytest.raises(Unreachable, match="WARRAQ_NOT_THERE is not set"):
        run_with_fetch(task, homepage=web.url, allow_private=True, delay=0.0)
