"""What watches cost: the new articles of a poll, asked about by a hundred watches, beside all that is stored.

usage: python -m benchmarks.watches FOLDER [--watches 100] [--articles 50]

FOLDER has a database, such as `benchmarks.data.generated_databases` makes; it is copied first. The new
articles are copies of stored ones with other addresses and words turned round; each watch has a frequent
word of them, a rare one, or a phrase.
"""

import argparse
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from sqlite_utils import Database

from items import Article
from storage.article_rows import article_from
from storage.articles import store
from storage.database import FILE, open_database
from storage.selection import Selection
from storage.watches.matching import find_matches
from storage.watches.rows import add_watch, count_selected
from text.timestamps import utc_now
from text.urls import article_id


def new_articles(db: Database, count: int) -> list[Article]:
    rows = db.query("SELECT * FROM articles ORDER BY number DESC LIMIT ?", [count])
    return [_turned(article_from(row), n) for n, row in enumerate(list(rows))]


def _turned(article: Article, number: int) -> Article:
    url = f"https://new.example/{number}"
    turned = tuple(" ".join(reversed(text.split())) for text in article.paragraphs)
    return replace(
        article, id=article_id(url), url=url, address=None, number=None, paragraphs=turned
    )


def queries(articles: list[Article], count: int) -> list[str]:
    words = Counter(word for article in articles for word in article.text.split() if len(word) > 2)
    ranked = [word.replace('"', "") for word, _ in words.most_common()]
    frequent, rare = ranked[: count // 2], ranked[-count // 4 :]
    phrases = [
        f'"{" ".join(article.text.split()[3:5])}"'.replace('""', '"') for article in articles
    ]
    return [*frequent, *rare, *phrases, *ranked][:count]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--watches", type=int, default=100)
    parser.add_argument("--articles", type=int, default=50)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder.parent) as folder:
        shutil.copy(chosen.folder / FILE, folder)
        with open_database(Path(folder)) as db:
            measure(db, chosen.watches, chosen.articles)


def measure(db: Database, watches: int, count: int) -> None:
    articles = new_articles(db, count)
    searches = queries(articles, watches)
    [stored] = db.execute("SELECT count(*) FROM articles").fetchone()
    begin = time.perf_counter()
    for article in articles[: count // 2]:
        store(db, article, now=utc_now())
    without = time.perf_counter() - begin
    for number, search in enumerate(searches):
        add_watch(db, f"w{number}", Selection(search=search), utc_now())
    begin = time.perf_counter()
    for article in articles[count // 2 :]:
        store(db, article, now=utc_now())
    queued = time.perf_counter() - begin
    begin = time.perf_counter()
    found = find_matches(db, utc_now())
    seconds = time.perf_counter() - begin
    begin = time.perf_counter()
    for search in searches:
        count_selected(db, Selection(search=search))
    whole = time.perf_counter() - begin
    print(
        f"{stored} articles stored; {watches} watches, {count - count // 2} new articles: "
        f"{seconds * 1000:.0f} ms, {found} matches; searching all of it {whole * 1000:.0f} ms. "
        f"Storing took {without / (count // 2) * 1000:.1f} ms an article without watches, "
        f"{queued / (count - count // 2) * 1000:.1f} ms with."
    )


if __name__ == "__main__":
    main()
