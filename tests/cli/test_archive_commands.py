"""The archive as its commands show it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlite_utils import Database
from warcs import files, pages
from web_server import Answer, Web, article, rss

from cli.archive import archive
from cli.main import Context
from cli.show import show
from items import Site
from spiders.runner import CrawlResult

Crawl = Callable[..., CrawlResult]


def publish(web: Web, count: int = 3) -> None:
    web.pages["/feed"] = rss(web.url, range(count))
    web.pages |= {f"/news/{n}": article(n) for n in range(count)}


def raw(data: Path, which: str) -> Any:
    return CliRunner().invoke(show, [which, "--raw"], obj=Context(data))


def test_there_is_no_archive_where_none_is_wanted(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, db: Database
) -> None:
    publish(web)
    crawl(replace(site, archive=False))
    crawl(site, settings={"WARRAQ_ARCHIVE": False})
    assert (files(tmp_path), pages(db, tmp_path)) == ([], [])
    said = raw(tmp_path, "0")
    assert said.exit_code == 1
    assert "no page of 0 is archived" in said.output


def test_show_raw_prints_the_bytes_that_came(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, 1)
    body = article(0, "\x1b[31m").encode("utf-8")
    web.pages["/news/0"] = Answer(body)
    crawl(site)
    assert raw(tmp_path, "0").stdout_bytes == body


def test_on_a_terminal_a_page_cannot_act(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(web, 1)
    web.pages["/news/0"] = article(0, "\x1b[31m")
    crawl(site)
    monkeypatch.setattr("cli.show.is_terminal", lambda: True)
    shown = raw(tmp_path, "0").stdout
    assert "نص الخبر رقم 0" in shown
    assert "\x1b" not in shown


def test_what_is_archived_is_told_and_checked_by_commands(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    def said(*arguments: str) -> Any:
        return CliRunner().invoke(archive, arguments, obj=Context(tmp_path))

    publish(web)
    crawl(replace(site, archive=False), limit=1)
    assert "Nothing is archived yet" in said().output
    crawl(site)
    assert "1 archive file" in said().output
    whole = said("check")
    assert (whole.exit_code, "everything is intact" in whole.output) == (0, True)
    [path] = files(tmp_path)
    path.write_bytes(path.read_bytes()[:-400])
    damaged = said("check")
    assert (damaged.exit_code, "problems." in damaged.output) == (1, True)
