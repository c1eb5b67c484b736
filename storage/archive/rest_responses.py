"""REST responses with many articles: archived once, and each page points to its part.

At present that is WordPress's list of posts. A page is a part only if their bytes are equal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from items import Exchange, Link, Page
from storage.archive.erasures import queue_for_archive
from storage.archive.page_records import write_exchange
from storage.archive.page_rows import file_id
from storage.archive.pointer import Pointer, digest_of
from storage.archive.read_pages import bodies
from storage.archive.warc_file import WarcWriter
from storage.article_rows import Row, insert
from storage.tombstones import tombstone_of
from text.limits import MAX_POSTS_A_RESPONSE
from text.normalise import normalise_text


@dataclass(frozen=True, slots=True)
class RestResponse:
    """`parts`: the position of each post's body in the response, by its digest (`response_parts`)."""

    exchange: Exchange
    body: bytes
    fetched: str
    parts: Mapping[str, int]


def write_response(writer: WarcWriter, response: RestResponse) -> Pointer:
    """Append the response, without a sync. Raises ArchiveError."""
    digest = digest_of(response.body)
    return write_exchange(writer, response.exchange, response.body, response.fetched, digest)


def insert_response(
    db: Database, site: str, response: RestResponse, at: Pointer, links: Iterable[Link]
) -> None:
    """Also records which of `links` are parts of it. Inside the transaction that queues them."""
    row: Row = {
        "site": site,
        "target_uri": at.uri,
        "fetched": response.fetched,
        "file": file_id(db, at.file),
        "offset": at.offset,
        "length": at.length,
        "digest": at.digest,
    }
    number = db.conn.execute(insert(row, "_archived_responses"), row).lastrowid
    for link in links:
        part = response.parts.get(_digest(link)) if link.html else None
        if part is not None and tombstone_of(db, link.url):
            queue_for_archive(db, link.url, site)  # it was taken out meanwhile
        elif part is not None:
            db.execute(
                "INSERT OR REPLACE INTO _response_parts (url, digest, response, part) "
                "SELECT ?, ?, ?, ? WHERE EXISTS "
                "(SELECT 1 FROM frontier WHERE url = ?1 AND state = 'queued')",
                [normalise_text(link.url), _digest(link), number, part],
            )


def response_part_of(db: Database, page: Page, digest: str) -> Pointer | None:
    """The record of the response that the page came in, if the archive has it."""
    row = db.execute(
        "SELECT name, offset, length, _archived_responses.digest, target_uri, part "
        "FROM _response_parts JOIN _archived_responses USING (response) "
        "JOIN _archive_files USING (file) WHERE url = ? AND _response_parts.digest = ?",
        [normalise_text(page.key), digest],
    ).fetchone()
    if row is None:
        return None
    file, offset, length, whole, uri, part = row
    return Pointer(file, offset, length, whole, uri, part=part)


def response_parts(response: bytes) -> dict[str, int]:
    """The position of each body, by its digest; empty where the response is not plain JSON."""
    try:
        posts = bodies(response)[:MAX_POSTS_A_RESPONSE]
    except (ValueError, RecursionError):
        return {}
    return {digest_of(body): part for part, body in enumerate(posts) if body is not None}


def _digest(link: Link) -> str:
    return digest_of((link.html or "").encode("utf-8", "replace"))
