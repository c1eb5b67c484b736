"""`warraq import` and `warraq export`: texts in, texts out."""

from datetime import datetime
from pathlib import Path
from typing import get_args

import click

from cli.progress import progress
from commands.context import Context, database
from commands.import_files import import_texts, told_apart
from commands.import_report import import_archives
from pipelines.ingest.web_archive import Wanted
from storage import export as exports
from text.terminal import plain

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("import")
@click.argument("paths", nargs=-1, required=True)
@click.option("--language", "languages", metavar="CODES", help="Of archives: only these, as ar,fa.")
@click.option("--host", "hosts", multiple=True, metavar="HOST", help="Of archives: only from here.")
@click.option("--since", type=_DAY, help="Of archives: nothing published before this day.")
@click.option("--again", is_flag=True, help="Read archives that have been read before.")
@click.pass_obj
def import_(
    context: Context,
    paths: tuple[str, ...],
    languages: str | None,
    hosts: tuple[str, ...],
    since: datetime | None,
    again: bool,
) -> None:
    """Take in texts and web archives: .txt, .jsonl, .jsonl.gz, .warc, .warc.gz, or folders of them.

    A line of JSON is an article: url, title, text, and where known published (or date), section,
    source, language. What `warraq export` wrote comes back as it was.

    Of a web archive (Common Crawl, wget --warc-file, browsertrix) the news is kept. A site is known
    by its host; Ctrl-C stops, and the next run goes on from there.
    """
    archives, texts = told_apart(paths)
    wanted = Wanted(
        frozenset(filter(None, (languages or "").lower().replace(" ", "").split(","))),
        frozenset(host.lower().removeprefix("www.") for host in hosts),
        since.date().isoformat() if since else None,
    )
    with database(context, create=True) as db:
        counts, interrupted = import_texts(db, texts), False
        if archives:
            read = import_archives(db, archives, wanted, context.sites, again=again)
            counts, interrupted = counts + read.counts, read.interrupted
        held = {table: db[table].count for table in ("articles", "copies")}
    said = [f"{counts[name]} {name}" for name in ("new", "revised", "unchanged")]
    said += [f"{counts['earlier']} earlier texts"] if counts["earlier"] else []
    click.echo(", ".join([*said, f"{counts['copy']} copies", f"{counts['failed']} failed"]))
    click.echo(f"The database holds {held['articles']} articles and {held['copies']} copies.")
    if interrupted:
        raise click.exceptions.Exit(130)
    if counts["failed"]:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("dest", type=click.Path(path_type=Path))
@click.option(
    "--format",
    type=click.Choice(get_args(exports.Format)),
    help="txt: a folder of NNN_<id>.txt; the others: one file.  [default: by DEST's ending, or txt]",
)
@click.option("--replace", is_flag=True, help="Overwrite what else a txt folder holds.")
@click.pass_obj
def export(context: Context, dest: Path, format: exports.Format | None, replace: bool) -> None:
    """Write the corpus to DEST: a folder, or a file called .jsonl, .csv, .parquet, .warc.gz.

    .jsonl.gz and .csv.gz are compressed. A WARC holds the pages as they were fetched, and the text
    where there is none. What DEST was before stays until all is written.
    """
    with database(context) as db, progress("exporting", db["articles"].count) as advance:
        count = exports.export(
            db,
            dest,
            format or _format_of(dest),
            replace=replace,
            progress=lambda count: advance(count, f"{count} articles"),
        )
    click.echo(f"{count} articles in {plain(str(dest))}")


def _format_of(dest: Path) -> exports.Format:
    ending = dest.name.removesuffix(".gz").rpartition(".")[2]
    known = {"jsonl", "csv", "parquet", "warc"}
    return ending if ending in known else "txt"  # type: ignore[return-value]
