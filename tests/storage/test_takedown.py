"""What is taken out is nowhere: no table, index, archive file, free page or log has it; and what belongs to
others is as it was.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database
from storage_samples import rows
from takedowns import LATER, NOW, crawl_story, page_of, prose, secret, story, traces
from warcs import files, is_sound

from items import Article, Exchange, Heads, Link, Reason, Rejected
from pipelines.ingest.page import IngestPolicy, RefinedPage, ingest_page
from service.delivery_files import AttemptState, DeliveryFiles
from storage import frontier
from storage.archive.archive import maintain
from storage.archive.page_records import write_page
from storage.archive.page_rows import PageOutcome, insert_page, original
from storage.archive.pointer import digest_of
from storage.archive.read_pages import read_page
from storage.archive.rest_responses import (
    RestResponse,
    insert_response,
    response_part_of,
    response_parts,
    write_response,
)
from storage.archive.verify import verify_archive
from storage.archive.warc_file import WarcWriter
from storage.article_rows import get
from storage.articles import store
from storage.database import open_database, transaction
from storage.selection import Selection
from storage.takedown.expiry import Retention, expire
from storage.takedown.remove import finish_takedowns, forget, is_unfinished
from storage.takedown.targets import of_references, of_site
from storage.tombstones import lift_tombstones, tombstone_of
from storage.watches import deliveries
from storage.watches.matching import find_matches
from storage.watches.rows import NewChannel, add_watch
from text.urls import article_id, canonicalise

URL = "https://news.example/story/1"


def take_out(db: Database, *references: str, with_copies: bool = False) -> None:
    forget(db, of_references(db, references, with_copies=with_copies), "asked to", LATER)


def check(db: Database, data: Path) -> None:
    """The database and the archive are sound, and nothing is left to do."""
    assert rows(db, "PRAGMA integrity_check") == [("ok",)]
    assert rows(db, "PRAGMA foreign_key_check") == []
    db.execute("INSERT INTO _search (_search) VALUES ('integrity-check')")
    assert verify_archive(db, data).problems == []
    assert not is_unfinished(db)


def plain(db: Database, writer: WarcWriter) -> None:
    crawl_story(db, writer, story(1))


def revised(db: Database, writer: WarcWriter) -> None:
    crawl_story(db, writer, story(1))
    crawl_story(db, writer, story(1, paragraphs=(*prose(1)[:9], f"edited {secret(1)}")), LATER)


def unchanged(db: Database, writer: WarcWriter) -> None:
    """A revisit, which points to the first record."""
    crawl_story(db, writer, story(1))
    crawl_story(db, writer, story(1), LATER)


def on_several_pages(db: Database, writer: WarcWriter) -> None:
    crawl_story(db, writer, story(1), later=3)


def with_a_copy_of_the_site(db: Database, writer: WarcWriter) -> None:
    crawl_story(db, writer, story(1))
    crawl_story(db, writer, story(1, id=article_id(f"{URL}0"), url=f"{URL}0"))


def short(db: Database, writer: WarcWriter) -> None:
    """Too short for the index of duplicates."""
    crawl_story(db, writer, story(1, paragraphs=(f"short {secret(1)}",)))


def rejected_later(db: Database, writer: WarcWriter) -> None:
    """A page of it that was no article any more."""
    crawl_story(db, writer, story(1))
    page = replace(page_of(story(1), LATER), body=f"<p>sorry, {secret(1)}".encode())
    record = write_page(writer, page, digest_of(page.body))
    writer.sync()
    refused = RefinedPage(page, Rejected(page.url, Reason.TOO_SHORT), record)
    ingest_page(db, refused, IngestPolicy(), LATER)


def with_a_record_of_a_killed_crawl(db: Database, writer: WarcWriter) -> None:
    page = page_of(story(1))
    write_page(writer, page, digest_of(page.body))
    crawl_story(db, writer, story(1))


def rendered_elsewhere(db: Database, writer: WarcWriter) -> None:
    """Its request has an address of which nothing else is known."""
    page = page_of(story(1))
    assert page.exchange
    exchange = replace(
        page.exchange,
        url="https://news.example/render?token=7",
        request=Heads(f"GET {secret(1)}", ()),
    )
    page = replace(page, exchange=exchange)
    record = write_page(writer, page, digest_of(page.body))
    writer.sync()
    frontier.add(db, "news", [Link(page.key, page.key, "feed")], now=NOW)
    ingest_page(db, RefinedPage(page, story(1), record), IngestPolicy(), NOW)


def overwritten_without_erasing(db: Database, writer: WarcWriter) -> None:
    """By a SQLite that leaves deleted rows in the file, as many are built."""
    db.execute("PRAGMA secure_delete = OFF")
    revised(db, writer)
    for number in range(40, 60):
        crawl_story(db, writer, story(number))
    db.execute("PRAGMA secure_delete = OFF")


def claimed(db: Database, writer: WarcWriter) -> None:
    """Two addresses that declare the same canonical URL."""
    for address in ("https://news.example/a1", "https://news.example/a1?view=2"):
        crawl_story(db, writer, story(1, address=address))


CASES = [
    plain,
    revised,
    unchanged,
    on_several_pages,
    with_a_copy_of_the_site,
    short,
    rejected_later,
    with_a_record_of_a_killed_crawl,
    rendered_elsewhere,
    overwritten_without_erasing,
    claimed,
]


@pytest.mark.parametrize("is_open", [True, False], ids=["being_written", "closed"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.__name__))
def test_after_a_takedown_the_text_is_nowhere(
    db: Database,
    writer: WarcWriter,
    tmp_path: Path,
    case: Callable[[Database, WarcWriter], None],
    is_open: bool,
) -> None:
    for number in (0, 2, 3):
        crawl_story(db, writer, story(number))
    case(db, writer)
    crawl_story(db, writer, story(4))
    if not is_open:
        writer.finish()
    assert traces(tmp_path, secret(1))
    sizes = [path.stat().st_size for path in files(tmp_path)]
    take_out(db, URL)
    assert traces(tmp_path, secret(1)) == []
    assert traces(tmp_path, "story/1") == [], "nor is the address"
    check(db, tmp_path)
    assert [path.stat().st_size for path in files(tmp_path)] == sizes, "no record has moved"
    for number in (0, 2, 3, 4):
        assert get(db, story(number).id) is not None
        found = db.execute("SELECT rowid FROM _search WHERE _search MATCH ?", [secret(number)])
        assert found.fetchall()
        assert secret(number).encode() in read_page(db, tmp_path, page_row(db, number)).body
    writer.finish()
    assert is_sound(tmp_path)


def page_row(db: Database, number: int) -> dict[str, object]:
    sql = "SELECT * FROM _archived_pages WHERE article = ?"
    return next(iter(db.query(sql, [story(number).id])))


COPY = "https://other.example/story/1"


def copied(db: Database, writer: WarcWriter) -> None:
    """The story, and the same text at another outlet."""
    crawl_story(db, writer, story(1))
    crawl_story(
        db, writer, story(1, "other", paragraphs=prose(1), published="2026-10-31T12:00:00Z")
    )


def test_a_copy_at_another_outlet_becomes_the_article(
    db: Database, writer: WarcWriter, tmp_path: Path
) -> None:
    copied(db, writer)
    assert rows(db, "SELECT url, original FROM copies") == [(COPY, 0)]
    take_out(db, URL)
    assert rows(db, "SELECT url FROM articles") == [(COPY,)]
    assert rows(db, "SELECT count(*) FROM copies") == [(0,)]
    assert rows(db, "SELECT url FROM frontier") == [(COPY,)]
    assert traces(tmp_path, URL) == []
    check(db, tmp_path)


def test_the_headline_of_a_copy_goes_with_it(
    db: Database, writer: WarcWriter, tmp_path: Path
) -> None:
    crawl_story(db, writer, story(1))
    headline = f"title {secret(2)}"
    crawl_story(db, writer, story(1, "other", paragraphs=prose(1), title=headline, author=None))
    matching = "SELECT rowid FROM _search WHERE _search MATCH ?"
    assert rows(db, matching.replace("?", f"'{secret(2)}'")) == [(0,)]
    take_out(db, COPY)
    assert traces(tmp_path, secret(2)) == []
    assert rows(db, matching.replace("?", f"'{secret(1)}'")) == [(0,)]
    check(db, tmp_path)


def test_with_copies_all_outlets_texts_go(db: Database, writer: WarcWriter, tmp_path: Path) -> None:
    copied(db, writer)
    take_out(db, URL, with_copies=True)
    assert traces(tmp_path, secret(1)) == []
    assert tombstone_of(db, COPY)
    check(db, tmp_path)


def test_a_copy_goes_alone(db: Database, writer: WarcWriter, tmp_path: Path) -> None:
    copied(db, writer)
    take_out(db, COPY)
    assert rows(db, "SELECT url FROM articles") == [(URL,)]
    assert traces(tmp_path, COPY) == []
    check(db, tmp_path)


def test_a_page_that_repeats_one_that_goes_keeps_its_bytes(
    db: Database, writer: WarcWriter, tmp_path: Path
) -> None:
    """An address whose page became another article later, with the bytes that it had before."""
    for article in (story(1), story(2)):
        page = page_of(story(2))
        at = write_page(
            writer, page, digest_of(page.body), original(db, page.key, digest_of(page.body))
        )
        writer.sync()
        with transaction(db):
            insert_page(db, page, at, PageOutcome("new", site="news", article=article.id), NOW)
    for number in (1, 2):
        store(db, story(number), now=NOW)
    take_out(db, URL)
    [row] = db.query("SELECT * FROM _archived_pages")
    assert read_page(db, tmp_path, row).body == page_of(story(2)).body
    assert row["article"] == story(2).id
    check(db, tmp_path)


HOME = "https://news.example/"


def rest_response(
    db: Database, writer: WarcWriter, posts: list[Article], queued: bool = True
) -> None:
    """A list of posts, archived, as a crawl of a REST interface does it; each post is stored."""
    content = {article.id: "<p>" + "</p><p>".join(article.paragraphs) for article in posts}
    body = json.dumps(
        [
            {"id": at, "link": article.url, "content": {"rendered": content[article.id]}}
            for at, article in enumerate(posts)
        ],
        ensure_ascii=False,
        indent=1,
    ).encode()
    heads = (
        Heads("GET / HTTP/1.1", ()),
        Heads("HTTP/1.1 200 OK", (("Content-Type", "application/json"),)),
    )
    response = RestResponse(
        Exchange(f"{HOME}wp-json/wp/v2/posts", *heads), body, NOW, response_parts(body)
    )
    links = [
        Link(article.url or "", article.url or "", "wordpress", html=content[article.id])
        for article in posts
    ]
    at = write_response(writer, response)
    writer.sync()
    with transaction(db):
        if queued:
            frontier.add(db, "news", links, now=NOW)
        db.execute("UPDATE sites SET homepage = ? WHERE name = 'news'", [HOME])
        insert_response(db, "news", response, at, links)
    for article in posts if queued else ():
        page = replace(
            page_of(article), body=content[article.id].encode(), exchange=None, fragment=True
        )
        record = response_part_of(db, page, digest_of(page.body))
        assert record is not None
        ingest_page(db, RefinedPage(page, article, record, "wordpress"), IngestPolicy(), NOW)


@pytest.mark.parametrize("is_open", [True, False], ids=["being_written", "closed"])
def test_a_post_is_cut_out_of_a_response_with_many(
    db: Database, writer: WarcWriter, tmp_path: Path, is_open: bool
) -> None:
    rest_response(db, writer, [story(number) for number in range(5)])
    rest_response(db, writer, [story(number) for number in range(3)], queued=False)
    if not is_open:
        writer.finish()
    take_out(db, URL)
    assert traces(tmp_path, secret(1)) == []
    for number in (0, 2, 3, 4):
        assert secret(number).encode() in read_page(db, tmp_path, page_row(db, number)).body
    check(db, tmp_path)
    take_out(db, *(f"https://news.example/story/{number}" for number in (0, 2, 3, 4)))
    assert [traces(tmp_path, secret(number)) for number in range(5)] == [[]] * 5
    check(db, tmp_path)
    writer.finish()
    assert is_sound(tmp_path)


def test_a_site_goes_with_all_that_is_known_of_it(
    db: Database, writer: WarcWriter, tmp_path: Path
) -> None:
    rest_response(db, writer, [story(number) for number in range(3)])
    for number in (3, 4):
        crawl_story(db, writer, story(number))
    crawl_story(db, writer, story(9, "other"))
    waiting = Link("https://news.example/waiting", "https://news.example/waiting", "feed")
    frontier.add(db, "news", [waiting], now=NOW)
    forget(db, of_site(db, "news"), "asked to", LATER)
    assert [traces(tmp_path, secret(number)) for number in range(5)] == [[]] * 5
    assert [*traces(tmp_path, "news.example/story"), *traces(tmp_path, "/waiting")] == []
    assert rows(db, "SELECT url FROM articles") == [("https://other.example/story/9",)]
    assert (
        secret(9).encode()
        in read_page(db, tmp_path, next(db.query("SELECT * FROM _archived_pages"))).body
    )
    check(db, tmp_path)


def test_of_a_site_what_was_published_before_a_day(
    db: Database, writer: WarcWriter, tmp_path: Path
) -> None:
    for number, day in enumerate(("2026-09-01", "2026-09-02", None)):
        published = day and f"{day}T10:00:00Z"
        crawl_story(db, writer, story(number, published=published))
    forget(db, of_site(db, "news", before="2026-09-02"), "asked to", LATER)
    assert rows(db, "SELECT number FROM articles ORDER BY number") == [(1,), (2,)]
    assert traces(tmp_path, secret(0)) == []
    check(db, tmp_path)


def test_no_number_is_given_twice(db: Database, writer: WarcWriter) -> None:
    for number in range(3):
        crawl_story(db, writer, story(number))
    take_out(db, "2")
    crawl_story(db, writer, story(3))
    assert rows(db, "SELECT number FROM articles ORDER BY number") == [(0,), (1,), (3,)]


def test_a_line_s_counts_are_without_it(db: Database, writer: WarcWriter, tmp_path: Path) -> None:
    for number in range(30):
        day = f"2026-10-{number % 28 + 1:02}T08:00:00Z"
        lines = (*prose(number), "follow us on the channel", f"only here {secret(number)}")
        crawl_story(db, writer, story(number, paragraphs=lines, published=day))
    before = dict(rows(db, "SELECT line_hash, articles FROM _line_counts WHERE articles > 1"))
    assert 30 in before.values()
    take_out(db, *(f"https://news.example/story/{number}" for number in range(1, 30, 2)))
    after = dict(rows(db, "SELECT line_hash, articles FROM _line_counts"))
    carriers = dict(rows(db, "SELECT line_hash, count(*) FROM _line_articles GROUP BY line_hash"))
    assert after == carriers
    assert [text for (text,) in rows(db, "SELECT text FROM boilerplate")] == [
        "follow us on the channel"
    ]
    assert rows(db, "SELECT count(*) FROM _site_articles") == [(15,)]
    assert traces(tmp_path, secret(1)) == [], "titles are among the counts"


ALIASES = [
    URL,
    "http://www.news.example/story/1",
    "https://news.example/story/1?utm_source=x",
    "https://news.example/story/1?page=2",
]


@pytest.mark.parametrize("address", ALIASES)
def test_no_source_brings_it_back(
    db: Database, writer: WarcWriter, tmp_path: Path, address: str
) -> None:
    crawl_story(db, writer, story(1), later=1)
    take_out(db, URL)
    key = canonicalise(address) or ""
    assert frontier.add(db, "news", [Link(key, address, "feed")], now=LATER) == 0
    assert lift_tombstones(db, {story(1).id}) == 1
    assert frontier.add(db, "news", [Link(key, address, "feed")], now=LATER) == 1


def test_what_was_in_flight_is_refused_and_its_records_erased(
    db: Database, writer: WarcWriter, tmp_path: Path
) -> None:
    crawl_story(db, writer, story(0))
    page = page_of(story(1))
    record = write_page(writer, page, digest_of(page.body))
    writer.sync()
    take_out(db, URL)
    result = ingest_page(db, RefinedPage(page, story(1), record), IngestPolicy(), LATER)
    assert (result.outcome, result.reason) == ("rejected", "forgotten")
    finish_takedowns(db)
    assert traces(tmp_path, secret(1)) == []
    check(db, tmp_path)


def test_a_reader_of_the_past_holds_the_log_and_maintenance_empties_it(
    db: Database, writer: WarcWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.takedown.purge._TRIES", 1)
    crawl_story(db, writer, story(1))
    with open_database(tmp_path) as reader:
        reader.execute("BEGIN")
        assert rows(reader, "SELECT count(*) FROM articles") == [(1,)]
        result = forget(db, of_references(db, [URL]), "asked to", LATER)
        assert result.in_log
        assert secret(1) in rows(reader, "SELECT text FROM articles")[0][0], "its snapshot is whole"
        reader.execute("COMMIT")
        assert rows(reader, "SELECT count(*) FROM articles") == [(0,)]
    assert not finish_takedowns(db).in_log
    assert traces(tmp_path, secret(1)) == []
    check(db, tmp_path)


def test_what_is_older_or_more_than_a_site_keeps_is_taken_out(
    db: Database, writer: WarcWriter, tmp_path: Path
) -> None:
    for number in range(6):
        day = f"2026-10-{number + 1:02}T08:00:00Z"
        crawl_story(db, writer, story(number, published=day))
        crawl_story(db, writer, story(number + 10, "other", published=day))
        crawl_story(db, writer, story(number + 20, "third", published=day))
    now = "2026-10-09T08:00:00Z"
    kept = {"news": Retention(days=5), "other": Retention(texts=2)}
    assert expire(db, kept, now) == 3 + 4
    assert expire(db, kept, now) == 0
    left = rows(db, "SELECT url FROM articles WHERE site <> 'third' ORDER BY number")
    assert [int(url.rpartition("/")[2]) for (url,) in left] == [3, 4, 14, 5, 15]
    assert rows(db, "SELECT DISTINCT reason FROM tombstones") == [("retention",)]
    listed = [Link(f"https://news.example/story/{n}", "", "sitemap") for n in range(6)]
    assert frontier.add(db, "news", listed, now=LATER) == 0
    assert [path for path in traces(tmp_path, secret(0)) if path != "warraq.db"] == []
    check(db, tmp_path)
    assert maintain(db, tmp_path, 1 << 40, 0) == ""


@pytest.mark.parametrize("with_files", [True, False])
def test_what_a_watch_has_of_it_goes_too(
    db: Database, writer: WarcWriter, tmp_path: Path, with_files: bool
) -> None:
    add_watch(db, "all", Selection(search="title"), NOW, channels=[NewChannel("aa", "command")])
    for number in (0, 1):
        headline = f"title {secret(number)}"
        crawl_story(db, writer, story(number, title=headline, agency=f"agency {secret(number)}"))
    assert find_matches(db, LATER) == 2
    deliveries.begin_delivery(db, "aa", 10)
    folder = tmp_path / deliveries.FOLDER
    folder.mkdir()
    files_of = {
        "aa-1.1.json": json.dumps({"articles": [{"id": story(1).id, "title": secret(1)}]}),
        "aa-1.1.state": f"begun\nended 7 curl: no room for {secret(1)}\n",
        "bb-1.1.json": json.dumps({"articles": [{"id": story(0).id, "title": secret(0)}]}),
        "bb-1.1.state": f"begun\nended 7 curl: {secret(0)}\n",
    }
    for name, text in files_of.items() if with_files else ():
        (folder / name).write_text(text)
    deliveries.fail(db, deliveries.unfinished(db)[0], f"ended with 7: {secret(1)}", LATER)
    take_out(db, URL)
    assert traces(tmp_path, secret(1)) == []
    assert traces(tmp_path, story(1).id) == ["warraq.db", "table tombstones"], "the tombstone"
    [state] = deliveries.unfinished(db)
    assert (state.waiting, state.attempt, state.trouble) == (1, 2, "the last attempt failed")
    assert [row["id"] for row in deliveries.contents(db, state.delivery or "")] == [story(0).id]
    assert rows(db, "SELECT kind, name FROM _credits ORDER BY kind") == [
        ("agency", f"agency {secret(0)}"),
        ("author", f"author {secret(0)}"),
    ]
    terms = rows(db, "SELECT count(*) FROM _search_terms WHERE term LIKE '%zsecret1w%'")
    assert terms == [(0,)]
    if with_files:
        assert {path.name for path in folder.iterdir()} == files_of.keys() - {"aa-1.1.json"}
        assert DeliveryFiles(tmp_path).state("aa-1.1") == AttemptState("ended", "7", "")
        assert secret(0) in (folder / "bb-1.1.state").read_text()
    check(db, tmp_path)
