"""A real reader of a database, served on loopback, and a database to read."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import uvicorn
from lxml import html
from sqlite_utils import Database
from storage_samples import LATER, NOW, article, article_id
from waiting import PATIENCE

from browse.app import application
from items import Article, Exchange, Heads, Page, RemovedLine, Site
from storage import crawls
from storage.archive.page_records import write_page
from storage.archive.page_rows import PageOutcome, insert_page
from storage.archive.pointer import archive_folder, digest_of
from storage.archive.warc_file import WarcWriter
from storage.articles import store
from storage.database import open_database, transaction

EVIL = "<script>document.title='taken'</script><img src=x onerror=alert(1)>"
_LETTERS = str.maketrans("0123456789abcdef", "بتثجحدرسصطعفقلمن")
BIDI = "\u202eevil\u202c\u2066"


@dataclass
class Reader:
    url: str
    client: httpx.Client

    def get(self, path: str, **query: Any) -> httpx.Response:
        query_string = f"?{urlencode(query)}" if query else ""
        return self.client.get(f"{self.url}{path}{query_string}")

    def json(self, path: str, **query: Any) -> Any:
        response = self.get(path, **query)
        assert response.status_code == 200, response.text
        return response.json()

    def tree(
        self, path: str, language: str = "en", *, status: int = 200, **query: Any
    ) -> html.HtmlElement:
        """The page of a path with its query, in one of the interface's languages."""
        query_string = f"?{urlencode(query)}" if query else ""
        answer = self.client.get(
            f"{self.url}{path}{query_string}", headers={"Accept-Language": language}
        )
        assert answer.status_code == status, answer.text
        return html.document_fromstring(answer.content)


def texts(tree: html.HtmlElement, css: str) -> list[str]:
    """Of each element that the selector finds, on one line."""
    return [" ".join(element.text_content().split()) for element in tree.cssselect(css)]


@contextmanager
def reading(folder: Path, *, trusted: bool = False) -> Iterator[Reader]:
    """Serve the folder's database on a free port, as `warraq browse` does."""
    datasette = application(folder, trusted=trusted)
    config = uvicorn.Config(datasette.app(), host="127.0.0.1", port=0, log_level="error")
    server = uvicorn.Server(config)
    started = threading.Event()
    startup = server.startup

    async def startup_and_notify(sockets: Any = None) -> None:
        await startup(sockets)
        started.set()

    server.startup = startup_and_notify  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run)
    thread.start()
    assert started.wait(PATIENCE)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        with httpx.Client(timeout=PATIENCE) as client:
            yield Reader(f"http://127.0.0.1:{port}", client)
    finally:
        server.should_exit = True
        thread.join()
        # Otherwise its threads wait for ever, each with a connection and a cache of 32 MB.
        datasette.executor.shutdown()
        for database in datasette.databases.values():
            database.close()


def stock(folder: Path) -> Database:
    """Ten stories of two sites, a copy, a revision, and a successful crawl before failed ones."""
    db = open_database(folder)
    for number in range(10):
        store(db, story(number), now=NOW)
    first = story(0)
    store(
        db, replace(first, id=article_id(99), url="https://copy.example/1", site="copier"), now=NOW
    )
    edited = (first.paragraphs[0].replace("صباح", "مساء"), *first.paragraphs[1:], "فقرة جديدة.")
    store(db, replace(first, paragraphs=edited), now=LATER)
    for outcome in ("finished", "failed", "failed", "failed"):
        crawl = crawls.begin(db, Site("news", "https://news.example/"), NOW)
        crawls.finish(db, crawl, outcome, {"new": 3, "failed": 1}, NOW)
    return db


def name_outlet(db: Database) -> None:
    """Of the stories of `news`, as a page of theirs says it."""
    db.execute(
        "UPDATE sites SET title = 'دار الأخبار', homepage = 'https://news.example/' "
        "WHERE name = 'news'"
    )


def archive_page(db: Database, folder: Path, article: str, url: str, body: bytes) -> None:
    """The body as a page of the article, fetched and refined."""
    heads = Heads("HTTP/1.1 200 OK", (("Content-Type", "text/html"), ("ETag", '"abc"')))
    exchange = Exchange(url, Heads("GET / HTTP/1.1", (("Host", "news.example"),)), heads)
    fetched = Page(key=url, url=url, body=body, fetched=NOW, charset="utf-8", exchange=exchange)
    writer = WarcWriter(archive_folder(folder), {"software": "warraq"})
    at = write_page(writer, fetched, digest_of(body))
    writer.finish()
    with transaction(db):
        insert_page(db, fetched, at, PageOutcome("new", "", "news", article, 0), NOW)


def story(number: int) -> Article:
    """An article; no two of them are similar."""
    words = "".join(article_id(number * 7 + n) for n in range(20)).translate(_LETTERS)
    text = " ".join(words[start : start + 5] for start in range(0, len(words), 5))
    return article(
        number,
        site="news" if number % 3 else "حال اليوم",
        published=f"2026-10-{20 + number}T09:30:00Z",
        paragraphs=(f"افتتحت البلدية صباح اليوم المكتبة رقم {number}.", text),
    )


def hostile() -> Article:
    """An article whose every field attacks the reader's pages."""
    return article(
        666,
        title=f"{BIDI}{EVIL}",
        url="javascript:alert(1)",
        site='"><svg onload=alert(1)>',
        section=EVIL,
        source=f"{EVIL}\x00",
        author=EVIL,
        agency=EVIL,
        published="2026-10-31T10:00:00Z",
        language='"><script>alert(1)</script>',
        tags=(EVIL, BIDI),
        image="javascript:alert(2)",
        paragraphs=(f"{EVIL} خبث\x00 {BIDI}", "كلمة " * 200_000, "{{ 7 * 7 }} {% raw %}"),
        removed=(RemovedLine(1, EVIL, EVIL), RemovedLine(99, "]]>&lt;", "x")),
    )
