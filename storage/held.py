"""Pages of the archive to be refined again, with all that a worker without the database needs."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from storage.archive.read_pages import ArchiveError, body_at, file_name
from storage.article_rows import Row

# Pages that became an article first, in their order; then those that were turned away. What was too
# old for its site was an article.
STORED, REJECTED = "article IS NOT NULL", "article IS NULL AND reason <> 'too_old'"
_NEWEST = """
SELECT 1 FROM _pages AS later WHERE later.article = ? AND later.page > ?
"""
_SEEN = """
SELECT last_seen FROM articles WHERE id = ?1 UNION ALL SELECT last_seen FROM copies WHERE id = ?1
"""
_COLUMNS = (
    *("page", "url", "final_url", "site", "kind", "fetched", "digest", "found_by", "hints", "part"),
    *("charset", "fragment", "article", "number", "reason", "settled"),
)
_PLACE = ("uri", "offset", "length", "digest")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which pages: of one site, fetched since a time, up to the page `last`; none of the sites that
    are `left`.
    """

    last: int
    site: str | None = None
    since: str | None = None
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A row of `_pages`, and where its bytes are: `place` is in the file called `name`."""

    row: Row
    name: str
    place: Row

    @property
    def site(self) -> str:
        return str(self.row["site"] or "")


def after(db: Database, scope: Scope, kind: str, page: int, most: int) -> list[Row]:
    """The next pages of a kind (STORED or REJECTED) behind `page`."""
    sql = (
        f"SELECT * FROM _pages WHERE {kind} AND page > :page AND page <= :last "  # noqa: S608
        "AND (kind = 'import' OR site IS NOT NULL) AND (:site IS NULL OR site = :site) "
        "AND (:since IS NULL OR fetched >= :since) "
        "AND (kind = 'import' OR site NOT IN (SELECT value FROM json_each(:left))) "
        "ORDER BY page LIMIT :most"
    )
    asked = {"page": page, "last": scope.last, "site": scope.site, "since": scope.since}
    return list(db.query(sql, asked | {"left": json.dumps(scope.left), "most": most}))


def strangers(db: Database, known: Collection[str]) -> dict[str, int]:
    """How many pages there are of each site that is not among the `known`."""
    sql = "SELECT site, count(*) FROM _pages WHERE kind <> 'import' GROUP BY site ORDER BY site"
    return {site: count for site, count in db.execute(sql).fetchall() if site and site not in known}


def locate_page(db: Database, row: Row) -> Held | None:
    """None: its file, or the page that has its bytes, is gone."""
    place = row
    if row["refers"] is not None:
        found = list(db.query("SELECT * FROM _pages WHERE page = ?", [row["refers"]]))
        if not found or found[0]["digest"] != row["digest"]:
            return None
        place = found[0]
    try:
        name = file_name(db, place)
    except ArchiveError:
        return None
    return Held(_only(row, _COLUMNS), name, _only(place, _PLACE))


def body_of(folder: Path, page: Held) -> bytes:
    """The bytes that came. Raises ArchiveError."""
    return body_at(folder, page.name, page.place, page.row["part"])


def is_needed(db: Database, row: Row) -> bool:
    """Whether refining the page can change anything: its text is current, or not there yet. What
    was replaced by a later page stays in the revisions as it was.
    """
    seen = db.execute(_SEEN, [row["article"]]).fetchone()
    if seen is None or seen[0] < row["settled"]:
        return True
    return db.execute(_NEWEST, [row["article"], row["page"]]).fetchone() is None


def _only(row: Row, names: Sequence[str]) -> Row:
    return {name: row[name] for name in names}
