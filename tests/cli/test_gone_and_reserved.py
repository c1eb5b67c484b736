"""What the commands say of articles that are gone from their site, and of uses that it reserves."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from storage_samples import NOW, article

from cli.main import warraq
from items import Rights, RightsStatement
from storage.articles import store
from storage.database import open_database

GONE = "2026-11-03T06:00:00Z"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two articles: one is gone and reserved, with a value that would act on a terminal."""
    statement = RightsStatement("tdm-reservation", "1", "header", NOW)
    policy = RightsStatement("tdm-policy", "\x1b[31mhttps://a.example/p", "header", NOW)
    with open_database(tmp_path) as db:
        store(db, article(0), now=NOW)
        store(db, article(1, rights=Rights((statement, policy), ("header",))), now=NOW)
        db.execute("UPDATE articles SET gone_at = ? WHERE id = ?", [GONE, article(1).id])
        db.execute(
            "INSERT INTO absences (id, url, reason, missed_at, gone_at) VALUES (?, 'x', 'http_410', ?, ?)",
            [article(1).id, NOW, GONE],
        )
    return tmp_path


def run(data: Path, *arguments: str) -> str:
    result = CliRunner().invoke(warraq, ["--data", str(data), *arguments])
    assert result.exit_code in (0, 1), result.output
    return result.output


def test_show_has_the_absence_and_each_statement_with_its_source(data: Path) -> None:
    shown = run(data, "show", article(1).id)
    assert f"gone      {GONE} (http_410)" in shown
    assert "reserved  tdm-reservation" in shown
    assert f"rights    tdm-reservation: 1 (header, {NOW})" in shown
    assert "\x1b" not in shown
    assert "gone" not in run(data, "show", article(0).id)


def test_status_counts_what_is_gone(data: Path) -> None:
    [site] = json.loads(run(data, "status", "--json"))["sites"]
    assert (site["articles"], site["gone"]) == (2, 1)


@pytest.mark.parametrize(
    ("option", "count"), [((), 2), (("--without-gone",), 1), (("--without-reserved",), 1)]
)
def test_an_export_can_leave_them_out(data: Path, option: tuple[str, ...], count: int) -> None:
    file = data / "a.jsonl"
    run(data, "export", str(file), *option)
    assert len(file.read_text().splitlines()) == count
