"""From a row of the archive back to the page that was refined, its bytes, and those of a revisit."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecord
from sqlite_utils import Database

from items import Page
from storage.archive.pointer import archive_folder, digest_of, find_file
from storage.article_rows import Row
from storage.database import StorageError
from storage.link_rows import hints_from_json
from storage.rights import rights_of

# The pages that became an article come first, in their order; then those that were rejected. Pages
# too old for their site are articles too.
STORED, REJECTED = "article IS NOT NULL", "article IS NULL AND reason <> 'too_old'"
_IS_SUPERSEDED = """
SELECT 1 FROM _archived_pages AS later WHERE later.article = ? AND later.page > ?
"""
_LAST_SEEN = """
SELECT last_seen FROM articles WHERE id = ?1 UNION ALL SELECT last_seen FROM copies WHERE id = ?1
"""
_HAS_OTHER_ADDRESS = """
SELECT 1 FROM _archived_pages AS other WHERE other.article = ? AND other.final_url <> ?
"""
_COLUMNS = (
    *("page", "url", "final_url", "site", "kind", "fetched", "digest", "found_by", "hints"),
    *(
        "response_part",
        "charset",
        "fragment",
        "article",
        "number",
        "reason",
        "ingested_at",
        "rights",
    ),
)
_LOCATION = ("target_uri", "offset", "length", "digest")


class ArchiveError(StorageError):
    """The archive cannot be written, or a record is missing or damaged; the message is for a person."""


@dataclass(frozen=True, slots=True)
class ReprocessScope:
    """Which pages: of one site, fetched since a time, up to the page `last`; none of the sites in
    `left`.
    """

    last: int
    site: str | None = None
    since: str | None = None
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """A row of `_archived_pages`, and where its bytes are: at `location` (target_uri, offset, length,
    digest) of the file called `name`. For a revisit that is the record of the page it repeats.
    `later`: the pages on which the article of this one goes on.
    """

    row: Row
    name: str
    location: Row
    later: tuple["ArchivedPage", ...] = ()

    @property
    def site(self) -> str:
        return str(self.row["site"] or "")


def read_page(db: Database, data: Path, row: Row) -> Page:
    """The page of a row of `_archived_pages`, equal to the one that was refined. `data` is the
    database's folder. Raises ArchiveError where its file is gone or damaged.
    """
    return page_of(archive_folder(data), _located(db, row))


def page_of(folder: Path, archived: ArchivedPage) -> Page:
    """The same without the database. `folder` is the archive's. Raises ArchiveError."""
    row = archived.row
    return Page(
        key=row["url"],
        url=row["final_url"],
        body=read_body(folder, archived),
        fetched=row["fetched"],
        charset=row["charset"],
        fragment=bool(row["fragment"]),
        hints=hints_from_json(row["hints"]),
        rights=rights_of(row["rights"]),
        later=tuple(page_of(folder, later) for later in archived.later),
    )


def read_payload(db: Database, data: Path, row: Row) -> tuple[str, bytes]:
    """The media type of a row's record and its bytes; those of a revisit come from its original.
    Raises ArchiveError.
    """
    return _payload(archive_folder(data), _located(db, row))


def read_body(folder: Path, archived: ArchivedPage) -> bytes:
    """Raises ArchiveError."""
    return _payload(folder, archived)[1]


def locate_page(db: Database, row: Row) -> ArchivedPage | None:
    """None: its file, or the page that has its bytes, is gone."""
    try:
        return _located(db, row)
    except ArchiveError:
        return None


def _located(db: Database, row: Row) -> ArchivedPage:
    holder = row if row["revisit_of"] is None else _original(db, row)
    later = tuple(_located(db, later) for later in _later_rows(db, row))
    return ArchivedPage(
        _only(row, _COLUMNS), _file_name(db, holder), _only(holder, _LOCATION), later
    )


def _later_rows(db: Database, row: Row) -> list[Row]:
    """The rows of an article's later pages. Raises ArchiveError where one is gone: an article without
    it would be another text.
    """
    if not row["later_pages"]:
        return []
    sql = "SELECT * FROM _archived_pages WHERE first_page = ? ORDER BY page"
    rows = list(db.query(sql, [row["page"]]))
    if len(rows) != row["later_pages"]:
        raise ArchiveError(
            f"of {row['url']} {row['later_pages'] - len(rows)} later pages are gone."
        )
    return rows


def _original(db: Database, row: Row) -> Row:
    sql = "SELECT * FROM _archived_pages WHERE page = ?"
    original = next(db.query(sql, [row["revisit_of"]]), None)
    if original is None or original["digest"] != row["digest"]:
        raise ArchiveError(
            f"{row['url']} was the same on {row['fetched']} as before, and what came before "
            "has gone with its file: the archive's budget is WARRAQ_ARCHIVE_MB."
        )
    return original


