"""`warraq extract`: refine saved pages, without a database and without a network."""

import gzip
import json
import sys
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from items import Article, Page, Rejected, Site
from pipelines.refine import refine
from text.terminal import printable
from text.timestamps import utc_now

# A page of this size is none; the crawl has the same limit (DOWNLOAD_MAXSIZE).
_LARGEST = 8 * 1024 * 1024
_ENDINGS = (".html.gz", ".htm.gz", ".html", ".htm", ".xhtml", ".gz")


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--url", help="The address of the page, for its dates and links (one FILE only).")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="A file a page, in this folder.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def extract(files: tuple[Path, ...], url: str | None, output: Path | None, form: str) -> None:
    """Refine saved pages (.html, .html.gz; folders are searched): the article's text, or all that
    is known of it as JSON.

    A page that is no article is named on standard error with the reason, and the exit code is 1.
    """
    pages = list(_find(files))
    if url and len(pages) != 1:
        raise click.UsageError("--url goes with one FILE")
    if output:
        output.mkdir(parents=True, exist_ok=True)
    failed = 0
    for path in track(
        pages, "refining", console=Console(stderr=True), transient=True, disable=not _watched(pages)
    ):
        try:
            refined = refine(_page(path, url), _site(url))
        except (OSError, EOFError, ValueError, zlib.error) as error:
            refined = Rejected(str(path), "unreadable", str(error))
        if isinstance(refined, Rejected):
            failed += 1
            click.echo(printable(f"{path}: {refined.reason}: {refined.detail}"), err=True)
        else:
            _write(refined, path, output, form)
    sys.exit(1 if failed else 0)


def _site(url: str | None) -> Site:
    # Whoever saved a page may read it: `noindex` is addressed to crawlers.
    return Site("extract", homepage=url or "", honour_noindex=False)


def _watched(pages: list[Path]) -> bool:
    return len(pages) > 3 and sys.stderr.isatty()


def _find(files: tuple[Path, ...]) -> Iterator[Path]:
    for path in files:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.name.endswith(_ENDINGS))
        else:
            yield path


def _page(path: Path, url: str | None) -> Page:
    with path.open("rb") as file:
        body = file.read(_LARGEST + 1)
    if body.startswith(b"\x1f\x8b"):
        with gzip.open(path) as file:
            body = file.read(_LARGEST + 1)
    if len(body) > _LARGEST:
        raise ValueError(f"more than {_LARGEST // 1024 // 1024} MB: no article page is that large")
    return Page(key=url or str(path), url=url or "", body=body, fetched=utc_now())


def _write(article: Article, path: Path, output: Path | None, form: str) -> None:
    if form == "json":
        text = json.dumps(asdict(article), ensure_ascii=False, indent=1)
    else:
        text = article.text
    if output is None:
        click.echo(text)
        return
    name = path.name
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    (output / f"{name}.{'json' if form == 'json' else 'txt'}").write_text(text, "utf-8")
