"""`warraq archive` and `warraq show --raw`."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlite_utils import Database
from warcs import files, pages
from web_server import Answer, Web, article, publish

from cli.archive import archive
from cli.main import Context
from cli.show import show
from items import Site
from spiders.runner import CrawlResult

Crawl = Callable[..., CrawlResult]


def raw(data: Path, reference: str) -> Any:
    return CliRunner().invoke(show, [reference, "--raw"], obj=Context(data))


def test_nothing_is_archived_where_it_is_switched_off(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, db: Database
) -> None:
    publish(web, range(3))
    crawl(replace(site, archive=False))
    crawl(site, settings={"WARRAQ_ARCHIVE": False})
    assert (files(tmp_path), pages(db, tmp_path)) == ([], [])
    result = raw(tmp_path, "0")
    assert result.exit_code == 1
    assert "no page of 0 is archived" in result.output


def test_show_raw_prints_the_bytes_as_fetched(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, range(1))
    body = article(0, "\x1b[31m").encode("utf-8")
    web.pages["/news/0"] = Answer(body)
    crawl(site)
    assert raw(tmp_path, "0").stdout_bytes == body


def test_control_characters_do_not_reach_the_terminal(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(web, range(1))
    web.pages["/news/0"] = article(0, "\x1b[31m")
    crawl(site)
    monkeypatch.setattr("cli.show.is_terminal", lambda: True)
    output = raw(tmp_path, "0").stdout
    assert "نص الخبر رقم 0" in output
    assert "\x1b" not in output


def test_the_archive_is_summarised_and_checked(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    def run(*arguments: str) -> Any:
        return CliRunner().invoke(archive, arguments, obj=Context(tmp_path))

    publish(web, range(3))
    crawl(replace(site, archive=False), limit=1)
    assert "Nothing is archived yet" in run().output
    crawl(site)
    assert "1 archive file" in run().output
    intact = run("check")
    assert (intact.exit_code, "everything is intact" in intact.output) == (0, True)
    [path] = files(tmp_path)
    path.write_bytes(path.read_bytes()[:-400])
    damaged = run("check")
    assert (damaged.exit_code, "1 problem." in damaged.output) == (1, True)
