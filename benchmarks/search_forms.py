"""Recall and precision of the forms of a query, against plain reading of the texts.

usage: python -m benchmarks.search_forms ARTICLES.jsonl.gz --texts FOLDER [FOLDER ...]

ARTICLES has lines with `title` and `text`, in Arabic; each story gets the title of the next as the headline
of a copy. A FOLDER has `*.txt` in many languages; a paragraph is a document. Queries are made of words that
some document has. Truth is told by reading: by sets of written words, by `in`, and by what Unicode calls a
mark. The results are in `browse/README.md`.
"""

import argparse
import gzip
import json
import random
import re
import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.search import forms
from storage.search_query import read_query
from text.search_folding import fold_for_search

_SUFFIXES = ["", "ه", "ها", "هم", "هن", "نا", "كم", "ي", "يه", "يا", "يين", "يون", "ا", "ان", "ات"]
_SUFFIXES += ["ين", "ون", "يات"]
_BEFORE = ("", "و", "ف", "ب", "ل", "ك")
_PER_KIND = 100
_SCRIPTS = {
    "accents, Latin": r"[A-Za-z\u00c0-\u024f]{4,}",
    "accents, Greek": r"[\u0370-\u03ff\u1f00-\u1fff]{4,}",
    "accents, Cyrillic": r"[\u0400-\u04ff]{4,}",
}
_SPACELESS = {
    "Chinese and Japanese, two characters": r"[\u4e00-\u9fff]{2}",
    "Chinese and Japanese, three": r"[\u4e00-\u9fff]{3}",
    "Thai, five characters": r"[\u0e01-\u0e2e][\u0e01-\u0e4e]{4}",
    "Burmese, six characters": r"[\u1000-\u1021][\u1000-\u104f]{5}",
}
_PERSIAN = re.compile("\\b(?:ن?می\u200c[\u0600-\u06ff]{3,}|[\u0600-\u06ff]{3,}\u200cها(?:ی)?)\\b")

Query = tuple[str, set[int]]


