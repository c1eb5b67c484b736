"""`warraq forget` and `warraq remove`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from storage_samples import NOW
from takedowns import prose, secret, story, traces

from cli.main import warraq
from storage.articles import store
from storage.database import open_database

Run = Callable[..., Result]
URL = "https://news.example/story/1"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with open_database(tmp_path / "data") as db:
        for number in range(3):
            store(db, story(number), key=story(number).url, now=NOW)
        store(db, story(1, "other", paragraphs=prose(1), published="2026-11-01T00:00:00Z"), now=NOW)
    return tmp_path / "data"


@pytest.fixture
def run(data: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("WARRAQ_SITES", "")
    monkeypatch.setenv("WARRAQ_DATA", str(data))

    def run(*arguments: str, answer: str = "") -> Result:
        return CliRunner().invoke(warraq, arguments, input=answer)

    return run


def count(data: Path, table: str = "articles") -> int:
    with open_database(data) as db:
        return int(db[table].count)


def test_a_dry_run_shows_what_would_go_and_changes_nothing(run: Run, data: Path) -> None:
    result = run("forget", URL, "--dry-run")
    assert result.exit_code == 0, result.output
    assert URL in result.stdout
    assert "1 article, 0 copies; 1 address will not be fetched again." in result.stdout
    assert "1 copy at other outlets will stay" in result.stdout
    assert (count(data), count(data, "tombstones")) == (3, 0)


def test_where_nobody_can_be_asked_yes_is_needed(run: Run, data: Path) -> None:
    result = run("forget", URL)
    assert result.exit_code == 2
    assert "--yes" in result.output
    assert count(data, "tombstones") == 0
    result = run("forget", URL, "--yes", "--with-copies", "--reason", "a letter")
    assert result.exit_code == 0, result.output
    assert "Taken out: 2 texts" in result.stdout
    assert traces(data, secret(1)) == []
    with open_database(data) as db:
        assert db.execute("SELECT DISTINCT reason FROM tombstones").fetchall() == [("a letter",)]


@pytest.mark.parametrize(
    "arguments",
    [(), (URL, "--site", "news"), ("--before", "2026-01-01", URL), ("--undo", "--site", "news")],
)
def test_what_makes_no_sense_together_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("forget", *arguments, "--yes").exit_code == 2


@pytest.mark.parametrize("reference", ["0123456789abcdef", "4711", "no such thing"])
def test_a_reference_to_nothing_is_an_error(run: Run, reference: str) -> None:
    result = run("forget", reference, "--yes")
    assert result.exit_code == 1
    assert "no text has" in result.output


def test_an_address_that_was_never_stored_is_not_fetched_either(run: Run, data: Path) -> None:
    result = run("forget", "https://news.example/unknown", "--yes")
    assert result.exit_code == 0, result.output
    assert "nothing is stored of https://news.example/unknown" in result.stdout
    assert count(data, "tombstones") > 0


def test_an_import_does_not_bring_it_back_unless_it_is_allowed(
    run: Run, data: Path, tmp_path: Path
) -> None:
    lines = tmp_path / "a.jsonl"
    export = run("export", str(lines))
    assert export.exit_code == 0
    by_hand = {"url": URL.replace("https", "http"), "title": "t", "text": "\n\n".join(prose(1))}
    (tmp_path / "b.jsonl").write_text(json.dumps(by_hand) + "\n")
    run("forget", URL, "--yes", "--with-copies")
    for file in ("a.jsonl", "b.jsonl"):
        result = run("import", str(tmp_path / file))
        assert result.exit_code == 0, result.output
        assert "1 taken out before" in result.stdout
    assert traces(data, secret(1)) == []
    assert run("forget", "--undo", URL).exit_code == 0
    run("import", str(lines))
    assert traces(data, secret(1)) != []
    assert run("forget", "--undo", URL).exit_code == 1


def sites(data: Path) -> Path:
    folder = data / "sites"
    folder.mkdir()
    (folder / "news.toml").write_text('homepage = "https://news.example/"\n')
    return folder / "news.toml"


def test_a_site_that_is_removed_keeps_its_articles(run: Run, data: Path) -> None:
    file = sites(data)
    assert run("remove", "news").exit_code == 2
    result = run("remove", "news", "--yes")
    assert result.exit_code == 0, result.output
    assert not file.exists()
    assert count(data) == 3
    assert run("remove", "news", "--yes").exit_code == 1


def test_or_goes_with_them(run: Run, data: Path) -> None:
    file = sites(data)
    result = run("remove", "news", "--yes", "--with-articles")
    assert result.exit_code == 0, result.output
    assert not file.exists()
    assert [traces(data, secret(number)) for number in (0, 2)] == [[], []]
    with open_database(data) as db:
        assert db.execute("SELECT url FROM articles").fetchall() == [
            ("https://other.example/story/1",)
        ]


def test_a_site_of_the_catalogue_is_removed_where_it_was_chosen(run: Run, data: Path) -> None:
    result = run("remove", "sana", "--yes")
    assert result.exit_code == 1
    assert "was not chosen: nothing polls it" in result.output
    file = sites(data).parent / "sana.toml"
    file.write_text('like = "sana"\n')
    assert run("remove", "sana", "--yes").exit_code == 0
    assert not file.exists()
