"""A real WordPress, which nobody here wrote, crawled through REST, its feed and its sitemap.

Run by `make test-wordpress`, where Debian's packages (wordpress, mariadb-server, php-cli) are.
"""

import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from shared import SHARED, needs

from text.folding import fold

BIN = Path(sys.executable).parent
COUNT = 36
FIRST = datetime(2026, 11, 1, 6, tzinfo=UTC)
pytestmark = [
    pytest.mark.wordpress,
    needs("wordpress"),
    pytest.mark.skipif(
        not Path("/usr/share/wordpress").exists() or shutil.which("mariadbd") is None,
        reason="Debian's wordpress and mariadb-server are not installed",
    ),
]
REST_OFF = """<?php
add_filter('rest_authentication_errors', fn($r) => new WP_Error('rest_closed', 'closed', ['status' => 401]));
"""
# PHP's own server logs no request that a router script answers.
LOG = """<?php
file_put_contents(dirname(ABSPATH) . '/requests.log', $_SERVER['REQUEST_URI'] . "\\n", FILE_APPEND | LOCK_EX);
"""
FEED_OFF = """
foreach (['do_feed', 'do_feed_rdf', 'do_feed_rss', 'do_feed_rss2', 'do_feed_atom'] as $feed)
  add_action($feed, function () { wp_die('closed', '', 404); }, 1);
remove_action('wp_head', 'feed_links', 2); remove_action('wp_head', 'feed_links_extra', 3);
"""


class WordPress:
    def __init__(self, folder: Path, url: str, articles: list[dict[str, Any]]) -> None:
        self.folder, self.url, self.articles = folder, url, articles

    def close_doors(self, plugin: str) -> None:
        folder = self.folder / "site" / "wp-content" / "mu-plugins"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "log.php").write_text(LOG)
        (folder / "doors.php").write_text(plugin)

    def requests(self) -> list[str]:
        log = self.folder / "requests.log"
        return log.read_text("utf-8").splitlines() if log.exists() else []

    def article_requests(self) -> int:
        return sum(bool(re.match(r"/2026/11/[^/]+/?$", path)) for path in self.requests())


@pytest.fixture(scope="module")
def wordpress() -> Iterator[WordPress]:
    folder = Path(tempfile.mkdtemp(prefix="warraq-wordpress-"))
    folder.chmod(0o755)  # the user mysql must reach it
    made = subprocess.run(
        [SHARED / "wordpress-articles", SHARED / "evaluation" / "duplicates", str(COUNT)],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    (folder / "articles.jsonl").write_text(made, "utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = folder / "wp"
    try:
        subprocess.run(
            ["bash", SHARED / "wordpress", "start", site, str(port), folder / "articles.jsonl"],
            check=True, timeout=600, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        articles = [json.loads(line) for line in made.splitlines()]
        yield WordPress(site, f"http://127.0.0.1:{port}/", articles)
    finally:
        subprocess.run(["bash", SHARED / "wordpress", "stop", site], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def run(command: str, *arguments: str, data: Path) -> str:
    environment = {**os.environ, "WARRAQ_DATA": str(data), "WARRAQ_SITES": str(data / "sites")}
    done = subprocess.run(
        [BIN / command, *arguments],
        capture_output=True, text=True, env=environment, cwd=Path(__file__).parents[2], timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def rows(data: Path) -> dict[str, dict[str, Any]]:
    with sqlite3.connect(data / "warraq.db") as connection:
        connection.row_factory = sqlite3.Row
        articles = [dict(row) for row in connection.execute("select * from articles")]
    connection.close()
    assert len({fold(row["title"]) for row in articles}) == len(articles)
    return {fold(row["title"]): row for row in articles}


def typed(text: str) -> list[str]:
    """Paragraphs as comparable words: WordPress sets dashes, quotes and ellipses of its own."""
    return [fold(line) for line in text.splitlines() if fold(line)]


def check_corpus(wordpress: WordPress, data: Path, *, tagged: bool = True) -> None:
    stored = rows(data)
    assert len(stored) == COUNT
    for number, article in enumerate(wordpress.articles):
        row = stored[fold(article["title"])]
        assert typed(row["text"]) == typed(article["text"])
        when = FIRST + timedelta(minutes=10 * number)
        assert row["published"] == when.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert row["section"] == article["section"]
        if tagged:
            assert set(json.loads(row["tags"])) == set(article["tags"])


@pytest.mark.parametrize(
    ("door", "plugin"),
    [("wordpress", "<?php\n"), ("feed", REST_OFF), ("sitemap", REST_OFF + FEED_OFF)],
)
def test_every_article_is_there_once_and_a_second_crawl_fetches_none(
    wordpress: WordPress, door: str, plugin: str, tmp_path: Path
) -> None:
    wordpress.close_doors(plugin)
    requested = wordpress.article_requests()
    output = run(
        "warraq", "add", wordpress.url, "--name", "orient", "--allow-private", data=tmp_path
    )
    assert "orient" in output
    run("scrapy", "crawl", "orient", data=tmp_path)
    check_corpus(wordpress, tmp_path)
    before, fetched = rows(tmp_path), wordpress.article_requests()
    if door != "wordpress":
        assert fetched - requested >= COUNT
    run("scrapy", "crawl", "orient", data=tmp_path)
    assert rows(tmp_path) == before
    assert wordpress.article_requests() == fetched
