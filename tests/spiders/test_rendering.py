"""Sites drawn by script, crawled with a real chromium where there is one."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import script_site
from browser import browser, missing
from sqlite_utils import Database
from storage_samples import rows
from waiting import until
from warcs import is_sound
from web_server import Answer, Web, serve

from items import Site
from pipelines.refine import refine
from spiders.fetching.browser import process_tree
from spiders.runner import CrawlResult
from storage.archive.read_pages import read_page
from storage.archive.verify import verify_archive
from storage.article_rows import iterate

Crawl = Callable[..., CrawlResult]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(missing() is not None, reason=missing() or ""),
]
_PARAGRAPH = "document.getElementById('root').innerHTML = '<h1>خبر</h1><p>نص الخبر</p>';"


@pytest.fixture
def drawn(bare: Site, web: Web) -> Site:
    """A site whose front page is its only source."""
    return replace(bare, sections=(f"{web.url}/",), render=True)


@pytest.fixture
def victim() -> Iterator[Web]:
    """Another server on this machine, which nobody may ask."""
    with serve() as victim:
        yield victim


def browsers() -> set[int]:
    """The processes of chromium below this one."""
    names = {pid: Path(f"/proc/{pid}/comm") for pid in process_tree(os.getpid())}
    return {pid for pid, name in names.items() if name.exists() and "chrom" in name.read_text()}


def test_all_articles_of_a_site_drawn_by_script(
    web: Web, drawn: Site, crawl: Crawl, db: Database, tmp_path: Path
) -> None:
    script_site.publish(web)
    counts = crawl(drawn).counts
    assert (counts["links"], counts["new"]) == (13, 13)
    articles = {article.title: article.paragraphs for article in iterate(db)}
    assert articles == {script_site.title(n): script_site.lines(n) for n in range(1, 14)}
    # Each document and each answer once, the bundle once for all pages, neither styles nor pictures.
    asked = [asked.path for asked in web.asked if not asked.path.startswith("/.well-known/")]
    assert len(asked) == len(set(asked)) == 1 + 1 + 1 + 1 + 2 * 13
    assert not web.paths("/static/site.css")
    assert not web.paths("/static/photo.jpg")
    assert {request.headers["user-agent"].split("/")[0] for request in web.asked} == {"Warraq"}
    assert browsers() == set()
    report = verify_archive(db, tmp_path)
    assert (report.problems, report.pages, report.orphans) == ([], 13, 0)
    assert is_sound(tmp_path)


def test_what_was_rendered_is_what_the_archive_gives_back(
    web: Web, drawn: Site, crawl: Crawl, db: Database, tmp_path: Path
) -> None:
    script_site.publish(web, 1)
    url = web.url + script_site.path(1)
    crawl(drawn, url=url)
    crawl(drawn, url=url)  # a revisit of the first
    for row in db["_archived_pages"].rows:
        page = read_page(db, tmp_path, row)
        assert script_site.lines(1)[3] in page.body.decode()
        article = refine(page, drawn)
        assert article.paragraphs == script_site.lines(1)  # type: ignore[union-attr]
    report = verify_archive(db, tmp_path)
    assert (report.problems, report.orphans) == ([], 0)
    assert is_sound(tmp_path)


def test_data_by_post_on_the_own_site_alone(
    web: Web, victim: Web, drawn: Site, crawl: Crawl, db: Database
) -> None:
    script = f"""
    const ask = (url, method) => fetch(url, {{method, body: '{{"query":1}}'}}).then(a => a.text());
    ask("{victim.url}/graphql", "POST").catch(() => 0);
    ask("/articles", "DELETE").catch(() => 0);
    ask("/graphql", "POST").then(text => {{ document.getElementById("root").innerHTML = text; }});
    """
    script_site.publish(web, 1, script=script)
    web.pages["/graphql"] = lambda asked: Answer(
        f"<h1>{asked.method}</h1><p>{asked.body.decode()}</p>" if asked.method == "POST" else ""
    )
    assert crawl(drawn, url=web.url + script_site.path(1)).counts["new"] == 1
    assert rows(db, "SELECT title, text FROM articles") == [("POST", '{"query":1}')]
    assert (victim.asked, web.count("/articles")) == ([], 0)


_HOSTS = ("127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0.0.0.0")
_WAYS = {
    "fetch": "fetch(url, {mode: 'no-cors'}).catch(() => 0)",
    "xhr": "const x = new XMLHttpRequest(); x.open('GET', url); x.send()",
    "script": "add('script', {src: url})",
    "image": "new Image().src = url",
    "frame": "add('iframe', {src: url})",
    "srcdoc": 'add(\'iframe\', {srcdoc: `<script src="${url}"></scr` + `ipt><img src="${url}">`})',
    "object": "add('object', {data: url}); add('embed', {src: url})",
    "media": "add('video', {src: url}).load()",
    "style": "add('link', {rel: 'stylesheet', href: url})",
    "hints": "add('link', {rel: 'prefetch', href: url}); add('link', {rel: 'preconnect', href: url})",
    "beacon": "navigator.sendBeacon(url, 'x')",
    "events": "new EventSource(url)",
    "socket": "new WebSocket(url.replace('http', 'ws'))",
    "worker": "new Worker(URL.createObjectURL(new Blob([`fetch('${url}', {mode: 'no-cors'});"
    " new WebSocket('${url}'.replace('http', 'ws')); importScripts('${url}')`])))",
    "window": "window.open(url)",
    "form": "const f = add('form', {action: url, method: 'POST'}); f.submit()",
    "location": "location = url",
    "refresh": "add('meta', {'http-equiv': 'refresh', content: `0; url=${url}`})",
    "transport": "new WebTransport(url.replace('http:', 'https:'))",
    "peer": "const c = new RTCPeerConnection({iceServers: [{urls: url.replace('http://', 'stun:')"
    ".replace(/[/][^/]*$/, '')}, {urls: url.replace('http://', 'turn:').replace(/[/][^/]*$/, "
    "'?transport=tcp'), username: 'a', credential: 'b'}]}); c.createDataChannel('x'); "
    "c.createOffer().then(o => c.setLocalDescription(o))",
}


def _asking(way: str, victim: Web) -> str:
    """A script that draws a page and asks the victim in one way, by each spelling of its address."""
    port = victim.url.rpartition(":")[2]
    return (
        _PARAGRAPH
        + f"""
    const add = (tag, attributes) => {{
      const element = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      return document.body.appendChild(element);
    }};
    for (const host of {[*_HOSTS, "[::1]", "[::ffff:127.0.0.1]"]}) {{
      const url = `http://${{host}}:{port}/way`;
      try {{ {_WAYS[way]}; }} catch (error) {{ }}
    }}
    """
    )


# It needs TLS.
_NOT_BY_ITSELF = {"transport"}


def test_without_the_guard_a_browser_gets_there(web: Web, victim: Web) -> None:
    """So that the next test can fail."""
    port = int(victim.url.rpartition(":")[2])
    with browser() as plain, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets:
        packets.bind(("127.0.0.1", port))
        packets.setblocking(False)

        def arrived() -> bool:
            with suppress(BlockingIOError):
                return bool(victim.asked or packets.recv(1))
            return False

        for way in set(_WAYS) - _NOT_BY_ITSELF:
            script_site.publish(web, 1, script=_asking(way, victim))
            page = plain.new_page()
            page.goto(web.url + script_site.path(1))
            until(arrived, way)
            page.close()
            victim.forget()


@pytest.mark.parametrize("way", _WAYS)
def test_no_page_reaches_this_machine(
    web: Web, victim: Web, drawn: Site, crawl: Crawl, way: str
) -> None:
    port = victim.url.rpartition(":")[2]
    script = _asking(way, victim)
    script_site.publish(web, 1, script=script)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets:
        packets.bind(("127.0.0.1", int(port)))
        packets.setblocking(False)
        result = crawl(drawn, url=web.url + script_site.path(1))
        with pytest.raises(BlockingIOError):
            packets.recv(1)
    assert result.counts["new"] == 1, result
    assert victim.asked == []


@pytest.mark.parametrize("status", [301, 307])
def test_no_redirect_of_a_script_leads_to_this_machine(
    web: Web, victim: Web, drawn: Site, crawl: Crawl, status: int
) -> None:
    script = _PARAGRAPH + (
        "fetch('/leads'); fetch('/leads', {method: 'POST', body: 'x'});"
        "document.body.appendChild(document.createElement('script')).src = '/leads';"
    )
    script_site.publish(web, 1, script=script)
    web.pages["/leads"] = Answer("", status, {"Location": f"{victim.url}/redirected"})
    assert crawl(drawn, url=web.url + script_site.path(1)).counts["new"] == 1
    assert web.count("/leads") == 3
    assert victim.asked == []


def test_a_script_is_asked_for_as_robots_txt_allows(web: Web, drawn: Site, crawl: Crawl) -> None:
    script_site.publish(web, 1)
    web.pages["/robots.txt"] = "User-agent: *\nDisallow: /api/"
    result = crawl(drawn, url=web.url + script_site.path(1))
    assert result.counts["rejected"] == 1
    assert web.paths("/api/") == []


def test_a_page_may_ask_for_so_much(web: Web, drawn: Site, crawl: Crawl) -> None:
    script = _PARAGRAPH + "for (let i = 0; i < 500; i++) fetch('/more?' + i).catch(() => 0);"
    script_site.publish(web, 1, script=script)
    assert crawl(drawn, url=web.url + script_site.path(1)).counts["new"] == 1
    assert len(web.paths("/more")) == 59


_ENDLESS = {
    "loop": "for (;;);",
    "memory": "const held = []; for (;;) held.push(new Uint8Array(3e7).fill(7));",
    "elements": "for (;;) document.body.append('نص '.repeat(1e5));",
}


@pytest.mark.parametrize("script", _ENDLESS.values(), ids=_ENDLESS)
def test_a_page_without_an_end_is_given_up_and_the_next_is_rendered(
    web: Web, drawn: Site, crawl: Crawl, db: Database, script: str
) -> None:
    bundle = f"if (location.pathname.includes('/01-')) {{ {script} }}\n" + script_site.BUNDLE
    script_site.publish(web, 3, script=bundle)
    limits = {"WARRAQ_RENDER_SECONDS": 2, "WARRAQ_RENDER_MEMORY_MB": 600}
    result = crawl(drawn, settings=limits)
    assert (result.outcome, result.counts["new"]) == ("finished", 2)
    assert rows(db, "SELECT state, reason FROM frontier WHERE url LIKE '%/01-%'") == [
        ("queued", "not_rendered")
    ]
    assert browsers() == set()


def test_a_page_that_never_rests_is_taken_as_it_is(web: Web, drawn: Site, crawl: Crawl) -> None:
    script = script_site.BUNDLE + "setInterval(() => document.body.append('.'), 20);"
    script_site.publish(web, 1, script=script)
    result = crawl(drawn, settings={"WARRAQ_RENDER_SECONDS": 2})
    assert result.counts["new"] == 1


def test_scripts_do_not_decide_what_is_read(web: Web, drawn: Site, crawl: Crawl) -> None:
    """The page replaces what the page is read out with."""
    script = script_site.BUNDLE + (
        "String.prototype.slice = () => 'x'.repeat(1e8); JSON.stringify = () => 'no';"
        "Object.defineProperty(Element.prototype, 'outerHTML', {get: () => 'no'});"
    )
    script_site.publish(web, 1, script=script)
    assert crawl(drawn).counts["new"] == 1


_KILLED = """
import sys
from pathlib import Path
from items import Site
from spiders.runner import crawl_sites
if __name__ == "__main__":
    url = sys.argv[1]
    site = Site("news", homepage=url, sections=(url,), allow_private=True, delay=0.0, render=True)
    crawl_sites([site], Path(sys.argv[2]), settings={"WARRAQ_RENDER_SECONDS": 60})
"""


def test_the_browser_ends_with_a_crawl_that_is_killed(web: Web, tmp_path: Path) -> None:
    script_site.publish(web, 1, script="for (;;);")
    program = tmp_path / "program.py"
    program.write_text(_KILLED)
    command = [sys.executable, str(program), f"{web.url}/", str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(command, env=environment) as crawl:
        until(lambda: bool(web.count("/static/bundle.js")))
        below = set(process_tree(crawl.pid)) - {crawl.pid}
        assert len(below) > 3
        crawl.send_signal(signal.SIGKILL)
    until(lambda: not any(map(_is_alive, below)))


def _is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("latin-1")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