def _file_name(db: Database, row: Row) -> str:
    sql = "SELECT name FROM _archive_files WHERE file = ?"
    name = db.execute(sql, [row["file"]]).fetchone()
    if name is None:
        raise ArchiveError(f"the archive file of {row['url']} is not there any more.")
    return str(name[0])


def _only(row: Row, names: Sequence[str]) -> Row:
    return {name: row[name] for name in names}


def _payload(folder: Path, archived: ArchivedPage) -> tuple[str, bytes]:
    name, location = archived.name, archived.location
    record, block = _read_record(folder, name, location)
    payload = payload_of(record, block)
    is_same = record.headers.get("WARC-Target-URI") == location["target_uri"]
    if not is_same or digest_of(payload) != location["digest"]:
        raise ArchiveError(f"{name}: the record at {location['offset']} is another, or damaged")
    kind, part = record.headers.get("Content-Type") or "", archived.row["response_part"]
    return kind, payload if part is None else _part(payload, part, location["target_uri"])


def _read_record(folder: Path, name: str, location: Row) -> tuple[WarcRecord, bytes]:
    """A record and its block."""
    path = find_file(folder, name)
    if path is None:
        raise ArchiveError(f"{folder / name} is not there: its pages can no longer be read.")
    try:
        with path.open("rb") as file:
            file.seek(location["offset"])
            member = file.read(location["length"])
        record = next(iter(ArchiveIterator(BytesIO(member), parse_http=False)))
        return record, record.reader.read()
    except (OSError, StopIteration, ValueError, EOFError) as error:
        raise ArchiveError(f"{path}: no record at {location['offset']} ({error!r})") from error


def payload_of(record: WarcRecord, block: bytes) -> bytes:
    """What WARC-Payload-Digest is of: an HTTP record's block without the head."""
    return block.partition(b"\r\n\r\n")[2] if record.is_http else block


def _part(response: bytes, part: int, uri: str) -> bytes:
    try:
        body = bodies(response)[part]
    except (ValueError, IndexError):
        body = None
    if body is None:
        raise ArchiveError(f"{uri}: the response has no part {part}")
    return body


@lru_cache(maxsize=4)
def bodies(response: bytes) -> tuple[bytes | None, ...]:
    """The HTML of each post of a REST response, None for a post without. Raises ValueError."""
    posts = json.loads(response)
    if not isinstance(posts, list):
        raise ValueError("not a list of posts")
    return tuple(map(_body, posts))


def _body(post: object) -> bytes | None:
    content = post.get("content") if isinstance(post, dict) else None
    html = content.get("rendered") if isinstance(content, dict) else None
    return html.encode("utf-8", "replace") if isinstance(html, str) else None


def pages_after(db: Database, scope: ReprocessScope, kind: str, page: int, most: int) -> list[Row]:
    """The next pages of a kind (STORED or REJECTED) behind `page`, `most` at a time."""
    sql = (
        f"SELECT * FROM _archived_pages WHERE {kind} AND page > :page AND page <= :last "  # noqa: S608
        "AND first_page IS NULL "
        "AND (kind = 'import' OR site IS NOT NULL) AND (:site IS NULL OR site = :site) "
        "AND (:since IS NULL OR fetched >= :since) "
        "AND (kind = 'import' OR site NOT IN (SELECT value FROM json_each(:left))) "
        "ORDER BY page LIMIT :most"
    )
    values = {"page": page, "last": scope.last, "site": scope.site, "since": scope.since}
    return list(db.query(sql, values | {"left": json.dumps(scope.left), "most": most}))


def pages_without_site(db: Database, known: Collection[str]) -> dict[str, int]:
    """Pages by site, of the sites that are not among the `known`."""
    sql = (
        "SELECT site, count(*) FROM _archived_pages WHERE kind <> 'import' "
        "GROUP BY site ORDER BY site"
    )
    return {site: count for site, count in db.execute(sql).fetchall() if site and site not in known}


def is_needed(db: Database, row: Row) -> bool:
    """Whether refining the page can change anything: its text is current, or not stored yet. A text
    that a later page replaced stays in the revisions as it was; but a page of another address may be
    another story.
    """
    seen = db.execute(_LAST_SEEN, [row["article"]]).fetchone()
    if seen is None or seen[0] < row["ingested_at"]:
        return True
    if db.execute(_IS_SUPERSEDED, [row["article"], row["page"]]).fetchone() is None:
        return True
    addresses = [row["article"], row["final_url"]]
    return db.execute(_HAS_OTHER_ADDRESS, addresses).fetchone() is not None
