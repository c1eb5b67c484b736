"""Which sites are suspect and why, judged by the record of their crawls."""

from collections import Counter
from typing import Any

import pytest
from sqlite_utils import Database
from storage_samples import article_id

from items import Site
from storage import crawls
from storage.fruitless_sites import PAGE_ADVICE
from storage.poll_plan import health
from storage.status import per_site
from text.timestamps import add_seconds

START = "2026-10-01T06:00:00Z"
DAY = 86_400
SITE = Site("news", "https://news.example/")


class Life:
    """A site's crawls, an hour apart, from the first of October on."""

    def __init__(self, db: Database, site: Site = SITE) -> None:
        self.db = db
        self.site = site
        self.now = START
        self._articles = 0

    def crawl(
        self, outcome: str = "finished", hours: float = 1, trouble: str = "", **counts: int
    ) -> None:
        self.now = add_seconds(self.now, hours * 3600)
        crawl = crawls.begin(self.db, self.site, self.now)
        for _ in range(counts.get("new", 0)):
            self._publish(add_seconds(self.now, -600))
        named = Counter({name.replace("__", ": "): count for name, count in counts.items()})
        crawls.finish(self.db, crawl, outcome, named, self.now, trouble=trouble)

    def _publish(self, time: str) -> None:
        self._articles += 1
        self.db.execute(
            "INSERT INTO articles (id, site, published, text, words, text_hash, first_seen, "
            "last_seen) VALUES (?, ?, ?, 'نص', 1, ?, ?, ?)",
            [article_id(self._articles), self.site.name, time, time, self.now, self.now],
        )

    def copy(self, number: int, original: int = 1) -> None:
        self.db.execute(
            "INSERT INTO copies (id, original, kind, jaccard, containment, url, first_seen, "
            "last_seen, site, text, words, text_hash) "
            "VALUES (?, ?, 'exact', 1, 1, NULL, ?, ?, ?, 'نص', 1, ?)",
            [article_id(1_000 + number), original, self.now, self.now, self.site.name, self.now],
        )

    def weeks_as_usual(self, weeks: int = 3, new: int = 2) -> None:
        """New articles at seven hours of each day, from a feed of thirty."""
        for _ in range(weeks * 7):
            for _ in range(7):
                self.crawl(new=new, fetched=new, read=1, links=30)
            self.crawl(hours=17)

    @property
    def suspect(self) -> str | None:
        return health(self.db, self.site.name)["suspect_reason"]  # type: ignore[no-any-return]


@pytest.fixture
def life(db: Database) -> Life:
    life = Life(db)
    life.weeks_as_usual()
    assert life.suspect is None
    return life


def test_usual_and_recent_yield_are_noted(life: Life) -> None:
    row = health(life.db, "news")
    assert 12 < row["usual_yield"] < 16
    assert 12 <= row["recent_yield"] <= 16
    for _ in range(3):
        life.crawl(hours=24)
    row = health(life.db, "news")
    assert row["recent_yield"] == 0
    assert 10 < row["usual_yield"] < 16
    assert row["last_new_article"] < add_seconds(life.now, -3 * DAY)


def test_a_feed_that_is_emptied_is_suspect_until_it_is_filled(life: Life) -> None:
    life.crawl(read=1, links=0)
    assert life.suspect is None, "once may be chance"
    life.crawl()
    assert life.suspect == "its lists are empty; they used to have 30 articles"
    life.crawl(read=1, links=0)
    assert life.suspect == "its lists are empty; they used to have 30 articles"
    life.crawl(read=1, links=30, new=1, fetched=1)
    assert life.suspect is None


def test_pages_that_are_articles_no_more_are_suspect(life: Life) -> None:
    for _ in range(5):
        life.crawl(read=1, links=30, fetched=2, rejected=2, rejected__too_short=2)
    assert (
        life.suspect
        == "hardly a page of it is an article any more: too_short 10: " + PAGE_ADVICE["too_short"]
    )
    for _ in range(5):
        life.crawl(read=1, links=30, fetched=2, new=2)
    assert life.suspect is None


def test_a_site_that_always_had_many_other_pages_is_not(db: Database) -> None:
    life = Life(db)
    for _ in range(60):
        life.crawl(read=1, links=30, fetched=3, rejected=2, rejected__list_page=2, new=1)
    for _ in range(5):
        life.crawl(read=1, links=30, fetched=2, rejected=2, rejected__list_page=2)
    assert life.suspect is None


def test_articles_that_are_too_old_to_be_wanted_say_nothing(life: Life) -> None:
    for _ in range(5):
        life.crawl(read=1, links=30, fetched=4, rejected=4, rejected__too_old=4)
    assert life.suspect is None


