"""`scrapy` in processes of its own: by name, killed, stopped, beside another crawl."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner
from waiting import PATIENCE
from web_server import Answer, ReceivedRequest, Web, publish

from cli.main import warraq
from storage import leases
from storage.article_rows import iterate
from storage.database import open_database
from storage.frontier import counts
from text.timestamps import utc_now

pytestmark = pytest.mark.slow

Scrapy = Callable[..., "subprocess.Popen[str]"]

SUPPORT = Path(__file__).parents[1] / "support"


@pytest.fixture
def sites(tmp_path: Path, web: Web) -> Path:
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "news.toml").write_text(
        f'homepage = "{web.url}/"\nfeeds = ["/feed"]\n'
        "allow_private = true\ndelay = 0\nconcurrency = 4\n"
    )
    return folder


@pytest.fixture
def scrapy(tmp_path: Path, sites: Path) -> Iterator[Scrapy]:
    """Starts `scrapy …` in a process group of its own; what still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []
    environment = os.environ | {
        "WARRAQ_SITES": str(sites),
        "WARRAQ_DATA": str(tmp_path / "data"),
        "WARRAQ_REFINE": "fake_refine.refine",
        "WARRAQ_WORKERS": "2",
        "PYTHONPATH": str(SUPPORT),
        "SCRAPY_SETTINGS_MODULE": "settings",
    }

    def start(*arguments: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "scrapy", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=tmp_path,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def hold_after(web: Web, count: int) -> tuple[Event, Event]:
    """Articles are answered at once until `count` were asked for; the rest wait to be let go.

    With 16 pages in flight at most, some are stored by then when `count` is more.
    """
    reached, let_go = Event(), Event()
    pages = dict(web.pages)

    def held(asked: ReceivedRequest) -> Answer:
        if len(web.paths("/news/")) <= count:
            return Answer(str(pages[asked.path]))
        reached.set()
        return Answer(str(pages[asked.path]), wait=let_go)

    web.pages |= {path: held for path in pages if path.startswith("/news/")}
    return reached, let_go


def test_sites_are_listed_by_name_and_a_broken_file_is_reported(
    scrapy: Scrapy, sites: Path
) -> None:
    (sites / "broken.toml").write_text('homepge = "https://example.org/"\n')
    output, errors = scrapy("list").communicate()
    assert "news" in output.split()
    assert "broken" not in output.split()
    assert "broken.toml" in errors
    assert "homepge" in errors
    assert "Traceback" not in errors


@pytest.mark.environment
def test_a_crawl_by_name_says_what_it_did_in_a_few_lines(
    scrapy: Scrapy, web: Web, tmp_path: Path
) -> None:
    publish(web, range(3))
    process = scrapy("crawl", "news", "-a", "limit=2")
    _, errors = process.communicate()
    assert process.returncode == 0
    assert "news: finished" in errors
    assert "2 new" in errors
    assert len(errors.splitlines()) <= 3, errors
    assert len(list(iterate(open_database(tmp_path / "data")))) == 2


def test_trouble_of_one_source_is_told_and_no_success(
    scrapy: Scrapy, sites: Path, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its other source and the queued pages are read all the same."""
    for name in ("WARRAQ_SITES", "WARRAQ_DATA"):
        monkeypatch.setenv(name, "")  # the command sets it; restored after the test
    publish(web, range(3))
    file = sites / "news.toml"
    file.write_text(file.read_text().replace('["/feed"]', '["/broken", "/feed"]'))
    web.pages["/broken"] = "<html>no feed</html>"
    process = scrapy("crawl", "news")
    output = "".join(process.communicate(timeout=PATIENCE))
    assert process.returncode == 1, output
    with open_database(tmp_path / "data") as db:
        assert len(list(iterate(db))) == 3
    told = (
        CliRunner()
        .invoke(warraq, ["--data", str(tmp_path / "data"), "--sites", str(sites), "status"])
        .output
    )
    assert "in part" in next(line for line in told.splitlines() if line.startswith("news "))
    assert "in part news: feed" in told
    assert "/broken: a document that begins with <html>, not a feed" in " ".join(told.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["newz"], "did you mean news?"),
        (["news", "-a", "limit=many"], "limit: expected a number"),
        (["news", "-a", "since=yesterday"], "since: expected a date"),
        (["news", "-a", "limits=2"], "limits"),
    ],
)
def test_a_mistake_is_reported_without_a_traceback(
    scrapy: Scrapy, web: Web, arguments: list[str], message: str
) -> None:
    process = scrapy("crawl", *arguments)
    _, errors = process.communicate()
    assert process.returncode != 0
    assert message in errors
    assert "Traceback" not in errors
    assert web.asked == []


def test_a_site_that_is_being_crawled_is_declined(scrapy: Scrapy, web: Web, tmp_path: Path) -> None:
    publish(web, [1])
    leases.acquire(open_database(tmp_path / "data"), "news", "the service", 60, utc_now())
    process = scrapy("crawl", "news")
    _, errors = process.communicate()
    assert process.returncode == 1
    assert "being crawled by the service" in errors
    assert "Traceback" not in errors


def test_a_data_folder_that_cannot_be_written_is_reported(
    scrapy: Scrapy, web: Web, tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("a file in its place")
    process = scrapy("crawl", "news")
    _, errors = process.communicate()
    assert process.returncode == 1
    assert str(tmp_path / "data") in errors
    assert "Traceback" not in errors


def test_after_kill_9_every_article_is_there_once(scrapy: Scrapy, web: Web, tmp_path: Path) -> None:
    publish(web, range(30))
    reached, let_go = hold_after(web, 20)
    process = scrapy("crawl", "news")
    assert reached.wait(PATIENCE)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    let_go.set()
    db = open_database(tmp_path / "data")
    before = len(list(iterate(db)))
    assert 0 < before < 30
    web.forget()
    _, errors = scrapy("crawl", "news").communicate()
    assert "news: finished" in errors, "the dead owner's lease holds no one up"
    assert sorted(int(item.url.rpartition("/")[2]) for item in iterate(db) if item.url) == list(
        range(30)
    )
    assert counts(db, "news") == {"done": 30}
    assert len(web.paths("/news/")) == 30 - before, "what was stored is not fetched again"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopped_it_stores_what_is_in_flight_and_releases_the_lease(
    scrapy: Scrapy, web: Web, tmp_path: Path, number: signal.Signals
) -> None:
    publish(web, range(30))
    reached, let_go = hold_after(web, 20)
    process = scrapy("crawl", "news")
    assert reached.wait(PATIENCE)
    os.killpg(process.pid, number)
    assert process.stderr
    assert "shutting down" in process.stderr.readline()
    let_go.set()
    _, errors = process.communicate(timeout=PATIENCE)
    db = open_database(tmp_path / "data")
    assert leases.holder(db, "news") is None
    asked = len(web.paths("/news/"))
    assert asked < 30
    assert len(list(iterate(db))) == asked, "every page that was asked for is kept"
    assert "news: stopped" in errors
    assert "Traceback" not in errors
