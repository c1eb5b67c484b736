"""An export that is killed leaves what was there before, in every format; the next one is whole."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from storage_samples import NOW, article

from storage.articles import store
from storage.database import open_database
from storage.formats.export import export
from storage.formats.file_formats import FORMATS

pytestmark = pytest.mark.slow

ARTICLES = 120
EXPORT = """
import sys
from pathlib import Path
from storage.database import open_database
from storage.formats.export import export

def stop(count):
    print(count, flush=True)
    sys.stdin.read()

with open_database(Path(sys.argv[1])) as db:
    export(db, Path(sys.argv[2]), sys.argv[3], progress=stop)
"""
DESTS = [
    *((name, f"a{entry.endings[0]}") for name, entry in FORMATS.items()),
    *(("txt", "texts"), ("hf", "dataset"), ("csv", "a.csv.gz")),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    with open_database(folder) as db:
        for number in range(ARTICLES):
            store(db, article(number), now=NOW)
    return folder


@pytest.mark.parametrize(("name", "file"), DESTS)
@pytest.mark.parametrize("is_there", [False, True])
def test_a_kill_leaves_no_half_file(
    data: Path, tmp_path: Path, name: str, file: str, is_there: bool
) -> None:
    dest = tmp_path / "out" / file
    if is_there:
        with open_database(data) as db:
            export(db, dest, name)  # type: ignore[arg-type]
    before = contents(dest)
    command = [sys.executable, "-c", EXPORT, str(data), str(dest), name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) < ARTICLES
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert contents(dest) == before
    with open_database(data) as db:
        assert export(db, dest, name, replace=True) == ARTICLES  # type: ignore[arg-type]
    assert contents(dest)


def contents(path: Path) -> dict[str, bytes]:
    paths = path.rglob("*") if path.is_dir() else [path] if path.exists() else []
    return {p.name: p.read_bytes() for p in paths if p.is_file()}
