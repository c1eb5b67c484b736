"""The service at work: beside crawls by hand and other writers, on a full disk, with suspect sites."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from click.testing import CliRunner
from daemon import Daemon, stored
from waiting import PATIENCE, until
from web_server import Answer, Web, article, publish, rss

from cli.main import Context
from cli.status import status as status_command
from storage import leases
from storage.database import FILE, open_database
from text.timestamps import utc_now

pytestmark = pytest.mark.slow

# A disk that is as full as a file says.
DISK_OF_A_FILE = """
import os, pathlib, shutil
free = pathlib.Path(os.environ["FREE"])
def usage(path):
    state = free.read_text()
    if state.isdecimal():
        return shutil._ntuple_diskusage(10**12, 0, int(state))
    raise {"sick": OSError("the disk is sick"), "fault": RuntimeError("a fault of ours")}[state]
shutil.disk_usage = usage
from cli.main import main
main()
"""


@pytest.fixture
def daemon(tmp_path: Path, web: Web) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path)
    daemon.site(
        "news",
        f'homepage = "{web.url}/"\nfeeds = ["/feed"]\nallow_private = true\n'
        "delay = 0\nconcurrency = 4\nevery = 0.02\n",
    )
    yield daemon
    daemon.close()


def set_disk(daemon: Daemon, state: str) -> None:
    """Bytes that are free, or an error. Replaced in one go: the service reads it at any time."""
    (daemon.folder / "free.new").write_text(state)
    (daemon.folder / "free.new").rename(daemon.folder / "free")


def start_with_disk(daemon: Daemon, state: str) -> None:
    set_disk(daemon, state)
    daemon.environment |= {"FREE": str(daemon.folder / "free"), "WARRAQ_DISK_FLOOR_MB": "1000"}
    daemon.environment["WATCHDOG_USEC"] = "200000"  # looks at the disk as often as it feeds it
    daemon.start("news", program=DISK_OF_A_FILE)
    daemon.hear("READY")


def by_hand(daemon: Daemon, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "scrapy", "crawl", *arguments]
    environment = daemon.environment | {
        "WARRAQ_DATA": str(daemon.data),
        "SCRAPY_SETTINGS_MODULE": "settings",
    }
    return subprocess.run(
        command,
        env=environment,
        cwd=daemon.folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def status(daemon: Daemon) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(status_command, ["--json"], obj=Context(daemon.data))
    return done.exit_code, json.loads(done.stdout)


def test_a_crawl_by_hand_declines_while_the_service_is_on_the_site(
    daemon: Daemon, web: Web
) -> None:
    publish(web, range(1))
    let_go = Event()
    web.pages["/news/0"] = Answer(article(0), wait=let_go)
    daemon.start("news")
    until(lambda: web.count("/news/0") > 0, "the service is on the site")
    hand = by_hand(daemon, "news")
    let_go.set()
    assert hand.returncode == 1
    assert daemon.process
    assert f"news is being crawled by process {daemon.process.pid}" in hand.stderr
    assert "ERROR" not in hand.stderr
    assert "Traceback" not in hand.stderr
    until(lambda: stored(daemon) == 1, "the service's crawl goes on")
    assert daemon.stop() == 0
    assert "ERROR" not in daemon.log_text()


def test_a_site_that_is_crawled_by_hand_is_left_alone_meanwhile(daemon: Daemon, web: Web) -> None:
    publish(web, range(1))
    with open_database(daemon.data) as db:
        leases.acquire(db, "news", "process 7 on this machine", 3600, utc_now())
        daemon.start("news")
        until(lambda: "left alone" in daemon.log_text(), "the service says so")
        assert (
            "news: left alone, it is being crawled by process 7 on this machine"
            in daemon.log_text()
        )
        assert web.count("/feed") == 0
    assert daemon.stop() == 0
    assert "ERROR" not in daemon.log_text()


def test_writers_wait_for_each_other(daemon: Daemon, web: Web) -> None:
    """The service, crawls by hand, and someone who holds the database for a second."""
    for number in range(4):
        daemon.site(
            f"other{number}",
            f'homepage = "{web.url}/{number}/"\nfeeds = ["/feed{number}"]\nallow_private = true\n'
            "delay = 0\nevery = 0.01\n",
        )
        web.pages[f"/feed{number}"] = rss(f"{web.url}/{number}", range(15))
        web.pages |= {f"/{number}/news/{n}": article(n, words=f"من {number}") for n in range(15)}
    publish(web, range(20))
    daemon.start("other0", "other1", "other2", "other3")
    until(lambda: (daemon.data / FILE).exists(), "the service has made its database")
    daemon.hear("READY")
    holder = sqlite3.connect(daemon.data / FILE, isolation_level=None)
    holder.execute("PRAGMA busy_timeout = 20000")
    holder.execute("BEGIN IMMEDIATE")
    Event().wait(1.0)
    holder.execute("ROLLBACK")
    holder.close()
    hand = by_hand(daemon, "news")
    assert hand.returncode == 0, hand.stderr
    until(lambda: stored(daemon) == 80, "all of it is stored")
    assert daemon.stop() == 0
    assert "locked" not in daemon.log_text() + hand.stderr
    assert "ERROR" not in daemon.log_text() + hand.stderr


def test_below_the_floor_nothing_is_fetched_and_above_it_all_goes_on(
    daemon: Daemon, web: Web
) -> None:
    publish(web, range(2))
    start_with_disk(daemon, "400000000")
    for _ in range(5):
        line = daemon.hear("WATCHDOG")["STATUS"]
    assert "400 MB free on the disk, the floor is 1000 MB" in line
    assert web.asked == []
    code, report = status(daemon)
    assert code == 1
    assert report["service"]["held"] == "400 MB free on the disk, the floor is 1000 MB"
    set_disk(daemon, "2000000000")
    until(lambda: stored(daemon) == 2, "it goes on by itself")
    let_go = Event()
    publish(web, range(40))
    web.pages |= {f"/news/{n}": Answer(article(n), wait=let_go) for n in range(30, 40)}
    until(lambda: bool(set(web.paths("/news/3")) - {"/news/3"}), "a crawl is under way")
    set_disk(daemon, "900000000")
    until(lambda: daemon.log_text().count("nothing is fetched") == 2, "the disk is full again")
    let_go.set()
    until(lambda: "news: stopped" in daemon.log_text(), "a crawl takes no more pages")
    assert stored(daemon) < 40
    set_disk(daemon, "2000000000")
    until(lambda: stored(daemon) == 40, "and all is fetched in the end")
    assert "there is room on the disk again" in daemon.log_text()
    assert daemon.stop() == 0


def test_a_disk_that_cannot_be_read_is_as_it_was(daemon: Daemon, web: Web) -> None:
    publish(web, range(2))
    start_with_disk(daemon, "2000000000")
    set_disk(daemon, "sick")
    until(lambda: "cannot be read: the disk is sick" in daemon.log_text(), "it is logged")
    publish(web, range(4))
    until(lambda: stored(daemon) == 4, "and polls go on")
    set_disk(daemon, "900000000")
    until(
        lambda: "nothing is fetched: 900 MB free" in daemon.log_text(), "until it can be read again"
    )
    assert daemon.log_text().count("cannot be read") == 1
    assert daemon.stop() == 0


def test_a_fault_of_its_own_ends_the_service_in_order(daemon: Daemon, web: Web) -> None:
    publish(web, range(2))
    start_with_disk(daemon, "2000000000")
    until(lambda: stored(daemon) == 2, "it polls")
    set_disk(daemon, "fault")
    daemon.hear("STOPPING")
    assert daemon.process
    assert daemon.process.wait(PATIENCE) == 1
    assert "the service's heartbeat failed: RuntimeError('a fault of ours')" in daemon.log_text()
    with open_database(daemon.data) as db:
        assert leases.holder(db, "news") is None


@pytest.mark.parametrize("lost", ["warraq.db", "warraq.db-wal", ""])
def test_a_database_that_is_deleted_ends_the_service_which_begins_anew(
    daemon: Daemon, web: Web, lost: str
) -> None:
    publish(web, range(2))
    daemon.environment["WATCHDOG_USEC"] = "200000"
    daemon.start("news")
    until(lambda: (daemon.data / FILE).exists() and stored(daemon) == 2, "articles are stored")
    if lost:
        (daemon.data / lost).unlink()
    else:
        shutil.rmtree(daemon.data)
    assert daemon.process
    assert daemon.process.wait(PATIENCE) == 1
    log = daemon.log_text()
    assert log.count("the service ends: ") == 1
    assert "was deleted while it was open" in log
    assert "Traceback" not in log
    publish(web, range(3))
    daemon.start("news")
    until(lambda: stored(daemon) == 3, "all of it is stored")
    assert daemon.stop() == 0


def test_a_site_that_turns_suspect_raises_an_alert(daemon: Daemon, web: Web) -> None:
    alerts = daemon.folder / "alerts"
    hook = daemon.folder / "hook"
    hook.write_text(f'#!/bin/sh\necho "$1 $WARRAQ_SITE: $WARRAQ_REASON" >> {alerts}\n')
    hook.chmod(0o755)
    daemon.environment["WARRAQ_ON_SUSPECT"] = f"{hook} 'tell me'"
    publish(web, range(3))
    daemon.start("news", "--log-format", "json")
    until(lambda: (daemon.data / FILE).exists() and stored(daemon) == 3, "articles are stored")
    assert status(daemon)[0] == 0
    web.pages["/feed"] = rss(web.url, [])
    until(alerts.exists, "the command is run")
    reason = "its lists are empty; they used to have 3 articles"
    until(lambda: alerts.read_text() == f"tell me news: {reason}\n", "with the site and the reason")
    code, report = status(daemon)
    assert code == 1
    [site] = [site for site in report["sites"] if site["site"] == "news"]
    assert site["suspect"] == reason
    assert report["service"]["runs"] is True
    publish(web, range(4))
    until(lambda: "as usual again" in daemon.log_text(), "the site is as it was")
    assert status(daemon)[0] == 0
    assert daemon.stop() == 0
    lines = [json.loads(line) for line in daemon.log_text().splitlines()]
    assert [line["suspect"] for line in lines if "suspect" in line] == [reason]
    assert alerts.read_text().count("\n") == 1
    assert {"time", "level", "logger", "message"} <= set(lines[0])
    ended = [line for line in lines if "counts" in line]
    assert (ended[0]["site"], ended[0]["counts"]["new"]) == ("news", 3)
    assert len(ended) == 2, "polls that bring nothing are not worth a line"


def test_status_for_people(daemon: Daemon, web: Web) -> None:
    publish(web, range(2))

    def shown() -> str:
        done = CliRunner().invoke(status_command, obj=Context(daemon.data))
        assert done.exit_code == ("does not run" in done.stdout)
        return done.stdout

    daemon.start("news")
    daemon.hear("READY")
    until(lambda: " ok" in shown(), "the crawl has ended well")
    header, news, *_, service = shown().strip().splitlines()
    assert {"success", "newest", "next", "recent", "usual", "health"} <= set(header.split())
    assert news.split()[:2] == ["news", "2"]
    assert news.split()[-1] == "ok"
    assert "it polls 1 site," in service
    daemon.stop()
    assert shown().strip().endswith("The service does not run.")


def test_a_log_for_the_journal_has_levels_and_no_times(tmp_path: Path) -> None:
    code = (
        "import logging, os, sys\n"
        "stat = os.fstat(2)\n"
        "os.environ['JOURNAL_STREAM'] = f'{stat.st_dev}:{stat.st_ino}'\n"
        "from service.log_output import set_up\n"
        "set_up('text', {'LOG_LEVEL': 'INFO'})\n"
        "logging.getLogger('a').warning('two\\nlines')\n"
        "try: int('x')\n"
        "except ValueError: logging.getLogger('a').exception('a fault')\n"
        "logging.getLogger('scrapy.core').debug('not told')\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, env=os.environ
    )
    first, second = done.stderr.splitlines()
    assert first == "<4>two ⏎ lines"
    assert second.startswith("<3>a fault [ValueError: invalid literal for int()")
    assert second.endswith("<string>:7 <module>]")
