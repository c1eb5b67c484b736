"""Articles with all that a crawl keeps of them, and where a text still is in a data folder."""

import gzip
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sqlite_utils import Database

from items import Article, Exchange, Heads, Link, Page, RemovedLine
from pipelines.ingest.page import IngestPolicy, RefinedPage, ingest_page
from storage import frontier
from storage.archive.page_records import write_page
from storage.archive.page_rows import LaterPage, original
from storage.archive.pointer import digest_of
from storage.archive.warc_file import WarcWriter
from storage.database import transaction
from text.urls import article_id

NOW, LATER = "2026-11-01T06:00:00Z", "2026-11-02T06:00:00Z"
WORDS = [
    "ميناء",
    "رصيف",
    "سفينة",
    "حاوية",
    "رافعة",
    "بحار",
    "شحنة",
    "بضاعة",
    "جمارك",
    "مرسى",
    "عاصفة",
    "موجة",
    "ربان",
    "قبطان",
    "ملاح",
    "خليج",
    "جزيرة",
    "منارة",
    "ضباب",
    "تيار",
    "شراع",
    "حبل",
    "سلسلة",
    "مرساة",
    "دفة",
    "بوصلة",
    "خريطة",
    "عمق",
    "ساحل",
    "صخرة",
    "رمل",
    "شبكة",
    "صياد",
    "سمك",
    "قارب",
    "مجداف",
]


def secret(number: int) -> str:
    """Words that stand in the text of this article and in no other's, written as a search folds them."""
    return f"qx{number}zsecret{number}wq"


def prose(number: int, sentences: int = 12) -> tuple[str, ...]:
    """Paragraphs of a story of its own, each with its secret."""
    return tuple(
        f"{secret(number)} "
        + " ".join(
            WORDS[(number * 7 + line * 5 + at * (number % 11 + 1)) % len(WORDS)] for at in range(30)
        )
        + f" {number}/{line}."
        for line in range(sentences)
    )


def story(number: int, site: str = "news", **changes: object) -> Article:
    url = f"https://{site}.example/story/{number}"
    article = Article(
        id=article_id(url),
        url=url,
        site=site,
        title=f"title {secret(number)}",
        author=f"author {secret(number)}",
        paragraphs=prose(number),
        published="2026-10-31T09:30:00Z",
        language="ar",
        removed=(RemovedLine(0, f"removed {secret(number)}", "read_more"),),
    )
    return replace(article, **changes)  # type: ignore[arg-type]


def page_of(article: Article, fetched: str = NOW, url: str = "") -> Page:
    url = url or article.address or article.url or ""
    return Page(
        key=url,
        url=url,
        body=f"<html><title>{article.title}</title><p>{'<p>'.join(article.paragraphs)}</html>".encode(),
        fetched=fetched,
        charset="utf-8",
        exchange=Exchange(
            url,
            Heads(f"GET {url} HTTP/1.1", (("X-Request", f"request of {url}"),)),
            Heads("HTTP/1.1 200 OK", (("Content-Type", "text/html; charset=utf-8"),)),
        ),
    )


def crawl_story(
    db: Database, writer: WarcWriter, article: Article, now: str = NOW, *, later: int = 0
) -> None:
    """As a crawl does: the address is found, its page archived, refined and stored. `later`: further
    pages of the article.
    """
    page = page_of(article, now)
    with transaction(db):
        frontier.add(db, article.site or "", [Link(page.key, page.key, "feed")], now=now)
    pages = [
        replace(page_of(article, now, f"{page.key}?page={n}"), key=f"{page.key}?page={n}")
        for n in range(2, 2 + later)
    ]
    records = [
        write_page(writer, p, digest_of(p.body), original(db, p.key, digest_of(p.body)))
        for p in (page, *pages)
    ]
    writer.sync()
    rest = tuple(LaterPage(*pair) for pair in zip(pages, records[1:], strict=True))
    refined = RefinedPage(page, article, records[0], "feed", later=rest)
    ingest_page(db, refined, IngestPolicy(), now)


def traces(data: Path, words: str) -> list[str]:
    """Where in the folder the words still are: in any file's bytes, decompressed where it is compressed,
    in any row, and as a term of the full-text index.
    """
    found = [
        path.name for path in sorted(data.rglob("*")) if path.is_file() and _is_in(path, words)
    ]
    return found + [f"table {name}" for name in _tables_with(data, words)]


def _is_in(path: Path, words: str) -> bool:
    content = path.read_bytes()
    spellings = {words.encode(), words.encode("utf-16-le"), words.lower().encode()}
    if ".warc.gz" in path.name:
        content += gzip.decompress(content)
    return any(spelling in content for spelling in spellings)


def _tables_with(data: Path, words: str) -> Iterator[str]:
    connection = sqlite3.connect(data / "warraq.db")
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in names:
        if any(
            words in _plain(value)
            for row in connection.execute(f'SELECT * FROM "{name}"')
            for value in row
        ):
            yield name
    connection.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', '_search', 'row')")
    if connection.execute("SELECT 1 FROM terms WHERE term = ?", [words]).fetchone():
        yield "_search's terms"
    connection.close()


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        with suppress(zlib.error):
            value = zlib.decompress(value)
        return value.decode("latin-1") if isinstance(value, bytes) else ""
    return str(value)
