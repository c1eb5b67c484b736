"""The archive of a test's database, as our own code and as other programs read it."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fastwarc.warc import ArchiveIterator
from sqlite_utils import Database
from storage_samples import NOW, article_id
from warcio.checker import Checker

from items import Exchange, Heads, Page
from storage.archive.page_records import write_page
from storage.archive.page_rows import PageOutcome, insert_page, original
from storage.archive.pointer import archive_folder, digest_of
from storage.archive.read_pages import read_page
from storage.archive.warc_file import WarcWriter
from storage.article_rows import Row
from storage.database import transaction


def files(data: Path) -> list[Path]:
    return sorted(archive_folder(data).glob("*"))


def is_sound(data: Path) -> bool:
    """Whether `warcio check` finds no error."""
    command = SimpleNamespace(inputs=[str(path) for path in files(data)], verbose=False)
    return bool(Checker(command).process_all() == 0)


def kinds(data: Path) -> list[str]:
    """The type of every record."""
    return [kind for kind, _ in _records(data)]


def blocks(data: Path, kind: str) -> list[str]:
    """The blocks of all records of a type, including HTTP headers."""
    return [block.decode() for record_kind, block in _records(data) if record_kind == kind]


def _records(data: Path) -> Iterator[tuple[str, bytes]]:
    for path in files(data):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, parse_http=False):
                yield record.headers["WARC-Type"], record.reader.read()


def rows_of(db: Database) -> list[Row]:
    return list(db.query("SELECT * FROM _archived_pages ORDER BY page"))


def pages(db: Database, data: Path) -> list[Page]:
    """Every page that the database points to, read back."""
    return [read_page(db, data, row) for row in rows_of(db)]


def page(number: int = 0, words: str = "", **changes: Any) -> Page:
    """A page fetched over HTTP."""
    url = f"https://news.example/{number}"
    original_page = Page(
        key=url,
        url=url,
        body=f"<html><p>خبر {number} {words}</p></html>".encode(),
        fetched=NOW,
        charset="utf-8",
        exchange=Exchange(
            url,
            Heads(f"GET /{number} HTTP/1.1", (("Host", "news.example"),)),
            Heads("HTTP/1.1 200 OK", (("Content-Type", "text/html; charset=utf-8"),)),
            "192.0.2.1",
        ),
    )
    return replace(original_page, **changes)


def keep(db: Database, writer: WarcWriter, page: Page, word: str = "new") -> None:
    """Write the record and then the row, as a crawl does."""
    digest = digest_of(page.body)
    pointer = write_page(writer, page, digest, original(db, page.key, digest))
    writer.sync()
    with transaction(db):
        insert_page(db, page, pointer, PageOutcome(word, site="news", article=article_id(0)), NOW)


def fill(db: Database, data: Path, count: int, *, per_file: int = 1) -> None:
    """Write `count` files of `each` pages."""
    for number in range(count):
        writer = WarcWriter(archive_folder(data), {})
        for index in range(per_file):
            keep(db, writer, page(number * per_file + index, "كلام " * 50))
        writer.finish()


def abandon(data: Path, code: str) -> None:
    """Run `code` with a database `db` and a WarcWriter `writer` in a process that is then killed."""
    prelude = (
        "import os, sys\nfrom pathlib import Path\n"
        "from storage.archive.pointer import archive_folder\n"
        "from storage.archive.warc_file import WarcWriter\n"
        "from storage.database import open_database\n"
        "from warcs import keep, page\n"
        "data = Path(sys.argv[1])\n"
        "db, writer = open_database(data), WarcWriter(archive_folder(data), {})\n"
    )
    path = os.pathsep.join([str(Path(__file__).parents[2]), str(Path(__file__).parent)])
    subprocess.run(
        [sys.executable, "-c", f"{prelude}{code}\nos.kill(os.getpid(), 9)", str(data)],
        check=False,
        env=os.environ | {"PYTHONPATH": path},
    )


def full_after(room: int) -> Callable[[int, bytes], int]:
    """An `os.write` for a disk with `room` bytes left."""
    os_write = os.write

    def write(handle: int, data: bytes) -> int:
        nonlocal room
        if room <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = os_write(handle, data[:room])
        room -= written
        return written

    return write
