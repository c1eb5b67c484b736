"""Imported documents in the archive: the file or the line as it was read, and back."""

from dataclasses import replace
from pathlib import Path

from sqlite_utils import Database

from storage.archive import page_rows
from storage.archive.page_records import write_resource
from storage.archive.page_rows import PageOutcome
from storage.archive.pointer import Pointer, digest_of
from storage.archive.read_pages import record_body
from storage.archive.warc_file import WarcWriter
from storage.archive.warc_record import target
from storage.article_rows import Row
from storage.formats import json_lines, seed_text
from storage.formats.documents import Document

JSON, TEXT = "application/json", "text/plain; charset=utf-8"


def write_document(
    writer: WarcWriter, db: Database, document: Document, article: str, now: str
) -> Pointer | None:
    """Appended, and not yet synced; None: the archive has it, and to read a file again is no visit.
    Raises ArchiveError.
    """
    uri, digest = document_uri(document, article), digest_of(document.raw)
    if page_rows.original(db, uri, digest):
        return None
    kind = JSON if document.is_line else TEXT
    return write_resource(writer, uri, document.raw, now, kind, digest)


def insert_document(
    db: Database, document: Document, at: Pointer, outcome: PageOutcome, now: str
) -> None:
    """In the transaction that stores the article."""
    row: Row = {"url": at.uri, "final_url": at.uri, "kind": "import", "fetched": now}
    page_rows.write_page_row(db, row, at, outcome, now)


def read_document(db: Database, data: Path, row: Row) -> Document:
    """The document of a row of kind `import`, as it was read, with the id and the number that its
    article was given. Raises ArchiveError.
    """
    kind, body = record_body(db, data, row)
    place = Path(row["target_uri"])
    read = (
        json_lines.document(body, place, 1, 0) if kind == JSON else seed_text.document(body, place)
    )
    return replace(read, id=row["article"], number=row["number"])


def document_uri(document: Document, article: str) -> str:
    """The document's own, or a name that is made of its article's id."""
    return target(document.url) if document.url else f"urn:x-warraq:{article}"
