"""What `warraq import` is given: texts and web archives, told apart; the texts into the database."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import click
from sqlite_utils import Database

from cli.progress import progress
from pipelines.ingest.documents import import_documents
from pipelines.ingest.web_archive_run import is_archive
from spiders.equipment import archive as archive_of
from spiders.product import product_settings
from storage import intake
from storage.archive.archive import Archive
from storage.documents import DocumentError
from text.terminal import plain
from text.timestamps import utc_now


def told_apart(paths: Sequence[str]) -> tuple[list[str], list[Path]]:
    """Web archives, those in folders too, and what else there is."""
    archives: list[str] = []
    texts: list[Path] = []
    for path in paths:
        folder = Path(path)
        inside = [str(file) for file in sorted(folder.rglob("*")) if is_archive(file.name)]
        if is_archive(path) and not folder.is_dir():
            archives.append(path)
        elif not inside or any(isinstance(file, Path) for file in intake.find([folder])):
            texts.append(folder)
        archives += inside
    return archives, texts


def import_texts(db: Database, paths: Sequence[Path]) -> Counter[str]:
    if not paths:
        return Counter()
    found = list(intake.find(paths))
    files = [path for path in found if isinstance(path, Path)]
    problems = [path for path in found if isinstance(path, DocumentError)]
    counts: Counter[str] = Counter(failed=len(problems))
    _complain(problems)
    sizes = {path: _size(path) for path in files}
    read, now = 0, utc_now()
    with _archive(db) as archive, progress("importing", sum(sizes.values())) as advance:
        for path in files:
            for imported in import_documents(db, intake.read(path), now, archive):
                counts += imported.counts
                _complain(imported.errors)
                advance(read + imported.offset, f"{counts.total()} articles")
            read += sizes[path]
    return counts


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


def _complain(errors: Sequence[DocumentError]) -> None:
    for error in errors:
        click.echo(plain(str(error)), err=True)
