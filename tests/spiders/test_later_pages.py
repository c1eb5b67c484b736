"""An article on several pages is one article: crawled, refined by the real workers, archived, restored."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from paged_articles import ARABIC_TITLE, THEMES, Theme, document, feed, paragraphs, publish_pages
from sqlite_utils import Database
from storage_samples import rows
from warcs import is_sound
from web_server import Answer, ReceivedRequest, Web

from cli.main import warraq
from items import Article, Site
from pipelines.workers.pool import LocalRefiner
from spiders.runner import CrawlResult
from storage.archive.verify import verify_archive
from storage.article_rows import iterate
from text.limits import MAX_PAGES_AN_ARTICLE
from text.timestamps import utc_now

Crawl = Callable[..., CrawlResult]
WORDPRESS = THEMES[0]


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalRefiner]:
    refiner = LocalRefiner(1)
    yield refiner
    refiner.close()


@pytest.fixture
def crawl_pages(crawl: Crawl, workers: LocalRefiner) -> Crawl:
    def crawl_pages(site: Site, **arguments: object) -> CrawlResult:
        return crawl(site, refiner=workers, **arguments)

    return crawl_pages


def only(db: Database) -> Article:
    [article] = iterate(db)
    return article


def text_of(pages: range, *, latin: bool = False) -> tuple[str, ...]:
    return tuple(line for number in pages for line in paragraphs(number, latin=latin))


def due_now(db: Database) -> None:
    db.execute("UPDATE frontier SET due = ? WHERE state = 'queued'", [utc_now()])
    db.execute("UPDATE frontier SET recheck_at = ? WHERE recheck_at IS NOT NULL", [utc_now()])


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_all_pages_are_one_article(
    web: Web, site: Site, crawl_pages: Crawl, db: Database, tmp_path: Path, theme: Theme
) -> None:
    publish_pages(web, theme, 3)
    counts = crawl_pages(site).counts
    assert (counts["new"], counts["fetched"]) == (1, 3)
    article = only(db)
    assert (article.title, article.paragraphs) == (
        theme.title,
        text_of(range(1, 4), latin=theme.latin),
    )
    assert [web.count(theme.at(number)) for number in (1, 2, 3, 4)] == [1, 1, 1, 0]
    assert rows(db, "SELECT later_pages, first_page, article IS NULL FROM _archived_pages") == [
        (2, None, 0), (0, 1, 1), (0, 1, 1),
    ]  # fmt: skip
    assert verify_archive(db, tmp_path).problems == []
    assert is_sound(tmp_path)


def test_what_every_page_repeats_is_there_once(
    web: Web, site: Site, crawl_pages: Crawl, db: Database
) -> None:
    lead = "خمس مدن في الشمال تنتظر منذ عام، وهذا ما يقوله أهلها عن الوعود التي سمعوها."
    publish_pages(web, WORDPRESS, 4, lead=lead)
    crawl_pages(site)
    assert only(db).paragraphs == (lead, *text_of(range(1, 5)))


@pytest.mark.parametrize("first_listed", [True, False])
def test_a_later_page_that_a_source_lists_is_no_article(
    web: Web, site: Site, crawl_pages: Crawl, db: Database, first_listed: bool
) -> None:
    publish_pages(web, WORDPRESS, 3)
    paths = [WORDPRESS.at(number) for number in (3, 2, *([1] if first_listed else []))]
    web.pages["/feed"] = feed(web, ARABIC_TITLE, paths)
    for _ in range(2):
        crawl_pages(site)
    assert only(db).paragraphs == text_of(range(1, 4))
    web.forget()
    crawl_pages(site)
    assert web.paths("/2026") == []


_NEXT_STORY = {
    "head": ('<link rel="next" href="/2026/11/other-story/">', ""),
    "body": ("", '<nav class="post-navigation"><a rel="next" href="/2026/11/other-story/">التالي</a></nav>'),
    "same-slug": ('<link rel="next" href="/2026/11/five-towns-2/">', '<a rel="next" href="/2026/11/five-towns-2/">التالي</a>'),
    "numbered": ("", '<p>الصفحات: 1 <a href="/2026/11/five-towns-2/">2</a></p>'),
    "comments": ("", '<div id="comments"><div class="pagination">1 <a href="?page=2">2</a></div></div>'),
    "comment-page": ("", '<nav class="comment-navigation"><a rel="next" href="comment-page-2/#comments">2</a></nav>'),
    "section": ("", '<div class="pagination">1 <a href="/politics/?page=2">2</a> <a rel="next" href="/politics/page/2/">التالي</a></div>'),
    "other-host": ('<link rel="next" href="http://other.example/2026/11/five-towns/2/">', ""),
    "fragment": ("", '<p>الصفحات: 1 <a href="#2">2</a></p>'),
}  # fmt: skip


@pytest.mark.parametrize("trap", _NEXT_STORY)
def test_the_next_story_is_no_page_of_this_one(
    web: Web, site: Site, crawl_pages: Crawl, db: Database, trap: str
) -> None:
    head, below = _NEXT_STORY[trap]
    body = "".join(f"<p>{line}</p>" for line in paragraphs(1))
    other = "".join(f"<p>{line}</p>" for line in paragraphs(2))
    page = document(ARABIC_TITLE, body, head=head, below=below)
    web.pages |= {
        "/feed": feed(web, ARABIC_TITLE, [WORDPRESS.path]),
        WORDPRESS.path: page,
        "/2026/11/five-towns-2/": document("قصة أخرى من المدينة نفسها", other),
        "/2026/11/other-story/": document(ARABIC_TITLE, other),
        WORDPRESS.path + "?page=2": page,
    }
    crawl_pages(site)
    assert only(db).paragraphs == paragraphs(1)
    assert rows(db, "SELECT state, reason FROM frontier") == [("done", "")]
    if trap != "numbered":
        assert [asked.path for asked in web.asked][3:] == [WORDPRESS.path]


def test_a_list_that_goes_on_is_no_article(
    web: Web, site: Site, crawl_pages: Crawl, db: Database
) -> None:
    items = "".join(
        f"<div class='item'><h2><a href='/news/{n}'>{paragraphs(n)[0][:50]}</a></h2><p>{paragraphs(n)[1]}</p></div>"
        for n in range(1, 6)
    )
    pager = '<div class="pagination">1 <a href="/society/2/">2</a> <a rel="next" href="/society/2/">»</a></div>'
    listed = f"<html><head><title>Society</title></head><body><h1>Society</h1>{items}{pager}</body></html>"
    web.pages |= {"/feed": feed(web, "Society", ["/society/"]), "/society/": listed}
    assert crawl_pages(site).counts["rejected: list_page"] == 1
    assert web.count("/society/2/") == 0


def test_a_widget_that_pages_through_other_stories_is_left_alone(
    web: Web, site: Site, crawl_pages: Crawl, db: Database
) -> None:
    links = "".join(f"<li><a href='/n/{n}'>{paragraphs(n)[0][:50]}</a></li>" for n in range(1, 6))
    widget = (
        f'<div><ul>{links}</ul><div class="pager">1 <a rel="next" href="?page=2">2</a></div></div>'
    )
    body = "".join(f"<p>{line}</p>" for line in paragraphs(1))
    web.pages |= {
        "/feed": feed(web, ARABIC_TITLE, [WORDPRESS.path]),
        WORDPRESS.path: document(ARABIC_TITLE, body, below=widget),
    }
    crawl_pages(site)
    assert only(db).paragraphs == paragraphs(1)
    assert web.count(WORDPRESS.path + "?page=2") == 0


@pytest.mark.parametrize("answer", [Answer("nothing", 404), Answer("down", 503), Answer(raw=b"")])
def test_a_missing_page_is_told_and_had_later(
    web: Web, site: Site, crawl_pages: Crawl, db: Database, answer: Answer
) -> None:
    publish_pages(web, WORDPRESS, 4)
    third, web.pages[WORDPRESS.at(3)] = web.pages[WORDPRESS.at(3)], answer
    counts = crawl_pages(site).counts
    assert counts["new"] == 1
    assert [count for name, count in counts.items() if name.startswith("incomplete: ")] == [1]
    assert only(db).paragraphs == text_of(range(1, 3))
    waiting = "SELECT state, reason, attempts FROM frontier WHERE reason <> 'later_page'"
    assert rows(db, waiting) == [("queued", "incomplete", 1)]
    web.pages[WORDPRESS.at(3)] = third
    due_now(db)
    assert crawl_pages(site).counts["revised"] == 1
    assert only(db).paragraphs == text_of(range(1, 5))
    assert rows(db, waiting) == [("done", "", 0)]


def test_a_page_that_stays_away_is_given_up(
    web: Web, site: Site, crawl_pages: Crawl, db: Database
) -> None:
    publish_pages(web, WORDPRESS, 3)
    web.pages[WORDPRESS.at(3)] = Answer("nothing", 404)
    for _ in range(7):
        crawl_pages(site)
        db.execute("UPDATE frontier SET due = ? WHERE state = 'queued'", [utc_now()])
    assert web.count(WORDPRESS.at(3)) == 5
    sql = "SELECT state, reason, article IS NULL FROM frontier WHERE reason = 'incomplete'"
    assert rows(db, sql) == [("done", "incomplete", 0)]
    assert only(db).paragraphs == text_of(range(1, 3))


def test_a_recheck_without_a_page_takes_nothing_away(
    web: Web, site: Site, crawl_pages: Crawl, db: Database
) -> None:
    publish_pages(web, WORDPRESS, 3)
    crawl_pages(site)
    db.execute("UPDATE frontier SET recheck_at = ? WHERE reason = ''", [utc_now()])
    web.pages[WORDPRESS.at(3)] = Answer("down", 500)
    assert crawl_pages(site).counts["failed: incomplete"] == 1
    assert only(db).paragraphs == text_of(range(1, 4))
    assert rows(db, "SELECT count(*) FROM revisions") == [(0,)]


def test_a_recheck_finds_the_change_of_a_later_page(
    web: Web, site: Site, crawl_pages: Crawl, db: Database
) -> None:
    publish_pages(web, WORDPRESS, 3)
    crawl_pages(site)
    added = "وأضافت البلدية في بيان لاحق أن العمل سيستمر في موعده المقرر دون أي تغيير."
    web.pages[WORDPRESS.at(2)] = WORDPRESS.page(2, 3, edit=added)
    db.execute("UPDATE frontier SET recheck_at = ? WHERE reason = ''", [utc_now()])
    assert crawl_pages(site).counts["revised"] == 1
    assert only(db).paragraphs == (*text_of(range(1, 3)), added, *paragraphs(3))


def test_robots_keep_a_later_page_away(
    web: Web, site: Site, crawl_pages: Crawl, db: Database
) -> None:
    publish_pages(web, WORDPRESS, 3)
    robots = f"User-agent: *\nDisallow: {WORDPRESS.at(3)}\n"
    web.pages["/robots.txt"] = Answer(robots, headers={"Content-Type": "text/plain"})
    assert crawl_pages(site).counts["incomplete: robots"] == 1
    assert web.count(WORDPRESS.at(3)) == 0
    assert only(db).paragraphs == text_of(range(1, 3))
    assert rows(db, "SELECT state FROM frontier WHERE reason = 'incomplete'") == [("done",)]


def test_an_article_without_end_ends(
    web: Web, site: Site, crawl_pages: Crawl, db: Database
) -> None:
    count = MAX_PAGES_AN_ARTICLE + 5
    publish_pages(web, WORDPRESS, count)
    for number in range(1, count + 1):
        line = f"وفي اليوم رقم {number} من الرحلة وصلت القافلة إلى القرية رقم {number} واستراحت فيها ليلة كاملة."
        web.pages[WORDPRESS.at(number)] = document(
            ARABIC_TITLE, f"<p>{line}</p>" + WORDPRESS.pager(number, count)
        )
    assert crawl_pages(site).counts["incomplete: too_many_pages"] == 1
    assert len(only(db).paragraphs) == MAX_PAGES_AN_ARTICLE


def test_a_server_that_ignores_the_number_is_asked_once(
    web: Web, site: Site, crawl_pages: Crawl, db: Database
) -> None:
    theme = THEMES[1]
    publish_pages(web, theme, 3)
    web.pages[theme.at(2)] = web.pages[theme.path]
    crawl_pages(site)
    assert only(db).paragraphs == text_of(range(1, 2))
    assert web.count(theme.at(3)) == 0
    assert rows(db, "SELECT state, reason FROM frontier") == [("done", "")]


def test_every_page_counts(web: Web, site: Site, crawl_pages: Crawl, db: Database) -> None:
    """An article that was begun is finished; then the crawl's limit is reached."""
    paths = ["/2026/11/five-towns/", "/2026/11/five-rivers/"]
    for path in paths:
        publish_pages(web, Theme("wordpress", path, "/{n}/"), 3)
    web.pages["/feed"] = feed(web, ARABIC_TITLE, paths)
    assert crawl_pages(site, limit=2, settings={"WARRAQ_PAGES_IN_FLIGHT": 1}).counts["fetched"] == 3


