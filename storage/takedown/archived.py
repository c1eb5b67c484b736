"""The archive's part of a takedown: rows of pages, and the records that are to be erased."""

import json
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from sqlite_utils import Database

from storage.archive.erasures import Erasure, erase_noted, note_erasures
from storage.archive.orphans import OrphanRecord, orphans
from storage.archive.page_rows import file_id
from storage.archive.pointer import OPEN, archive_folder, find_file
from storage.archive.response_posts import RewrittenResponse, rewritten_response
from storage.article_rows import Row
from storage.database import transaction
from text.urls import article_id, canonicalise

_PAGES = """
SELECT page, file, offset, length, target_uri, digest, response_part, revisit_of FROM _archived_pages
WHERE article IN (SELECT value FROM json_each(:ids)) OR (article IS NULL AND first_page IS NULL AND (
    url IN (SELECT value FROM json_each(:urls)) OR final_url IN (SELECT value FROM json_each(:urls))
)) OR site = :site
"""
_LATER = """
SELECT page, file, offset, length, target_uri, digest, response_part, revisit_of FROM _archived_pages
WHERE first_page IN (SELECT value FROM json_each(?))
"""
_HOLDS = """
UPDATE _archived_pages SET file = :file, offset = :offset, length = :length,
target_uri = :target_uri, revisit_of = NULL WHERE page = :heir
"""


def take_out_pages(
    db: Database, ids: Collection[str], urls: Collection[str], site: str | None = None
) -> int:
    """Delete the rows of the articles' pages, of those that were fetched at their addresses, and of all
    of the `site`, and note their records; returns how many. Inside a transaction.
    """
    values = {"ids": json.dumps(list(ids)), "urls": json.dumps(list(urls)), "site": site}
    rows = list(db.query(_PAGES, values))
    rows += db.query(_LATER, [json.dumps([row["page"] for row in rows])])
    pages = {row["page"]: row for row in rows}
    kept = {page for page, row in pages.items() if _hand_over(db, row, pages)}
    note_erasures(
        db,
        (
            Erasure(row["file"], row["offset"], row["length"])
            for page, row in pages.items()
            if page not in kept and row["response_part"] is None
        ),
    )
    db.conn.executemany("DELETE FROM _archived_pages WHERE page = ?", [(page,) for page in pages])
    if site is not None:
        _take_out_responses(db, site)
    return len(pages)


def _hand_over(db: Database, row: Row, gone: Collection[int]) -> bool:
    """Whether the record holds the payload of a page that stays: then it is that page's from now on."""
    if row["revisit_of"] is not None or row["response_part"] is not None:
        return False
    sql = "SELECT page FROM _archived_pages WHERE digest = ? AND revisit_of = ? ORDER BY page"
    revisits = [page for (page,) in db.execute(sql, [row["digest"], row["page"]]).fetchall()]
    heirs = [page for page in revisits if page not in gone]
    if not heirs:
        return False
    db.execute(_HOLDS, row | {"heir": heirs[0]})
    for heir in heirs[1:]:
        db.execute("UPDATE _archived_pages SET revisit_of = ? WHERE page = ?", [heirs[0], heir])
    return True


def _take_out_responses(db: Database, site: str) -> None:
    sql = "SELECT response, file, offset, length FROM _archived_responses WHERE site = ?"
    rows = db.execute(sql, [site]).fetchall()
    note_erasures(db, (Erasure(*place) for _, *place in rows))
    for table in ("_response_parts", "_archived_responses"):
        sql = f"DELETE FROM {table} WHERE response = ?"  # noqa: S608
        db.conn.executemany(sql, [(response,) for response, *_ in rows])


class Forgotten:
    """The ids of articles that are gone. `homepages` of their sites: an address is spelt as its site's."""

    def __init__(self, ids: frozenset[str], homepages: Iterable[str | None] = ()) -> None:
        self.ids = ids
        self._homepages = {bare_host(home): home for home in homepages if home}

    def has_uri(self, uri: str) -> bool:
        if uri.startswith("urn:x-warraq:"):
            return uri.rpartition(":")[2] in self.ids
        homepage = self.homepage_of(uri)
        urls = {canonicalise(uri), canonicalise(uri, homepage) if homepage else None}
        return any(article_id(url) in self.ids for url in urls if url)

    def has_any(self, ids: set[str]) -> bool:
        return not self.ids.isdisjoint(ids)

    def homepage_of(self, uri: str) -> str | None:
        return self._homepages.get(bare_host(uri))


