"""`warraq import` and `warraq export`: texts and web archives in, articles out in many formats."""

import re
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from cli.main import Context, database, log_to_stderr
from cli.progress import progress
from cli.selection_options import DAY, language_codes, selection_of, selection_options, why_empty
from text.counted import counted
from text.terminal import printable

if TYPE_CHECKING:
    from storage.formats.file_formats import FormatName

_STDIN = Path("-")
# What ends a file's name; that of a folder may end in a date (`corpus-2026.11.28`).
_ENDING = re.compile(r"\.([A-Za-z][A-Za-z0-9]{0,9})")
# As `storage.formats.file_formats` has them.
FORMAT_NAMES = ("txt", "jsonl", "csv", "xlsx", "parquet", "md", "tei", "hf", "bib", "ris", "warc")


@click.command("import")
@click.argument("paths", nargs=-1, required=True)
@click.option(
    "--language",
    "languages",
    callback=language_codes,
    metavar="CODES",
    help="Of archives: only these, as ar,fa.",
)
@click.option("--host", "hosts", multiple=True, metavar="HOST", help="Of archives: only from here.")
@click.option("--since", type=DAY, help="Of archives: nothing published before this day.")
@click.option(
    "--again", "reimport", is_flag=True, help="Read archives even if they were read before."
)
@click.pass_obj
def import_(
    context: Context,
    paths: tuple[str, ...],
    languages: tuple[str, ...],
    hosts: tuple[str, ...],
    since: datetime | None,
    reimport: bool,
) -> None:
    """Import texts and web archives: .txt, .jsonl, .jsonl.gz, .warc, .warc.gz, or folders of them; `-`
    reads JSON lines from standard input.

    A line of JSON is an article: url, title, text, and where known published (or date), site,
    section, source, agency, author, language. What `warraq export` wrote is imported as it was. A line without a text is
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
        frozenset(languages),
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
    type=click.Choice(FORMAT_NAMES),
    help="txt and hf: a folder; the others: one file.  [default: by DEST's ending, or txt]",
)
@click.option("--replace", is_flag=True, help="Overwrite what else a folder of DEST holds.")
@selection_options
@click.pass_obj
def export(
    context: Context, /, dest: Path, format: "FormatName | None", replace: bool, **chosen: Any
) -> None:
    r"""Write articles to DEST: all of the corpus, or what the options select, as the search page does.

    \b
      warraq export corpus.jsonl                  all fields; can be imported again
      warraq export corpus.csv                    .xlsx .parquet: tables
      warraq export texts                         a folder of .txt files (texts.txt.zip: as one file)
      warraq export corpus.tei.xml                .md: texts with their structure
      warraq export articles.bib                  .ris: to cite them
      warraq export --format hf dataset           a data set for Hugging Face, with its card
      warraq export corpus.warc.gz                the pages as they were fetched
      warraq export flood.xlsx --search 'flood OR inundation' --site river --since 2026-01-01
      warraq export - --language ar | head -3     JSON lines (or --format) on standard output

    .gz behind the ending compresses. In CSV, a text that a spreadsheet would take for a formula has an
    apostrophe in front. A WARC has the text where there is no page. What is at DEST stays until everything
    is written.
    """
    # Imported when it runs: `warraq export --help` does not wait for them.
    from storage.formats import export as exports
    from storage.formats.corpus_facts import count_selected

    to_output = dest == _STDIN
    format = format or ("jsonl" if to_output else _format_name(dest))
    with database(context) as db:
        selection = selection_of(db, chosen)
        with progress("exporting", count_selected(db, selection)) as advance:

            def report(count: int) -> None:
                advance(count, counted(count, "article"))

            options: dict[str, Any] = {"selection": selection, "progress": report}
            if to_output:
                count = exports.export_stream(db, _output(format), format, **options)
            else:
                count = exports.export(db, dest, format, replace=replace, **options)
        reason = "" if count else f" {why_empty(db, selection)}"
    place = "" if to_output else f" in {printable(str(dest))}"
    if reason or not to_output:
        click.echo(f"{counted(count, 'article')}{place}{reason and '.'}{reason}", err=to_output)


def _output(format: "FormatName") -> BinaryIO:
    """Standard output, for a format of one file. Raises UsageError."""
    from storage.formats.file_formats import FORMATS

    entry = FORMATS[format]
    if entry.shape == "folder":
        raise click.UsageError(f"{format} is a folder of files: name it instead of `-`")
    if entry.is_binary and sys.stdout.isatty():
        raise click.UsageError(f"{format} is not for a terminal: name a file, or pipe it on")
    return sys.stdout.buffer


def _format_name(dest: Path) -> "FormatName":
    """By the ending; a folder of texts where there is none. Raises UsageError for any other ending."""
    from storage.formats.file_formats import format_of

    entry = format_of(dest.name)
    if entry and (entry.packs or not dest.name.lower().endswith(".gz")):
        return entry.name
    if entry:
        raise click.UsageError(f"{entry.title} is compressed as it is: leave out .gz")
    ending = _ENDING.fullmatch(dest.suffix)
    if dest.is_dir() or not ending:
        return "txt"
    raise click.UsageError(
        f"no format of a file ends in {printable(dest.suffix)}: let DEST end in {_endings()}; "
        "--format txt makes a folder of any name"
    )


def _endings() -> str:
    from storage.formats.file_formats import FORMATS

    *others, last = [entry.endings[0] for entry in FORMATS.values()]
    return f"{', '.join(others)} or {last}.gz"
