"""What sources made to harm their reader cost: each shape at n, 2n and 4n in a process of its own, CPU
seconds and memory above the idle process; then the loop's longest hold while a crawl reads them.

usage: python -m benchmarks.hostile_sources [--loop] [SHAPE…]
"""

import argparse
import asyncio
import multiprocessing
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from items import Link, Site
from pipelines.workers.pool import LocalRefiner
from pipelines.workers.transfer import PackedList
from pipelines.workers.worker_tasks import WorkerLost
from spiders.autodiscovery.find_sources import announced_sitemaps
from spiders.autodiscovery.fingerprint import fingerprint_of
from spiders.crawl_resources import PRELOAD, SourceRead
from spiders.crawl_session import CrawlSession
from spiders.fetching.errors import WrongFormat
from spiders.fetching.robots import read_robots
from spiders.recorder import Recorder
from spiders.sources.context import SourceContext, SourceFetch
from spiders.sources.feed import parse_feed
from spiders.sources.section import parse_section
from spiders.sources.sitemap_file import parse_packed
from spiders.sources.wordpress_api import parse_response
from storage.database import open_database

SITE = Site("ex", homepage="https://ex.org/")
URL = "https://ex.org/x"
Shape = tuple[int, Callable[[int], bytes], Callable[[bytes], object]]


def read_as_feed(body: bytes) -> object:
    return parse_feed(body, URL, SITE)


def read_as_section(body: bytes) -> object:
    return parse_section(body, None, URL, SITE)


def read_as_home(body: bytes) -> object:
    return fingerprint_of(body, URL, {})


def read_as_sitemap(body: bytes) -> object:
    return parse_packed(body, URL, SITE)


def read_as_posts(body: bytes) -> object:
    return parse_response(200, {"x-wp-totalpages": "9" * 4_301}, body, SITE)


def read_as_robots(body: bytes) -> object:
    rules = read_robots(body[:512_000], "Warraq")
    if not rules.closed and rules.robots:
        rules.robots.can_fetch("https://ex.org/" + "ab" * 4_000, "Warraq")
    return rules, announced_sitemaps(body, URL)


def read_as_link_header(body: bytes) -> object:
    return fingerprint_of(b"<html><body><p>x</p></body></html>", URL, {"link": body.decode()})


def numbered(pattern: bytes, count: int) -> bytes:
    return b"".join(pattern.replace(b"#", b"%d" % number) for number in range(count))


def rss(items: bytes) -> bytes:
    return b'<rss version="2.0"><channel>' + items + b"</channel></rss>"


