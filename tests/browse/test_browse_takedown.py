"""The reader goes on while articles are taken out, and shows nothing of them afterwards."""

import threading
from pathlib import Path

import httpx
from reader import reading
from storage_samples import LATER
from takedowns import crawl_story, secret, story, traces
from waiting import PATIENCE

from storage.archive.pointer import archive_folder
from storage.archive.warc_file import WarcWriter
from storage.database import open_database
from storage.takedown.remove import finish_takedowns, forget
from storage.takedown.targets import of_references

PATHS = ("/", "/warraq/articles/1", f"/search.json?q={secret(1)}", "/warraq/corpus.json")


def test_a_takedown_beside_an_open_reader(tmp_path: Path) -> None:
    failures: list[str] = []
    done = threading.Event()

    def read(url: str) -> None:
        with httpx.Client(timeout=PATIENCE, follow_redirects=True) as client:
            while not done.is_set():
                answers = [client.get(url + path) for path in PATHS]
                failures.extend(answer.text for answer in answers if answer.status_code >= 500)

    with open_database(tmp_path) as db, reading(tmp_path) as reader:
        writer = WarcWriter(archive_folder(tmp_path), {})
        for number in range(6):
            crawl_story(db, writer, story(number))
        assert reader.json("/search.json", q=secret(1))["stories"]
        thread = threading.Thread(target=read, args=[reader.url])
        thread.start()
        try:
            for number in (1, 2, 3):
                forget(db, of_references(db, [story(number).url or ""]), "asked to", LATER)
        finally:
            done.set()
            thread.join()
        assert not finish_takedowns(db).in_log
        assert failures == []
        for number in (1, 2, 3):
            assert reader.json("/search.json", q=secret(number))["stories"] == []
            assert traces(tmp_path, secret(number)) == []
        assert reader.json("/search.json", q=secret(4))["stories"]
        writer.finish()
