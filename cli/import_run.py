"""What `warraq import` does: texts and web archives into the database, with what could not be read told."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import click
from sqlite_utils import Database

from cli.progress import progress
from pipelines.ingest.documents import import_documents
from pipelines.ingest.reprocess_run import slice_refiner
from pipelines.ingest.web_archive import ImportFilter
from pipelines.ingest.web_archive_run import ImportRun, is_archive, open_archive_file
from pipelines.site_lookup import SiteLookup
from pipelines.workers.pool import NoWorkers
from spiders.crawl_resources import open_archive
from spiders.project_settings import product_settings
from spiders.site_files import load_sites
from storage.archive.archive import Archive
from storage.formats.documents import DocumentError
from storage.formats.import_files import files_in, find_files, read, why_no_file
from storage.warc.open import ENDINGS
from text.counted import counted
from text.terminal import printable
from text.timestamps import utc_now

# Fields left out are told up to here, and counted beyond: a file may have the same fault in each line.
_MAX_NOTES = 100


def split_by_kind(paths: Sequence[str]) -> tuple[list[str], list[Path], list[DocumentError]]:
    """Web archives and files of texts, those in folders too, and what is no file that can be read. Raises
    ClickException where there is nothing to be imported.
    """
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
    entries = list(find_files(texts))
    files = [entry for entry in entries if isinstance(entry, Path)]
    problems += [entry for entry in entries if isinstance(entry, DocumentError)]
    if problems and not (archives or files):
        _print_errors(problems[:-1])
        raise click.ClickException(printable(str(problems[-1])))
    return archives, files, problems


def import_texts(
    db: Database, files: Sequence[Path], problems: Sequence[DocumentError] = ()
) -> Counter[str]:
    """`counts` by outcome; `failed` are what could not be imported, `problems` among them, and
    `left_out` fields.
    """
    counts: Counter[str] = Counter(failed=len(problems))
    _print_errors(problems)
    if not files:
        return counts
    sizes = {path: _size(path) for path in files}
    done, now = 0, utc_now()
    with _open_archive(db) as archive, progress("importing", sum(sizes.values())) as advance:
        for path in files:
            for imported in import_documents(db, read(path), now, archive):
                counts += imported.counts
                _print_errors(imported.errors)
                _print_errors(imported.left_out[: max(0, _MAX_NOTES - counts["left_out"])])
                counts["left_out"] += len(imported.left_out)
                advance(done + imported.offset, f"{counted(_documents(counts), 'document')}")
            done += sizes[path]
    return counts


def _documents(counts: Counter[str]) -> int:
    return counts.total() - counts["left_out"]


@contextmanager
def _open_archive(db: Database) -> Iterator[Archive | None]:
    archive = open_archive(product_settings(), db)
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
        click.echo(f"Read before: {counted(run.known, 'file')}; --again reads them again.")
    if run.interrupted:
        click.echo("Interrupted: the next run goes on from here.")
