"""`python -m benchmarks.metadata`: a set's own scorer counts, and what fails or is missing is said."""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from foreign_warcs import Story

from benchmarks import metadata
from benchmarks.extraction import write_between
from benchmarks.metadata import FinderScore, labelled, measure, table, warraq

# Of a scorer no more than the benchmark uses.
SCORER = """
def names(authors):
    return set([authors] if isinstance(authors, str) else authors or ())

def judge(gold, found):
    pairs = {"title": ("title", "title"), "day": ("date", "published")}
    return {
        field: "right" if str(found.get(own) or "")[:10] == gold[name][:10] else "wrong" if found.get(own) else "none"
        for field, (name, own) in pairs.items() if gold.get(name)
    }
"""
TITLE = "خبر الجسر الجديد رقم 1"


@pytest.fixture
def labelled_set(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "score_metadata.py").write_text(SCORER)
    rows: list[dict[str, Any]] = [
        {"id": "a", "url": "https://a.example/1", "title": TITLE[:10], "date": "2025-05-06", "authors": ["x"]},
        {"id": "b", "url": "https://b.example/2", "date": "2024-01-01"},
        {"id": "c", "url": "", "title": "an address is not known"},
        {"id": "d", "url": "https://d.example/3"},
    ]  # fmt: skip
    for row in rows:
        file = tmp_path / "pages" / f"{row['id']}.html.gz"
        file.write_bytes(gzip.compress(Story().html()))
    (tmp_path / "meta.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def broken(body: bytes, url: str) -> Mapping[str, Any]:
    raise RecursionError


def absent(body: bytes, url: str) -> Mapping[str, Any]:
    raise ModuleNotFoundError(name="absent")


def test_finders_are_scored_by_the_set(labelled_set: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "load_dates", lambda: None)
    pages = labelled([labelled_set], 1)
    assert [gold["id"] for _, gold, _ in pages] == ["a", "b"]
    scores = [
        FinderScore("ours", warraq, ("title", "published")),
        FinderScore("broken", broken, metadata.ALL_FIELDS),
        FinderScore("absent", absent, metadata.ALL_FIELDS),
    ]
    measure(scores, pages)
    ours, failing, missing = scores
    assert ours.share("title", "right") == 1
    assert (ours.share("day", "right"), ours.share("day", "wrong")) == (0.5, 0.5)
    assert (failing.failed, failing.share("day", "none")) == (2, 1)
    assert missing.missing == "not installed: absent"
    rows = [line.strip("| \n").split(" | ") for line in table(scores).splitlines()]
    assert rows[2][:2] == ["ours", "1.000"]
    assert rows[4][:2] == ["absent", "not installed: absent"]


def test_a_table_is_written_between_its_marks(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("a\n<!-- fields -->\nold\n<!-- /fields -->\n<!-- refining -->\n")
    write_between(file, "fields", "| new |\n")
    assert file.read_text() == (
        "a\n<!-- fields -->\n\n| new |\n\n<!-- /fields -->\n<!-- refining -->\n"
    )
    with pytest.raises(SystemExit):
        write_between(file, "refining", "x")