_LINK = b'<p><a href="/2026/11/01/a-b-c-#">a b c d e f #</a></p>'
# Name: the n of the largest run, which is 4n of the table; the document; its reader.
SHAPES: dict[str, Shape] = {
    "classes around links": (
        16_000,
        lambda n: b'<div class="' + numbered(b"w# ", n) + b'">' + numbered(_LINK, 3000) + b"</div>",
        read_as_section,
    ),
    "links": (100_000, lambda n: numbered(b'<a href="/1/#">x y z</a>', n), read_as_section),
    "links in depth": (100_000, lambda n: numbered(b"<div><a href=/#>x y z</a>", n), read_as_section),
    "links in links": (
        100_000,
        lambda n: numbered(b"<a href=/#><b>x", n) + b"y" * 30 * n,
        read_as_section,
    ),
    "pages called next": (
        90_000,
        lambda n: b"<body>" + numbered(b'<link rel=next href="/p/#">', n),
        read_as_section,
    ),
    "announced feeds": (
        90_000,
        lambda n: b"<body>" + numbered(b'<link type="application/rss+xml" href="/p/#">', n),
        read_as_home,
    ),
    "empty elements": (2_000_000, lambda n: b"<body>" + b"<br>" * n, read_as_section),
    "attributes of a tag": (400_000, lambda n: b"<p></p><a " + numbered(b"a#=1 ", n), read_as_section),
    "attributes past a comment": (
        400_000,
        lambda n: b"<p></p><!--><a " + numbered(b"a#=1 ", n) + b">",
        read_as_section,
    ),
    "a long base": (
        8_000_000,
        lambda n: b'<base href="/' + b"b" * n + b'">' + numbered(_LINK, 3000),
        read_as_section,
    ),
    "combining marks": (
        1_000_000,
        lambda n: numbered(_LINK, 50) + b"<a href=/1>" + "\u0301\u064b".encode() * n + b"</a>",
        read_as_section,
    ),
    "Link header": (256_000, lambda n: b"<a>;" * (n // 4), read_as_link_header),
    "items of a feed": (600_000, lambda n: rss(b"<item/>" * n), read_as_feed),
    "fields of items": (
        30_000,
        lambda n: rss((b"<item>" + b"<category>t</category>" * 60 + b"</item>") * (n // 60)),
        read_as_feed,
    ),
    "an attribute of a feed": (
        4_000_000,
        lambda n: rss(b'<item><link>/1</link><enclosure url="' + b"u" * n + b'"/></item>'),
        read_as_feed,
    ),
    "attributes of an item": (300_000, lambda n: rss(b"<item " + numbered(b'a#="1" ', n) + b"/>"), read_as_feed),
    "namespaces": (
        200_000,
        lambda n: rss(b"<item " + numbered(b'xmlns:a#="u#" ', n) + b"><link>/1</link></item>"),
        read_as_feed,
    ),
    "namespaces in turn": (
        100_000,
        lambda n: rss(numbered(b'<a#:item xmlns:a#="u#"><link>/#</link></a#:item>', n)),
        read_as_feed,
    ),
    "depth of a feed": (600_000, lambda n: rss(b"<item>" * n), read_as_feed),
    "ampersands": (4_000_000, lambda n: rss(b"<item><title>" + b"&" * n), read_as_feed),
    "unknown entities": (1_000_000, lambda n: rss(b"<item><title>" + b"&xy;" * n), read_as_feed),
    "open tags": (1_300_000, lambda n: rss(b"<a<" * n), read_as_feed),
    "posts": (1_000_000, lambda n: b"[" + b"{}," * n + b"{}]", read_as_posts),
    "keys of a post": (
        600_000,
        lambda n: b"[{" + numbered(b'"a#":0,', n) + b'"link":"/1"}]',
        read_as_posts,
    ),
    "terms of a post": (
        100_000,
        lambda n: b'[{"id":1,"link":"/1","_embedded":{"wp:term":[['
        + b",".join([b'{"name":"n","taxonomy":"post_tag"}'] * n)
        + b"]]}}]",
        read_as_posts,
    ),
    "depth of posts": (8_000_000, lambda n: b"[" * n, read_as_posts),
    "digits": (8_000_000, lambda n: b'[{"id":' + b"9" * n + b"}]", read_as_posts),
    "sitemaps of an index": (
        49_000,
        lambda n: b"<sitemapindex>"
        + numbered(b"<sitemap><loc>https://ex.org/" + b"s" * 900 + b"#</loc></sitemap>", n)
        + b"</sitemapindex>",
        read_as_sitemap,
    ),
    "elements of an entry": (
        10_000_000,
        lambda n: b"<urlset><url>" + b"<a/>" * n + b"</url></urlset>",
        read_as_sitemap,
    ),
    "keywords": (
        8_000_000,
        lambda n: b"<urlset><url><loc>/1</loc><keywords>" + b"k," * (n // 2) + b"</keywords></url></urlset>",
        read_as_sitemap,
    ),
    "words of a plain sitemap": (
        50_000_000,
        lambda n: b"http://ex.org/1 " + b"h " * (n // 2),
        read_as_sitemap,
    ),
    "entries of a sitemap": (
        50_000,
        lambda n: b"<urlset>"
        + numbered(b"<url><loc>https://ex.org/2026/11/01/a-b-" + b"s" * 500 + b"-#</loc></url>", n)
        + b"</urlset>",
        read_as_sitemap,
    ),
    "one emoji": (
        50_000_000,
        lambda n: "<urlset>😀".encode() + b" " * n + b"</urlset>",
        read_as_sitemap,
    ),
    "robots": (
        512_000,
        lambda n: numbered(b"User-agent: a#\n", n // 32) + b"Allow:/\n" * (n // 16),
        read_as_robots,
    ),
    "one robot's names": (
        512_000,
        lambda n: b"User-agent: w\n" * (n // 32) + b"Allow:/\n" * (n // 16),
        read_as_robots,
    ),
    "wildcards": (
        64_000,
        lambda n: b"User-agent: *\n" + numbered(b"Disallow: *ab*ab*ab*a#$\n", n // 30),
        read_as_robots,
    ),
    "wildcards of a rule": (
        512_000,
        lambda n: b"User-agent: *\nDisallow: /" + b"*a" * (n // 2) + b"$\n",
        read_as_robots,
    ),
    "lines of a robots.txt": (512_000, lambda n: b"\n" * n, read_as_robots),
    "sitemaps of a robots.txt": (
        512_000,
        lambda n: numbered(b"Sitemap: /s#.xml\n", n // 20),
        read_as_robots,
    ),
}  # fmt: skip


def measure(name: str, n: int) -> tuple[float, float]:
    """CPU seconds, and MB above the idle process and the document itself."""
    _, build, read = SHAPES[name]
    body = build(n)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    with suppress(WrongFormat):
        read(body)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return time.process_time() - started, (peak - before) / 1024


def in_a_process(name: str, n: int) -> tuple[float, float]:
    # Forked: the imports take longer than most of the shapes.
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(measure, (name, n))


def growth(names: list[str]) -> Iterator[str]:
    yield f"{'shape':28} {'4n':>10}  {'n':>6} {'2n':>6} {'4n':>6} s   ratio   {'memory at 4n':>12}"
    for name in names:
        most = SHAPES[name][0]
        runs = [in_a_process(name, n) for n in (most // 4, most // 2, most)]
        # Below that, the ratio is noise.
        seconds = [max(run[0], 0.05) for run in runs]
        ratio = max(seconds[1] / seconds[0], seconds[2] / seconds[1])
        times = " ".join(f"{run[0]:6.2f}" for run in runs)
        yield f"{name:28} {most:>10,}  {times} s   × {ratio:3.1f}   {runs[2][1]:9.0f} MB"


def holds(names: list[str]) -> Iterator[str]:
    """Each shape read by workers, and its links added, as a crawl does both."""
    yield f"{'shape':28} {'longest hold':>12}   {'main process':>12}"
    workers = LocalRefiner(2, preload=PRELOAD)
    with tempfile.TemporaryDirectory() as folder, open_database(Path(folder)) as database:
        session = SimpleNamespace(
            refiner=workers, recorder=Recorder(database), counts=Counter(), since=None
        )
        context = SourceContext(cast(CrawlSession, session), SITE, cast(SourceFetch, None))
        asyncio.run(_hold(context, "a long base"))  # the workers start
        for name in names:
            before = _resident()
            longest, end = asyncio.run(_hold(context, name))
            yield f"{name:28} {longest * 1000:9.0f} ms   {_resident() - before:9.0f} MB   {end}"
    workers.close()


async def _hold(context: SourceContext, name: str) -> tuple[float, str]:
    n, build, read = SHAPES[name]
    body, ticker = build(n), Ticker()
    await asyncio.sleep(0)
    ticking = asyncio.create_task(ticker.tick())
    try:
        result = await context.run(read, body)
        if (links := _links_of(result)) is not None:
            await context.add_all(SourceRead("feed", URL), links)
        end = "read"
    except (WrongFormat, WorkerLost) as error:
        end = str(error)
    ticking.cancel()
    return ticker.longest, end


def _links_of(result: object) -> Iterable[Link] | None:
    """What a source's reader gives to the frontier; None: not such a reader."""
    if isinstance(result, tuple):
        result = next((part for part in result if isinstance(part, PackedList)), None)
    links = getattr(result, "links", result)
    return links if isinstance(links, list | PackedList) else None


class Ticker:
    """The loop's longest hold, by a task that wakes every 5 ms."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def tick(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.005)
            self.longest = max(self.longest, time.monotonic() - before - 0.005)


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", help="[all]")
    parser.add_argument("--loop", action="store_true", help="the loop's longest hold")
    options = parser.parse_args()
    names = options.shapes or list(SHAPES)
    for line in (holds if options.loop else growth)(names):
        print(line, flush=True)


if __name__ == "__main__":
    # By its name: workers know no functions of `__main__`.
    import_module("benchmarks.hostile_sources").main()