def test_a_block_page_is_suspect_and_a_server_in_trouble_is_not(life: Life) -> None:
    for _ in range(4):
        life.crawl("failed", trouble="feed /feed: answers 503", sources_failed=1)
    assert life.suspect is None
    assert health(life.db, "news")["failures_in_a_row"] == 4
    for _ in range(3):
        life.crawl("failed", trouble="feed /feed: answers 403", refused=1, sources_failed=1)
    assert life.suspect == "answers, but not as it did: feed /feed: answers 403"
    life.crawl(read=1, links=30)
    assert life.suspect is None
    assert health(life.db, "news")["failures_in_a_row"] == 0


def test_article_pages_behind_a_block_page_are_suspect(life: Life) -> None:
    for _ in range(5):
        life.crawl(read=1, links=30, fetched=2, failed=2, failed__http_403=2)
    assert (
        life.suspect
        == "hardly a page of it is an article any more: http_403 10: " + PAGE_ADVICE["http_403"]
    )


def test_one_of_several_sources_lost_for_good_is_suspect(life: Life) -> None:
    for _ in range(6):
        assert life.suspect is None
        life.crawl(
            new=1, fetched=1, read=1, links=30, sources_failed=1, trouble="sitemap: answers 404"
        )
    assert life.suspect == "one of its sources fails: sitemap: answers 404"


def test_silence_is_suspect_when_it_is_longer_than_ever(life: Life) -> None:
    last, night = add_seconds(life.now, -17 * 3600), 18 * 3600
    while life.now < add_seconds(last, 3 * night - 2 * 3600):
        life.crawl()
        assert life.suspect is None
    while life.now < add_seconds(last, 4 * night):
        life.crawl()
    assert (life.suspect or "").startswith(f"nothing new since {last[:10]}; usually 14.")


def test_a_weekly_may_be_silent_for_days(db: Database) -> None:
    life = Life(db)
    for _ in range(8):
        life.crawl(new=4, fetched=4, read=1, links=8)
        for _ in range(6):
            life.crawl(hours=24)
            assert life.suspect is None
        life.crawl(hours=23)


def test_a_site_that_cannot_be_reached_is_suspect_after_days_unless_no_site_can(life: Life) -> None:
    other = Life(life.db, Site("other", "https://other.example/"))
    other.now = life.now
    for _ in range(2):
        life.crawl("failed", hours=24, trouble="feed /feed: the name has no address")
        other.crawl("failed", hours=24)
    assert life.suspect is None
    for _ in range(3):
        life.crawl("failed", hours=24, trouble="feed /feed: the name has no address")
        other.crawl("failed", hours=24)
    assert life.suspect is None, "our own network is gone"
    other.crawl()
    life.crawl("failed", hours=1, trouble="feed /feed: the name has no address")
    assert life.suspect is not None
    assert life.suspect.endswith("feed /feed: the name has no address")


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ({"rejected__too_short": 2}, "too_short 6: no text was found in the pages: set `family`"),
        ({"rejected__noindex": 2}, "noindex 6: its pages say noindex; `honour_noindex = false`"),
        ({"rejected__robots": 2}, "robots 6: robots.txt closes its articles"),
        ({"failed__http_403": 2}, "http_403 6: the site turns robots away"),
        ({"waiting__same_text": 2}, "same_text 6: every page has one text"),
    ],
)
def test_a_site_that_never_gave_an_article_is_suspect(
    db: Database, counts: dict[str, int], reason: str
) -> None:
    life = Life(db)
    life.crawl(read=1, links=30, fetched=2)
    assert life.suspect is None
    for _ in range(3):
        assert life.suspect is None, "few pages may be chance"
        life.crawl("finished", 1, "", read=1, links=30, fetched=2, **counts)
    assert life.suspect
    assert life.suspect.startswith(f"has never given an article: {reason}")
    life.crawl(read=1, links=30, fetched=1, new=1)
    assert life.suspect is None


def test_a_site_whose_sources_never_listed_anything_is_suspect(db: Database) -> None:
    life = Life(db)
    for _ in range(2):
        life.crawl(read=1, links=0)
        assert life.suspect is None
    life.crawl(read=1, links=0)
    assert life.suspect
    assert "its sources list none" in life.suspect


def test_a_new_site_that_cannot_be_reached_is_not_suspect(db: Database) -> None:
    life = Life(db)
    for _ in range(20):
        life.crawl("failed", trouble="timed out", failed__timed_out=9)
    assert life.suspect is None


def test_pages_all_refused_for_one_reason_are_suspect_after_few_articles(db: Database) -> None:
    life = Life(db)
    life.crawl(read=1, links=30, fetched=3, new=3)
    life.crawl(read=1, links=30, fetched=9, rejected__noindex=9)
    assert life.suspect is None
    life.crawl(read=1, links=30, fetched=1, rejected__noindex=1)
    assert life.suspect
    assert life.suspect.startswith("all of its last pages have one reason: noindex 10")
    life.crawl(read=1, links=30, fetched=1, new=1)
    assert life.suspect is None


