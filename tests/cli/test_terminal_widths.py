"""What commands print is read on narrow terminals, in pipes, and where NO_COLOR is set: no word is cut, no
escape code goes where none is wanted.
"""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from storage_samples import NOW, article

from cli.trial_crawl import TrialCrawl, report
from demo.expected import printings
from demo.newsroom import Newsroom
from demo.outlets import outlets
from demo.report import print_tables
from items import Site
from pipelines.ingest.rechecked import IngestResult
from spiders.crawl_resources import SourceRead
from storage import crawls
from storage.articles import store
from storage.database import open_database

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
WIDTHS = (60, 80, 120)
LONG = "an_outlet_of_a_name_that_is_rather_long"
ENCODED = "https://news.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three articles and a copy, of sites with files; one crawl found no feed, one could not begin."""
    folder = tmp_path_factory.mktemp("data")
    sites = folder / "sites"
    sites.mkdir()
    for name in ("news", LONG):
        (sites / f"{name}.toml").write_text(
            f'homepage = "https://{name.replace("_", "-")}.example/"\ntitle = "وكالة أنباء المدينة 新聞社"'
        )
    (sites / "locked.toml").write_text('homepage = "https://locked.example/"')
    with open_database(folder) as db:
        for sample in range(3):
            store(db, article(sample, site="news"), now=NOW)
        copied = article(0, id="ab" * 8, url="https://other.example/0", site=LONG)
        store(db, copied, now=NOW)
        crawl = crawls.begin(db, Site("news", homepage="https://news.example/"), NOW)
        crawls.finish(
            db, crawl, "finished", {"new": 3}, NOW, trouble=f"feed {ENCODED}: answers 404"
        )
        crawls.record_not_begun(db, Site("locked"), "no_access", "cookies: no variable A", NOW)
        crawls.record_not_begun(db, Site("locked"), "no_access", "cookies: no variable B", NOW)
    return folder


COMMANDS = {
    "sites": ["sites"],
    "status": ["status"],
    "archive": ["archive"],
    "show": ["show", "0"],
    "show of a copy": ["show", "ab" * 8],
    "duplicates": ["duplicates", "explain", "0", "ab" * 8],
    "check": ["check", "nosuch"],
}


def _run(data: Path, command: str, width: int = 0, **variables: str) -> tuple[str, int]:
    """What the command prints: on a terminal of `width`, or without one into a pipe."""
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    arguments = [sys.executable, "-m", "cli", "--data", str(data), *COMMANDS[command]]
    if not width:
        done = subprocess.run(
            arguments, cwd=ROOT, env=environment | variables, capture_output=True, text=True
        )
        return done.stdout + done.stderr, done.returncode
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    with subprocess.Popen(
        arguments, cwd=ROOT, env=environment | variables, stdout=theirs, stderr=theirs, stdin=theirs
    ) as process:
        os.close(theirs)
        output = b"".join(_until_closed(ours))
    os.close(ours)
    return output.decode("utf-8").replace("\r\n", "\n"), process.returncode


def _until_closed(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            yield os.read(terminal, 65_536)
        except OSError:  # how Linux says that the other side is closed
            return


def _words(text: str) -> set[str]:
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|[\u2500-\u257f\u2066-\u2069]", " ", text)
    return {word.rstrip(":") for word in plain.split()}


def _assert_fits(text: str, width: int, whole: str) -> None:
    """Each word of it is a word of the `whole`, which has room enough, and only a word that is wider
    itself makes a line wider than the terminal.
    """
    assert _words(text) <= _words(whole)
    for line in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|[\u2066-\u2069]", "", text).splitlines():
        assert cell_len(line.rstrip()) <= width or len(line.split(": ")[-1].split()) == 1, line


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "check"])
def test_a_terminal_of_any_width_gets_whole_words(data: Path, command: str) -> None:
    whole, code = _run(data, command)
    assert "\x1b" not in whole
    assert "Traceback" not in whole
    for width in WIDTHS:
        shown, same = _run(data, command, width, NO_COLOR="1" if width == 80 else "")
        assert same == code
        _assert_fits(shown, width, whole)
        assert ("\x1b" in shown) <= (width != 80), "NO_COLOR is for bold letters too"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_terminal_without_arabic_letters_gets_no_traceback(data: Path, command: str) -> None:
    _, code = _run(data, command)
    without = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    for width in (0, 60):
        shown, same = _run(data, command, width, **without)
        assert (same, shown.isascii()) == (code, True)
        assert "Traceback" not in shown
        assert "unexpected" not in shown


def test_status_keeps_health_and_has_its_reasons_in_letters(data: Path) -> None:
    shown, _ = _run(data, "status", 80)
    assert "health" in shown
    assert "in part" in shown
    assert "https://news.example/أخبار: answers 404" in shown
    assert "no access" in shown
    assert "variable B" in shown
    assert "variable A" not in shown, "one row for the attempts in a row"


def test_a_copy_is_shown_with_what_it_is_a_copy_of(data: Path) -> None:
    shown, code = _run(data, "show of a copy")
    assert code == 0
    assert f"copy of   000_{article(0).id} news https://news.example/0" in shown
    assert "https://other.example/0" in shown


def _trial() -> TrialCrawl:
    found = article(0, title="افتتاح 新聞 " * 12)
    return TrialCrawl(
        [SourceRead("feed", ENCODED, problem="answers 404, as all of its other addresses do " * 4)],
        [
            IngestResult("a", "new", article=found),
            IngestResult(
                "https://news.example/b", "rejected", "too_short", "no text of an article"
            ),
        ],
        "something is wrong with it " * 9,
    )


@pytest.mark.parametrize("colours", [None, "truecolor"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_report_of_a_check_has_whole_words(width: int, colours: str | None) -> None:
    shown, whole = (StringIO(), StringIO())
    for stream, cells in ((shown, width), (whole, 10_000)):
        console = Console(
            file=stream,
            width=cells,
            force_terminal=True,
            color_system=colours,  # type: ignore[arg-type]
        )
        report(console, Site("news", homepage="https://news.example/"), _trial())
    _assert_fits(shown.getvalue(), width, whole.getvalue())
    assert ("\x1b" in shown.getvalue()) == (colours is not None)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_demo_s_tables_have_whole_words(tmp_path: Path, width: int) -> None:
    rooms = {outlet.name: Newsroom(outlet, printings(outlet.name)) for outlet in outlets()}
    shown, whole = (StringIO(), StringIO())
    with open_database(tmp_path) as db:
        for number, name in enumerate(rooms):
            store(db, article(number, site=name), now=NOW)
            store(db, article(number, id=f"{number:016x}", site=name, url=None), now=NOW)
        for stream, cells in ((shown, width), (whole, 10_000)):
            print_tables(Console(file=stream, width=cells), db, rooms)
    _assert_fits(shown.getvalue(), width, whole.getvalue())
