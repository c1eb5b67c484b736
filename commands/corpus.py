"""`warraq import` and `warraq export`: texts in, texts out."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import get_args

import click
from sqlite_utils import Database

from commands.context import Context, database
from commands.importing import import_documents
from commands.progress import progress
from pipelines.text.terminal import plain
from storage import export as exports
from storage import intake
from storage.clock import utc_now
from storage.documents import DocumentError


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_obj
def import_(context: Context, paths: tuple[Path, ...]) -> None:
    """Take in texts: .txt, .jsonl and .jsonl.gz files, or folders of them.

    A line of JSON is an article: url, title, text, and where known published (or date), section,
    source, language. What `warraq export` wrote comes back as it was.
    """
    with database(context, create=True) as db:
        counts = _import_all(db, paths)
        held = {table: db[table].count for table in ("articles", "copies")}
    said = [f"{counts[name]} {name}" for name in ("new", "revised", "unchanged")]
    click.echo(", ".join([*said, f"{counts['copy']} copies", f"{counts['failed']} failed"]))
    click.echo(f"The database holds {held['articles']} articles and {held['copies']} copies.")
    if counts["failed"]:
        raise click.exceptions.Exit(1)


def _import_all(db: Database, paths: Sequence[Path]) -> Counter[str]:
    found = list(intake.find(paths))
    files = [path for path in found if isinstance(path, Path)]
    problems = [path for path in found if isinstance(path, DocumentError)]
    counts: Counter[str] = Counter(failed=len(problems))
    _complain(problems)
    sizes = {path: _size(path) for path in files}
    read, now = 0, utc_now()
    with progress("importing", sum(sizes.values())) as advance:
        for path in files:
            for imported in import_documents(db, intake.read(path), now):
                counts += imported.counts
                _complain(imported.errors)
                advance(read + imported.offset, f"{counts.total()} articles")
            read += sizes[path]
    return counts


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0


def _complain(errors: Sequence[DocumentError]) -> None:
    for error in errors:
        click.echo(plain(str(error)), err=True)


@click.command()
@click.argument("dest", type=click.Path(path_type=Path))
@click.option(
    "--format",
    type=click.Choice(get_args(exports.Format)),
    help="txt: a folder of NNN_<id>.txt; jsonl, csv: one file.  [default: by DEST's ending, or txt]",
)
@click.option("--replace", is_flag=True, help="Overwrite what else a txt folder holds.")
@click.pass_obj
def export(context: Context, dest: Path, format: exports.Format | None, replace: bool) -> None:
    """Write the corpus to DEST; .jsonl.gz and .csv.gz are compressed."""
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
    return ending if ending in ("jsonl", "csv") else "txt"  # type: ignore[return-value]
