"""Every command line of the docs is run, in a copy of a corpus made for it, or is listed with the reason
why it is not.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from sqlite_utils import Database
from waiting import PATIENCE

from demo.newsroom import Newsroom
from demo.server import serve
from demo.site_files import write_site_file
from spiders.site_writer import name_for_site
from storage.database import open_database

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
DOCS = [
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/*.md"),
    ROOT / "browse" / "README.md",
    ROOT / "deploy" / "README.md",
]
_BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^ {4}(.*)$", re.MULTILINE)
# What a shell would be given: behind a prompt, behind variables of its own.
_COMMAND = re.compile(
    r"(?:\S*\$ )?((?:[A-Z_]+=\S+ )*(?:warraq|make|scrapy|sqlite3|eval|for|python -m) .*)"
)
_COMMENT = re.compile(r"\s+#.*")

# The docs' sites, by the demo's that stand for them.
SITES = {"river": "waha", "elnahar": "daftar", "a_news_site": "mizan"}


def test_the_docs_call_a_site_as_add_does() -> None:
    assert name_for_site("https://a-news-site.example/") in SITES


# What stands for the docs' names. Each is used; `{…}` are of the corpus, see `corpus`.
SUBSTITUTIONS = {
    r"https://a-news-site\.example/2026/03/story/ --dry-run": "{story} --dry-run",
    r"--undo https://a-news-site\.example/2026/03/story/": "--undo {forgotten}",
    r"https://a-news-site\.example/2026/03/story/": "{story}",
    r"https://a-news-site\.example/": "{home} --name new-site --allow-private",
    r"feeds\.opml": "feeds.opml --allow-private",
    r"4f1d7a0b9c2e8d35": "{id}",
    r"\b17\b(?=$| --)": "{number}",
    r"\b16 17\b": "{other} {number}",
    r"crawl sana\b": "crawl river",
    r"--data /var/lib/warraq": "--data data",
    r"browse\b(?! --port)": "browse --port 0",
    r"--port 8080": "--port 0",
    # What one line of the docs adds, another shows.
    r"watch (show|test|remove) quake(-mail)?": r"watch \1 known",
    r"--notify env:WARRAQ_NOTIFY_MAIL": "--notify json://127.0.0.1:9/",
    # They ask, and there is nobody to answer.
    r"^(warraq (?:forget|remove) (?!.*--(?:dry-run|undo|yes)).*)": r"\1 --yes",
    # Two of the catalogue are enough.
    r"/not chosen/ \{print \$1\}'": r"/not chosen/ {print $1}' | head -2",
    # The recipe is printed: running it takes minutes, and installs.
    r"^make ": "make -n ",
}
# Servers: they are stopped when they have said this.
UNTIL_STOPPED = {"warraq browse": "Serving on", "data run": "polling"}
# The exit code, where it is not 0. No service runs here, and it says so.
EXIT_CODES = {"warraq status": 1}
_MINUTES = "it takes minutes, and pages with gold text"
# Patterns of lines, each of which is used.
NOT_RUN = {
    r"^python -m benchmarks\.(extraction|metadata|train_classifier) ": _MINUTES,
    r"/opt/warraq": "the installed service's folder, and root's",
}


def command_lines(text: str) -> Iterator[str]:
    """The commands of the blocks, without comments; of `one && other`, each that is one."""
    blocks = _BLOCK.findall(text)
    lines = chain.from_iterable(block.splitlines() for block in blocks)
    for line in chain(lines, _INDENTED.findall(_BLOCK.sub("", text))):
        for part in _COMMENT.sub("", line).split(" && "):
            if match := _COMMAND.fullmatch(part.strip()):
                yield match[1]


LINES = list(dict.fromkeys(line for doc in DOCS for line in command_lines(doc.read_text("utf-8"))))


def substituted(line: str, values: dict[str, str]) -> str:
    for pattern, replacement in SUBSTITUTIONS.items():
        line = re.sub(pattern, replacement, line)
    for name, value in values.items():
        line = line.replace(f"{{{name}}}", value)
    return line


@dataclass(frozen=True)
class Corpus:
    """`folder` holds `data` and the files that the docs name; `values` are those of SUBSTITUTIONS."""

    folder: Path
    values: dict[str, str]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    folder = tmp_path_factory.mktemp("docs")
    sites = folder / "data" / "sites"
    sites.mkdir(parents=True)
    with serve(list(SITES.values())) as rooms:
        for name, room in SITES.items():
            write_site_file(rooms[room], sites / f"{name}.toml")
        prepare(folder, f"warraq crawl {' '.join(SITES)}")
        with open_database(folder / "data") as db:
            values = _values(db, rooms)
        prepare(folder, f"warraq forget {values['forgotten']} --yes")
        prepare(folder, "warraq watch add known story --command /bin/true")
        _write_files(folder, values)
        yield Corpus(folder, values)


def _values(db: Database, rooms: dict[str, Newsroom]) -> dict[str, str]:
    story, other, forgotten = db.query(
        "SELECT * FROM articles WHERE site = 'river' ORDER BY number LIMIT 3"
    )
    return {
        "home": f"{rooms[SITES['river']].base}/",
        "story": story["url"],
        "forgotten": forgotten["url"],
        "id": other["id"],
        "number": str(story["number"]),
        "other": str(other["number"]),
    }


_OPML = '<opml version="2.0"><body><outline text="" type="rss" xmlUrl="{home}feed/" htmlUrl="{home}"/></body></opml>'
_SQLITE3 = f"""\
#!{sys.executable}
import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]):
    print(*row, sep="|")
