"""`warraq crawl` in a process of its own, outside the checkout."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from waiting import PATIENCE
from web_server import Answer, Web, article, publish, rss

from storage import leases
from storage.article_rows import iterate
from storage.database import open_database
from text.timestamps import utc_now

pytestmark = pytest.mark.slow

Start = Callable[..., "subprocess.Popen[str]"]
SUPPORT = Path(__file__).parents[1] / "support"
PROGRAM = "from cli.main import main; main()"


@pytest.fixture
def folder(tmp_path: Path, web: Web) -> Path:
    """Where a user is: data and site files have names that a shell must quote."""
    folder = tmp_path / "else where"
    sites = folder / "my sites"
    sites.mkdir(parents=True)
    (sites / "news.toml").write_text(
        f'homepage = "{web.url}/"\nfeeds = ["/feed"]\nallow_private = true\ndelay = 0\n'
    )
    return folder


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Starts `warraq …` in a process group of its own; what still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []
    hidden = ("WARRAQ_SITES", "WARRAQ_DATA", "SCRAPY_SETTINGS_MODULE")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {
        "WARRAQ_REFINE": "fake_refine.refine",
        "WARRAQ_WORKERS": "1",
        "PYTHONPATH": f"{SUPPORT}{os.pathsep}{SUPPORT.parents[1]}",
    }

    def start(*arguments: str) -> "subprocess.Popen[str]":
        places = ("--data", "my data", "--sites", "my sites")
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *places, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def test_a_crawl_stores_what_is_new(start: Start, web: Web, folder: Path) -> None:
    publish(web, range(3))
    process = start("crawl", "news", "--limit", "2")
    output, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, output) == (0, "news: finished: 2 new\n")
    assert "Traceback" not in errors
    with open_database(folder / "my data") as db:
        assert len(list(iterate(db))) == 2


def test_one_address_alone(start: Start, web: Web) -> None:
    publish(web, range(3))
    process = start("crawl", "news", "--url", f"{web.url}/news/1")
    output, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, output) == (0, "news: finished: 1 new\n")
    assert set(web.paths()) == {"/robots.txt", "/news/1"}


def test_trouble_of_one_of_two_sites_is_no_success(start: Start, web: Web, folder: Path) -> None:
    publish(web, range(2))
    file = folder / "my sites" / "news.toml"
    (file.parent / "other.toml").write_text(file.read_text().replace("/feed", "/none"))
    process = start("crawl", "other", "news")
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert output == "other: failed: nothing new\nnews: finished: 2 new\n"
    assert "other: no source could be read: answers 404" in errors


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["news", "--since", "yesterday"], "--since: expected a date such as 2026-11-01"),
        (["news", "--since", "2999-01-01"], "--since: expected a date that has passed"),
        (["news", "--limit", "many"], "--limit: expected a number of pages"),
        (["news", "--limit", "0"], "--limit: expected a number of pages"),
        (["news", "--url", "https://other.example/1"], "--url: expected the address of a page"),
        (["news", "--url", "/1", "--since", "2011-01-01"], "--url is one address of one site"),
        (["newz"], "no site is called 'newz' did you mean news?"),
        (["zzzzzz"], "`warraq --data 'my data' --sites 'my sites' sites`"),
        ([], "name a site to crawl"),
    ],
)
def test_a_wrong_argument_is_a_sentence(
    start: Start, web: Web, arguments: list[str], sentence: str
) -> None:
    process = start("crawl", *arguments)
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert sentence in errors
    assert (output, len(errors.splitlines())) == ("", 1)
    assert web.asked == []


def test_a_site_that_is_being_crawled_is_left_alone(start: Start, web: Web, folder: Path) -> None:
    publish(web, [1])
    with open_database(folder / "my data") as db:
        leases.acquire(db, "news", "the service", 60, utc_now())
    process = start("crawl", "news", "--since", "2011-01-01")
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert output == ""
    assert "news is being crawled by the service" in errors
    assert web.asked == []


def test_after_an_interruption_the_command_that_is_shown_goes_on(
    start: Start, web: Web, folder: Path
) -> None:
    publish(web, range(30))
    web.pages["/feed"] = rss(web.url, range(30))
    reached, let_go = Event(), Event()
    page = Answer(article(3), wait=let_go)

    def held(_: object) -> Answer:
        reached.set()
        return page

    web.pages["/news/3"] = held
    process = start("crawl", "news", "--since", "2011-01-01")
    assert reached.wait(PATIENCE)
    os.kill(process.pid, signal.SIGINT)
    let_go.set()
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, output + errors
    assert "Traceback" not in errors
    advice = output.splitlines()[-1].partition("go on with: ")[2]
    words = shlex.split(advice)
    assert words[:5] == ["warraq", "--data", "my data", "--sites", "my sites"]
    assert words[5:] == ["crawl", "news", "--since", "2011-01-01"]
    process = start(*words[5:])
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, output
    assert output.splitlines()[-1] == "news: all that it has since 2011-01-01 was gone through."
    with open_database(folder / "my data") as db:
        assert len(list(iterate(db))) == 30
    assert web.count("/feed") == 1


def test_help_teaches_with_examples(start: Start) -> None:
    output, _ = start("crawl", "--help").communicate(timeout=PATIENCE)
    assert "warraq crawl elnahar --since 2011-01-01 " in output
    assert "Examples:\n" in output


@pytest.mark.parametrize("arguments", [("show", "7"), ("check", "news")])
def test_what_is_advised_next_repeats_where_data_and_sites_are(
    start: Start, web: Web, folder: Path, arguments: tuple[str, ...]
) -> None:
    publish(web, [1])
    open_database(folder / "my data").close()
    output, errors = start(*arguments).communicate(timeout=PATIENCE)
    assert "warraq --data 'my data' --sites 'my sites' " in output + errors
