"""Stories that several outlets run, each in its own way, for the tests of duplicates."""

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
    """Paragraphs of some thirty made-up words; no two stories share a run of three."""
    chance = random.Random(seed)
    return [sentence(chance, 30) for _ in range(paragraphs)]


def sentence(chance: random.Random, words: int) -> str:
    made = ("".join(chance.choices(_LETTERS, k=chance.randint(3, 8))) for _ in range(words))
    return " ".join(made) + "."


def reworded(paragraphs: Sequence[str], every: int, seed: int = 0) -> list[str]:
    """Each `every`-th word is another."""
    chance, edited = random.Random(seed), []
    for paragraph in paragraphs:
        words = paragraph.split()
        for place in range(every // 2, len(words), every):
            words[place] = "".join(chance.choices(_LETTERS, k=5))
        edited.append(" ".join(words))
    return edited


def printed(sample: int, paragraphs: Sequence[str], **changes: Any) -> Article:
    """The story as outlet number `sample` prints it, at `sample` o'clock."""
    said: dict[str, Any] = {
        "id": article_id(sample),
        "url": f"https://outlet{sample}.example/story/{sample}",
        "site": None,
        "title": f"عنوان {sample}",
        "paragraphs": tuple(paragraphs),
        "published": DAY.format(sample % 24),
        "language": "ar",
    }
    return Article(**said | changes)


def keep(db: Database, *articles: Article, now: str = NOW) -> list[Stored]:
    return [store(db, article, now=now) for article in articles]


def clusters(db: Database) -> set[frozenset[str]]:
    """The ids of each story's texts."""
    found: dict[str, set[str]] = {}
    for original, article in rows(
        db,
        "SELECT id, id FROM articles UNION ALL "
        "SELECT articles.id, copies.id FROM copies JOIN articles ON articles.number = copies.original",
    ):
        found.setdefault(original, set()).add(article)
    return {frozenset(ids) for ids in found.values()}


def check(db: Database) -> None:
    """What holds at every instant."""
    assert rows(db, "PRAGMA foreign_key_check") == []
    assert rows(db, "SELECT id FROM articles INTERSECT SELECT id FROM copies") == []
    assert rows(db, "SELECT count(*) FROM corpus") == rows(db, "SELECT count(*) FROM articles")
    assert rows(db, "SELECT * FROM _duplicate_queue") == []
    assert rows(db, "SELECT * FROM _search_queue") == []
    # Numbers are given out once.
    numbers = "SELECT number FROM articles UNION ALL SELECT number FROM copies WHERE number NOTNULL"
    assert rows(db, f"SELECT number FROM ({numbers}) GROUP BY number HAVING count(*) > 1") == []
    # What has another representative is its copy, and that one represents itself.
    loose = (
        "SELECT * FROM _duplicate_entries AS entries JOIN _duplicate_entries AS others "
        "ON others.entry = entries.representative WHERE entries.entry <> others.entry "
        "AND (others.representative <> others.entry OR NOT EXISTS "
        "(SELECT 1 FROM _duplicate_pairs AS pairs WHERE pairs.entry = entries.entry "
        "AND pairs.other = others.entry AND pairs.kind = 'copy'))"
    )
    assert rows(db, loose) == []
    # The search knows the corpus and nothing else.
    listed = rows(db, "SELECT rowid FROM _search ORDER BY rowid")
    assert listed == rows(db, "SELECT number FROM articles ORDER BY number")