"""


def _write_files(folder: Path, values: dict[str, str]) -> None:
    """The files that the docs name: archives, exports, saved pages, a manifest, a list of feeds."""
    for name in ("crawl.warc.gz", "corpus.jsonl", "texts"):
        prepare(folder, f"warraq export {name}")
    for name in ("paper.warc.gz", "CC-NEWS-20240601000000-00001.warc.gz"):
        shutil.copy(folder / "crawl.warc.gz", folder / name)
    (folder / "pages").mkdir()
    prepare(folder, f"warraq show {values['number']} --raw > page.html; cp page.html pages")
    (folder / "pages.tsv").write_text("file\turl\npages/page.html\thttps://paper.example/17\n")
    (folder / "feeds.opml").write_text(_OPML.format_map(values))
    (folder / "settings").write_text("WARRAQ_LOG_LEVEL=INFO\n")
    shim = folder / "bin" / "sqlite3"
    shim.parent.mkdir()
    shim.write_text(_SQLITE3)
    shim.chmod(0o755)


def prepare(folder: Path, line: str) -> None:
    done = in_shell(folder, line)
    assert done.returncode == 0, done.stdout


def in_shell(folder: Path, line: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        **_shell(folder, line), stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False
    )


def _shell(folder: Path, line: str) -> dict[str, Any]:
    """Arguments of a process that runs the line in `folder`, or in the checkout what belongs there."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("WARRAQ_")}
    path = os.pathsep.join((str(folder / "bin"), str(Path(sys.executable).parent), own["PATH"]))
    settings = {
        "WARRAQ_DATA": str(folder / "data"),
        "WARRAQ_CONTACT": "none",
        "WARRAQ_WORKERS": "1",
    }
    return {
        "args": ["bash", "-c", f"set -o pipefail; {line}"],
        "cwd": ROOT if line.startswith(("make ", "scrapy ", "python ")) else folder,
        "env": own | settings | {"PATH": path, "BROWSER": "true"},
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
        "text": True,
    }


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_docs_succeeds(line: str, corpus: Corpus, tmp_path: Path) -> None:
    for pattern, reason in NOT_RUN.items():
        if re.search(pattern, line):
            pytest.skip(reason)
    folder = tmp_path / "docs"
    shutil.copytree(corpus.folder, folder)
    command = substituted(line, corpus.values)
    signs = [sign for name, sign in UNTIL_STOPPED.items() if name in line]
    code, output = serve_until(folder, command, signs[0]) if signs else _run(folder, command)
    assert code == EXIT_CODES.get(line, 0), f"{command}\n{output}"


def _run(folder: Path, command: str) -> tuple[int, str]:
    done = in_shell(folder, command)
    return done.returncode, done.stdout


def serve_until(folder: Path, command: str, sign: str) -> tuple[int, str]:
    """Run a server until it says `sign`, then interrupt it."""
    with subprocess.Popen(
        **_shell(folder, f"exec env {command}"), start_new_session=True
    ) as process:
        assert process.stdout
        timer = Timer(PATIENCE, process.kill)
        timer.start()
        output = ""
        for text in process.stdout:
            output += text
            if sign in text:
                process.send_signal(signal.SIGINT)
        timer.cancel()
    return process.returncode, output


def test_each_substitution_and_exception_is_used() -> None:
    patterns = (*SUBSTITUTIONS, *NOT_RUN)
    unused = [name for name in patterns if not any(map(re.compile(name).search, LINES))]
    assert unused == []
    assert EXIT_CODES.keys() - set(LINES) == set()
    assert [name for name in UNTIL_STOPPED if not any(name in line for line in LINES)] == []


def test_lines_are_found_in_blocks_of_both_kinds() -> None:
    text = "    warraq status   # how\n\n```sh\n$ make demo\nA=1 warraq run && scrapy list\n```\n    title = 1\n"
    assert list(command_lines(text)) == [
        "make demo",
        "A=1 warraq run",
        "scrapy list",
        "warraq status",
    ]
