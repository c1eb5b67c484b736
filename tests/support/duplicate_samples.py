"""Stories in the versions of several outlets, for the tests of duplicates."""

import random
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database
from storage_samples import NOW, article_id, rows

from items import Article
from storage.articles import Stored, store

_LETTERS = "ابتجحدرسصعفقكلمنهوي"
DAY = "2026-10-30T{:02}:00:00Z"


def story(seed: int, paragraphs: int = 5) -> list[str]:
    """Paragraphs of thirty generated words; no two stories share three words in a row."""
    chance = random.Random(seed)
    return [sentence(chance, 30) for _ in range(paragraphs)]


def sentence(chance: random.Random, words: int) -> str:
    generated = ("".join(chance.choices(_LETTERS, k=chance.randint(3, 8))) for _ in range(words))
    return " ".join(generated) + "."


def reworded(paragraphs: Sequence[str], every: int, seed: int = 0) -> list[str]:
    """`paragraphs` with every `every`-th word replaced."""
    chance, edited = random.Random(seed), []
    for paragraph in paragraphs:
        words = paragraph.split()
        for index in range(every // 2, len(words), every):
            words[index] = "".join(chance.choices(_LETTERS, k=5))
        edited.append(" ".join(words))
    return edited


def printed(sample: int, paragraphs: Sequence[str], **changes: Any) -> Article:
    """The story as outlet number `sample` prints it, at `sample` o'clock."""
    fields: dict[str, Any] = {
        "id": article_id(sample),
        "url": f"https://outlet{sample}.example/story/{sample}",
        "site": None,
        "title": f"عنوان {sample}",
        "paragraphs": tuple(paragraphs),
        "published": DAY.format(sample % 24),
        "language": "ar",
    }
    return Article(**fields | changes)


def keep(db: Database, *articles: Article, now: str = NOW) -> list[Stored]:
    return [store(db, article, now=now) for article in articles]


def clusters(db: Database) -> set[frozenset[str]]:
    """The ids of the texts of every cluster."""
    clusters: dict[str, set[str]] = {}
    for original, article in rows(
        db,
        "SELECT id, id FROM articles UNION ALL "
        "SELECT articles.id, copies.id FROM copies JOIN articles ON articles.number = copies.original",
    ):
        clusters.setdefault(original, set()).add(article)
    return {frozenset(ids) for ids in clusters.values()}


def check(db: Database) -> None:
    """Assert what must hold at any time."""
    assert rows(db, "PRAGMA foreign_key_check") == []
    assert rows(db, "SELECT id FROM articles INTERSECT SELECT id FROM copies") == []
    assert rows(db, "SELECT count(*) FROM corpus") == rows(db, "SELECT count(*) FROM articles")
    assert rows(db, "SELECT * FROM _duplicate_queue") == []
    assert rows(db, "SELECT * FROM _search_queue") == []
    # No number is used twice.
    numbers = "SELECT number FROM articles UNION ALL SELECT number FROM copies WHERE number NOTNULL"
    assert rows(db, f"SELECT number FROM ({numbers}) GROUP BY number HAVING count(*) > 1") == []
    # An entry with another representative is its copy, and that representative represents itself.
    inconsistent = (
        "SELECT * FROM _duplicate_entries AS entries JOIN _duplicate_entries AS others "
        "ON others.entry = entries.representative WHERE entries.entry <> others.entry "
        "AND (others.representative <> others.entry OR NOT EXISTS "
        "(SELECT 1 FROM _duplicate_pairs AS pairs WHERE pairs.entry = entries.entry "
        "AND pairs.other = others.entry AND pairs.kind = 'copy'))"
    )
    assert rows(db, inconsistent) == []
    # The search index holds exactly the corpus.
    indexed = rows(db, "SELECT rowid FROM _search ORDER BY rowid")
    assert indexed == rows(db, "SELECT number FROM articles ORDER BY number")
