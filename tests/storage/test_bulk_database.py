"""What the benchmarks build in bulk has the rows that the product writes."""

from collections import Counter, defaultdict
from itertools import islice
from pathlib import Path

import pytest
from storage_samples import rows

from benchmarks.data import bulk_database
from benchmarks.data.bulk_database import build, shingle_hashes
from benchmarks.data.generated_databases import row_of
from benchmarks.data.generated_news import Press, vocabulary
from storage.database import open_database, transaction
from storage.duplicates.deduplicate import add_text
from storage.duplicates.shingles import fingerprint, hashes, sketch, tokenise
from text.folding import fold

SIZE = 400
SKETCHES = "SELECT hash, entry FROM _duplicate_sketches ORDER BY hash, entry"


def test_hashes_made_of_words_are_those_of_the_text() -> None:
    stories = Press(3).stories(50)
    for story, found in zip(stories, shingle_hashes(stories), strict=True):
        assert found.tolist() == hashes(" ".join(vocabulary().spelled(story))).tolist()


def test_every_row_is_as_the_product_has_it(tmp_path: Path) -> None:
    build(tmp_path / "bulk", SIZE)
    expected, listed = [], []
    with open_database(tmp_path / "bulk") as db:
        for entry, article in enumerate(islice(Press(SIZE).articles(), SIZE), 1):
            row = row_of(article)
            shingles = tokenise(fold(row["text"])).shingles
            sketched = sketch(shingles)
            listed += [(hash_, entry) for hash_ in sketched]
            expected.append((entry, row["id"], fingerprint(row), len(shingles), len(sketched)))
            times = ("first_seen", "last_seen")
            [stored] = db.query("SELECT * FROM articles WHERE id = ?", [row["id"]])
            assert {name: stored[name] for name in row if name not in times} == {
                name: value for name, value in row.items() if name not in times
            }
        assert rows(db, SKETCHES) == sorted(listed)
        entries = "SELECT entry, id, fingerprint, size, sketched FROM _duplicate_entries"
        assert rows(db, entries) == expected


def test_shingles_of_too_many_texts_are_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path / "all", SIZE)
    with open_database(tmp_path / "all") as db:
        counts = Counter(hash_ for hash_, _ in rows(db, SKETCHES))
    monkeypatch.setattr(bulk_database, "CROWD", 10)
    build(tmp_path / "few", SIZE)
    crowds = {hash_: count for hash_, count in counts.items() if count >= 10}
    assert crowds
    with open_database(tmp_path / "few") as db:
        assert dict(rows(db, "SELECT * FROM _stop_shingles")) == crowds
        left = Counter(hash_ for hash_, _ in rows(db, SKETCHES))
    assert left == {hash_: count for hash_, count in counts.items() if count < 10}


def test_leads_have_the_index_of_whole_texts(tmp_path: Path) -> None:
    found = defaultdict(list)
    for lead in (False, True):
        build(tmp_path / str(lead), SIZE, lead=lead)
        with open_database(tmp_path / str(lead)) as db:
            found[lead] = [
                rows(db, SKETCHES),
                rows(db, "SELECT id, words FROM articles"),
                rows(db, "SELECT entry, id, size, sketched FROM _duplicate_entries"),
            ]
            [(longest,)] = rows(db, "SELECT max(instr(text, char(10))) FROM articles")
            assert bool(longest) is not lead
    assert found[False] == found[True]


def test_a_copy_of_a_built_article_is_found(tmp_path: Path) -> None:
    build(tmp_path / "bulk", SIZE)
    article = next(Press(SIZE).articles())
    row = row_of(article) | {"id": "0" * 16, "url": "https://elsewhere.example/1"}
    row |= {"first_seen": "2100-01-01T00:00:00Z"}  # a copy is what came later
    with open_database(tmp_path / "bulk") as db:
        with transaction(db):
            assert add_text(db, row, ()) is None
        assert rows(db, "SELECT id FROM copies") == [("0" * 16,)]
