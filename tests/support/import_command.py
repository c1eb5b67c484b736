"""`warraq import` on a data folder with a single site file, for the tests of web archives."""

from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from cli.main import warraq
from storage.database import open_database

SITE_FILE = """
homepage = "https://www.news.example/"
language = "ar"
timezone = "Asia/Damascus"
leave = ["/advertorial/"]
"""


def folder(parent: Path) -> Path:
    """A data folder with the site file of `paper`."""
    sites = parent / "data" / "sites"
    sites.mkdir(parents=True)
    (sites / "paper.toml").write_text(SITE_FILE)
    return parent / "data"


def run(data: Path, *arguments: object) -> Result:
    command = ["--data", str(data), "--sites", str(data / "sites"), "import"]
    return CliRunner().invoke(warraq, [*command, *map(str, arguments)])


def rows(data: Path, sql: str) -> list[Any]:
    """The rows as tuples, or the values if there is a single column."""
    with open_database(data) as db:
        return [row[0] if len(row) == 1 else row for row in db.execute(sql).fetchall()]