def site_file(site: Site, data: Path) -> list[str]:
    """Its file, as options of a command."""
    (data / "sites").mkdir(exist_ok=True)
    feeds = f'homepage = "{site.homepage}"\nfeeds = ["{site.feeds[0]}"]\n'
    (data / "sites" / "news.toml").write_text(f"{feeds}allow_private = true\ndelay = 0\n", "utf-8")
    return ["--data", str(data), "--sites", str(data / "sites")]


@pytest.mark.parametrize("arguments", [["--rebuild"], []])
def test_the_archive_puts_the_pages_together_again(
    web: Web, site: Site, crawl_pages: Crawl, db: Database, tmp_path: Path, arguments: list[str]
) -> None:
    for theme, number in ((THEMES[0], 3), (THEMES[2], 4)):
        publish_pages(web, theme, number)
        crawl_pages(site)
    before = rows(db, "SELECT number, id, text, first_seen, last_seen FROM articles")
    assert len(before) == 2
    web.pages.clear()
    if not arguments:
        db.execute("UPDATE articles SET text = 'worse', text_hash = ''")
        db.execute("DELETE FROM _duplicate_queue")
    result = CliRunner().invoke(warraq, [*site_file(site, tmp_path), "reprocess", *arguments])
    assert result.exit_code == 0, result.output
    assert "2 pages refined again" in result.output
    assert rows(db, "SELECT number, id, text, first_seen, last_seen FROM articles") == before


