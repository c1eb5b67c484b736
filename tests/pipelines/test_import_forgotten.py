"""What was taken out comes back neither from a web archive nor from the own one."""

from pathlib import Path

import pytest
from foreign_warcs import stories, write
from import_command import folder, rows, run

from storage.database import open_database
from storage.takedown.remove import forget
from storage.takedown.targets import of_references
from text.timestamps import utc_now

pytestmark = pytest.mark.slow


def test_an_archive_that_is_read_again_does_not_bring_it_back(tmp_path: Path) -> None:
    data, file = folder(tmp_path), write(tmp_path / "a.warc.gz", stories(3))
    run(data, file)
    address = "https://www.news.example/2"
    assert len(rows(data, "SELECT url FROM articles")) == 3
    with open_database(data) as db:
        forget(db, of_references(db, [address]), "asked to", utc_now())
    result = run(data, "--again", file)
    assert "1 forgotten" in result.output
    left = rows(data, "SELECT url FROM articles ORDER BY url")
    assert left == ["https://www.news.example/1", "https://www.news.example/3"]
