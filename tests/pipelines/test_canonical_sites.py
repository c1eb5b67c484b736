"""Sites whose pages declare canonical addresses that are not their own: as many articles as stories,
from a crawl, from a web archive, and from the archive of a version that believed them.
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from duplicate_samples import check, story
from foreign_warcs import Record, write
from import_command import folder, run
from sqlite_utils import Database
from web_server import Answer, Web

from cli.main import warraq
from items import Article, Link, Page, Site
from pipelines import build_article
from pipelines.canonical import CanonicalJudgement
from pipelines.ingest import page as ingest
from pipelines.ingest.page import IngestPolicy, RefinedPage, ingest_page
from pipelines.refine import refine
from pipelines.workers.pool import LocalRefiner
from spiders.runner import CrawlResult
from storage import frontier
from storage.archive.archive import Archive
from storage.article_rows import iterate
from storage.database import open_database, transaction
from text.urls import canonicalise

Crawl = Callable[..., CrawlResult]
HOST = "https://paper.example"
SITE = Site("paper", homepage=f"{HOST}/")


@dataclass(frozen=True)
class Told:
    """A page: its path, what it declares, and the number of the story that it shows."""

    path: str
    canonical: str
    story: int

    def html(self, base: str = HOST) -> str:
        lines = "".join(f"<p>{line}</p>" for line in story(self.story, 6))
        title = f"خبر رقم {self.story} من أخبار المدينة"
        return (
            f'<!doctype html><html lang="ar"><head><meta charset="utf-8"><title>{title}</title>'
            f'<link rel="canonical" href="{base}{self.canonical}">'
            '<meta property="og:type" content="article">'
            f'<meta property="article:published_time" content="2026-10-{self.story % 27 + 1:02}T06:00:00Z">'
            f"</head><body><article><h1>{title}</h1>{lines}</article></body></html>"
        )


LIES = {
    "script": [Told(f"/article.php?id={n}", "/article.php", n) for n in (31, 32, 33)],
    "section": [Told(f"/news/story-of-day-{n}", "/news/?lang=en", n) for n in (41, 42, 43)],
    "print": [Told(f"/read/{n}", "/print/", n) for n in (51, 52, 53)],
    "another": [
        Told("/read/61", "/read/61", 61),
        Told("/read/62", "/read/61", 62),
        Told("/read/63", "/read/61", 63),
    ],
    # Its number is in every address.
    "topic": [Told(f"/topic-9001/story-{n}", "/topic/9001", n) for n in (71, 72, 73)],
    "another with its number": [
        Told("/9002/read-82", "/9002/read-81", 82),
        Told("/9002/read-81", "/9002/read-81", 81),
        Told("/9002/read-83", "/9002/read-81", 83),
    ],
}
HONEST = [
    Told("/sport/story-of-day-91", "/news/story-of-day-91", 91),
    Told("/news/story-of-day-91", "/news/story-of-day-91", 91),
    Told("/news/story-of-day-92?utm_source=feed", "/news/story-of-day-92", 92),
    Told("/news/story-of-day-92/amp/", "/news/story-of-day-92", 92),
    Told("/m/read/93", "/read/93", 93),
    Told("/read/93", "/read/93", 93),
    Told("/print.php?id=94", "/article.php?id=94", 94),
    Told("/article.php?id=94", "/article.php?id=94", 94),
]


def addresses(db: Database) -> dict[str, int]:
    """The story at the address of each article; an article without revisions of another."""
    check(db)
    assert db.execute("SELECT count(*) FROM revisions").fetchone() == (0,)
    assert db.execute("SELECT count(*) FROM copies").fetchone() == (0,)
    found = {}
    for article in iterate(db):
        number = int(str(article.title).split()[2])
        assert article.paragraphs == tuple(story(number, 6))
        found["/" + str(article.url).split("/", 3)[3]] = number
    return found


@pytest.fixture(scope="module")
def real_refiner() -> Iterator[LocalRefiner]:
    refiner = LocalRefiner(
        workers=1, seconds=60.0, memory=512 << 20, function="pipelines.refine.refine"
    )
    yield refiner
    refiner.close()


def publish(web: Web, pages: list[Told]) -> None:
    items = "".join(f"<item><link>{web.url}{told.path}</link></item>" for told in pages)
    feed = (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>ن</title>{items}</channel></rss>'
    )
    web.pages |= {"/feed": Answer(feed, headers={"Content-Type": "application/rss+xml"})}
    web.pages |= {told.path: told.html(web.url) for told in pages}


def test_a_crawl_stores_as_many_articles_as_stories(
    web: Web, site: Site, crawl: Crawl, real_refiner: LocalRefiner, tmp_path: Path
) -> None:
    pages = [told for lies in LIES.values() for told in lies]
    publish(web, pages)
    crawl(site, refiner=real_refiner)
    with open_database(tmp_path) as db:
        assert addresses(db) == {told.path: told.story for told in pages}


def test_an_honest_site_has_one_article_a_story(
    web: Web, site: Site, crawl: Crawl, real_refiner: LocalRefiner, tmp_path: Path
) -> None:
    publish(web, HONEST)
    crawl(site, refiner=real_refiner)
    with open_database(tmp_path) as db:
        assert addresses(db) == {told.canonical: told.story for told in HONEST}


@pytest.mark.parametrize("lies", LIES.values(), ids=LIES.keys())
def test_a_web_archive_has_as_many_articles_as_stories(tmp_path: Path, lies: list[Told]) -> None:
    data = folder(tmp_path)
    date = "2026-11-10T00:00:00Z"
    records = [Record(HOST + told.path, told.html().encode(), date) for told in lies]
    run(data, write(tmp_path / "a.warc.gz", records))
    with open_database(data) as db:
        assert sorted(addresses(db).values()) == sorted(told.story for told in lies)


def ingest_all(db: Database, data: Path, pages: list[Told]) -> None:
    """One page a minute, archived; in this process, where a test may change the rules."""
    archive = Archive(data)
    links = [Link(HOST + told.path, HOST + told.path, "feed") for told in pages]
    frontier.add(db, SITE.name, links, now="2026-11-01T00:00:00Z")
    for minute, told in enumerate(pages):
        now = f"2026-11-01T01:{minute:02}:00Z"
        url = HOST + told.path
        page = Page(url, canonicalise(url) or url, told.html().encode(), now, "utf-8")
        record = asyncio.run(archive.add(db, page))
        outcome = refine(page, SITE)
        ingest_page(db, RefinedPage(page, outcome, record, "feed"), IngestPolicy(), now)
    archive.close(db)


def believe_all(fetched: str, declared: str | None, **_: Any) -> CanonicalJudgement:
    """As earlier versions did, but for the front page."""
    return CanonicalJudgement(canonicalise(declared or fetched) or fetched, "own")


def settle_nothing(db: Database, article: Article, now: str) -> Article:
    return article


def dump(data: Path) -> list[str]:
    with open_database(data) as db:
        return list(db.conn.iterdump())


def unfolded(output: str) -> int:
    """How many pages the command counts as another story's."""
    return sum(map(int, re.findall(r"^ *(\d+) stored as another article", output, re.MULTILINE)))


