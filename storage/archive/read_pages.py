"""From a row of the archive back to the page that was refined, its bytes, and those of a revisit."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecord
from sqlite_utils import Database

from items import Hints, Page
from storage.archive.pointer import archive_folder, digest_of, find_file
from storage.article_rows import Row
from storage.database import StorageError


@lru_cache(maxsize=4)
def bodies(answer: bytes) -> tuple[bytes | None, ...]:
    """What the posts of an answer hold, None for one that holds nothing. Raises ValueError."""
    posts = json.loads(answer)
    if not isinstance(posts, list):
        raise ValueError("not a list of posts")
    return tuple(map(_body, posts))


def _body(post: object) -> bytes | None:
    content = post.get("content") if isinstance(post, dict) else None
    html = content.get("rendered") if isinstance(content, dict) else None
    return html.encode("utf-8", "replace") if isinstance(html, str) else None


class ArchiveError(StorageError):
    """The archive cannot be written, or a record is not there or damaged; for a person."""


def read_page(db: Database, data: Path, row: Row) -> Page:
    """The page of a row of `_archived_pages`, equal to the one that was refined. `data` is the
    database's folder. Raises ArchiveError where its file is gone or damaged.
    """
    _, body = record_body(db, data, row)
    return Page(
        key=row["url"],
        url=row["final_url"],
        body=body,
        fetched=row["fetched"],
        charset=row["charset"],
        fragment=bool(row["fragment"]),
        hints=hints_read(row["hints"]),
    )


def record_body(db: Database, data: Path, row: Row) -> tuple[str, bytes]:
    """The media type that the record says of itself, and the bytes that came. Those of a revisit are
    read where they came first. Raises ArchiveError.
    """
    holder = _original(db, row) if row["revisit_of"] is not None else row
    record, body = _verified(archive_folder(data), file_name(db, holder), holder)
    kind = record.headers.get("Content-Type") or ""
    return kind, body if row["response_part"] is None else _part(body, row["response_part"], holder)


def body_at(folder: Path, name: str, place: Row, part: int | None = None) -> bytes:
    """The bytes that came with the record at `place` (target_uri, offset, length, digest) of a
    file; of an answer that holds several pages, the `part` that is asked for. Raises ArchiveError.
    """
    _, body = _verified(folder, name, place)
    return body if part is None else _part(body, part, place)


def _verified(folder: Path, name: str, place: Row) -> tuple[WarcRecord, bytes]:
    record, content = record_at(folder, name, place)
    body = content.partition(b"\r\n\r\n")[2] if record.is_http else content
    is_that = record.headers.get("WARC-Target-URI") == place["target_uri"]
    if not is_that or digest_of(body) != place["digest"]:
        raise ArchiveError(f"{name}: the record at {place['offset']} is another, or damaged")
    return record, body


def _part(answer: bytes, part: int, place: Row) -> bytes:
    try:
        body = bodies(answer)[part]
    except (ValueError, IndexError):
        body = None
    if body is None:
        raise ArchiveError(f"{place['target_uri']}: the answer has no part {part}")
    return body


def record_at(folder: Path, name: str, row: Row) -> tuple[WarcRecord, bytes]:
    """The record of a row and its block. Raises ArchiveError."""
    path = find_file(folder, name)
    if path is None:
        raise ArchiveError(f"{folder / name} is not there: its pages can no longer be read.")
    try:
        with path.open("rb") as file:
            file.seek(row["offset"])
            member = file.read(row["length"])
        record = next(records_in(member))
        return record, record.reader.read()
    except (OSError, StopIteration, ValueError, EOFError) as error:
        raise ArchiveError(f"{path}: no record at {row['offset']} ({error!r})") from error


def records_in(member: bytes) -> Iterator[WarcRecord]:
    return iter(ArchiveIterator(BytesIO(member), parse_http=False))


def file_name(db: Database, row: Row) -> str:
    found = db.execute("SELECT name FROM _archive_files WHERE file = ?", [row["file"]]).fetchone()
    if found is None:
        raise ArchiveError(f"the archive file of {row['url']} is not there any more.")
    return str(found[0])


def _original(db: Database, row: Row) -> Row:
    found = next(
        db.query("SELECT * FROM _archived_pages WHERE page = ?", [row["revisit_of"]]), None
    )
    if found is None or found["digest"] != row["digest"]:
        raise ArchiveError(
            f"{row['url']} was the same on {row['fetched']} as before, and what came before "
            "has gone with its file: the archive's budget is WARRAQ_ARCHIVE_MB."
        )
    return found


def hints_written(hints: Hints) -> str | None:
    """Exactly, unlike the frontier's: what a page was refined with."""
    said = {name: value for name, value in asdict(hints).items() if value not in (None, ())}
    return json.dumps(said) if said else None


