"""How often the right word is offered for a mistyped one.

usage: python -m benchmarks.typing_errors ARTICLES.jsonl.gz [--typos 200] [--seed 1] [--beside]

ARTICLES has lines with `title` and `text`. Words of four letters or more that five articles have are
mistyped by one slip each: a letter left out, doubled, swapped with the next, another in its place or put in
beside it, a key beside it, and one of the letters that sound or look alike. A typo that some article has in
any form is none, and another is made. `--beside`: another word of a story that has the right one stands
beside the mistyped one, of its title where that has one. The results are in `browse/README.md`.
"""

import argparse
import asyncio
import gzip
import hashlib
import json
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from datasette.app import Datasette

from browse.app import application
from browse.live_database import rows
from browse.search.search_suggestions import suggestions
from storage.article_rows import Row, insert
from storage.database import open_database, transaction
from storage.search import index_pending
from storage.search_query import expression
from text.folding import text_hash
from text.search_folding import fold_for_search

_ROWS = ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "ءرويهوزظ", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_ALIKE = {"ه": "ح", "ض": "ظ", "ظ": "ض", "ذ": "ز", "ز": "ذ", "ث": "س", "س": "ص", "ص": "س", "ق": "غ"}
_ALIKE |= {"غ": "ق", "ت": "ط", "ط": "ت", "د": "ض", "ك": "ق", "ح": "ه", "e": "i", "i": "e", "a": "e"}
_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"

Slip = Callable[[str, int, random.Random], str | None]


def left_out(word: str, at: int, chance: random.Random) -> str | None:
    return word[:at] + word[at + 1 :]


def doubled(word: str, at: int, chance: random.Random) -> str | None:
    return word[: at + 1] + word[at:]


def swapped(word: str, at: int, chance: random.Random) -> str | None:
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :] if at + 1 < len(word) else None


def any_other(word: str, at: int, chance: random.Random) -> str | None:
    return word[:at] + chance.choice(_alphabet(word)) + word[at + 1 :]


def put_in(word: str, at: int, chance: random.Random) -> str | None:
    return word[:at] + chance.choice(_alphabet(word)) + word[at:]


def key_beside(word: str, at: int, chance: random.Random) -> str | None:
    row = next((keys for keys in _ROWS if word[at] in keys), "")
    if not row:
        return None
    place = row.index(word[at]) + chance.choice((-1, 1))
    return word[:at] + row[place] + word[at + 1 :] if 0 <= place < len(row) else None


def alike(word: str, at: int, chance: random.Random) -> str | None:
    other = _ALIKE.get(word[at])
    return word[:at] + other + word[at + 1 :] if other else None


SLIPS: tuple[Slip, ...] = (left_out, doubled, swapped, any_other, put_in, key_beside, alike)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=Path)
    parser.add_argument("--typos", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--beside", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        words = fill(Path(folder), options.articles)
        chance = random.Random(options.seed)
        asyncio.run(measure(Path(folder), words, options.typos, chance, beside=options.beside))


def fill(folder: Path, articles: Path) -> list[str]:
    """A database with the articles; returns the words that five of them have."""
    counts: Counter[str] = Counter()
    with open_database(folder) as db, gzip.open(articles, "rt") as lines, transaction(db):
        for number, line in enumerate(lines):
            found = json.loads(line)
            row = _row(number, found["title"] or "", found["text"])
            db.execute(insert(row, "articles"), row)
            counts.update(set(fold_for_search(f"{row['title']} {row['text']}").split()))
        index_pending(db)
    return sorted(w for w, n in counts.items() if n >= 5 and len(w) >= 4 and w.isalpha())


def _row(number: int, title: str, text: str) -> Row:
    name = hashlib.sha256(str(number).encode()).hexdigest()[:16]
    seen = "2026-11-01T06:00:00Z"
    row = {"number": number, "id": name, "title": title, "text": text, "words": 1}
    return row | {"text_hash": text_hash(text), "first_seen": seen, "last_seen": seen}


async def measure(
    folder: Path, words: list[str], count: int, chance: random.Random, *, beside: bool
) -> None:
    reader = application(folder)
    results: dict[str, list[int]] = defaultdict(list)
    times = []
    examples = []
    while sum(map(len, results.values())) < count:
        word = chance.choice(words)
        slip = SLIPS[sum(map(len, results.values())) % len(SLIPS)]
        typo = slip(word, chance.randrange(len(word)), chance)
        if not typo or typo == word or await _is_found(reader, typo):
            continue
        other = await _beside(reader, word, random.Random(word)) if beside else ""
        start = time.perf_counter()
        meant = await suggestions(reader, f"{other} {typo}".strip())
        offered = [fold_for_search(one.word) for one in meant]
        times.append((time.perf_counter() - start) * 1000)
        results[slip.__name__].append(offered.index(word) if word in offered else 99)
        examples.append((typo, word, offered))
    print("| slip | typos | right word first | among three |\n|---|---|---|---|")
    for name, places in [*results.items(), ("all", [*chain.from_iterable(results.values())])]:
        first, three = (sum(place < most for place in places) / len(places) for most in (1, 3))
        print(f"| {name} | {len(places)} | {first:.0%} | {three:.0%} |")
    print(f"p95 {sorted(times)[int(len(times) * 0.95) - 1]:.0f} ms")
    for typo, word, offered in examples[:14]:
        print(f"| {typo} | {word} | {', '.join(offered) or '—'} |")


async def _beside(reader: Datasette, word: str, chance: random.Random) -> str:
    sql = """SELECT title, text FROM articles WHERE number IN
    (SELECT rowid FROM _search WHERE _search MATCH :word LIMIT 20)"""
    story = chance.choice(await rows(reader, sql, {"word": f'"{word}"'}))
    for text in (story["title"], story["text"]):
        others = {other for other in fold_for_search(text).split() if len(other) >= 4}
        if found := sorted(others - {word}):
            return chance.choice(found)
    return ""


async def _is_found(reader: Datasette, typo: str) -> bool:
    sql = "SELECT 1 FROM _search WHERE _search MATCH :word LIMIT 1"
    return bool(await rows(reader, sql, {"word": expression(typo)}))


def _alphabet(word: str) -> str:
    return "abcdefghijklmnopqrstuvwxyz" if word.isascii() else _LETTERS


if __name__ == "__main__":
    main()
