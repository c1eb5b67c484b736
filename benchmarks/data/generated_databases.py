"""Large databases of generated news, stored by the product's own functions."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from sqlite_utils import Database

from demo.expected import everything
from items import Article, RemovedLine, Site
from storage import crawls
from storage.article_rows import Row, article_row
from storage.articles import store
from storage.database import open_database, transaction
from storage.rights import rights_columns
from text.timestamps import utc_now

SITES = 20
_START = datetime(2026, 6, 1, tzinfo=UTC)
_DAYS = 150
_SECTIONS = ["سياسة", "اقتصاد", "رياضة", "ثقافة", "علوم", "صحة", "محليات", "دولي", "منوعات", "رأي"]
_REASONS = ["read_more", "share", "related", "caption", "back_to_top"]
_BATCH = 500


def fill(folder: Path, articles: int) -> Database:
    """A database of this many articles, a tenth as many copies, some revisions, and crawls."""
    db = open_database(folder)
    for site in range(SITES):
        crawls.begin(db, Site(_site(site), f"https://{_site(site)}.example/"), _time(0))
    news = generated(articles, random.Random(7))
    for start in range(0, articles, _BATCH):
        with transaction(db):
            for article, _ in zip(news, range(min(_BATCH, articles - start)), strict=False):
                keep(db, article)
    with transaction(db):
        _crawl_records(db)
    db.execute("PRAGMA optimize")
    return db


def keep(db: Database, article: Article) -> None:
    """Store an article, for every tenth also a copy, for every fiftieth also a revision."""
    now = article.published or ""
    number = store(db, article, found_by="feed", now=now).number or 0
    if number % 10 == 3:
        copy_id = hashlib.sha256(article.id.encode()).hexdigest()[:16]
        url = f"https://copy.example/{copy_id}"
        store(db, replace(article, id=copy_id, url=url, site=_site(number % 7)), now=now)
    if number % 50 == 7:
        paragraphs = (*article.paragraphs[:-1], "وأضيفت هذه الفقرة بعد النشر.")
        store(db, replace(article, paragraphs=paragraphs), now=now)


def generated(count: int, chance: random.Random) -> Iterator[Article]:
    words = [
        word for printing in everything() for text in printing.paragraphs for word in text.split()
    ]
    vocabulary = list(dict.fromkeys(words))
    # Invented words for the long tail of a vocabulary.
    letters = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
    vocabulary += ["".join(chance.choices(letters, k=chance.randint(3, 8))) for _ in range(60_000)]
    zipf = list(accumulate(1 / (rank + 3) for rank in range(len(vocabulary))))
    weights = list(accumulate(1 / (site + 1) for site in range(SITES)))
    for number in range(count):
        text = chance.choices(vocabulary, cum_weights=zipf, k=chance.randint(90, 420))
        site = chance.choices(range(SITES), cum_weights=weights)[0]
        yield _article(number, _site(site), text, chance)


def _article(number: int, site: str, words: list[str], chance: random.Random) -> Article:
    parts = [" ".join(words[start : start + 45]) + "." for start in range(0, len(words), 45)]
    return Article(
        id=hashlib.sha256(str(number).encode()).hexdigest()[:16],
        url=f"https://{site}.example/{number}",
        site=site,
        title=" ".join(words[20:28]),
        paragraphs=tuple(parts),
        section=chance.choice(_SECTIONS),
        agency=chance.choice([None, None, None, "رويترز", "الأناضول"]),
        published=_time(chance.random() * _DAYS * 86400),
        language=chance.choices(["ar", "fa", "en"], [94, 4, 2])[0],
        removed=tuple(
            RemovedLine(index * 2, f"اقرأ أيضا: {words[index]}", chance.choice(_REASONS))
            for index in range(chance.randint(0, 7))
        ),
    )


def _crawl_records(db: Database) -> None:
    """Insert a crawl of every site every half hour for 40 days."""
    rows = [
        (
            _site(site),
            _time((_DAYS - 40) * 86400 + number * 1800),
            "finished",
            number % 3,
            number % 97 == 0,
        )
        for number in range(40 * 48)
        for site in range(SITES)
    ]
    sql = "INSERT INTO crawls (site, started, outcome, new, failed) VALUES (?, ?, ?, ?, ?)"
    db.conn.executemany(sql, rows)


def _site(number: int) -> str:
    return f"site{number:02}"


def _time(seconds: float) -> str:
    return f"{_START + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"


def row_of(article: Article) -> Row:
    """All columns of a new article of now."""
    now = utc_now()
    row = article_row(article) | {"found_by": "", "first_seen": now, "last_seen": now}
    return row | {"refined_by": None, "gone_at": None, **rights_columns(article.rights)}
