"""`warraq extract`: refine saved pages, without a database or a network, in a worker process as the
service's: a hostile page is given up, and the others go on.
"""

import asyncio
import gzip
import json
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from items import Article, Page, Rejected, Site
from pipelines.workers.pool import LocalRefiner, NoWorkers
from text.terminal import printable
from text.timestamps import utc_now

# The same limit as the crawl's DOWNLOAD_MAXSIZE.
_MAX_BYTES = 8 * 1024 * 1024
_SUFFIXES = (".html.gz", ".htm.gz", ".html", ".htm", ".xhtml", ".gz")


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--url", help="URL of the page, for its dates and links (with a single FILE).")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write a file per page into this folder.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
def extract(
    files: tuple[Path, ...], url: str | None, output: Path | None, output_format: str
) -> None:
    """Print the article in saved pages (.html, .html.gz; folders are searched): its text, or all
    of its fields as JSON.

    Names pages without an article on standard error, with the reason, and then exits with 1.
    """
    pages = list(_find_pages(files))
    if url and len(pages) != 1:
        raise click.UsageError("--url needs a single FILE")
    if output:
        output.mkdir(parents=True, exist_ok=True)
    failed = 0
    with _refiner(url) as refine:
        for path in track(
            pages,
            "refining",
            console=Console(stderr=True),
            transient=True,
            disable=not _shows_progress(pages),
        ):
            refined = refine(path)
            if isinstance(refined, Rejected):
                failed += 1
                click.echo(printable(f"{path}: {refined.reason}: {refined.detail}"), err=True)
            else:
                _write(refined, path, output, output_format)
    sys.exit(1 if failed else 0)


@contextmanager
def _refiner(url: str | None) -> Iterator[Callable[[Path], Article | Rejected]]:
    """What refines a file, within a worker's limits of time and memory."""
    refiner = LocalRefiner(1)
    with asyncio.Runner() as runner, closing(refiner):

        def refine(path: Path) -> Article | Rejected:
            try:
                return runner.run(refiner.refine(_read_page(path, url), _site(url)))
            except NoWorkers as error:
                raise click.ClickException(str(error)) from error
            except (OSError, EOFError, ValueError, zlib.error) as error:
                return Rejected(str(path), "unreadable", str(error))

        yield refine


def _site(url: str | None) -> Site:
    # `noindex` is addressed to crawlers; whoever saved the page may read it.
    return Site("extract", homepage=url or "", honour_noindex=False)


def _shows_progress(pages: list[Path]) -> bool:
    return len(pages) > 3 and sys.stderr.isatty()


def _find_pages(files: tuple[Path, ...]) -> Iterator[Path]:
    for path in files:
        if path.is_dir():
            yield from sorted(page for page in path.rglob("*") if page.name.endswith(_SUFFIXES))
        else:
            yield path


def _read_page(path: Path, url: str | None) -> Page:
    with path.open("rb") as file:
        body = file.read(_MAX_BYTES + 1)
    if body.startswith(b"\x1f\x8b"):
        with gzip.open(path) as file:
            body = file.read(_MAX_BYTES + 1)
    if len(body) > _MAX_BYTES:
        raise ValueError(f"more than {_MAX_BYTES // 1024 // 1024} MB: too large for an article")
    return Page(key=url or str(path), url=url or "", body=body, fetched=utc_now())


def _write(article: Article, path: Path, output: Path | None, output_format: str) -> None:
    if output_format == "json":
        text = json.dumps(asdict(article), ensure_ascii=False, indent=1)
    else:
        text = article.text
    if output is None:
        click.echo(text)
        return
    name = path.name
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    (output / f"{name}.{'json' if output_format == 'json' else 'txt'}").write_text(text, "utf-8")