@pytest.mark.slow
@pytest.mark.parametrize("rebuild", [[], ["--rebuild"]], ids=["", "rebuild"])
@pytest.mark.parametrize("lies", LIES.values(), ids=LIES.keys())
def test_reprocessing_unfolds_what_an_earlier_version_folded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lies: list[Told], rebuild: list[str]
) -> None:
    data = folder(tmp_path)
    (data / "sites" / "paper.toml").write_text(f'homepage = "{HOST}/"\nlanguage = "ar"\n')
    with monkeypatch.context() as earlier, open_database(data) as db:
        earlier.setattr(build_article, "judge_canonical", believe_all)
        earlier.setattr(ingest, "settle_url", settle_nothing)
        ingest_all(db, data, [*lies, *HONEST])
        with transaction(db):
            db.execute("DELETE FROM _canonical_claims")
        stories = len({told.story for told in HONEST})
        assert db["articles"].count == 1 + stories
        assert db["revisions"].count >= 2
    command = ["--data", str(data), "--sites", str(data / "sites"), "reprocess", *rebuild]
    dry = None
    if not rebuild:
        before = dump(data)
        dry = CliRunner().invoke(warraq, [*command, "--dry-run"])
        assert dry.exit_code == 0, dry.output
        assert dump(data) == before
    result = CliRunner().invoke(warraq, command)
    assert result.exit_code == 0, result.output
    if dry is not None:
        # They may differ by one: which page's the article stays is decided as the run goes.
        assert unfolded(result.output) > 0
        assert abs(unfolded(dry.output) - unfolded(result.output)) <= 1
    with open_database(data) as db:
        expected = {told.story for told in [*lies, *HONEST]}
        assert sorted(addresses(db).values()) == sorted(expected)
        wrong = "SELECT count(*) FROM frontier WHERE article NOT IN (SELECT id FROM articles)"
        assert db.execute(wrong).fetchone() == (0,)
    again = CliRunner().invoke(warraq, command)
    assert unfolded(again.output) == 0
    with open_database(data) as db:
        assert sorted(addresses(db).values()) == sorted(expected)
