"""The rows of `_archived_pages`: what was archived, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from items import Page
from storage.archive.page_records import OriginalRecord
from storage.archive.pointer import Pointer
from storage.article_rows import Row, get_one, insert
from storage.link_rows import hints_to_json
from storage.rights import rights_json
from text.normalise import normalise_text


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """`word`: `new`, `rejected`, `failed`, …; `article` and `number`: id and number of what it became."""

    word: str
    reason: str = ""
    site: str | None = None
    article: str | None = None
    number: int | None = None
    found_by: str = ""


@dataclass(frozen=True, slots=True)
class LaterPage:
    """A later page of an article, and its record, if there is an archive."""

    page: Page
    record: Pointer | None = None


def insert_page(
    db: Database,
    page: Page,
    at: Pointer,
    outcome: PageOutcome,
    now: str,
    later: Sequence[LaterPage] = (),
) -> None:
    """Inside the transaction that finishes the page. `later`: the pages on which its article goes on;
    what became of the article is with the first alone.
    """
    db.execute("DELETE FROM _response_parts WHERE url = ?", [normalise_text(page.key)])
    first = write_page_row(db, _page_row(page) | {"later_pages": len(later)}, at, outcome, now)
    of_later = replace(outcome, article=None, number=None)
    for page_after in later:
        if page_after.record:
            row = _page_row(page_after.page) | {"first_page": first}
            write_page_row(db, row, page_after.record, of_later, now)


def _page_row(page: Page) -> Row:
    return {
        "url": normalise_text(page.key),
        "final_url": page.url,
        "kind": "rest" if page.fragment else "page",
        "fetched": page.fetched,
        "hints": hints_to_json(page.hints, exact=True),
        "charset": page.charset,
        "fragment": page.fragment,
        "rights": rights_json(page.rights),
    }


def write_page_row(db: Database, row: Row, at: Pointer, outcome: PageOutcome, now: str) -> int:
    """The number of the row."""
    row |= {
        "site": outcome.site or _site(db, row["url"]),
        "target_uri": at.uri,
        "file": file_id(db, at.file),
        "offset": at.offset,
        "length": at.length,
        "response_part": at.part,
        "digest": at.digest,
        "revisit_of": at.revisit_of,
        "found_by": outcome.found_by,
        "article": outcome.article,
        "number": outcome.number,
        "outcome": outcome.word,
        "reason": normalise_text(outcome.reason),
        "ingested_at": now,
    }
    cursor = db.conn.execute(insert(row, "_archived_pages"), row)
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def original(db: Database, url: str, digest: str) -> OriginalRecord | None:
    """The latest page of `url` with these bytes in a record of its own."""
    row = db.execute(
        "SELECT page, target_uri, fetched FROM _archived_pages WHERE digest = ? AND url = ? "
        "AND revisit_of IS NULL AND response_part IS NULL ORDER BY page DESC LIMIT 1",
        [digest, normalise_text(url)],
    ).fetchone()
    return OriginalRecord(*row) if row else None


def of_article(db: Database, article: str) -> list[Row]:
    """The pages of an article, the last one first."""
    sql = "SELECT * FROM _archived_pages WHERE article = ? ORDER BY page DESC"
    return list(db.query(sql, [article]))


def _site(db: Database, url: str) -> str | None:
    address = get_one(db, "frontier", "url", url)
    return str(address["site"]) if address and address["site"] else None


def file_id(db: Database, name: str) -> int:
    """The number of the file, which has a row from now on. All but its first page find one."""
    sql = "SELECT file FROM _archive_files WHERE name = ?"
    if known := db.execute(sql, [name]).fetchone():
        return int(known[0])
    sql = "INSERT INTO _archive_files (name) VALUES (?)"
    return int(db.conn.execute(sql, [name]).lastrowid or 0)