def test_a_site_that_gives_copies_of_one_text_is_suspect(db: Database) -> None:
    life = Life(db)
    life.crawl(read=1, links=30, fetched=1, new=1)
    for number in range(5):
        assert life.suspect is None
        life.copy(number)
        life.crawl(read=1, links=30, fetched=1, copies=1)
    assert life.suspect
    assert life.suspect.startswith("5 of its last 6 texts are copies of article 1;")
    life.crawl(read=1, links=30, fetched=1, new=1)
    assert life.suspect is None, "one in four is another text"


def test_copies_of_different_texts_are_an_agency_s(db: Database) -> None:
    life = Life(db)
    life.crawl(read=1, links=30, fetched=9, new=9)
    for number in range(20):
        life.copy(number, original=1 + number % 9)
    life.crawl(read=1, links=30, fetched=20, copies=20)
    assert life.suspect is None


@pytest.mark.parametrize("years", [0.01, 1, 50])
def test_after_a_clock_set_back_the_latest_crawls_are_the_last_ones(
    db: Database, life: Life, years: float
) -> None:
    """Their times are earlier than those of the crawls before them."""
    life.weeks_as_usual()
    life.now = add_seconds(life.now, -years * 365 * DAY)
    for _ in range(3):
        life.crawl("failed", refused=1, trouble="answers 403")
    assert life.suspect == "answers, but not as it did: answers 403"
    [site] = per_site(db)
    assert (site.outcome, site.trouble) == ("failed", "answers 403")
    for _ in range(12):
        life.crawl(read=1, links=30, new=1, fetched=1)
    assert life.suspect is None


def test_a_silence_of_months_stays_suspect(life: Life) -> None:
    for _ in range(90):
        life.crawl(hours=24)
    assert "nothing new since" in (life.suspect or "")
    life.crawl(new=2, fetched=2, read=1, links=30)
    assert life.suspect is None


@pytest.mark.parametrize("reason", ["same_text", "consent_wall"])
def test_a_wall_that_is_put_up_later_is_suspect(life: Life, reason: str) -> None:
    for _ in range(3):
        life.crawl(fetched=5, read=1, links=30, **dict[str, Any]({f"waiting__{reason}": 5}))
    assert reason in (life.suspect or "")


@pytest.mark.parametrize("reason", ["list_page", "fixed_page", "too_short", "http_404"])
def test_pages_that_are_all_refused_all_at_once_are_suspect(life: Life, reason: str) -> None:
    outcome = "failed" if reason.startswith("http") else "rejected"
    for _ in range(3):
        life.crawl(fetched=5, read=1, links=30, **dict[str, Any]({f"{outcome}__{reason}": 5}))
    assert reason in (life.suspect or "")
    assert PAGE_ADVICE[reason] in (life.suspect or "")


def test_a_site_that_gives_one_text_all_at_once_is_suspect(life: Life) -> None:
    for number in range(8):
        assert life.suspect is None
        life.copy(number, original=5)
        life.crawl(copies=1, fetched=1, read=1, links=30)
    assert "copies of article 5" in (life.suspect or "")


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("title", "الصفحة الرئيسية", "one title"),
        ("published", "2026-10-02T11:12:13Z", "one date"),
        ("words", 30, "have become short: up to 30 words, 300 before"),
    ],
)
def test_articles_that_are_all_alike_are_suspect(
    db: Database, field: str, value: object, word: str
) -> None:
    life = Life(db)
    for number in range(40):
        life.crawl(hours=3, new=1, fetched=1, read=1, links=30)
        words: dict[str, object] = {"words": 300, "title": f"خبر {number}"}
        if number >= 30:
            words[field] = value
        changed = ", ".join(f"{name} = :{name}" for name in words)
        db.execute(
            f"UPDATE articles SET {changed} WHERE number = (SELECT max(number) FROM articles)",
            words,
        )
        if number < 37:
            assert life.suspect is None, number
    life.crawl(hours=1)
    assert word in (life.suspect or "")


def test_the_news_of_one_day_may_have_one_date(db: Database) -> None:
    life = Life(db)
    for _ in range(12):
        life.crawl(new=1, fetched=1, read=1, links=30)
    db.execute("UPDATE articles SET published = '2026-09-30T21:00:00Z'")
    life.crawl()
    assert life.suspect is None
    life.crawl(hours=100, new=1, fetched=1)
    db.execute("UPDATE articles SET published = '2026-09-30T21:00:00Z'")
    life.crawl()
    assert "one date" in (life.suspect or "")
