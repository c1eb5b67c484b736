"""Answers of interfaces that hold many articles: archived once, and each page points to its part.

Here that is WordPress's list of posts. A page is taken for a part only if its bytes are the part's.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from items import Exchange, Link, Page
from storage.archive.page_records import write_exchange
from storage.archive.page_rows import file_id
from storage.archive.pointer import Pointer, digest_of
from storage.archive.read_pages import bodies
from storage.archive.warc_file import WarcWriter
from storage.article_rows import Row, insert
from text.normalise import normalise_text


@dataclass(frozen=True, slots=True)
class RestResponse:
    """An answer as it came."""

    exchange: Exchange
    body: bytes
    fetched: str


def write_response(writer: WarcWriter, answer: RestResponse) -> Pointer:
    """Appended, and not yet synced. Raises ArchiveError."""
    digest = digest_of(answer.body)
    return write_exchange(writer, answer.exchange, answer.body, answer.fetched, digest)


def insert_response(
    db: Database, site: str, answer: RestResponse, at: Pointer, links: Iterable[Link]
) -> None:
    """In the transaction that queues the links: which of them are parts of the answer."""
    row: Row = {
        "site": site,
        "target_uri": at.uri,
        "fetched": answer.fetched,
        "file": file_id(db, at.file),
        "offset": at.offset,
        "length": at.length,
        "digest": at.digest,
    }
    number = db.conn.execute(insert(row, "_archived_responses"), row).lastrowid
    parts = _parts(answer.body)
    for link in links:
        part = parts.get(_digest(link)) if link.html else None
        if part is not None:
            db.execute(
                "INSERT OR REPLACE INTO _response_parts (url, digest, response, part) "
                "SELECT ?, ?, ?, ? WHERE EXISTS "
                "(SELECT 1 FROM frontier WHERE url = ?1 AND state = 'queued')",
                [normalise_text(link.url), _digest(link), number, part],
            )


def response_part_of(db: Database, page: Page, digest: str) -> Pointer | None:
    """Where the archive has the answer that brought the page, if it has."""
    found = db.execute(
        "SELECT name, offset, length, _archived_responses.digest, target_uri, part "
        "FROM _response_parts JOIN _archived_responses USING (response) "
        "JOIN _archive_files USING (file) WHERE url = ? AND _response_parts.digest = ?",
        [normalise_text(page.key), digest],
    ).fetchone()
    if found is None:
        return None
    file, offset, length, whole, uri, part = found
    return Pointer(file, offset, length, whole, uri, part=part)


def _parts(answer: bytes) -> dict[str, int]:
    """The place of each body, by its digest; none where the answer is not plain JSON."""
    try:
        held = bodies(answer)
    except (ValueError, RecursionError):
        return {}
    return {digest_of(body): part for part, body in enumerate(held) if body is not None}


def _digest(link: Link) -> str:
    return digest_of((link.html or "").encode("utf-8", "replace"))
