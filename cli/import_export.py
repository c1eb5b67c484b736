"""`warraq import` and `warraq export`: texts and web archives in, texts out."""

import re
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.main import Context, database, log_to_stderr
from cli.progress import progress
from text.counted import counted
from text.language_codes import language_of, suggest_language
from text.terminal import printable

if TYPE_CHECKING:
    from storage.formats.export import ExportFormat

_STDIN = Path("-")
# As `storage.formats.export` has them.
_FORMATS = ("txt", "jsonl", "csv", "parquet", "warc")
# What ends a file's name; that of a folder may end in a date (`corpus-2026.11.28`).
_ENDING = re.compile(r"\.([A-Za-z][A-Za-z0-9]{0,9})")

_DAY = click.DateTime(["%Y-%m-%d"])


def _language_codes(_: click.Context, __: click.Parameter, value: str | None) -> frozenset[str]:
    """Languages by code, tag or name, with commas between them, as the codes of articles."""
    words = [word.strip() for word in (value or "").split(",") if word.strip()]
    codes = {word: language_of(word) for word in words}
    unknown = next((word for word, code in codes.items() if code is None), None)
    if unknown is not None or (value is not None and not words):
        hint = suggest_language(unknown or "")
        raise click.BadParameter(
            f"no language is called {printable(unknown or value or '')!r} {hint}".strip()
        )
    return frozenset(filter(None, codes.values()))


@click.command("import")
@click.argument("paths", nargs=-1, required=True)
@click.option(
    "--language",
    "languages",
    callback=_language_codes,
    metavar="CODES",
    help="Of archives: only these, as ar,fa.",
)
@click.option("--host", "hosts", multiple=True, metavar="HOST", help="Of archives: only from here.")
@click.option("--since", type=_DAY, help="Of archives: nothing published before this day.")
@click.option(
    "--again", "reimport", is_flag=True, help="Read archives even if they were read before."
)
@click.pass_obj
def import_(
    context: Context,
    paths: tuple[str, ...],
    languages: frozenset[str],
    hosts: tuple[str, ...],
    since: datetime | None,
    reimport: bool,
) -> None:
    """Import texts and web archives: .txt, .jsonl, .jsonl.gz, .warc, .warc.gz, or folders of them; `-`
    reads JSON lines from standard input.

    A line of JSON is an article: url, title, text, and where known published (or date), section,
    source, language. What `warraq export` wrote is imported as it was. A line without a text is
    named and passed over, and the exit code is 1; another field that is wrong (published:
    2025-13-45) is named and left out.

    Of a web archive (Common Crawl, wget --warc-file, browsertrix) the news is kept. A site is known
    by its host; Ctrl-C stops, and the next run goes on from there.
    """
    # Imported when it runs: `warraq import --help` does not wait for what refines pages.
    from cli.import_run import import_archives, import_texts, split_by_kind
    from pipelines.ingest.web_archive import ImportFilter

    log_to_stderr()
    archives, texts, problems = split_by_kind(paths)
    wanted = ImportFilter(
        languages,
        frozenset(host.lower().removeprefix("www.") for host in hosts),
        since.date().isoformat() if since else None,
    )
    with database(context, create=True) as db:
        counts, interrupted = import_texts(db, texts, problems), False
        if archives:
            result = import_archives(db, archives, wanted, context.sites, reimport=reimport)
            counts, interrupted = counts + result.counts, result.interrupted
        total = {table: db[table].count for table in ("articles", "copies")}
    if not (counts.total() or archives):
        raise click.ClickException(f"nothing to import in {printable(', '.join(paths))}")
    parts = [f"{counts[name]} {name}" for name in ("new", "revised", "unchanged")]
    parts += [counted(counts["earlier"], "earlier text")] if counts["earlier"] else []
    parts += [counted(counts["copy"], "copy", "copies"), f"{counts['failed']} failed"]
    parts += [f"{counts['forgotten']} taken out before"] if counts["forgotten"] else []
    parts += [f"{counted(counts['left_out'], 'field')} left out"] if counts["left_out"] else []
    click.echo(", ".join(parts))
    articles, copies = (
        counted(total["articles"], "article"),
        counted(total["copies"], "copy", "copies"),
    )
    click.echo(f"The database holds {articles} and {copies}.")
    if interrupted:
        raise click.exceptions.Exit(130)
    if counts["failed"]:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("dest", type=click.Path(path_type=Path))
@click.option(
    "--format",
    type=click.Choice(_FORMATS),
    help="txt: a folder of NNN_<id>.txt; the others: one file.  [default: by DEST's ending, or txt]",
)
@click.option("--replace", is_flag=True, help="Overwrite what else a txt folder holds.")
@click.option(
    "--without-gone", is_flag=True, help="Leave out articles that are gone from their site."
)
@click.option(
    "--without-reserved",
    is_flag=True,
    help="Leave out articles whose use for data mining or AI is reserved.",
)
@click.pass_obj
def export(
    context: Context,
    dest: Path,
    format: "ExportFormat | None",
    replace: bool,
    without_gone: bool,
    without_reserved: bool,
) -> None:
    """Write the corpus to DEST: a folder, or a file called .jsonl, .csv, .parquet, .warc.gz.

    `-` is standard output, as .jsonl or --format csv. .jsonl.gz and .csv.gz are compressed. In CSV, a
    text that a spreadsheet would take for a formula has an apostrophe in front. A WARC holds the
    pages as they were fetched, and the text where there is none. What is at DEST stays until everything is written.
    """
    # Imported when it runs: `warraq export --help` does not wait for them.
    from storage.formats import export as exports
    from storage.selection import Selection

    to_output = dest == _STDIN
    selection = Selection(without_gone=without_gone, without_reserved=without_reserved)
    format = format or ("jsonl" if to_output else _format_of(dest))
    with database(context) as db, progress("exporting", db["articles"].count) as advance:

        def report(count: int) -> None:
            advance(count, counted(count, "article"))

        if to_output:
            if format not in ("jsonl", "csv"):
                raise click.UsageError("standard output takes --format jsonl or csv alone")
            exports.export_stream(
                db, sys.stdout.buffer, format, selection=selection, progress=report
            )
            return
        count = exports.export(
            db, dest, format, replace=replace, selection=selection, progress=report
        )
    click.echo(f"{counted(count, 'article')} in {printable(str(dest))}")


def _format_of(dest: Path) -> "ExportFormat":
    """By the ending; a folder of texts where there is none. Raises UsageError for any other ending."""
    name = dest.name.lower()
    is_packed = name.endswith(".gz")
    match = _ENDING.fullmatch(Path(name.removesuffix(".gz")).suffix)
    ending = match.group(1) if match else ""
    if ending in _FORMATS[1:]:
        return ending  # type: ignore[return-value]
    if dest.is_dir() or not (ending or is_packed):
        return "txt"
    raise click.UsageError(
        f"no format of a file ends in {printable(dest.suffix)}: let DEST end in .jsonl, .csv, .parquet or "
        ".warc.gz; --format txt makes a folder of any name"
    )
