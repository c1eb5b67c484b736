"""The service as systemd sees it: what it says, when it falls silent, how it reloads and stops."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from daemon import HOLDING, Daemon, stored
from waiting import PATIENCE, until
from web_server import Answer, ReceivedRequest, Web, article, publish, rss

from service.systemd import notify, watchdog
from storage import leases, poll_plan
from storage.database import open_database
from storage.frontier import counts
from text.timestamps import utc_now

pytestmark = pytest.mark.slow


@pytest.fixture
def daemon(tmp_path: Path, web: Web) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path)
    daemon.site("news", keys(web))
    yield daemon
    daemon.close()


def keys(web: Web, feed: str = "/feed", more: str = "every = 0.02\n") -> str:
    return (
        f'homepage = "{web.url}/"\nfeeds = ["{feed}"]\n'
        f"allow_private = true\ndelay = 0\nconcurrency = 4\n{more}"
    )


def test_it_says_when_it_is_ready_and_that_it_stops(daemon: Daemon, web: Web) -> None:
    publish(web, range(3))
    daemon.start("news")
    assert "1 site," in daemon.hear("READY")["STATUS"]
    until(lambda: web.count("/feed") >= 3, "it polls every second or so")
    until(lambda: stored(daemon) == 3, "articles are stored")
    code = daemon.stop()
    assert daemon.hear("STOPPING")["STOPPING"] == "1"
    assert code == 0, daemon.log_text()
    assert daemon.log_text().splitlines()[-1].endswith("stopped")
    assert "Traceback" not in daemon.log_text()


def falls_silent(daemon: Daemon) -> bool:
    """Whether the watchdog is not fed for twice as long as it may be."""
    try:
        for _ in range(50):
            daemon.hear("WATCHDOG", 0.8)
    except TimeoutError:
        return True
    return False


def test_the_watchdog_is_fed_from_the_loop(daemon: Daemon) -> None:
    daemon.environment["WATCHDOG_USEC"] = "400000"
    daemon.start("news", program=HOLDING)
    daemon.hear("READY")
    for _ in range(3):
        daemon.hear("WATCHDOG")
    daemon.send(signal.SIGUSR1)
    assert falls_silent(daemon)
    (daemon.folder / "let_go").touch()
    daemon.hear("WATCHDOG")


def test_a_watchdog_for_another_process_is_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "3000000")
    assert watchdog() == 3.0
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    assert watchdog() == 3.0
    monkeypatch.setenv("WATCHDOG_PID", "1")
    assert watchdog() is None


def test_where_no_one_listens_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    notify("READY=1")
    assert list(tmp_path.iterdir()) == []


def test_reload_reads_sites_and_settings_again(daemon: Daemon, web: Web) -> None:
    settings = daemon.folder / "settings"
    daemon.environment["WARRAQ_SETTINGS"] = str(settings)
    del daemon.environment["WARRAQ_CONTACT"]  # it would be above the file
    settings.write_text("WARRAQ_TIMEOUT=20\nWARRAQ_CONTACT=none\n")
    publish(web, range(1))
    web.pages["/other"] = rss(web.url, [])
    daemon.start("news", "other")
    assert daemon.process
    assert daemon.process.wait(PATIENCE) == 78, "at the start, a site must be there"
    assert "no site is called 'other'" in daemon.log_text()

    daemon.start()
    ready = daemon.hear("READY")
    before = int(ready["STATUS"].split()[0])
    daemon.site("other", keys(web, "/other"))
    settings.write_text("WARRAQ_CONTACT=mailto:warraq@example.org\n")
    now = time.monotonic_ns() // 1000
    daemon.send(signal.SIGHUP)
    assert int(daemon.hear("RELOADING")["MONOTONIC_USEC"]) > now
    assert int(daemon.hear("READY")["STATUS"].split()[0]) == before + 1
    until(lambda: web.count("/other") > 0, "the new site is polled")
    agents = [asked.headers["user-agent"] for asked in web.asked if asked.path == "/other"]
    assert all("warraq@example.org" in agent for agent in agents)


def test_a_broken_file_keeps_what_is_running(daemon: Daemon, web: Web) -> None:
    settings = daemon.folder / "settings"
    settings.write_text("")
    daemon.environment["WARRAQ_SETTINGS"] = str(settings)
    publish(web, range(1))
    daemon.start("news")
    daemon.hear("READY")
    daemon.site("news", 'homepge = "https://example.org/"\n')
    settings.write_text("WARRAQ_TIMEOUT=soon\n")
    daemon.send(signal.SIGHUP)
    assert daemon.hear("RELOADING")
    assert "1 site," in daemon.hear("READY")["STATUS"]
    log = daemon.log_text()
    assert "news.toml: homepge: unknown key; did you mean homepage?" in log
    assert "news stays as it was" in log
    assert "WARRAQ_TIMEOUT: expected a number above 0, such as 30.0; got 'soon'" in log
    polls = web.count("/feed")
    until(lambda: web.count("/feed") > polls + 1, "it is polled as before")
    daemon.site("news", keys(web, more="enabled = false\n"))
    daemon.send(signal.SIGHUP)
    assert daemon.hear("READY")
    assert daemon.stop() == 0


def test_stopped_it_stores_what_is_in_flight_and_releases_the_lease(
    daemon: Daemon, web: Web
) -> None:
    publish(web, range(30))
    reached, let_go = Event(), Event()
    pages = dict(web.pages)

    def slow(asked: ReceivedRequest) -> Answer:
        if len(web.paths("/news/")) > 20:
            reached.set()
            return Answer(str(pages[asked.path]), wait=let_go)
        return Answer(str(pages[asked.path]))

    web.pages |= {path: slow for path in pages if path.startswith("/news/")}
    daemon.start("news")
    assert reached.wait(PATIENCE)
    daemon.send(signal.SIGTERM)
    daemon.hear("STOPPING")
    let_go.set()
    assert daemon.process
    assert daemon.process.wait(PATIENCE) == 0
    asked = len(web.paths("/news/"))
    assert asked < 30
    with open_database(daemon.data) as db:
        assert leases.holder(db, "news") is None
        assert counts(db, "news") == {"done": asked, "queued": 30 - asked}
        assert poll_plan.plans(db)["news"] <= utc_now(), "it is the first to be polled again"
    assert "news: stopped" in daemon.log_text()


def test_what_does_not_finish_in_time_is_left(daemon: Daemon, web: Web) -> None:
    daemon.environment["WARRAQ_STOP_SECONDS"] = "0.5"
    let_go = Event()
    publish(web, range(1))
    web.pages["/news/0"] = Answer(article(0), wait=let_go)
    daemon.start("news")
    until(lambda: web.count("/news/0") > 0, "the article is asked for")
    assert daemon.stop() == 0
    let_go.set()
    assert "not finished in time, and due again: news" in daemon.log_text()
    assert "Traceback" not in daemon.log_text()
    assert "destroyed" not in daemon.log_text()
    with open_database(daemon.data) as db:
        assert leases.holder(db, "news") is None, "its owner is dead"
        assert counts(db, "news") == {"queued": 1}


def test_a_second_service_declines(daemon: Daemon, web: Web) -> None:
    publish(web, range(1))
    daemon.start("news")
    daemon.hear("READY")
    second = subprocess.run(
        [*daemon.command, "run", "news"],
        env=daemon.environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert second.returncode == 1
    assert daemon.process
    assert f"runs on {daemon.data} already: process {daemon.process.pid}" in second.stderr
    assert "Traceback" not in second.stderr