def test_without_a_later_page_the_archive_changes_nothing(
    web: Web, site: Site, crawl_pages: Crawl, db: Database, tmp_path: Path
) -> None:
    publish_pages(web, WORDPRESS, 3)
    crawl_pages(site)
    db.execute("DELETE FROM _archived_pages WHERE page = 3")
    options = site_file(site, tmp_path)
    assert (
        "1 whose record cannot be read"
        in CliRunner().invoke(warraq, [*options, "reprocess"]).output
    )
    assert only(db).paragraphs == text_of(range(1, 4))
    refused = CliRunner().invoke(warraq, [*options, "reprocess", "--rebuild"])
    assert refused.exit_code == 1
    assert only(db).paragraphs == text_of(range(1, 4))


_SCRAPY = "from scrapy.cmdline import execute; execute(['scrapy', 'crawl', 'news'])"


@pytest.mark.slow
@pytest.mark.parametrize("number", [2, 3])
@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM])
def test_between_two_pages_it_is_killed_or_stopped(
    web: Web,
    site: Site,
    crawl_pages: Crawl,
    db: Database,
    tmp_path: Path,
    number: int,
    blow: signal.Signals,
) -> None:
    publish_pages(web, WORDPRESS, 4)
    site_file(site, tmp_path)
    page, process = web.pages[WORDPRESS.at(number)], None

    def answer(asked: ReceivedRequest) -> Answer:
        assert process is not None
        process.send_signal(blow)
        return Answer(str(page))

    web.pages[WORDPRESS.at(number)] = answer
    environment = os.environ | {
        "WARRAQ_DATA": str(tmp_path), "WARRAQ_SITES": str(tmp_path / "sites"), "WARRAQ_PROGRESS": "off",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", _SCRAPY], env=environment, stderr=subprocess.PIPE
    )
    _, log = process.communicate(timeout=60)
    assert web.count(WORDPRESS.at(number)) == 1, log.decode()
    assert b"Traceback" not in log, log.decode()
    assert b"ERROR" not in log, log.decode()
    assert b"DropItem" not in log, log.decode()
    assert rows(db, "SELECT * FROM articles") == []
    assert rows(db, "SELECT state, attempts FROM frontier") == [("queued", 0)]
    web.pages[WORDPRESS.at(number)] = page
    db.execute("DELETE FROM _leases")
    assert crawl_pages(site).counts["new"] == 1
    assert only(db).paragraphs == text_of(range(1, 5))
    assert rows(db, "SELECT count(*) FROM _archived_pages") == [(4,)]
    assert verify_archive(db, tmp_path).problems == []
