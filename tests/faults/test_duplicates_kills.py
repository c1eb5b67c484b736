"""An import that is killed and resumed many times ends like an undisturbed one."""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from duplicate_samples import DAY, check, reworded, story
from sqlite_utils import Database
from storage_samples import NOW, rows

from pipelines.ingest.documents import import_documents
from storage.database import open_database
from storage.formats import import_files

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent

KILLS = 6
# How many transactions later a kill lands at the latest: however busy the machine is, it hits an import.
LATE = 2
DOCUMENTS = 400

IMPORT = """
import sys
from pathlib import Path
from test_duplicates_kills import take_in
take_in(Path(sys.argv[1]), Path(sys.argv[2]), until=int(sys.argv[3]))
"""


def write(file: Path) -> None:
    """Sixty stories, most of them several times and not the earliest first, and round-ups."""
    chance = random.Random(4)
    with file.open("w") as stream:
        for number in range(DOCUMENTS):
            text = reworded(story(number % 60, 4), chance.randint(8, 40), number)
            if number % 9 == 0:
                text = [*story(200 + number, 8), *text, *story(900 + number, 6)]
            document = {
                "url": f"https://outlet{number % 7}.example/{number}",
                "title": f"عنوان {number}",
                "text": "\n".join(text),
                "published": DAY.format(chance.randrange(24)),
            }
            stream.write(json.dumps(document, ensure_ascii=False) + "\n")


def take_in(folder: Path, file: Path, *, until: int = 0) -> None:
    """`until`: print each transaction, and after so many of them wait to be killed."""
    with open_database(folder) as db:
        for number, imported in enumerate(
            import_documents(db, import_files.read(file), NOW), start=1
        ):
            if until:
                sys.stdout.write(f"{imported.offset}\n")
                sys.stdout.flush()
            if number == until:
                sys.stdin.read()


def killed(folder: Path, file: Path, after: int) -> int:
    """The exit code of an import that is killed shortly after so many transactions."""
    process = subprocess.Popen(
        [sys.executable, "-c", IMPORT, folder, file, str(after + LATE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=HERE.parents[1],
        env=os.environ | {"PYTHONPATH": f"{HERE}:{HERE.parent / 'support'}:."},
    )
    assert process.stdin
    assert process.stdout
    with process.stdin, process.stdout:
        for _ in range(after):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    return process.wait()


def contents(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, without the search index, which `check` queries."""
    names = [
        name for name in db.table_names() if not name.startswith(("_search", "_sqlite", "sqlite"))
    ]
    return {name: sorted(rows(db, f"SELECT * FROM {name}"), key=repr) for name in names}


def test_killed_and_resumed(tmp_path: Path) -> None:
    file, chance = tmp_path / "papers.jsonl", random.Random(20261101)
    write(file)
    codes = [killed(tmp_path / "killed", file, chance.randrange(1, 6)) for _ in range(KILLS)]
    assert set(codes) == {-signal.SIGKILL}
    with open_database(tmp_path / "killed") as db:
        check(db)
        assert 0 < rows(db, "SELECT count(*) FROM _duplicate_entries")[0][0] < DOCUMENTS
    take_in(tmp_path / "killed", file)
    take_in(tmp_path / "whole", file)
    with open_database(tmp_path / "killed") as left, open_database(tmp_path / "whole") as whole:
        check(left)
        assert contents(left) == contents(whole)
        assert rows(whole, "SELECT count(*) > 100 FROM copies") == [(1,)]
        assert rows(whole, "SELECT count(*) > 10 FROM related") == [(1,)]
