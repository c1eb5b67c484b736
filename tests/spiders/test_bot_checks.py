"""Answers that stand in an article's place: checks for robots and logins, named, asked for rarely, never
stored.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from scrapy.http import HtmlResponse
from sqlite_utils import Database
from storage_samples import rows
from web_server import Answer, Web, publish, rss

from cli.status import reasons
from cli.trial_advice import advice
from cli.trial_crawl import TrialCrawl
from items import Reason, Site
from spiders.fetching.walls import _text_chars, is_login_address, wall_beyond, wall_in
from spiders.runner import CrawlResult
from storage.database import open_database, transaction
from storage.status import per_site

Crawl = Callable[..., CrawlResult]
SCRIPT = "<script>" + "var a = 1;" * 900 + "</script>"


def page(title: str, body: str = "", lang: str = "en") -> str:
    return f'<!DOCTYPE html><html lang="{lang}"><head><title>{title}</title></head><body>{body}</body></html>'


# By system: status, headers, body; each made up with the marks that the system's pages have.
CHECKS: dict[str, Answer] = {
    "cloudflare": Answer(
        page("Just a moment...", f"<div id=c></div>{SCRIPT}"), 403, {"cf-mitigated": "challenge"}
    ),
    "cloudflare-503": Answer(
        page("", '<script>window._cf_chl_opt={cvId:"3"}</script>'), 503, {"Server": "cloudflare"}
    ),
    "cloudflare-1020": Answer(
        page("Access denied | a.example used Cloudflare", '<div id="cf-error-details">x</div>'), 403
    ),
    "ddos-guard": Answer(page("DDoS-Guard", "<p>wait"), 403, {"Server": "ddos-guard"}),
    "ddos-guard-200": Answer(
        page("x", '<script src="/.well-known/ddos-guard/js-challenge"></script>')
    ),
    "incapsula": Answer(
        page("", '<iframe src="/_Incapsula_Resource?x=1">Incapsula incident ID: 4</iframe>')
    ),
    "akamai": Answer(
        page("Access Denied", "<h1>Access Denied</h1>Reference&#32;&#35;18"),
        403,
        {"Server": "AkamaiGHost"},
    ),
    "perimeterx": Answer(page("x", f'<div id="px-captcha"></div>{SCRIPT}'), 403),
    "datadome": Answer(
        page("a.example", "<script src='//ct.captcha-delivery.com/c.js'></script>"), 403
    ),
    "datadome-200": Answer(
        page("a.example", "<script src='//ct.captcha-delivery.com/c.js'></script>")
    ),
    "sucuri": Answer(page("Sucuri WebSite Firewall - Access Denied"), 403, {"X-Sucuri-Block": "1"}),
    "anubis-200": Answer(
        page(
            "Making sure you&#39;re not a bot!",
            f'<script src="/.within.website/x/cmd/anubis/static/js/main.mjs"></script>{SCRIPT}',
        )
    ),
    "aws": Answer("", 202, {"x-amzn-waf-action": "challenge"}),
    "vercel": Answer(page("Vercel Security Checkpoint"), 429, {"x-vercel-mitigated": "challenge"}),
    "recaptcha": Answer(page("Verification", '<form><div class="g-recaptcha"></div></form>'), 200),
    "arabic": Answer(page("لحظة من فضلك", "<p>نتحقق من متصفحك", "ar"), 503),
    "french": Answer(page("Vérification de sécurité", "<p>Un instant", "fr"), 403),
    "turkish-200": Answer(page("Güvenlik kontrolü", "<p>Tarayıcınız kontrol ediliyor", "tr")),
    "persian-200": Answer(page("بررسی امنیتی", "<p>لطفا صبر کنید", "fa")),
    "chinese": Answer(page("安全验证", "<p>…", "zh"), 403),
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_for_robots_is_recognised_by_its_marks(name: str) -> None:
    answer = CHECKS[name]
    assert isinstance(answer.body, str)
    response = HtmlResponse(
        "https://a.example/1", answer.status, dict(answer.headers), answer.body.encode()
    )
    wall = wall_in("https://a.example/1", response)
    assert wall is not None
    assert wall.reason == Reason.BLOCK_PAGE


LONG = "<p>" + "A sentence of a story about the city and its council. " * 40


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, {}, page("Just a moment: how a city waits", LONG)),
        (200, {}, page("Captcha", LONG + '<div class="g-recaptcha"></div>')),
        (
            200,
            {"Server": "cloudflare"},
            page("News", LONG + "<script src=/cdn-cgi/challenge-platform/x.js></script>"),
        ),
        (200, {"Server": "ddos-guard"}, page("خبر", "<p>نص قصير")),
        (
            200,
            {"X-Iinfo": "1"},
            page("News", f"{LONG}<script src='/_Incapsula_Resource?S=1'></script>"),
        ),
        (200, {"X-DataDome": "protected"}, page("News", "<p>Short.")),
        (200, {"Server": "AkamaiGHost"}, page("Accès libre", "<p>Court.")),
        (404, {"Server": "AkamaiGHost"}, page("Not found")),
        (403, {}, page("Forbidden", "<p>nginx")),
        (500, {"Server": "ddos-guard"}, page("Error")),
        (503, {}, page("Maintenance", "<p>نعود قريبا")),
    ],
)
def test_what_only_looks_like_one_is_none(status: int, headers: dict[str, str], body: str) -> None:
    response = HtmlResponse("https://a.example/1", status, headers, body.encode())
    assert wall_in("https://a.example/1", response) is None


def _all_text_chars(body: bytes) -> int:
    """The same in one piece."""
    for tag in (b"script", b"style"):
        first, *others = body.split(b"<" + tag)
        body = first + b"".join(part.partition(b"</" + tag)[2] for part in others)
    return len(b"".join(re.sub(rb"<[^>]*+>?", b" ", body).split()))


@pytest.mark.parametrize(
    "between", ["", " ", "<b>", "<i x='<u>'>", "<script>no <b> text</script>", "a", "<", "< <a"]
)
@pytest.mark.parametrize("chars", [0, 600, 601, 1499, 1500, 1501])
def test_text_is_counted_alike_wherever_its_pieces_end(between: str, chars: int) -> None:
    for filling in (4080, 4088, 4096, 20_000):
        body = f"<p title='{'x' * filling}'>{between}".encode() + b"<p>t</p> " * chars
        assert min(_text_chars(body), 1501) == min(_all_text_chars(body), 1501)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://a.example/login?next=/news/1",
            "https://a.example/Users/Sign-In/",
            "https://sso.a.example/x",
        ),
        *(
            "https://login.b.example/",
            "https://a.example/wp-login.php?redirect_to=x",
            "https://a.example/giris",
        ),
        *(
            "https://a.example/connexion",
            "https://a.example/%D8%AA%D8%B3%D8%AC%D9%8A%D9%84-%D8%A7%D9%84%D8%AF%D8%AE%D9%88%D9%84",
        ),
        *("https://a.example/index.php?option=com_users&view=login", "https://a.example/subscribe"),
    ],
)
def test_login_addresses(url: str) -> None:
    assert is_login_address(url)
    asked = "https://a.example/news/1"
    wall = wall_in(asked, HtmlResponse(url, 200, body=page("x", LONG).encode()))
    assert wall is not None
    assert wall.reason == Reason.LOGIN_WALL
    beyond = wall_beyond(asked, url)
    assert beyond is not None
    assert beyond.reason == Reason.LOGIN_WALL


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://a.example/news/login-crisis",
            "https://a.example/2026/authors/x",
            "https://a.example/news?page=2",
        ),
        *("https://loginova.example/1", "https://a.example/author/jane"),
    ],
)
def test_other_addresses_are_none(url: str) -> None:
    assert not is_login_address(url)
    assert wall_in(url, HtmlResponse(url, 200, body=page("x", LONG).encode())) is None


@pytest.mark.parametrize("name", ["cloudflare", "anubis-200", "arabic", "datadome-200", "akamai"])
def test_a_site_behind_a_check_is_left_alone_after_three_answers(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, name: str
) -> None:
    publish(web, range(12))
    web.pages |= {f"/news/{number}": CHECKS[name] for number in range(12)}
    result = crawl(replace(site, concurrency=1))
    assert result.outcome == "failed"
    assert result.trouble.startswith("block_page: answers with ")
    assert "check for robots" in result.trouble
    assert len(web.paths("/news/")) <= 4, "three, and the one that has left by then"
    assert result.retry_after > 0
    with open_database(tmp_path) as db:
        assert rows(db, "SELECT count(*) FROM articles") == [(0,)]
        assert rows(db, "SELECT DISTINCT state FROM frontier") == [("queued",)]
        [line] = reasons(per_site(db))
        assert "failing 1 news: block_page" in line.plain
        assert "ask its owner" in line.plain
    web.forget()
    assert crawl(site).outcome != "finished"
    assert web.paths("/news/") == []


def test_articles_come_when_the_check_is_lifted(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    from spiders.fetching.host_pace import pace

    publish(web, range(4))
    web.pages |= {f"/news/{number}": CHECKS["cloudflare"] for number in range(4)}
    assert crawl(site).counts.get("new", 0) == 0
    publish(web, range(4))
    pace.forget()
    with open_database(tmp_path) as db, transaction(db):
        db.execute("UPDATE frontier SET due = '2026-01-01T00:00:00Z'")
        db.execute("DELETE FROM _site_state")
    assert crawl(site).counts["new"] == 4


def test_one_address_that_is_blocked_stops_no_other(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, range(6))
    web.pages["/news/3"] = CHECKS["akamai"]
    result = crawl(site)
    assert (result.outcome, result.counts["new"]) == ("finished", 5)
    with open_database(tmp_path) as db:
        waiting = "SELECT state, reason FROM frontier WHERE state != 'done'"
        assert rows(db, waiting) == [("queued", "block_page")]


@pytest.mark.parametrize("name", ["cloudflare", "cloudflare-503", "anubis-200", "vercel"])
def test_a_source_behind_a_check_is_named_and_no_article_is_asked_for(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, name: str
) -> None:
    publish(web, [1])
    assert crawl(site).counts["new"] == 1
    web.pages["/feed"] = CHECKS[name]
    for _ in range(3):
        from spiders.fetching.host_pace import pace

        pace.forget()
        with open_database(tmp_path) as db, transaction(db):
            db.execute("DELETE FROM _site_state")
        web.forget()
        result = crawl(site)
        assert result.outcome == "failed"
        assert "block_page: answers with" in result.trouble
        assert web.count("/feed") == 1
        assert web.paths("/news/") == []
    with open_database(tmp_path) as db:
        [status] = per_site(db)
        assert status.suspect is not None
        assert "block_page: answers with" in status.suspect


def _waiting(db: Database) -> dict[str, str]:
    sql = "SELECT url, state || ' ' || reason FROM frontier"
    return {"/" + url.partition("/news/")[2]: state for url, state in rows(db, sql)}


@pytest.mark.parametrize(
    "closed",
    [
        Answer("", 401, {"WWW-Authenticate": "Basic"}),
        Answer("", 302, {"Location": "/login?next=%2Fnews%2F1"}),
        Answer("", 302, {"Location": "http://sso.other.example/start"}),
        Answer("", 303, {"Location": "/تسجيل-الدخول"}),
        page("x", "").replace("<body>", '<meta http-equiv="refresh" content="0;url=/signin">'),
    ],
    ids=["401", "login", "sso", "arabic", "refresh"],
)
def test_articles_behind_a_login_are_named_once_and_the_others_come(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, closed: str | Answer
) -> None:
    publish(web, range(4))
    form = page("Sign in", "<form><input type=password></form>" + LONG)
    web.pages |= {
        "/news/1": closed,
        "/login?next=%2Fnews%2F1": form,
        "/signin": form,
        "/%D8%AA%D8%B3%D8%AC%D9%8A%D9%84-%D8%A7%D9%84%D8%AF%D8%AE%D9%88%D9%84": form,
    }
    result = crawl(site)
    assert (result.outcome, result.counts["new"]) == ("finished", 3)
    with open_database(tmp_path) as db:
        assert _waiting(db)["/1"] == "rejected login_wall"
    web.forget()
    crawl(site)
    assert web.count("/news/1") == 0


def test_a_login_page_that_robots_txt_closes_is_a_login_too(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, [1, 2])
    web.pages["/robots.txt"] = Answer("User-agent: *\nDisallow: /login")
    web.pages["/news/1"] = Answer("", 302, {"Location": "/login"})
    crawl(site)
    with open_database(tmp_path) as db:
        assert _waiting(db)["/1"] == "rejected login_wall"


def test_a_request_for_consent_on_another_host_waits(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, [1, 2])
    web.pages["/news/1"] = Answer("", 302, {"Location": "http://consent.other.example/v2?to=x"})
    crawl(site)
    with open_database(tmp_path) as db:
        assert _waiting(db)["/1"] == "queued consent_wall"


def test_where_the_file_has_a_login_closed_pages_wait_and_it_is_said(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, range(12))
    web.pages |= {f"/news/{number}": Answer("", 401) for number in range(12)}
    # At a pace at which an answer is looked at before the next request leaves, on a busy machine too.
    result = crawl(replace(site, cookies=(("session", "old"),), concurrency=1, delay=0.25))
    assert result.outcome == "failed"
    assert result.trouble.startswith("login_wall: answers 401")
    assert "[cookies]" in result.trouble
    assert len(web.paths("/news/")) <= 4
    with open_database(tmp_path) as db:
        assert rows(db, "SELECT DISTINCT state FROM frontier") == [("queued",)]


def test_check_says_what_to_do(site: Site, web: Web) -> None:
    from cli.trial_crawl import run_trials

    publish(web, range(4))
    web.pages |= {f"/news/{number}": CHECKS["cloudflare"] for number in range(4)}
    trial: TrialCrawl = run_trials([site], 5, None)[site.name]
    [hint] = advice(site, trial.sources, trial.pages)
    assert "ask its owner" in hint
    assert "Cloudflare's check for robots" in trial.trouble


def test_feeds_of_rss_are_no_walls(web: Web, site: Site, crawl: Crawl) -> None:
    web.pages["/feed"] = rss(web.url, [])
    assert crawl(site).outcome == "finished"


@pytest.mark.parametrize("login", [False, True])
def test_what_waits_behind_a_wall_is_not_called_a_pause_of_the_sites(
    web: Web, site: Site, crawl: Crawl, login: bool
) -> None:
    publish(web, range(12))
    wall = Answer("", 401) if login else CHECKS["cloudflare"]
    web.pages |= {f"/news/{number}": wall for number in range(12)}
    site = replace(site, concurrency=4, cookies=(("session", "old"),) if login else ())
    details: list[str] = []
    for _ in range(2):
        crawl(site, on_event=lambda name, event: details.append(event_detail(event)))
    waiting = [detail for detail in details if "are left" in detail]
    assert waiting, "the second crawl finds the site closed"
    assert not any("asked to wait" in detail for detail in waiting)
    word = "login" if login else "check for robots"
    assert all(word in detail for detail in waiting)


def event_detail(event: object) -> str:
    return str(getattr(event, "detail", "") or getattr(event, "problem", ""))