@dataclass
class Corpus:
    """Documents of `title`, `text` and `headlines`, in an index like the database's, and to be read."""

    documents: list[tuple[str, str, str]]
    by_word: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_title_word: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        self.db = sqlite3.connect(":memory:")
        options = "title, text, headlines, content='', tokenize='ascii'"
        self.db.execute(f"CREATE VIRTUAL TABLE search USING fts5({options})")
        self.folded = [tuple(map(fold_for_search, document)) for document in self.documents]
        for number, columns in enumerate(self.folded):
            sql = "INSERT INTO search (rowid, title, text, headlines) VALUES (?, ?, ?, ?)"
            self.db.execute(sql, [number, *columns])
            for word in {word for column in columns for word in column.split()}:
                self.by_word[word].add(number)
            for word in columns[0].split():
                self.by_title_word[word].add(number)

    def find(self, query: str) -> set[int]:
        asked = read_query(query)
        sql = "SELECT rowid FROM search WHERE search MATCH ?"
        found = {number for (number,) in self.db.execute(sql, [asked.expression])}
        return set(range(len(self.documents))) - found if asked.is_complement else found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=Path)
    parser.add_argument("--texts", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    with gzip.open(options.articles, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    titles = [row["title"] or "" for row in rows]
    copies = titles[1:] + titles[:1]
    stories = Corpus([(t, row["text"], c) for t, row, c in zip(titles, rows, copies, strict=True)])
    print("| query | queries | recall | precision |\n|---|---|---|---|")
    chance = random.Random(1)
    for name, queries in arabic(stories, chance):
        report(name, stories, queries)
    paths = sorted(path for folder in options.texts for path in folder.glob("*.txt"))
    lines_ = [line for path in paths for line in path.read_text().splitlines() if line.strip()]
    if lines_:
        paragraphs = Corpus([("", line, "") for line in dict.fromkeys(lines_)])
        for name, queries in other_scripts(paragraphs, chance):
            report(name, paragraphs, queries)


def report(name: str, corpus: Corpus, queries: Sequence[Query]) -> None:
    """Means over the queries that something is true of."""
    recall = precision = 0.0
    queries = [(query, truth) for query, truth in queries if truth]
    for query, truth in queries:
        found = corpus.find(query)
        recall += len(found & truth) / len(truth)
        precision += len(found & truth) / len(found) if found else 0
    n = max(1, len(queries))
    print(f"| {name} | {len(queries)} | {recall / n:.3f} | {precision / n:.3f} |", flush=True)


def arabic(corpus: Corpus, chance: random.Random) -> Iterator[tuple[str, list[Query]]]:
    known = sorted(w for w, n in corpus.by_word.items() if len(n) >= 8 and w.isalpha())
    words = [w for w in known if len(w) == 4 and w[0] not in "اوفبكل"]
    sets = {word: forms(word, _SUFFIXES, corpus.by_word) for word in words}
    picked = [[chance.choice(words) for _ in range(4)] for _ in range(_PER_KIND)]
    everything = set(range(len(corpus.documents)))
    a, b, c = ([sets[row[n]] for row in picked] for n in range(3))
    for name, form, truths in (
        ("a word", "{0}", a),
        ("`a OR b`", "{0} OR {1}", [x | y for x, y in zip(a, b, strict=True)]),
        ("`a -b`", "{0} -{1}", [x - y for x, y in zip(a, b, strict=True)]),
        ("`-a`", "-{0}", [everything - x for x in a]),
        *[("`(a OR b) c`", "({0} أو {1}) {2}", [(x | y) & z for x, y, z in zip(a, b, c)])],  # noqa: B905
        *[("`a -(b OR c)`", "{0} -({1} | {2})", [x - (y | z) for x, y, z in zip(a, b, c)])],  # noqa: B905
    ):
        yield name, [(form.format(*row), t) for row, t in zip(picked, truths, strict=True)]
    titled = [w for w in words if len(corpus.by_title_word[w]) >= 2]
    in_titles = [(f"عنوان:{w}", forms(w, _SUFFIXES, corpus.by_title_word)) for w in titled]
    yield "`title:a`", in_titles[:_PER_KIND]
    starts = [w[:3] for w in chance.sample(words, _PER_KIND)]
    yield "`abc*`", [(f"{s}*", _beginning(corpus, s)) for s in starts]
    yield "a word of a copy's headline alone", list(_of_copies(corpus, chance))
    for length in (2, 3):
        phrases = list(_phrases(corpus, chance, length))
        exact = [(f'"{phrase}"', _having(corpus, [phrase])) for phrase in phrases]
        yield f"a phrase of {length} words, as it stands", exact
        yield (
            "… or behind a prefix of the first",
            [(f'"{phrase}"', _having(corpus, _behind_prefixes(phrase))) for phrase in phrases],
        )


def _behind_prefixes(phrase: str) -> list[str]:
    if phrase.startswith("ال"):
        return [phrase, f"لل{phrase[2:]}", *(start + phrase for start in "وفبك")]
    return [start + phrase for start in _BEFORE]


def _having(corpus: Corpus, phrases: Sequence[str]) -> set[int]:
    """Documents with any of the phrases in a column."""
    return {
        number
        for number, columns in enumerate(corpus.folded)
        if any(f" {phrase} " in f" {column} " for column in columns for phrase in phrases)
    }


def _beginning(corpus: Corpus, start: str) -> set[int]:
    return set().union(*(n for word, n in corpus.by_word.items() if word.startswith(start)))


def _of_copies(corpus: Corpus, chance: random.Random) -> Iterator[Query]:
    for number in chance.sample(range(len(corpus.documents)), _PER_KIND):
        title, text, headline = corpus.folded[number]
        own = set(f"{title} {text}".split())
        alone = [w for w in headline.split() if w not in own and len(w) > 3]
        if alone:
            yield f'"{alone[0]}"', corpus.by_word[alone[0]]


def _phrases(corpus: Corpus, chance: random.Random, length: int) -> Iterator[str]:
    for number in chance.sample(range(len(corpus.documents)), _PER_KIND):
        words = corpus.folded[number][1].split()
        if len(words) > length:
            start = chance.randrange(len(words) - length)
            yield " ".join(words[start : start + length])


def other_scripts(corpus: Corpus, chance: random.Random) -> Iterator[tuple[str, list[Query]]]:
    texts = [document[1] for document in corpus.documents]
    for name, pattern in _SCRIPTS.items():
        yield name, list(_accented(texts, pattern, chance))
    for name, pattern in _SPACELESS.items():
        found = sorted({part for text in texts for part in re.findall(pattern, text)})
        parts = chance.sample(found, min(_PER_KIND, len(found)))
        yield name, [(p, {n for n, text in enumerate(texts) if p in text}) for p in parts]
    persian = sorted({word for text in texts for word in _PERSIAN.findall(text)})[:_PER_KIND]
    for name, joint in (("with its invisible space", "\u200c"), ("joined", ""), ("apart", " ")):
        queries = [word.replace("\u200c", joint) for word in persian]
        truths = [{n for n, text in enumerate(texts) if word in text} for word in persian]
        yield f"a Persian word {name}", list(zip(queries, truths, strict=True))


def _accented(texts: list[str], pattern: str, chance: random.Random) -> Iterator[Query]:
    """Words with a mark, typed without it: those that are written so but for marks, or begin so."""
    written: dict[str, set[int]] = defaultdict(set)
    for number, text in enumerate(texts):
        for word in re.findall(r"\w+", unicodedata.normalize("NFC", text).lower()):
            written[word].add(number)
    bare = {word: _bare(word) for word in written}
    marked = sorted(w for w in written if re.fullmatch(pattern, w) and bare[w] != w)
    for word in chance.sample(marked, min(_PER_KIND, len(marked))):
        alike = [
            numbers for other, numbers in written.items() if bare[other].startswith(bare[word])
        ]
        yield bare[word], set().union(*alike)


def _bare(word: str) -> str:
    """Without its marks, but for the Cyrillic letters that are others without them."""
    kept = "йїў"
    return "".join(
        char if char in kept else unicodedata.normalize("NFD", char)[0] for char in word
    ).replace("ς", "σ")


if __name__ == "__main__":
    main()
