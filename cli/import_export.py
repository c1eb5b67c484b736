"""`warraq import` and `warraq export`: texts and web archives in, texts out."""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import get_args

import click
from sqlite_utils import Database

from cli.main import Context, database
from cli.progress import progress
from pipelines.ingest.documents import import_documents
from pipelines.ingest.reprocess_run import slice_refiner
from pipelines.ingest.web_archive import ImportFilter
from pipelines.ingest.web_archive_run import ImportRun, is_archive, open_archive_file
from pipelines.site_lookup import SiteLookup
from pipelines.workers.pool import NoWorkers
from spiders.crawl_resources import open_archive as archive_of
from spiders.project_settings import product_settings
from spiders.site_files import load_sites
from storage.archive.archive import Archive
from storage.article_rows import Exclusion
from storage.formats import export as exports
from storage.formats import import_files
from storage.formats.documents import DocumentError
from storage.formats.import_files import files_in, find_files, read, why_no_file
from storage.warc.open import ENDINGS
from text.language_codes import language_of, suggest_language
from text.terminal import printable
from text.timestamps import utc_now

# Fields left out are told up to here, and counted beyond: a file may have the same fault in each line.
_MAX_NOTES = 100


def split_by_kind(paths: Sequence[str]) -> tuple[list[str], list[Path], list[DocumentError]]:
    """Web archives, those in folders too; the other paths; and what is no file that can be read."""
    archives: list[str] = []
    texts: list[Path] = []
    problems: list[DocumentError] = []
    for name in paths:
        path = Path(name)
        if not path.is_dir():
            problem = None if "://" in name or not is_archive(name) else why_no_file(path)
            if problem:
                problems.append(DocumentError(path, None, problem))
            elif is_archive(name):
                archives.append(name)
            else:
                texts.append(path)
            continue
        inside = [file for file in files_in(path, ENDINGS) if isinstance(file, Path)]
        if not inside or any(isinstance(file, Path) for file in find_files([path])):
            texts.append(path)
        archives += map(str, inside)
    return archives, texts, problems


def import_texts(
    db: Database, paths: Sequence[Path], problems: Sequence[DocumentError] = ()
) -> Counter[str]:
    """`counts` by outcome; `failed` are what could not be imported, `problems` among them, and
    `left_out` fields.
    """
    entries = list(find_files(paths))
    files = [entry for entry in entries if isinstance(entry, Path)]
    problems = [*problems, *(entry for entry in entries if isinstance(entry, DocumentError))]
    counts: Counter[str] = Counter(failed=len(problems))
    _print_errors(problems)
    if not files:
        return counts
    sizes = {path: _size(path) for path in files}
    done, now = 0, utc_now()
    with _archive(db) as archive, progress("importing", sum(sizes.values())) as advance:
        for path in files:
            for imported in import_documents(db, read(path), now, archive):
                counts += imported.counts
                _print_errors(imported.errors)
                _print_errors(imported.left_out[: max(0, _MAX_NOTES - counts["left_out"])])
                counts["left_out"] += len(imported.left_out)
                advance(done + imported.offset, f"{_documents(counts)} documents")
            done += sizes[path]
    return counts


def _documents(counts: Counter[str]) -> int:
    return counts.total() - counts["left_out"]


@contextmanager
def _archive(db: Database) -> Iterator[Archive | None]:
    archive = archive_of(product_settings(), db)
    try:
        yield archive
    finally:
        if archive:
            archive.close(db)


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0


def _print_errors(errors: Sequence[DocumentError]) -> None:
    for error in errors:
        click.echo(printable(str(error)), err=True)


@dataclass(slots=True)
class _Problems:
    """Printed on standard error as they come, and counted."""

    count: int = 0

    def __call__(self, problem: str) -> None:
        self.count += 1
        click.echo(printable(problem), err=True)


@dataclass(frozen=True, slots=True)
class ArchiveImport:
    """`counts` are of stored pages by outcome, and of problems as `failed`."""

    counts: Counter[str]
    interrupted: bool


def import_archives(
    db: Database,
    names: Sequence[str],
    wanted: ImportFilter,
    sites: Sequence[Path] | None,
    *,
    reimport: bool,
) -> ArchiveImport:
    problems = _Problems()
    hosts = SiteLookup(load_sites(sites).sites.values())
    files = list(open_archive_file(names, wanted, problems))
    refiner = slice_refiner()
    try:
        with progress("importing", sum(file.size for file in files)) as advance:
            run = ImportRun(db, wanted, hosts, advance, problems, reimport)
            asyncio.run(run.run(refiner, files))
    except NoWorkers as error:
        raise click.ClickException(str(error)) from error
    finally:
        refiner.close()
    _print_summary(run)
    return ArchiveImport(run.counts.stored + Counter(failed=problems.count), run.interrupted)


def _print_summary(run: ImportRun) -> None:
    if rejected := run.counts.rejected:
        reasons = ", ".join(f"{count} {reason}" for reason, count in rejected.most_common())
        click.echo(f"Turned away: {reasons}")
    if run.known:
        click.echo(f"Read before: {run.known} files; --again reads them again.")
    if run.interrupted:
        click.echo("Interrupted: the next run goes on from here.")


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
    parts = [f"{counts[name]} {name}" for name in ("new", "revised", "unchanged")]
    parts += [f"{counts['earlier']} earlier texts"] if counts["earlier"] else []
    parts += [f"{counts['copy']} copies", f"{counts['failed']} failed"]
    parts += [f"{counts['forgotten']} taken out before"] if counts["forgotten"] else []
    parts += [f"{counts['left_out']} fields left out"] if counts["left_out"] else []
    click.echo(", ".join(parts))
    click.echo(f"The database holds {total['articles']} articles and {total['copies']} copies.")
    if interrupted:
        raise click.exceptions.Exit(130)
    if counts["failed"]:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("dest", type=click.Path(path_type=Path))
@click.option(
    "--format",
    type=click.Choice(get_args(exports.ExportFormat)),
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
    format: exports.ExportFormat | None,
    replace: bool,
    without_gone: bool,
    without_reserved: bool,
) -> None:
    """Write the corpus to DEST: a folder, or a file called .jsonl, .csv, .parquet, .warc.gz.

    `-` is standard output, as .jsonl or --format csv. .jsonl.gz and .csv.gz are compressed. In CSV, a
    text that a spreadsheet would take for a formula has an apostrophe in front. A WARC holds the
    pages as they were fetched, and the text where there is none. What is at DEST stays until everything is written.
    """
    to_output = dest == import_files.STDIN
    without = Exclusion(without_gone, without_reserved)
    format = format or ("jsonl" if to_output else _format_of(dest))
    with database(context) as db, progress("exporting", db["articles"].count) as advance:

        def report(count: int) -> None:
            advance(count, f"{count} articles")

        if to_output:
            if format not in ("jsonl", "csv"):
                raise click.UsageError("standard output takes --format jsonl or csv alone")
            exports.export_stream(db, sys.stdout.buffer, format, without=without, progress=report)
            return
        count = exports.export(db, dest, format, replace=replace, without=without, progress=report)
    click.echo(f"{count} articles in {printable(str(dest))}")


def _format_of(dest: Path) -> exports.ExportFormat:
    suffix = dest.name.removesuffix(".gz").rpartition(".")[2]
    known = {"jsonl", "csv", "parquet", "warc"}
    return suffix if suffix in known else "txt"  # type: ignore[return-value]
