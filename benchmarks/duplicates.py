"""Copies told from their like, on labelled articles: what is found, missed and wrong, by kind.

usage: python -m benchmarks.duplicates FOLDER

FOLDER holds articles.jsonl.gz, pairs.jsonl and ignore.jsonl. The articles are imported as
`warraq import` does it, and their clusters scored, also for each half of the set by itself. Then
the thresholds are chosen anew on one half and tried on the other.
"""

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from sqlite_utils import Database

from benchmarks import duplicate_thresholds
from benchmarks.data import labelled_duplicates
from benchmarks.data.labelled_duplicates import Labels, Pair
from pipelines.ingest.documents import import_documents
from storage.article_rows import Row
from storage.database import open_database
from storage.duplicates.explain import clusters, explain, find_text
from storage.formats import import_files
from text.terminal import printable
from text.timestamps import utc_now


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    known = labelled_duplicates.read(folder)
    with (
        tempfile.TemporaryDirectory() as temporary,
        open_database(Path(temporary)) as db,
    ):
        documents = import_files.read(folder / "articles.jsonl.gz")
        for _ in import_documents(db, documents, utc_now()):
            pass
        found = _found(db, known)
        _report(db, known, found)
        duplicate_thresholds.report(db, known)


def _found(db: Database, known: Labels) -> set[Pair]:
    ids = {article["url"]: id_ for id_, article in known.articles.items()}
    groups: dict[str, set[str]] = defaultdict(set)
    for url, original in clusters(db):
        groups[original].add(ids[url])
    return labelled_duplicates.pairs_of(groups.values())


def _report(db: Database, known: Labels, found: set[Pair]) -> None:
    copies, related = db["copies"].count, db["related"].count
    print(f"{len(known.articles)} articles: {copies} copies, {related} related pairs\n")
    for part, name in ((None, "all"), ("A", "half A"), ("B", "half B")):
        scored = labelled_duplicates.score(known, found, part)
        pairs = scored.found + len(scored.missed)
        print(f"{name:6}  {pairs} pairs of copies  {scored}")
        print(f"        missed: {labelled_duplicates.by_kind(known, scored.missed)}")
        print(f"        false:  {labelled_duplicates.by_kind(known, scored.false)}")
    scored = labelled_duplicates.score(known, found)
    _explain(db, known, "missed", scored.missed)
    _explain(db, known, "false", scored.false)


def _explain(db: Database, known: Labels, what: str, pairs: Iterable[Pair]) -> None:
    for pair in sorted(pairs, key=lambda pair: (known.kinds.get(pair, ("", ""))[1], pair)):
        kind = known.kinds.get(pair, ("", "not labelled"))[1]
        one, other = (_row(db, known.articles[id_]["url"]) for id_ in pair)
        print(f"\n{what}: {kind}: {pair[0]} and {pair[1]}")
        for row in (one, other):
            print(f"  {row['published']} {printable(row['title'] or '')[:70]}")
        for sentence in explain(db, one, other).sentences:
            print(f"    {sentence}")


def _row(db: Database, url: str) -> Row:
    row = find_text(db, url)
    assert row
    return row


if __name__ == "__main__":
    main()
