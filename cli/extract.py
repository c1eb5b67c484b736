"""`warraq extract`: refine saved pages, without a database or a network, in worker processes as the
service's: a hostile page is given up, and the others go on.
"""

import asyncio
import os
import sys
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.article_files import Write, article_writer
from cli.progress import is_quiet
from items import Article, Page, Reason, Rejected, Site
from pipelines.site_lookup import host_of, site_from_host
from text.terminal import printable
from text.urls import canonicalise

if TYPE_CHECKING:
    from cli.saved_pages import SavedPage, SavedPages
    from pipelines.workers.pool import LocalRefiner

# Pages under way for each worker: the others have work while one page takes its 20 seconds.
_PAGES_A_WORKER = 4

_EPILOG = """\b
A manifest says what is known of each page. As a table, columns separated by tabs:
  file<TAB>url<TAB>fetched
  pages/17.html.gz<TAB>https://paper.example/17<TAB>2026-11-01T08:30:00Z
or as JSON lines:
  {"file": "pages/17.html.gz", "url": "https://paper.example/17"}
Only `file` is needed; it is relative to the manifest's folder. `url` is the page's address, for its
dates and links; `charset` what the server called its encoding; `fetched` what "2 hours ago" counts from:
without it, a page's ages are no dates.

\b
Examples:
  warraq extract page.html --url https://paper.example/17
  warraq extract --manifest pages.tsv --format json --output articles/
  warraq extract crawl.warc.gz --format jsonl > articles.jsonl
  warraq extract page.html --explain

\b
Exit codes: 0 every page is an article, 1 some are not or could not be read (each is named on standard
error, with the reason), 2 the command line was not understood.
"""


@click.command(epilog=_EPILOG)
@click.argument("files", nargs=-1, metavar="FILE…", type=click.Path(path_type=Path))
@click.option(
    "--manifest",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="Saved pages with their addresses, see below; `-` is standard input.",
)
@click.option("--url", help="URL of the page, for its dates and links (with a single FILE).")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Write a file per page into this folder; of two pages of one name, the second gets a number. "
    "With --format jsonl: write this one file (.gz packs it).",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "jsonl"]),
    default="text",
    show_default=True,
    help="The text alone, or all fields; jsonl is a line a page, which names its file.",
)
@click.option(
    "--explain",
    is_flag=True,
    help="Say why: for each field what every source has for it, for each line why it stays or goes. "
    "With --format json or jsonl as the key `explained`.",
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    envvar="WARRAQ_WORKERS",
    help="Processes that refine. [$WARRAQ_WORKERS, else one a core]",
)
def extract(
    files: tuple[Path, ...],
    manifest: Path | None,
    url: str | None,
    output: Path | None,
    output_format: str,
    explain: bool,
    workers: int | None,
) -> None:
    """Print the article in saved pages: its text, or all of its fields as JSON.

    FILE is a page (.html, .html.gz), a web archive (.warc, .warc.gz; each HTML response is a page) or a
    folder, which is searched for both. The order is kept, and any number of pages is read one by one.
    """
    # Imported when it runs: `warraq extract --help` does not wait for what reads pages.
    from cli.saved_pages import SavedPages, is_warc

    _check_options(files, manifest, url, output, output_format, explain)
    pages = SavedPages(_tell, files, manifest, url or "")
    is_single = len(files) == 1 and not manifest and not (files[0].is_dir() or is_warc(files[0]))
    with (
        article_writer(output, output_format) as write,
        _shown_progress(pages, hidden=is_single) as saved_pages,
    ):
        workers = 1 if is_single else workers or os.cpu_count() or 1
        failed = _extract_all(saved_pages, workers, write, output_format, explain)
    sys.exit(1 if failed else 0)


def _check_options(
    files: tuple[Path, ...],
    manifest: Path | None,
    url: str | None,
    output: Path | None,
    output_format: str,
    explain: bool,
) -> None:
    from cli.saved_pages import is_warc

    if not files and not manifest:
        raise click.UsageError("name a FILE, a folder or a --manifest")
    if url and (len(files) != 1 or manifest or files[0].is_dir() or is_warc(files[0])):
        raise click.UsageError("--url needs a single FILE; --manifest has an address for each")
    if url and canonicalise(url) is None:
        raise click.UsageError("--url is no address of the web: begin with http:// or https://")
    if explain and output and output_format == "text":
        raise click.UsageError("--explain with --output needs --format json or jsonl")
    if output and output_format == "jsonl" and output.is_dir():
        raise click.UsageError(f"--format jsonl writes one file, and {output} is a folder")
    if output and output_format != "jsonl" and output.exists() and not output.is_dir():
        raise click.UsageError(f"--output is a folder, and {output} is a file")


