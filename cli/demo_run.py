"""What `warraq demo` does: the sites run, they are crawled, and what is stored is held against them."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console

from cli.main import Context, database
from cli.progress import progress
from demo.expected import articles, check_stored
from demo.newsroom import Newsroom
from demo.report import print_next_commands, print_summary, print_tables
from demo.server import serve
from demo.site_files import choose_ports, write_site_files
from items import Site
from pipelines.ingest.rechecked import IngestResult
from spiders.crawl_resources import CrawlEvent
from spiders.runner import CrawlResult, crawl_sites
from spiders.site_files import read_site
from text.tables import print_wrapped

Rooms = dict[str, Newsroom]


@contextmanager
def served(folder: Path, port: int) -> Iterator[Rooms]:
    """Run the sites, with their site files in `folder`."""
    with serve(ports=choose_ports(folder, port)) as rooms:
        write_site_files(rooms.values(), folder)
        yield rooms


def run_demo(console: Console, context: Context, rooms: Rooms) -> bool:
    folder = context.data / "sites"
    print_wrapped(
        console,
        f"{len(rooms)} small news sites run on loopback; their site files are in {folder}.",
    )
    sites = [read_site(folder / f"{name}.toml") for name in rooms]
    results = crawl(sites, context.data, sum(len(articles(name)) for name in rooms))
    with database(context) as db:
        check = check_stored(db, {room.base: articles(name) for name, room in rooms.items()})
        check.problems += failed_crawls(results)
        print_tables(console, db, rooms)
    stored = sum(result.counts.get(name, 0) for result in results for name in ("new", "copies"))
    print_summary(console, check, stored)
    print_next_commands(console, context.data)
    return not check.problems


def crawl(sites: Sequence[Site], data: Path, expected: int) -> list[CrawlResult]:
    with progress("crawling", expected) as advance:
        ingested = 0

        def on_event(site: str, event: CrawlEvent) -> None:
            nonlocal ingested
            if isinstance(event, IngestResult):
                ingested += 1
                advance(min(ingested, expected), site)

        return crawl_sites(sites, data, on_event=on_event, at_once=len(sites))


def failed_crawls(results: Sequence[CrawlResult]) -> list[str]:
    return [
        f"{result.site}: the crawl {result.outcome} {result.trouble}".rstrip()
        for result in results
        if result.outcome != "finished"
    ]


def keep_serving_until_interrupted(console: Console, rooms: Rooms) -> None:
    for name, room in rooms.items():
        console.print(f"  {name:8} {room.base}/")
    console.print("Press Ctrl-C to stop them.")
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
