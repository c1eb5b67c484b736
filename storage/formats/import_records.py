"""Imported documents in the archive: the file or the line as it was read, and back."""

from dataclasses import replace
from pathlib import Path

from sqlite_utils import Database

from storage.archive import page_rows
from storage.archive.page_records import write_resource
from storage.archive.page_rows import PageOutcome
from storage.archive.pointer import Pointer, digest_of
from storage.archive.read_pages import read_payload
from storage.archive.warc_file import WarcWriter
from storage.archive.warc_record import target
from storage.article_rows import Row
from storage.formats import json_lines, seed_text
from storage.formats.documents import Document

JSON, TEXT = "application/json", "text/plain; charset=utf-8"


def write_document(
    writer: WarcWriter, db: Database, document: Document, article: str, now: str
) -> Pointer | None:
    """Append the document, without a sync; None: the archive has it, and reading a file twice is no
    visit. Raises ArchiveError.
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
    """The document of a row of kind `import`, with the id and number of its article. Raises
    ArchiveError, and DocumentError or ValueError if it is no document any more.
    """
    kind, body = read_payload(db, data, row)
    path = Path(row["target_uri"])
    document = (
        json_lines.document(body, path, 1, 0) if kind == JSON else seed_text.document(body, path)
    )
    return replace(document, id=row["article"], number=row["number"])


def document_uri(document: Document, article: str) -> str:
    """The document's URL, or a URN made of its article's id."""
    return target(document.url) if document.url else f"urn:x-warraq:{article}"
