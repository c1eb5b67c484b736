"""A database of millions of generated articles with their index of duplicates, written in bulk: the
same rows as the product writes, in a tenth of the time.

A shingle's hash is a polynomial in its characters, so that it is made of three words' values, each
computed once, and no character is read again. The index is written last, in the order of hashes.
"""

import hashlib
import shutil
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from itertools import pairwise
from math import inf
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.data.generated_news import (
    PARAGRAPH,
    Press,
    Words,
    paragraphs,
    published,
    title,
    vocabulary,
)
from storage.article_rows import Row, insert
from storage.database import FILE, open_database
from storage.duplicates.index import CROWD
from storage.duplicates.shingles import (
    _BASE,
    Hashes,
    _distinct,
    _mixed,
    fingerprint,
    sketch,
)
from text.timestamps import utc_now

_CHUNK, _STORIES = 20_000, 200
_RANGES = 64
_HASH_BITS = 47


def build(folder: Path, size: int, *, lead: bool = False, seconds: float = inf) -> None:
    """Write `size` articles, or as many as come about in `seconds`, unless the folder has a database.
    `lead`: the texts are stored up to their first paragraph, which saves most of the disk; the index is
    of all their words.
    """
    if (folder / FILE).exists():
        return
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    open_database(part).close()
    deadline = time.monotonic() + seconds
    with closing(sqlite3.connect(part / FILE)) as connection:
        # A database whose building is interrupted is built anew.
        for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1500000"):
            connection.execute(f"PRAGMA {setting}")
        index, press = _SketchRows(), Press(seed=size)
        for first in range(0, size, _CHUNK):
            if time.monotonic() < deadline:
                numbers = range(first, min(first + _CHUNK, size))
                _write(connection, press, numbers, index, lead=lead)
        index.write(connection)
        connection.execute("PRAGMA journal_mode = WAL")
    part.rename(folder)


def _write(
    connection: sqlite3.Connection,
    press: Press,
    numbers: range,
    index: "_SketchRows",
    *,
    lead: bool,
) -> None:
    rows: list[Row] = []
    entries, now = [], utc_now()
    for first in range(numbers.start, numbers.stop, _STORIES):
        stories = press.stories(min(_STORIES, numbers.stop - first))
        for story, order in zip(stories, shingle_hashes(stories), strict=True):
            number = numbers.start + len(rows)
            row = _row(press, number, story, lead=lead) | {"first_seen": now, "last_seen": now}
            shingles = _distinct(order)
            hashes = sketch(shingles)
            index.add(number + 1, hashes)
            sizes = len(shingles), number + 1, len(hashes)
            entries.append((number + 1, row["id"], fingerprint(row), *sizes))
            rows.append(row)
    with connection:
        connection.executemany(insert(rows[0], "articles"), rows)
        connection.executemany("INSERT INTO _duplicate_entries VALUES (?, ?, ?, ?, ?, ?)", entries)
        connection.execute("DELETE FROM _search_queue")


def _row(press: Press, number: int, story: Words, *, lead: bool) -> Row:
    """The columns that `article_row` fills. Without all words the hash is of their numbers, for the
    sake of speed.
    """
    words = vocabulary().spelled(story[:PARAGRAPH] if lead else story)
    hashed = story.tobytes() if lead else " ".join(words).encode()
    return {
        "number": number,
        "id": press.id(number),
        "url": press.url(number),
        "title": title(words),
        "published": published(number),
        "language": "ar",
        "text": "\n\n".join(paragraphs(words)),
        "words": len(story),
        "text_hash": hashlib.sha256(hashed).hexdigest()[:32],
        "found_by": "",
    }


def shingle_hashes(stories: Sequence[Words]) -> list[Hashes]:
    """Of each story what `shingles.hashes` has for its folded text, in the order of the text."""
    alone, before, shift = _word_values()
    words = np.concatenate(stories)
    first, second, third = words[:-2], words[1:-1], words[2:]
    sums = alone[third]
    sums *= shift[second]
    sums += before[second]
    sums *= shift[first]
    sums += before[first]
    hashes, ends = _mixed(sums), np.cumsum([0, *map(len, stories)])
    return [hashes[begin : end - 2] for begin, end in pairwise(ends.tolist())]


@cache
def _word_values() -> tuple[Hashes, Hashes, Hashes]:
    """Of each word: its polynomial, the same with a space behind it, and the power of the base that
    shifts what follows.
    """
    alone, before, shift = [], [], []
    for word in vocabulary().words:
        value = sum(ord(letter) * pow(_BASE, at, 1 << 64) for at, letter in enumerate(word))
        power = pow(_BASE, len(word), 1 << 64)
        alone.append(value % (1 << 64))
        before.append((value + ord(" ") * power) % (1 << 64))
        shift.append(power * _BASE % (1 << 64))
    return np.array(alone, np.uint64), np.array(before, np.uint64), np.array(shift, np.uint64)


class _SketchRows:
    """The rows of the index, collected in memory, 12 bytes each; written by ranges of hashes."""

    def __init__(self) -> None:
        self._hashes: list[NDArray[np.int64]] = []
        self._entries: list[NDArray[np.uint32]] = []
        self._waiting: tuple[list[int], list[int]] = ([], [])

    def add(self, entry: int, hashes: list[int]) -> None:
        self._waiting[0].extend(hashes)
        self._waiting[1].extend([entry] * len(hashes))
        if len(self._waiting[0]) > 1_000_000:
            self._collect()

    def _collect(self) -> None:
        hashes, entries = self._waiting
        self._hashes.append(np.array(hashes, np.int64))
        self._entries.append(np.array(entries, np.uint32))
        self._waiting = ([], [])

    def write(self, connection: sqlite3.Connection) -> None:
        """A shingle that is in as many texts as one lists is stopped, as maintenance does it."""
        self._collect()
        hashes = np.concatenate(self._hashes)
        self._hashes.clear()  # half of the memory
        entries = np.concatenate(self._entries)
        self._entries.clear()
        ranges = (hashes >> (_HASH_BITS - _RANGES.bit_length() + 1)).astype(np.uint8)
        for number in range(_RANGES):
            chosen = np.flatnonzero(ranges == number)
            chosen = chosen[np.argsort(hashes[chosen], kind="stable")]
            with connection:
                _write_range(connection, hashes[chosen], entries[chosen])


def _write_range(
    connection: sqlite3.Connection, hashes: NDArray[np.int64], entries: NDArray[np.uint32]
) -> None:
    """Every other row first: rows in order fill the pages of a table, and each of the next articles
    would have to split some thirty. The second half splits them, so that they are as full as of rows
    that came one by one.
    """
    distinct, counts = np.unique(hashes, return_counts=True)
    stopped = counts >= CROWD
    crowds = zip(distinct[stopped].tolist(), counts[stopped].tolist(), strict=True)
    connection.executemany("INSERT INTO _stop_shingles VALUES (?, ?)", crowds)
    listed = np.flatnonzero(~np.repeat(stopped, counts))
    for half in (listed[::2], listed[1::2]):
        rows = zip(hashes[half].tolist(), entries[half].tolist(), strict=True)
        connection.executemany("INSERT INTO _duplicate_sketches VALUES (?, ?)", rows)
