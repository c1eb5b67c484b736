"""What a search finds and costs, by tokenizer and by how a query is asked: `browse/README.md`.

`python -m benchmarks.search ARTICLES.jsonl.gz`: lines with `title` and `text`. What should be found
of a word: the articles with any form of it, the word with its prefixes (`و ف ب ك ل ال` and what
they make together) and, for words of three letters and more, with the usual endings.
"""

import gzip
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from storage.search_query import expression
from text.folding import fold

_PREFIXES = ["", "ال", "و", "وال", "ب", "بال", "ل", "لل", "ف", "فال", "ك", "كال", "وب", "وبال"]
_PREFIXES += ["ول", "ولل", "فب", "فل", "وك"]
_ENDINGS = ["", "ه", "ها", "هم", "هن", "نا", "كم", "ي", "يه", "يا", "يين", "يون", "ا", "ان", "ات"]
_ENDINGS += ["ين", "ون", "يات"]
# light10 (Larkey, Ballesteros and Connell, 2007).
_LIGHT_PREFIXES = ("وال", "بال", "كال", "فال", "ولل", "ال", "لل")
_LIGHT_ENDINGS = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")

Document = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Way:
    """`document` is what is indexed of a text, `query` the FTS5 expression of a word."""

    name: str
    options: str
    document: Callable[[str], str]
    query: Callable[[str], str]


def light(word: str) -> str:
    for prefix in _LIGHT_PREFIXES:
        if word.startswith(prefix) and len(word) >= len(prefix) + 2:
            word = word[len(prefix) :]
            break
    else:
        word = word[1:] if word.startswith("و") and len(word) > 3 else word
    for ending in _LIGHT_ENDINGS:
        if word.endswith(ending) and len(word) >= len(ending) + 2:
            word = word[: -len(ending)]
    return word


def quoted(word: str) -> str:
    return f'"{word}"'


WAYS = [
    Way("as it stands, unicode61", "tokenize='unicode61'", str, quoted),
    Way("folded, unicode61", "tokenize='unicode61'", fold, quoted),
    Way("folded, ascii", "tokenize='ascii'", fold, quoted),
    Way("folded, `word*`", "tokenize='ascii'", fold, lambda word: f'"{word}"*'),
    Way("folded, trigram", "tokenize='trigram'", fold, quoted),
    Way(
        "light10 stems",
        "tokenize='ascii'",
        lambda text: " ".join(map(light, fold(text).split())),
        lambda word: quoted(light(word)),
    ),
    Way("folded, any form asked", "tokenize='ascii'", fold, expression),
    Way("… without the texts", "tokenize='ascii', content=''", fold, expression),
    Way("… and an index of prefixes", "tokenize='ascii', content='', prefix='4'", fold, expression),
]


def main(path: Path) -> None:
    with gzip.open(path, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    documents = [(row["title"] or "", row["text"]) for row in rows]
    where = occurrences(documents)
    words = {f"{n} letters": sample(where, n, most) for n, most in ((2, 40), (3, 60), (5, 140))}
    print(f"{len(documents)} articles; two letters: {' '.join(words['2 letters'])}")
    print("| index and query | bytes/article | µs to add |" + "".join(f" {n} |" for n in words))
    for way in WAYS:
        with tempfile.TemporaryDirectory() as folder:
            size, added, db = build(Path(folder) / "search.db", documents, way)
            cells = [measure(db, way, some, where) for some in words.values()]
            db.close()
        print(f"| {way.name} | {size:.0f} | {added:.0f} | {' | '.join(cells)} |")


def occurrences(documents: Iterable[Document]) -> dict[str, set[int]]:
    where: dict[str, set[int]] = defaultdict(set)
    for number, document in enumerate(documents):
        for word in set(fold(" ".join(document)).split()):
            where[word].add(number)
    return where


def sample(where: dict[str, set[int]], letters: int, most: int) -> list[str]:
    """Words that occur with the article and without it; 5 letters stand for 4 and more."""
    found = [
        word[2:]
        for word, places in where.items()
        if word.startswith("ال") and len(places) >= 15 and len(where.get(word[2:], ())) >= 5
    ]
    fitting = sorted({word for word in found if min(len(word), 4) == min(letters, 4)})
    random.Random(1).shuffle(fitting)
    return fitting[:most]


def build(
    path: Path, documents: list[Document], way: Way
) -> tuple[float, float, sqlite3.Connection]:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute(f"CREATE VIRTUAL TABLE search USING fts5(title, text, {way.options})")
    ready = [
        (n, way.document(title), way.document(text)) for n, (title, text) in enumerate(documents)
    ]
    start = time.perf_counter()
    db.execute("BEGIN")
    db.executemany("INSERT INTO search (rowid, title, text) VALUES (?, ?, ?)", ready)
    db.execute("COMMIT")
    added = (time.perf_counter() - start) / len(ready) * 1e6
    return path.stat().st_size / len(ready), added, db


def measure(db: sqlite3.Connection, way: Way, words: list[str], where: dict[str, set[int]]) -> str:
    """Mean recall of prefixed forms, recall of all forms, precision; the p95 of the time."""
    recalls, wide, precisions, times = 0.0, 0.0, 0.0, []
    for word in words:
        endings = _ENDINGS if len(word) > 2 else [""]
        prefixed, every = forms(word, [""], where), forms(word, endings, where)
        start = time.perf_counter()
        rows = db.execute("SELECT rowid FROM search WHERE search MATCH ?", [way.query(word)])
        found = {row[0] for row in rows}
        times.append(time.perf_counter() - start)
        recalls += len(found & prefixed) / len(prefixed)
        wide += len(found & every) / len(every)
        precisions += len(found & every) / len(found) if found else 0
    n, p95 = len(words), sorted(times)[int(len(times) * 0.95)] * 1000
    return f"{recalls / n:.3f} {wide / n:.3f} {precisions / n:.3f}, {p95:.1f} ms"


def forms(word: str, endings: list[str], where: dict[str, set[int]]) -> set[int]:
    found: set[int] = set()
    for prefix in _PREFIXES:
        for ending in endings:
            found |= where.get(prefix + word + ending, set())
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
