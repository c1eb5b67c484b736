"""Walls in place of articles: consent pages, and one text at many addresses."""

import pytest
from duplicate_samples import story
from sqlite_utils import Database

from items import Article, Link, Page, Reason, Rejected, Site
from pipelines.extraction.consent_wall import is_consent_wall
from pipelines.ingest.page import IngestPolicy, RefinedPage, ingest_page
from pipelines.refine import refine
from spiders.recorder import Recorder
from storage import frontier
from text.folding import fold_lines
from text.urls import article_id

HOST = "https://paper.example"
SITE = Site("paper", homepage=f"{HOST}/")
NOW = "2026-11-01T00:00:00Z"
ASKED = f"{HOST}/news/story-of-day-31"
WALLS = {
    "en": "We value your privacy. We and our partners store and/or access information on a device."
    " You may accept all, reject all, or manage options at any time in our privacy policy.",
    "ar": "نحن وشركاؤنا نستخدم ملفات تعريف الارتباط. يمكنك قبول الكل أو رفض الكل، وتغيير ذلك في إعدادات الخصوصية.",
    "de": "Wir und unsere Partner verarbeiten Daten. Alle akzeptieren oder alle ablehnen; Ihre Einwilligung gilt ein Jahr.",
    "fr": "Nous et nos partenaires utilisons des données. Tout accepter ou tout refuser : votre consentement vaut un an.",
}
NEWS = (
    "The regulator fined the company for its cookie policy. "
    + "It had to pay within a month. " * 60,
    "Users must be able to reject all cookies, the court found. "
    + "The firm appealed at once. " * 60,
)


@pytest.mark.parametrize("path", ["/consent?return=31", "/privacy-wall", "/cookies", "/gdpr.html"])
def test_a_redirect_to_an_address_of_consent_is_a_wall(path: str) -> None:
    assert is_consent_wall(ASKED, HOST + path, "Paper", story(1))


@pytest.mark.parametrize("text", WALLS.values(), ids=WALLS.keys())
def test_so_is_a_text_of_consent(text: str) -> None:
    assert is_consent_wall(ASKED, f"{HOST}/welcome", "Paper", [text])
    assert is_consent_wall(ASKED, ASKED, "Privacy settings", [text])


@pytest.mark.parametrize("text", [*WALLS.values(), NEWS[0]], ids=[*WALLS, "news"])
@pytest.mark.parametrize("copies", [1, 3, 40])
def test_text_that_is_folded_already_is_judged_alike(text: str, copies: int) -> None:
    lines = [line for sentence in text.split(". ") for line in (sentence, "—")] * copies
    folded = fold_lines(lines)
    for title in ("Paper", "Privacy settings"):
        plain = is_consent_wall(ASKED, ASKED, title, lines)
        assert is_consent_wall(ASKED, ASKED, title, lines, folded) == plain


def test_news_about_consent_is_news() -> None:
    assert not is_consent_wall(ASKED, ASKED, "A fine", NEWS)
    assert not is_consent_wall(ASKED, f"{HOST}/news/a-fine-for-cookies", "A fine", NEWS)
    assert not is_consent_wall(ASKED, f"{HOST}/en/story-of-day-31", "Story", story(1))


def page(path: str, answered: str, title: str, lines: list[str]) -> Page:
    body = "".join(f"<p>{line}</p>" for line in lines)
    html = (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article>"
    )
    return Page(HOST + path, HOST + answered, html.encode(), NOW, "utf-8")


def ingest(db: Database, page: Page) -> str:
    outcome: Article | Rejected = refine(page, SITE)
    result = ingest_page(db, RefinedPage(page, outcome, None, "feed"), IngestPolicy(), NOW)
    return f"{result.outcome} {result.reason}".strip()


def queue(db: Database, paths: list[str]) -> None:
    links = [Link(HOST + path, HOST + path, "feed") for path in paths]
    frontier.add(db, SITE.name, links, now=NOW)


