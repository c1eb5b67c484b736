"""An Article as a row of `articles` (or `copies`), and back."""

import json
from collections.abc import Iterable
from typing import Any

from items import Article, RemovedLine
from text.folding import text_hash

Row = dict[str, Any]

# Filled in from a later visit where the first one did not find them.
METADATA = (
    *("site", "section", "title", "source", "agency", "author"),
    *("published", "modified", "language", "tags", "image", "url"),
)


def article_row(article: Article) -> Row:
    """The columns that come from the article itself; `article` is storable."""
    text = article.text
    return {
        "id": article.id,
        **{name: getattr(article, name) for name in METADATA},
        "tags": json.dumps(article.tags, ensure_ascii=False) if article.tags else None,
        "text": text,
        "words": len(text.split()),
        "text_hash": text_hash(text),
    }


def article_from(row: Row, removed: Iterable[RemovedLine] = ()) -> Article:
    return Article(
        id=row["id"],
        **{name: row[name] for name in METADATA if name != "tags"},
        tags=tuple(json.loads(row["tags"] or "[]")),
        paragraphs=tuple(row["text"].split("\n\n")),
        removed=tuple(removed),
        number=row["number"],
    )


def insert(columns: Iterable[str], table: str) -> str:
    """The INSERT of a row given as a dict. Names come from the code, never from outside."""
    names = list(columns)
    places = ", ".join(f":{name}" for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"  # noqa: S608


def update(columns: Iterable[str], table: str, key: str) -> str:
    """The UPDATE of a row given as a dict that also holds `key`."""
    changes = ", ".join(f"{name} = :{name}" for name in columns)
    return f"UPDATE {table} SET {changes} WHERE {key} = :{key}"  # noqa: S608