def bare_host(url: str) -> str:
    """An address's host, in lower case and without `www.`."""
    return url.partition("://")[2].partition("/")[0].lower().removeprefix("www.")


def erase_orphans(db: Database, data: Path, forgotten: Forgotten) -> int:
    """Note the records of the articles that no row points to, requests above all; returns how many."""
    found = [
        orphan
        for orphan in orphans(db, data)
        if orphan.head.kind != "metadata"
        and (
            orphan.of_erased
            or forgotten.has_uri(orphan.head.url)
            or _is_response_with(orphan, forgotten)
        )
    ]
    with transaction(db):
        note_erasures(
            db,
            [Erasure(file_id(db, orphan.name), orphan.offset, orphan.length) for orphan in found],
        )
    return len(found)


def _is_response_with(orphan: OrphanRecord, forgotten: Forgotten) -> bool:
    """Whether it is a list of posts with one of the articles. One in a file that is being written may
    get its row at any moment.
    """
    if orphan.head.kind != "response" or orphan.path.name.endswith(OPEN):
        return False
    member = _read(orphan.path, orphan.offset, orphan.length)
    homepage = forgotten.homepage_of(orphan.head.url)
    try:
        return rewritten_response(member, homepage, forgotten.has_any, set()) is not None
    except ValueError:
        return False


def cut_responses(db: Database, data: Path, sites: Collection[str], ids: frozenset[str]) -> int:
    """Cut the articles out of the sites' REST responses; the other posts of each stay readable. Returns
    the number of responses.
    """
    count = 0
    for row in _responses(db, sites):
        rewritten = _rewritten(data, row, ids, _needed(db, row))
        if rewritten:
            with transaction(db):
                _replace_response(db, row, rewritten)
            erase_noted(db, data)
            count += 1
    return count


def _responses(db: Database, sites: Collection[str]) -> Iterator[Row]:
    """In batches, since each may be rewritten meanwhile."""
    last = 0
    sql = (
        "SELECT _archived_responses.*, name, homepage FROM _archived_responses "
        "JOIN _archive_files USING (file) LEFT JOIN sites ON sites.name = site "
        "WHERE site IN (SELECT value FROM json_each(?)) AND response > ? ORDER BY response LIMIT 100"
    )
    sql = sql.replace("_archived_responses.*, name", "_archived_responses.*, _archive_files.name")
    while rows := list(db.query(sql, [json.dumps(sorted(sites)), last])):
        yield from rows
        last = rows[-1]["response"]


def _needed(db: Database, row: Row) -> set[int]:
    sql = (
        "SELECT response_part FROM _archived_pages WHERE file = ?1 AND offset = ?2 "
        "AND response_part IS NOT NULL UNION SELECT part FROM _response_parts WHERE response = ?3"
    )
    found = db.execute(sql, [row["file"], row["offset"], row["response"]]).fetchall()
    return {part for (part,) in found}


def _rewritten(
    data: Path, row: Row, ids: frozenset[str], needed: set[int]
) -> RewrittenResponse | None:
    path = find_file(archive_folder(data), row["name"])
    if path is None:
        return None
    member = _read(path, row["offset"], row["length"])
    is_gone = Forgotten(ids).has_any
    try:
        return rewritten_response(member, row["homepage"], is_gone, needed)
    except ValueError:
        return RewrittenResponse(None)  # damaged: nobody can read the other posts either


def _replace_response(db: Database, row: Row, rewritten: RewrittenResponse) -> None:
    place = [row["file"], row["offset"]]
    note_erasures(db, [Erasure(row["file"], row["offset"], row["length"], rewritten.member)])
    if rewritten.member is not None:
        for table in ("_archived_pages", "_archived_responses"):
            sql = f"UPDATE {table} SET digest = ? WHERE file = ? AND offset = ?"  # noqa: S608
            db.execute(sql, [rewritten.digest, *place])
        return
    db.execute("DELETE FROM _archived_pages WHERE file = ? AND offset = ?", place)
    for table in ("_response_parts", "_archived_responses"):
        db.execute(f"DELETE FROM {table} WHERE response = ?", [row["response"]])  # noqa: S608


def _read(path: Path, offset: int, length: int) -> bytes:
    with path.open("rb") as stream:
        stream.seek(offset)
        return stream.read(length)