PATHS = [f"/news/story-{name}-of-day" for name in "abcdefgh"]


def states(db: Database) -> set[tuple[str, str]]:
    return set(db.execute("SELECT state, reason FROM frontier").fetchall())


def test_nothing_of_a_consent_wall_is_stored_and_its_addresses_wait(db: Database) -> None:
    queue(db, PATHS)
    for number, path in enumerate(PATHS):
        wall = page(path, f"/consent?to={number}", f"خبر {number}", story(1))
        assert ingest(db, wall) == "rejected consent_wall"
    assert (db["articles"].count, db["copies"].count) == (0, 0)
    assert states(db) == {("queued", Reason.CONSENT_WALL)}
    assert frontier.take(db, SITE.name, 9, now=NOW) == []
    assert len(frontier.take(db, SITE.name, 9, now="2026-11-01T01:00:00Z")) == 8


def test_one_text_under_many_titles_is_no_article(db: Database) -> None:
    queue(db, PATHS)
    outcomes = [ingest(db, page(p, p, f"خبر {n}", story(1))) for n, p in enumerate(PATHS)]
    assert outcomes[:4] == ["new", "copy", "copy", "rejected same_text"]
    assert db["articles"].count + db["copies"].count < 4
    ingest(db, page("/news/another-true-story", "/news/another-true-story", "خبر", story(2)))
    assert db.execute("SELECT count(*) FROM articles WHERE title = 'خبر'").fetchone() == (1,)


def test_a_story_in_four_sections_stays(db: Database) -> None:
    paths = [f"/{section}/story-of-one-day" for section in ("news", "sport", "city", "world")]
    queue(db, paths)
    for path in paths:
        ingest(db, page(path, path, "خبر", story(1)))
    assert db["articles"].count == 1


def test_redirects_of_many_addresses_to_one_page_are_a_wall(db: Database) -> None:
    queue(db, PATHS)
    target = f"{HOST}/welcome"
    ingest(db, page(PATHS[0], "/welcome", "خبر 0", story(1)))
    recorder = Recorder(db)
    outcomes = [
        recorder.found_stored(
            HOST + path, article_id(target), site=SITE.name, target=target, now=NOW
        ).reason
        for path in PATHS[1:5]
    ]
    assert outcomes == [*[Reason.STORED] * 2, Reason.SAME_TEXT, Reason.STORED]


PASSWORD = '<form method="post"><input name="u"><input type="PASSWORD" name="p"></form>'


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        (
            "en",
            "The Daily",
            "Welcome back. Enter your e-mail address and your password to go on with us.",
        ),
        (
            "ar",
            "صحيفة",
            "مرحبا بك من جديد، أدخل بريدك وكلمة المرور ثم اضغط على الزر أدناه للمتابعة معنا.",
        ),
        (
            "tr",
            "Gazete",
            "Tekrar hoş geldiniz. Devam etmek için e-posta adresinizi ve parolanızı girin lütfen.",
        ),
    ],
)
def test_a_page_with_nothing_but_a_login_is_one(language: str, title: str, words: str) -> None:
    def outcome(body: str) -> object:
        html = f'<!doctype html><html lang="{language}"><title>{title}</title><body>{body}</body></html>'
        url = "https://a.example/news/1"
        return refine(Page(url, url, html.encode(), "2026-11-01T00:00:00Z"), Site("a"))

    login = outcome(f"<main><h1>{title}</h1><p>{words}</p>{PASSWORD}</main>")
    assert isinstance(login, Rejected)
    assert login.reason == "login_wall"
    beside = outcome(f"<form><input name=q></form><main><p>{words}</p>{PASSWORD}</main>")
    assert not isinstance(beside, Rejected) or beside.reason != "login_wall"
    story = "".join(f"<p>{words} {number} {words}</p>" for number in range(8))
    long = outcome(f"<article><h1>{title}</h1>{story}</article>{PASSWORD}")
    assert not isinstance(long, Rejected) or long.reason != "login_wall"
