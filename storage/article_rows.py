"""An Article as a row of `articles` (or `copies`) with its removed lines, and back, in batches."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from typing import Any, cast

from sqlite_utils import Database

from items import LINE_KINDS, Article, LineKind, RemovedLine
from storage.rights import rights_of
from text.folding import fold_paragraphs, hash_of_folded

Row = dict[str, Any]
# A Latin comma may stand in a name.
_BETWEEN_NAMES = re.compile("[،;؛]")

# Columns that a later visit fills in where the first one left them empty.
METADATA = (
    *("site", "section", "title", "source", "agency", "author"),
    *("published", "modified", "language", "tags", "image", "url", "access"),
)


@cache
def current_version() -> str:
    """Of Warraq, as `refined_by` has it; `0` where it runs without being installed."""
    try:
        return version("warraq")
    except PackageNotFoundError:
        return "0"


def article_row(article: Article) -> Row:
    """The columns that come from the article itself, which is normalised."""
    text = article.text
    return {
        "id": article.id,
        **{name: getattr(article, name) for name in METADATA},
        "tags": json.dumps(article.tags, ensure_ascii=False) if article.tags else None,
        "text": text,
        "words": len(text.split()),
        "text_hash": hash_of_folded(fold_paragraphs(article.paragraphs)),
        "kinds": packed_kinds(article.kinds),
    }


def article_from(row: Row, removed: Iterable[RemovedLine] = ()) -> Article:
    paragraphs = tuple(row["text"].split("\n\n"))
    return Article(
        id=row["id"],
        **{name: row[name] for name in METADATA if name != "tags"},
        tags=tuple(json.loads(row["tags"] or "[]")),
        paragraphs=paragraphs,
        removed=tuple(removed),
        number=row["number"],
        kinds=unpacked_kinds(row["kinds"], len(paragraphs)),
        rights=rights_of(row.get("rights")),
    )


def packed_kinds(kinds: Sequence[LineKind]) -> str | None:
    """`paragraph*3 heading paragraph*12`: the kinds in runs; None where all are paragraphs."""
    runs = [(kind, sum(1 for _ in run)) for kind, run in groupby(kinds)]
    if [kind for kind, _ in runs] in ([], ["paragraph"]):
        return None
    return " ".join(kind if count == 1 else f"{kind}*{count}" for kind, count in runs)


def unpacked_kinds(text: str | None, count: int) -> tuple[LineKind, ...]:
    """What `packed_kinds` wrote for `count` paragraphs; empty, which is paragraphs all, where it does
    not fit them.
    """
    kinds: list[LineKind] = []
    for run in (text or "").split():
        kind, star, times = run.partition("*")
        length = int(times[:9]) if times.isdecimal() else 0 if star else 1
        if kind not in LINE_KINDS or not 0 < length <= count - len(kinds):
            return ()
        kinds += [cast(LineKind, kind)] * length
    return tuple(kinds) if len(kinds) == count else ()


def author_names(author: str | None) -> tuple[str, ...]:
    """The names in the column `author`, which has a comma between two; imports have semicolons too.
    `Smith, John` is one name.
    """
    found = [name.strip(" ,") for name in _BETWEEN_NAMES.split(author or "")]
    names = [part for name in found for part in _without_comma(name)]
    return tuple(dict.fromkeys(filter(None, names)))


def _without_comma(name: str) -> list[str]:
    parts = [part.strip() for part in name.split(", ")]
    return parts if all(" " in part for part in parts) else [name]


def insert(columns: Iterable[str], table: str) -> str:
    """The INSERT of a row given as a dict. Names come from the code, never from outside."""
    return _insert(tuple(columns), table)


@cache
def _insert(names: tuple[str, ...], table: str) -> str:
    values = ", ".join(f":{name}" for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})"  # noqa: S608


def update(columns: Iterable[str], table: str, key: str) -> str:
    """The UPDATE of a row given as a dict that also holds `key`."""
    changes = ", ".join(f"{name} = :{name}" for name in columns)
    return f"UPDATE {table} SET {changes} WHERE {key} = :{key}"  # noqa: S608


def write_removed(db: Database, number: int, lines: Iterable[RemovedLine]) -> None:
    """Replace the removed lines of this article."""
    db.execute("DELETE FROM removed_lines WHERE article = ?", [number])
    add_removed(db, number, lines)


def add_removed(db: Database, number: int, lines: Iterable[RemovedLine]) -> None:
    """The removed lines of an article that has none."""
    db.conn.executemany(
        "INSERT INTO removed_lines (article, position, reason, text) VALUES (?, ?, ?, ?)",
        [(number, line.position, line.reason, line.text) for line in lines],
    )


def read_removed(db: Database, first: int, last: int | None = None) -> dict[int, list[RemovedLine]]:
    """The removed lines of the articles from number `first` to `last`, by article number."""
    lines: dict[int, list[RemovedLine]] = {}
    for article, position, text, reason in db.execute(
        "SELECT article, position, text, reason FROM removed_lines "
        "WHERE article BETWEEN ? AND ? ORDER BY article, position, rowid",
        [first, first if last is None else last],
    ).fetchall():
        lines.setdefault(article, []).append(RemovedLine(position, text, reason))
    return lines


def as_json(lines: Iterable[RemovedLine]) -> str | None:
    """`[[position, reason, text], …]`, for texts that are not in the corpus: copies, revisions."""
    rows = [[line.position, line.reason, line.text] for line in lines]
    return json.dumps(rows, ensure_ascii=False) if rows else None


def from_json(text: str | None) -> list[RemovedLine]:
    """What `as_json` wrote."""
    rows: list[list[Any]] = json.loads(text or "[]")
    return [RemovedLine(position, line, reason) for position, reason, line in rows]


IS_ID = re.compile(r"[0-9a-f]{16}")
# The last number of an article, in the database and in every format.
MAX_NUMBER = 999_999_999
# Articles. A reader that holds a snapshot for long keeps the write-ahead log from being emptied.
_BATCH = 50


def get(db: Database, which: str | int) -> Article | None:
    """The article with this id (16 hex digits) or number."""
    column = "id" if IS_ID.fullmatch(str(which)) else "number"
    if row := get_one(db, "articles", column, which):
        return article_from(row, read_removed(db, row["number"]).get(row["number"], ()))
    return None


def iterate(db: Database) -> Iterator[Article]:
    """Every article by number."""
    for batch in batches(db):
        lines = read_removed(db, batch[0]["number"], batch[-1]["number"])
        for row in batch:
            yield article_from(row, lines.get(row["number"], ()))


def batches(
    db: Database, where: str = "true", values: Mapping[str, Any] | None = None
) -> Iterator[list[Row]]:
    """The rows of `articles` for which `where` holds, by number; no statement stays open between two
    batches.
    """
    sql = f"SELECT * FROM articles WHERE number > :last AND ({where}) ORDER BY number LIMIT :most"  # noqa: S608
    last = -1
    while batch := list(db.query(sql, {**(values or {}), "most": _BATCH, "last": last})):
        yield batch
        last = batch[-1]["number"]


def next_number(db: Database, *, archived: bool = False) -> int:
    """One more than any article has or had; `archived`: also as far as the archive knows, for a
    database that was emptied (there is no index on the numbers of archived pages).
    """
    tables = ["articles", "copies", "tombstones", *(["_archived_pages"] if archived else [])]
    numbers = " UNION ALL ".join(f"SELECT max(number) AS number FROM {table}" for table in tables)  # noqa: S608
    sql = f"SELECT 1 + coalesce(max(number), -1) FROM ({numbers})"  # noqa: S608
    number = int(db.execute(sql).fetchone()[0])
    return number if number <= MAX_NUMBER else _last_gap(db, tables)


def _last_gap(db: Database, tables: Iterable[str]) -> int:
    """The first free number below those that an import put at the end of the range."""
    rows = " UNION ALL ".join(f"SELECT number FROM {table}" for table in tables)  # noqa: S608
    sql = f"SELECT DISTINCT number FROM ({rows}) WHERE number < ? ORDER BY number DESC"  # noqa: S608
    above = MAX_NUMBER
    for (number,) in db.execute(sql, [MAX_NUMBER]):
        if number < above - 1:
            return int(number) + 1
        above = number
    return 0


def get_text(db: Database, article_id: str) -> Row | None:
    """The row of an article, or of a copy."""
    return get_one(db, "articles", "id", article_id) or get_one(db, "copies", "id", article_id)


def get_one(db: Database, table: str, column: str, value: str | int) -> Row | None:
    """The row with this value in a unique column. Names come from the code, never from outside."""
    # `db[table]` reads the names of all tables and views first, every time.
    cursor = db.execute(f"SELECT * FROM {table} WHERE {column} = ? LIMIT 1", [value])  # noqa: S608
    row = cursor.fetchone()
    return dict(zip((name for name, *_ in cursor.description), row, strict=True)) if row else None
