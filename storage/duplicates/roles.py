"""Who is the original: of each cluster the earliest published, else the first seen, is the article
and the others are its copies. Rows move accordingly.

Mostly that is the pivot itself. A text without a date cannot be one before those that have one, and
may all the same have been seen first.
"""

from collections.abc import Collection, Iterable

from storage.article_rows import Row
from storage.duplicates import copies
from storage.duplicates.compare import compare_texts
from storage.duplicates.entries import Entry, Texts
from storage.duplicates.evidence import in_words, kind_of_copy

_LEANING = "SELECT entry FROM _entries WHERE pivot = ? AND pivot <> entry"


def members(texts: Texts, pivot: int) -> list[int]:
    """The pivot and what leans on it."""
    return [pivot, *(entry for (entry,) in texts.db.conn.execute(_LEANING, [pivot]).fetchall())]


def assign(texts: Texts, pivots: Iterable[int], judged: Collection[int]) -> None:
    """Every text of these clusters in the table where it belongs; `judged` are those whose figures
    are new.
    """
    clusters = {pivot: members(texts, pivot) for pivot in pivots}
    originals = {pivot: _original(texts, found) for pivot, found in clusters.items()}
    for original in originals.values():
        _into_corpus(texts, original)
    for pivot, found in clusters.items():
        for entry in found:
            if entry != originals[pivot]:
                _as_copy(texts, entry, originals[pivot], judged)


def _original(texts: Texts, found: list[int]) -> int:
    texts.load(found)
    return min(found, key=texts.since)


def _into_corpus(texts: Texts, entry: int) -> None:
    known = texts[entry]
    if known.number is not None:
        return
    if fresh := texts.fresh.pop(entry, None):
        copies.add_article(texts.db, fresh, fresh["lines"], fresh["number"])
    else:
        copies.to_articles(texts.db, known.id)
    texts.forget([entry])


def _as_copy(texts: Texts, entry: int, original: int, judged: Collection[int]) -> None:
    known, number = texts[entry], texts[original].number
    if known.of is not None and known.of == number and not {entry, original} & set(judged):
        return
    copy = _copy(texts, entry, texts[original])
    if fresh := texts.fresh.pop(entry, None):
        copies.add_copy(texts.db, fresh, fresh["lines"], copy)
    elif known.number is not None:
        copies.to_copies(texts.db, known.number, copy)
    else:
        copies.change_copy(texts.db, known.id, copy)
    texts.forget([entry])


def _copy(texts: Texts, entry: int, original: Entry) -> Row:
    """The columns of `copies` that say of what, how sure, and why."""
    known = texts[entry]
    verdict = compare_texts(texts.party(entry), texts.party(original.entry))
    pivot = texts[known.pivot]
    between = None if verdict.kind == "copy" else pivot.id
    return {
        "of": original.number,
        "of_url": original.url,
        "of_published": original.published,
        "kind": kind_of_copy(
            verdict,
            longer=known.size > original.size,
            same_words=known.fingerprint == original.fingerprint,
        ),
        "jaccard": round(verdict.jaccard, 4),
        "containment": round(verdict.containment, 4),
        "evidence": in_words(verdict, credit=known.agency or known.source, through=between),
    }
