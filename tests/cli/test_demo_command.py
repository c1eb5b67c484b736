"""`warraq demo`: it checks what was stored, can be repeated, and names differences."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.demo import demo
from cli.main import Context
from demo.expected import articles
from demo.outlets import outlet
from storage.database import open_database

pytestmark = pytest.mark.slow

# The first of six, below the ephemeral ports; every test process has its own.
PORT = str(20_000 + os.getpid() % 1000 * 10)


def run(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(demo, ["--data", str(folder), *options], obj=Context(folder))


def test_the_command_succeeds_and_a_second_run_stores_nothing_new(tmp_path: Path) -> None:
    first = run(tmp_path, "--port", PORT)
    assert first.exit_code == 0, first.output
    for text in ("All 61 articles are stored as published", "as copies", "noindex", "read_more"):
        assert text in first.output
    with open_database(tmp_path / "demo", create=False) as db:
        before = list(db["articles"].rows)
        second = run(tmp_path)
        assert second.exit_code == 0
        assert "0 of them are new in this run" in " ".join(second.output.split())
        assert list(db["articles"].rows) == before
        assert sum(row["new"] for row in db["crawls"].rows_where("crawl > 6")) == 0


def test_the_command_names_differences_from_what_was_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = articles("maraya")[0]
    expected = (*articles("maraya")[1:], replace(published, blocks=published.blocks[1:]))
    monkeypatch.setattr("cli.demo_run.articles", lambda name: expected if name == "maraya" else ())
    monkeypatch.setattr("demo.server.outlets", lambda: (outlet("maraya"),))
    monkeypatch.setattr("demo.site_files.outlets", lambda: (outlet("maraya"),))
    result = run(tmp_path, "--port", PORT)
    assert result.exit_code == 1
    assert f"unexpected line: '{published.paragraphs[0][:20]}" in result.output
