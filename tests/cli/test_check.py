"""`warraq check` shows what would be stored, what failed and what to change, and stores nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from web_server import Answer, Web, article, rss

import settings
from cli.check import check as command
from cli.main import Context
from cli.trial_advice import advice
from items import Article, Reason, Site
from pipelines.ingest.rechecked import IngestResult
from spiders.crawl_resources import SourceRead

Check = Callable[..., Result]


@pytest.fixture
def check(tmp_path: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> Check:
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "news.toml").write_text(
        f'homepage = "{web.url}/"\nfeeds = ["/feed", "/moved"]\n'
        "allow_private = true\ndelay = 0\nconcurrency = 4\n"
    )
    (folder / "mistake.toml").write_text('homepge = "https://example.org/"\n')
    monkeypatch.setattr(settings, "WARRAQ_REFINE", "fake_refine.refine")

    def check(*arguments: str) -> Result:
        context = Context(tmp_path / "data", [folder])
        return CliRunner().invoke(command, arguments, obj=context)

    return check


def test_articles_are_shown_and_not_stored(web: Web, check: Check, tmp_path: Path) -> None:
    web.pages["/feed"] = rss(web.url, range(9))
    web.pages |= {f"/news/{number}": article(number) for number in range(9)}
    web.pages["/news/7"] = "<html><body>a list</body></html>"
    result = check("news", "--pages", "3")
    assert result.exit_code == 0
    assert f"feed {web.url}/feed: 9 links, the newest of 2026-10-" in result.output
    assert f"feed {web.url}/moved: answers 404" in result.output
    assert "it has moved" in result.output
    assert "خبر 8" in result.output
    assert "نص الخبر رقم 6" in result.output
    assert f"rejected: too_short {web.url}/news/7" in result.output
    assert "2 articles would be stored." in result.output
    assert "homepge" in result.stderr, "a broken file is reported and affects no other site"
    assert not (tmp_path / "data" / "warraq.db").exists()
    assert len(web.paths("/news/")) == 3


def test_a_site_that_yields_nothing_is_an_error(web: Web, check: Check) -> None:
    web.pages["/robots.txt"] = "User-agent: *\nDisallow: /\n"
    result = check("news")
    assert result.exit_code == 1
    assert "Nothing would be stored." in result.output
    assert "robots.txt closes it" in result.output


def test_a_single_page_can_be_checked(web: Web, check: Check) -> None:
    web.pages["/news/5"] = article(5)
    result = check("news", "--url", f"{web.url}/news/5?utm_source=x")
    assert result.exit_code == 0
    assert "خبر 5" in result.output
    assert web.paths() == ["/robots.txt", "/news/5"]
    assert check("--url", f"{web.url}/news/5").exit_code == 2
    assert "expected the address of a page" in check("news", "--url", "https://example.org/").output


def test_an_unknown_name_gets_a_suggestion(check: Check) -> None:
    result = check("newz")
    assert result.exit_code == 1
    assert "did you mean news?" in result.output


def test_control_characters_do_not_reach_the_terminal(web: Web, check: Check) -> None:
    web.pages["/feed"] = rss(web.url, [1])
    hostile = "\x1b]0;owned\x07[bold]\u202eلا\x9b31m"
    web.pages["/news/1"] = f"<html><body><h1>{hostile}</h1><p>{hostile}</p></body></html>"
    result = check("news")
    assert "[bold]" in result.output, "rich's markup is printed, not interpreted"
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(result.output)


NEWS = Site("news", homepage="https://news.example/")


@pytest.mark.parametrize(
    ("site", "sources", "pages", "word"),
    [
        (
            NEWS,
            [SourceRead("feed", "x", problem="no", reason=Reason.PRIVATE_ADDRESS)],
            [],
            "allow_private",
        ),
        (NEWS, [SourceRead("feed", "x", 200)], [], "other `feeds`"),
        (Site("news", take=("/x/",)), [SourceRead("feed", "x", 200)], [], "`take`"),
        (NEWS, [], [IngestResult("k", "rejected", "noindex")], "honour_noindex"),
        (NEWS, [], [IngestResult("k", "rejected", "list_page")], "narrow `take`"),
    ],
)
def test_advice(
    site: Site, sources: list[SourceRead], pages: list[IngestResult], word: str
) -> None:
    [hint] = advice(site, sources, pages)
    assert word in hint


def test_no_advice_on_pages_if_there_are_articles() -> None:
    stored = IngestResult("k", "new", article=Article("0" * 16, None, None, None, ("text",)))
    assert advice(NEWS, [], [stored, IngestResult("l", "rejected", "list_page")]) == []


def test_a_response_of_the_wrong_kind_is_reported(web: Web, check: Check) -> None:
    web.pages["/feed"] = Answer("<html><body>Just a page</body></html>")
    result = check("news")
    assert result.exit_code == 1
    assert f"feed {web.url}/feed:" in result.output


def test_pages_with_one_text_are_pointed_out() -> None:
    def pages(*texts: str) -> list[IngestResult]:
        articles = (
            Article(str(n), None, None, f"t{n}", (text,), published=f"2026-11-01T06:0{n}:00Z")
            for n, text in enumerate(texts)
        )
        return [IngestResult(a.id, "new", article=a) for a in articles]

    sources = [SourceRead("feed", "/feed", 200, links=9)]
    assert "every page has one text" in advice(Site("x"), sources, pages("a", "a", "a"))[0]
    assert advice(Site("x"), sources, pages("a", "a")) == []
    assert advice(Site("x"), sources, pages("a", "a", "b")) == []


TITLES, DATES = ("a", "b", "c"), tuple(f"2026-11-01T06:0{n}:00Z" for n in range(3))


@pytest.mark.parametrize(
    ("titles", "dates", "word"),
    [
        (TITLES, DATES, ""),
        (TITLES, ("2026-11-01T00:00:00Z",) * 3, ""),
        (TITLES, ("2026-10-31T21:00:00Z",) * 3, ""),
        (TITLES, (None, None, DATES[0]), ""),
        (("x", "x", "b"), DATES, ""),
        (TITLES, (None,) * 3, "none has a date"),
        (TITLES, ("2026-11-01T06:07:09Z",) * 3, "every date is the same"),
        (TITLES, ("2093-11-01T06:07:09Z", "2093-11-02T06:07:09Z", DATES[0]), ""),
        (TITLES, ("2093-11-01T06:07:09Z",) * 3, "in the future"),
        (("نهر",) * 3, DATES, "every title is one and the same"),
        (("صحيفة النهر",) * 3, DATES, "the site's name"),
        (("صحيفة النَّهر",) * 3, DATES, "the site's name"),
        ((None,) * 3, DATES, "none has a title"),
    ],
)
def test_what_no_three_articles_have_in_common_is_pointed_out(
    titles: tuple[str | None, ...], dates: tuple[str | None, ...], word: str
) -> None:
    pages = [
        IngestResult(
            str(n), "new", article=Article(str(n), None, None, title, (f"{n}",), published=date)
        )
        for n, (title, date) in enumerate(zip(titles, dates, strict=True))
    ]
    hints = advice(Site("x", title="صحيفة النهر"), [], pages)
    assert [word in hint for hint in hints] == ([True] if word else [])