def hints_read(written: str | None) -> Hints:
    said = json.loads(written or "{}")
    lists = {name: tuple(said[name]) for name in ("sections", "tags") if name in said}
    return Hints(**(said | lists))


# Pages that became an article first, in their order; then those that were turned away. What was too
# old for its site was an article.
STORED, REJECTED = "article IS NOT NULL", "article IS NULL AND reason <> 'too_old'"
_NEWEST = """
SELECT 1 FROM _archived_pages AS later WHERE later.article = ? AND later.page > ?
"""
_SEEN = """
SELECT last_seen FROM articles WHERE id = ?1 UNION ALL SELECT last_seen FROM copies WHERE id = ?1
"""
_COLUMNS = (
    *("page", "url", "final_url", "site", "kind", "fetched", "digest", "found_by", "hints"),
    *("response_part", "charset", "fragment", "article", "number", "reason", "ingested_at"),
)
_PLACE = ("target_uri", "offset", "length", "digest")


@dataclass(frozen=True, slots=True)
class ReprocessScope:
    """Which pages: of one site, fetched since a time, up to the page `last`; none of the sites that
    are `left`.
    """

    last: int
    site: str | None = None
    since: str | None = None
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """A row of `_archived_pages`, and where its bytes are: `place` is in the file called `name`."""

    row: Row
    name: str
    location: Row

    @property
    def site(self) -> str:
        return str(self.row["site"] or "")


def pages_after(db: Database, scope: ReprocessScope, kind: str, page: int, most: int) -> list[Row]:
    """The next pages of a kind (STORED or REJECTED) behind `page`."""
    sql = (
        f"SELECT * FROM _archived_pages WHERE {kind} AND page > :page AND page <= :last "  # noqa: S608
        "AND (kind = 'import' OR site IS NOT NULL) AND (:site IS NULL OR site = :site) "
        "AND (:since IS NULL OR fetched >= :since) "
        "AND (kind = 'import' OR site NOT IN (SELECT value FROM json_each(:left))) "
        "ORDER BY page LIMIT :most"
    )
    asked = {"page": page, "last": scope.last, "site": scope.site, "since": scope.since}
    return list(db.query(sql, asked | {"left": json.dumps(scope.left), "most": most}))


def pages_without_site(db: Database, known: Collection[str]) -> dict[str, int]:
    """How many pages there are of each site that is not among the `known`."""
    sql = (
        "SELECT site, count(*) FROM _archived_pages WHERE kind <> 'import' "
        "GROUP BY site ORDER BY site"
    )
    return {site: count for site, count in db.execute(sql).fetchall() if site and site not in known}


def locate_page(db: Database, row: Row) -> ArchivedPage | None:
    """None: its file, or the page that has its bytes, is gone."""
    place = row
    if row["revisit_of"] is not None:
        found = list(db.query("SELECT * FROM _archived_pages WHERE page = ?", [row["revisit_of"]]))
        if not found or found[0]["digest"] != row["digest"]:
            return None
        place = found[0]
    try:
        name = file_name(db, place)
    except ArchiveError:
        return None
    return ArchivedPage(_only(row, _COLUMNS), name, _only(place, _PLACE))


def read_body(folder: Path, page: ArchivedPage) -> bytes:
    """The bytes that came. Raises ArchiveError."""
    return body_at(folder, page.name, page.location, page.row["response_part"])


def is_needed(db: Database, row: Row) -> bool:
    """Whether refining the page can change anything: its text is current, or not there yet. What
    was replaced by a later page stays in the revisions as it was.
    """
    seen = db.execute(_SEEN, [row["article"]]).fetchone()
    if seen is None or seen[0] < row["ingested_at"]:
        return True
    return db.execute(_NEWEST, [row["article"], row["page"]]).fetchone() is None


def _only(row: Row, names: Sequence[str]) -> Row:
    return {name: row[name] for name in names}
