"""Recall, precision, size and time of full-text search, by tokenizer and form of the query.

usage: python -m benchmarks.search ARTICLES.jsonl.gz

ARTICLES has lines with `title` and `text`. A word should find the articles with any of its forms: with
prefixes (`و ف ب ك ل ال` and their combinations) and, from three letters on, with the usual suffixes.
The results are in `browse/README.md`.
"""

import argparse
import gzip
import json
import random
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from storage.search_query import expression
from text.folding import fold
from text.search_folding import fold_for_search

_PREFIXES = ["", "ال", "و", "وال", "ب", "بال", "ل", "لل", "ف", "فال", "ك", "كال", "وب", "وبال"]
_PREFIXES += ["ول", "ولل", "فب", "فل", "وك"]
_SUFFIXES = ["", "ه", "ها", "هم", "هن", "نا", "كم", "ي", "يه", "يا", "يين", "يون", "ا", "ان", "ات"]
_SUFFIXES += ["ين", "ون", "يات"]
# light10 (Larkey, Ballesteros and Connell, 2007).
_LIGHT_PREFIXES = ("وال", "بال", "كال", "فال", "ولل", "ال", "لل")
_LIGHT_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")

Document = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Method:
    """`document` gives the indexed form of a text, `query` the FTS5 expression of a word."""

    name: str
    options: str
    document: Callable[[str], str]
    query: Callable[[str], str]


def light_stem(word: str) -> str:
    for prefix in _LIGHT_PREFIXES:
        if word.startswith(prefix) and len(word) >= len(prefix) + 2:
            word = word[len(prefix) :]
            break
    else:
        word = word[1:] if word.startswith("و") and len(word) > 3 else word
    for suffix in _LIGHT_SUFFIXES:
        if word.endswith(suffix) and len(word) >= len(suffix) + 2:
            word = word[: -len(suffix)]
    return word


def quoted(word: str) -> str:
    return f'"{word}"'


METHODS = [
    Method("as it stands, unicode61", "tokenize='unicode61'", str, quoted),
    Method("folded, unicode61", "tokenize='unicode61'", fold, quoted),
    Method("folded, ascii", "tokenize='ascii'", fold, quoted),
    Method("folded, `word*`", "tokenize='ascii'", fold, lambda word: f'"{word}"*'),
    Method("folded, trigram", "tokenize='trigram'", fold, quoted),
    Method(
        "light10 stems",
        "tokenize='ascii'",
        lambda text: " ".join(map(light_stem, fold(text).split())),
        lambda word: quoted(light_stem(word)),
    ),
    Method("folded, all forms in the query", "tokenize='ascii'", fold_for_search, expression),
    Method("… without the texts", "tokenize='ascii', content=''", fold_for_search, expression),
    Method(
        "… and an index of prefixes",
        "tokenize='ascii', content='', prefix='4'",
        fold_for_search,
        expression,
    ),
]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=Path)
    with gzip.open(parser.parse_args().articles, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    documents = [(row["title"] or "", row["text"]) for row in rows]
    articles_by_word = occurrences(documents)
    words = {
        f"{n} letters": sample_words(articles_by_word, n, count)
        for n, count in ((2, 40), (3, 60), (5, 140))
    }
    print(f"{len(documents)} articles; two letters: {' '.join(words['2 letters'])}")
    print("| index and query | bytes/article | µs to add |" + "".join(f" {n} |" for n in words))
    for method in METHODS:
        with tempfile.TemporaryDirectory() as folder:
            size, added, db = build(Path(folder) / "search.db", documents, method)
            cells = [measure(db, method, sample, articles_by_word) for sample in words.values()]
            db.close()
        print(f"| {method.name} | {size:.0f} | {added:.0f} | {' | '.join(cells)} |")


def occurrences(documents: Iterable[Document]) -> dict[str, set[int]]:
    articles_by_word: dict[str, set[int]] = defaultdict(set)
    for number, document in enumerate(documents):
        for word in set(fold(" ".join(document)).split()):
            articles_by_word[word].add(number)
    return articles_by_word


def sample_words(articles_by_word: dict[str, set[int]], letters: int, count: int) -> list[str]:
    """Words that occur with and without the definite article; 5 letters mean 4 or more."""
    candidates = [
        word[2:]
        for word, articles in articles_by_word.items()
        if word.startswith("ال")
        and len(articles) >= 15
        and len(articles_by_word.get(word[2:], ())) >= 5
    ]
    selected = sorted({word for word in candidates if min(len(word), 4) == min(letters, 4)})
    random.Random(1).shuffle(selected)
    return selected[:count]


def build(
    path: Path, documents: list[Document], method: Method
) -> tuple[float, float, sqlite3.Connection]:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute(f"CREATE VIRTUAL TABLE search USING fts5(title, text, {method.options})")
    prepared = [
        (n, method.document(title), method.document(text))
        for n, (title, text) in enumerate(documents)
    ]
    start = time.perf_counter()
    db.execute("BEGIN")
    db.executemany("INSERT INTO search (rowid, title, text) VALUES (?, ?, ?)", prepared)
    db.execute("COMMIT")
    added = (time.perf_counter() - start) / len(prepared) * 1e6
    return path.stat().st_size / len(prepared), added, db


def measure(
    db: sqlite3.Connection, method: Method, words: list[str], articles_by_word: dict[str, set[int]]
) -> str:
    """Mean recall of prefixed forms, of all forms, mean precision, and the p95 of the time."""
    prefixed_recall, recall, precision, times = 0.0, 0.0, 0.0, []
    for word in words:
        suffixs = _SUFFIXES if len(word) > 2 else [""]
        prefixed, any_form = (
            forms(word, [""], articles_by_word),
            forms(word, suffixs, articles_by_word),
        )
        start = time.perf_counter()
        rows = db.execute("SELECT rowid FROM search WHERE search MATCH ?", [method.query(word)])
        found = {row[0] for row in rows}
        times.append(time.perf_counter() - start)
        prefixed_recall += len(found & prefixed) / len(prefixed)
        recall += len(found & any_form) / len(any_form)
        precision += len(found & any_form) / len(found) if found else 0
    n, p95 = len(words), sorted(times)[int(len(times) * 0.95)] * 1000
    return f"{prefixed_recall / n:.3f} {recall / n:.3f} {precision / n:.3f}, {p95:.1f} ms"


def forms(word: str, suffixs: list[str], articles_by_word: dict[str, set[int]]) -> set[int]:
    articles: set[int] = set()
    for prefix in _PREFIXES:
        for suffix in suffixs:
            articles |= articles_by_word.get(prefix + word + suffix, set())
    return articles


if __name__ == "__main__":
    main()
