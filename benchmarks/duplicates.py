"""Precision and recall of copies on labelled articles, with the missed and false pairs by kind.

usage: python -m benchmarks.duplicates FOLDER

FOLDER holds articles.jsonl.gz, pairs.jsonl and ignore.jsonl. The articles are imported as
`warraq import` does it, and their clusters scored, also for either half of the set. Then the
thresholds are chosen on one half and scored on the other.
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
from text.urls import canonicalise


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    labels = labelled_duplicates.read(folder)
    with (
        tempfile.TemporaryDirectory() as temporary,
        open_database(Path(temporary)) as db,
    ):
        documents = import_files.read(folder / "articles.jsonl.gz")
        for _ in import_documents(db, documents, utc_now()):
            pass
        pairs = _copy_pairs(db, labels)
        _report(db, labels, pairs)
        duplicate_thresholds.report(db, labels)


def _copy_pairs(db: Database, labels: Labels) -> set[Pair]:
    ids = {
        canonicalise(article["url"]) or article["url"]: id_
        for id_, article in labels.articles.items()
    }
    groups: dict[str, set[str]] = defaultdict(set)
    for url, original in clusters(db):
        groups[original].add(ids[canonicalise(url) or url])
    return labelled_duplicates.pairs_of(groups.values())


def _report(db: Database, labels: Labels, found: set[Pair]) -> None:
    copies, related = db["copies"].count, db["related"].count
    print(f"{len(labels.articles)} articles: {copies} copies, {related} related pairs\n")
    for part, name in ((None, "all"), ("A", "half A"), ("B", "half B")):
        scored = labelled_duplicates.score(labels, found, part)
        pairs = scored.found + len(scored.missed)
        print(f"{name:6}  {pairs} pairs of copies  {scored}")
        print(f"        missed: {labelled_duplicates.by_kind(labels, scored.missed)}")
        print(f"        false:  {labelled_duplicates.by_kind(labels, scored.false)}")
    scored = labelled_duplicates.score(labels, found)
    _explain(db, labels, "missed", scored.missed)
    _explain(db, labels, "false", scored.false)


def _explain(db: Database, labels: Labels, error: str, pairs: Iterable[Pair]) -> None:
    for pair in sorted(pairs, key=lambda pair: (labels.kinds.get(pair, ("", ""))[1], pair)):
        kind = labels.kinds.get(pair, ("", "not labelled"))[1]
        first, second = (_row(db, labels.articles[id_]["url"]) for id_ in pair)
        print(f"\n{error}: {kind}: {pair[0]} and {pair[1]}")
        for row in (first, second):
            print(f"  {row['published']} {printable(row['title'] or '')[:70]}")
        for sentence in explain(db, first, second).sentences:
            print(f"    {sentence}")


def _row(db: Database, url: str) -> Row:
    row = find_text(db, url)
    assert row
    return row


if __name__ == "__main__":
    main()
