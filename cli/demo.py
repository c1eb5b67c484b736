"""`warraq demo`: serve the demo's sites, crawl them, and check what landed against the truth."""

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import click
from rich.console import Console

from cli.main import Context, database
from cli.progress import progress
from demo.expected import articles, check_landed
from demo.newsroom import Newsroom
from demo.report import conclude, show_all, show_next
from demo.server import serve
from demo.site_files import FIRST_PORT, PortTaken, choose_ports, write_site_files
from items import Site
from pipelines.ingest.page import IngestResult
from spiders.crawl_resources import CrawlEvent
from spiders.runner import CrawlResult, crawl_sites
from spiders.site_files import read_site
from storage.database import StorageError

Rooms = dict[str, Newsroom]


@click.command()
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="As `warraq --data`."
)
@click.option("--keep-serving", is_flag=True, help="Leave the sites up until Ctrl-C.")
@click.option(
    "--port",
    type=click.IntRange(1024, 65000),
    default=FIRST_PORT,
    show_default=True,
    help="The first site's port.",
)
@click.pass_obj
def demo(context: Context, data: Path | None, keep_serving: bool, port: int) -> None:
    """Crawl six small local news sites and show what landed.

    Exits with 1 and names what is missing, or what should not be there.
    """
    console = Console(highlight=False)
    context = Context(data or context.data)
    try:
        with served(context.data / "demo", port) as rooms:
            good = run_demo(console, context, rooms)
            if keep_serving:
                keep_on(console, rooms)
    except (PortTaken, StorageError, OSError) as error:
        raise click.ClickException(str(error)) from error
    sys.exit(0 if good else 1)


@contextmanager
def served(folder: Path, port: int) -> Iterator[Rooms]:
    """The sites, with their site files in `folder`."""
    with serve(ports=choose_ports(folder, port)) as rooms:
        write_site_files(rooms.values(), folder)
        yield rooms


def run_demo(console: Console, context: Context, rooms: Rooms) -> bool:
    folder = context.data / "demo"
    console.print(f"{len(rooms)} small news sites are up on loopback; their files are in {folder}.")
    sites = [read_site(folder / f"{name}.toml") for name in rooms]
    results = crawl(sites, context.data, sum(len(articles(name)) for name in rooms))
    with database(context) as db:
        verdict = check_landed(db, {room.base: articles(name) for name, room in rooms.items()})
        verdict.problems += troubles(results)
        show_all(console, db, rooms)
    kept = sum(one.counts.get(name, 0) for one in results for name in ("new", "copies"))
    conclude(console, verdict, kept)
    show_next(console, context.data)
    return not verdict.problems


def crawl(sites: Sequence[Site], data: Path, expected: int) -> list[CrawlResult]:
    with progress("crawling", expected) as advance:
        settled = 0

        def watch(site: str, event: CrawlEvent) -> None:
            nonlocal settled
            if isinstance(event, IngestResult):
                settled += 1
                advance(min(settled, expected), site)

        return crawl_sites(sites, data, on_event=watch, at_once=len(sites))


def troubles(results: Sequence[CrawlResult]) -> list[str]:
    return [
        f"{one.site}: the crawl {one.outcome} {one.trouble}".rstrip()
        for one in results
        if one.outcome != "finished"
    ]


def keep_on(console: Console, rooms: Rooms) -> None:
    for name, room in rooms.items():
        console.print(f"  {name:8} {room.base}/")
    console.print("Ctrl-C ends them.")
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
