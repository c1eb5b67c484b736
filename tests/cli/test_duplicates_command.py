"""`warraq duplicates` on a small database, and on the labelled articles if they are available."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from duplicate_samples import keep, printed, reworded, story
from shared import SHARED, needs
from storage_samples import article_id, rows

from cli.duplicates import duplicates
from cli.import_export import import_
from cli.main import Context
from storage.database import open_database
from storage.duplicates import compare

Warraq = Callable[..., Result]


@pytest.fixture
def warraq(tmp_path: Path) -> Warraq:
    """`warraq duplicates` on the test's database."""

    def run(*arguments: object, code: int = 0) -> Result:
        context = Context(tmp_path / "data")
        result = CliRunner().invoke(duplicates, list(map(str, arguments)), obj=context)
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def filled(tmp_path: Path) -> None:
    with open_database(tmp_path / "data") as db:
        text = story(1)
        keep(
            db,
            printed(1, text, agency="سانا"),
            printed(2, reworded(text, 15), agency="وكالة سانا"),
            printed(3, [*story(2, 15), *text, *story(3, 5)], url="https://outlet3.example/شدَّة/é"),
            printed(4, story(4), url=None),
            printed(5, ["قصير."], title="\x1b[31m\u202eعنوان"),
        )


@pytest.mark.usefixtures("filled")
def test_clusters_has_a_line_per_text(warraq: Warraq, tmp_path: Path) -> None:
    expected = {
        ("https://outlet1.example/story/1", article_id(1)),
        ("https://outlet2.example/story/2", article_id(1)),
        ("https://outlet3.example/شدَّة/é", article_id(3)),
        (article_id(4), article_id(4)),
        ("https://outlet5.example/story/5", article_id(5)),
    }
    lines = warraq("clusters").stdout.splitlines()
    assert {tuple(line.split("\t")) for line in lines} == expected
    assert "5 texts in" in warraq("clusters", tmp_path / "c.tsv").stdout
    assert (tmp_path / "c.tsv").read_text().splitlines() == lines


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("first", "second", "sentences"),
    [
        (0, article_id(2), ["One is a copy of the other", "crediting one agency", "one story."]),
        (
            0,
            "https://outlet3.example/شدَّة/é",
            ["the second contains the first", "(contains)"],
        ),
        ("https://outlet1.example/story/1", 2, ["Not copies.", "nothing to do with each other"]),
        (3, 0, ["Not copies", "A text of less than 200 characters is compared with no other"]),
    ],
)
def test_explain(warraq: Warraq, first: object, second: object, sentences: list[str]) -> None:
    output = warraq("explain", first, second).stdout
    for sentence in sentences:
        assert sentence in output
    assert "\x1b" not in output
    assert "\u202e" not in output


@pytest.mark.usefixtures("filled")
def test_explain_an_unknown_text(warraq: Warraq) -> None:
    assert "no text has the id, number or URL 99" in warraq("explain", 0, 99, code=1).stderr


@pytest.mark.usefixtures("filled")
def test_rebuild_lists_the_changes(warraq: Warraq, monkeypatch: pytest.MonkeyPatch) -> None:
    assert warraq("rebuild").stdout == "Nothing changed.\n"
    monkeypatch.setattr(compare, "_NEAR", (0.9, 0.9))
    output = warraq("rebuild").stdout
    assert (
        "became copies: 0, copies that became articles: 1, copies with another original: 0"
        in output
    )
    assert f"{article_id(2)}: copy of {article_id(1)} → article" in output


def test_without_a_database(warraq: Warraq) -> None:
    for command in (["clusters"], ["rebuild"], ["explain", 1, 2]):
        assert "There is no database" in warraq(*command, code=1).stderr


@pytest.mark.slow
@needs("evaluation/duplicates/articles.jsonl.gz")
def test_the_labelled_articles(warraq: Warraq, tmp_path: Path) -> None:
    folder = SHARED / "evaluation" / "duplicates"
    articles = str(folder / "articles.jsonl.gz")
    CliRunner().invoke(import_, [articles], obj=Context(tmp_path / "data"))
    warraq("clusters", tmp_path / "clusters.tsv")
    score = subprocess.run(
        [sys.executable, folder / "score.py", tmp_path / "clusters.tsv"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    # One address has a direction mark within, and is stored with it percent-encoded.
    assert "unknown urls 1" in score
    figures = dict(zip(score.split()[-6::2], map(float, score.split()[-5::2]), strict=True))
    assert figures["F1"] >= 0.99, score
    assert figures["precision"] >= 0.995, score


@needs("seeds/expected.json")
def test_the_seeds_are_not_copies(tmp_path: Path) -> None:
    CliRunner().invoke(import_, [str(SHARED / "seeds")], obj=Context(tmp_path / "data"))
    with open_database(tmp_path / "data") as db:
        assert rows(db, "SELECT count(*) FROM articles") == [(5,)]
        assert rows(db, "SELECT * FROM copies") == []
        assert rows(db, "SELECT * FROM related") == []