def _tell(sentence: str) -> None:
    click.echo(printable(sentence), err=True)


def _extract_all(
    pages: "Iterable[SavedPage | str]",
    workers: int,
    write: Write,
    output_format: str,
    explain: bool,
) -> int:
    """How many have no article."""
    # Imported when it runs: `warraq extract --help` does not wait for what refines pages.
    from pipelines.workers.pool import LocalRefiner, NoWorkers

    refiner = LocalRefiner(workers)

    async def run() -> int:
        failed = 0
        async for saved, refined in _in_order(pages, refiner, explain):
            failed += _finish(saved, refined, write, output_format)
        return failed

    with asyncio.Runner() as runner, closing(refiner):
        try:
            return runner.run(run())
        except NoWorkers as error:
            raise click.ClickException(str(error)) from error


async def _in_order(
    pages: "Iterable[SavedPage | str]", refiner: "LocalRefiner", explain: bool
) -> "AsyncIterator[tuple[SavedPage | str, Any]]":
    """Each page with its outcome, some pages a worker under way; with `explain` an ExplainedPage."""
    pending: deque[tuple[SavedPage | str, asyncio.Task[Any] | None]] = deque()
    try:
        for saved in pages:
            task = None
            if not isinstance(saved, str):
                task = asyncio.create_task(_refined(refiner, saved.page, explain))
            pending.append((saved, task))
            await asyncio.sleep(0)  # the task starts before the next page is read
            if len(pending) > _PAGES_A_WORKER * refiner.workers:
                first, task = pending.popleft()
                yield first, await task if task else None
        while pending:
            first, task = pending.popleft()
            yield first, await task if task else None
    finally:
        tasks = [task for _, task in pending if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _refined(refiner: "LocalRefiner", page: Page, explain: bool) -> Any:
    site = _site(page.url or page.key)
    if not explain:
        return await refiner.refine(page, site)
    from pipelines.explain import explain_page
    from pipelines.workers.pool import NoWorkers
    from pipelines.workers.worker_tasks import WorkerLost

    try:
        return await refiner.run(explain_page, page, site)
    except WorkerLost as error:
        return Rejected(page.key, error.reason, error.message)
    except (NoWorkers, asyncio.CancelledError):
        raise
    except Exception as error:
        return Rejected(page.key, Reason.CRASHED, repr(error))


def _site(url: str) -> Site:
    # `noindex` is addressed to crawlers; whoever saved the page may read it.
    site = site_from_host(url) if host_of(url) else Site("extract")
    return replace(site, honour_noindex=False)


def _finish(saved: "SavedPage | str", refined: Any, write: Write, output_format: str) -> bool:
    """Whether it has no article."""
    if isinstance(saved, str):
        _tell(saved)
        return True
    explanation = None
    if not isinstance(refined, Article | Rejected):
        refined, explanation = refined.outcome, refined.explanation
    if isinstance(refined, Rejected):
        _tell(f"{saved.name}: {refined.reason}: {refined.detail}")
        if explanation and output_format == "text":
            _print_explanation(saved, explanation)
        return True
    if output_format == "text" and explanation:
        _print_explanation(saved, explanation)
    elif output_format == "text":
        write(refined.text, saved)
    else:
        kinds = refined.kinds or ("paragraph",) * len(refined.paragraphs)
        values = asdict(replace(refined))  # without what is computed for the database
        del values["prepared"]
        write(values | {"kinds": kinds} | _explained(explanation), saved)
    return False


def _print_explanation(saved: "SavedPage", explanation: Any) -> None:
    from cli.explanations import explanation_lines
    from text.tables import output_console, print_wrapped

    console = output_console()
    print_wrapped(console, printable(saved.name), "bold")
    for line in explanation_lines(explanation):
        print_wrapped(console, line)
    console.print()


def _explained(explanation: Any) -> dict[str, Any]:
    if explanation is None:
        return {}
    from pipelines.explain import explanation_json

    return {"explained": explanation_json(explanation)}


@contextmanager
def _shown_progress(pages: "SavedPages", *, hidden: bool) -> "Iterator[Iterable[SavedPage | str]]":
    """The pages, with a bar on a terminal alone: each line of standard error is a page's."""
    if hidden or is_quiet() or not sys.stderr.isatty():
        yield pages
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("refining"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=pages.count())

        def advancing() -> "Iterator[SavedPage | str]":
            for saved in pages:
                bar.update(task, completed=pages.done)
                yield saved

        yield advancing()
