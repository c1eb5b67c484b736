"""Web archives, and documents on their way into a fresh database, out of it and back."""

import gzip
import io
import itertools
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlite_utils import Database

from items import Article
from pipelines.ingest.documents import import_documents
from pipelines.ingest.web_archive import ImportFilter, cut_archive
from pipelines.refine import refine
from pipelines.site_lookup import SiteLookup, host_of, site_from_host
from storage.article_rows import METADATA
from storage.articles import store
from storage.database import open_database
from storage.formats import import_files
from storage.formats.export import export
from storage.search_query import expression
from storage.warc.captures import WHOLE, Capture, Revisit, capture
from storage.warc.open import identity
from storage.warc.split import WarcError, check_warc, spans
from tests.fuzz import seeds
from tests.fuzz.checks import check_message, check_text, check_time
from tests.fuzz.page_targets import SITE, page_of
from tests.fuzz.target import target
from text.urls import canonicalise


@target(seeds.warc_files, WarcError, examples=100)
def warc(body: bytes) -> None:
    _check_warc(body)


@target(seeds.warc_files, WarcError, examples=40)
def warc_members(body: bytes) -> None:
    """The same, each record in a gzip member of its own."""
    records = re.split(rb"(?=WARC/1\.\d\r\n)", body)
    _check_warc(b"".join(gzip.compress(record, 1, mtime=0) for record in records if record))


def _check_warc(body: bytes) -> None:
    file = io.BytesIO(body)
    identity(file)
    check_warc(file)
    at = 0
    for span in spans(file, 0, len(body), WHOLE):
        assert span.offset == at < span.end, "records leave out bytes, or read them twice"
        check_message(span.problem)
        _check_capture(capture(span))
        at = span.end
    slices = list(cut_archive(file, "x", 0, len(body), ImportFilter(), SiteLookup([SITE])))
    ends = [(part.offset, part.end) for part in slices]
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(ends))


def _check_capture(found: Capture | Revisit | str) -> None:
    if isinstance(found, str):
        return
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found.fetched), found.fetched
    if host_of(found.url):
        canonicalise(found.url, site_from_host(found.url).homepage)


@target(seeds.json_lines, examples=30)
def import_lines(body: bytes) -> None:
    _check_import("in.jsonl", body)


@target(seeds.documents, examples=12)
def import_document(body: bytes) -> None:
    _check_import("001_0123456789abcdef.txt", body)


@target(seeds.page_bodies, examples=10)
def stored_page(body: bytes) -> None:
    article = refine(page_of(body), SITE)
    if isinstance(article, Article):
        with _database() as db:
            store(db, article, found_by="feed", now=seeds.NOW)
            _check_rows(db, naive=False)
            _check_round_trip(db)


@target(seeds.queries, examples=60)
def search(body: bytes) -> None:
    query = body.decode("utf-8", "replace")
    _stocked().execute(
        "SELECT count(*) FROM _search WHERE _search MATCH ?", [expression(query)]
    ).fetchone()


def _check_import(name: str, body: bytes) -> None:
    with _database() as db, tempfile.TemporaryDirectory(prefix="warraq-fuzz-") as folder:
        file = Path(folder) / name
        file.write_bytes(body)
        _import(db, file)
        _check_rows(db, naive=True)
        _check_round_trip(db)


def _import(db: Database, file: Path) -> None:
    for batch in import_documents(db, import_files.read(file), seeds.NOW):
        for error in (*batch.errors, *batch.left_out):
            check_message(str(error))


def _check_rows(db: Database, *, naive: bool) -> None:
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    for table in ("articles", "copies"):
        for row in db[table].rows:
            for name in set(METADATA) - {"tags", "url"}:
                check_text(name, row[name])
            check_time("published", row["published"], naive=naive)
            check_time("modified", row["modified"], naive=naive)
            for paragraph in row["text"].split("\n\n"):
                check_text("text", paragraph, tabs=naive)
                assert paragraph, "an empty paragraph"


def _check_round_trip(db: Database) -> None:
    """Exported and imported into a fresh database, the rows are the same; so is another export."""
    columns = ", ".join(("number", "id", *METADATA, "text", "found_by", "first_seen", "last_seen"))
    ours = f"SELECT {columns} FROM articles ORDER BY number"
    with _database() as other, tempfile.TemporaryDirectory(prefix="warraq-fuzz-") as name:
        folder = Path(name)
        export(db, folder / "a.jsonl", "jsonl")
        _import(other, folder / "a.jsonl")
        before, after = db.execute(ours).fetchall(), other.execute(ours).fetchall()
        assert after == before, f"rows is {after!r}, were {before!r}"
        export(db, folder / "a.csv", "csv")
        export(db, folder / "texts", "txt")
        export(db, folder / "a.warc", "warc")
        if before:
            with (folder / "a.warc").open("rb") as file:
                check_warc(file)


@contextmanager
def _database() -> Iterator[Database]:
    with (
        tempfile.TemporaryDirectory(prefix="warraq-fuzz-") as folder,
        open_database(Path(folder)) as db,
    ):
        yield db


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="warraq-fuzz-")


@cache
def _stocked() -> Database:
    folder = Path(_folder().name) / "stocked"
    seeds.fill_database(folder)
    return open_database(folder)
