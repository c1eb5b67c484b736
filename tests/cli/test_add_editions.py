"""`warraq add` of an outlet in two languages, and a crawl of both sites side by side."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from web_server import Answer, Web

from cli.main import warraq
from spiders.runner import CrawlResult
from spiders.site_files import read_site
from storage.article_rows import iterate
from storage.database import open_database

Run = Callable[..., Result]
SENTENCES = {
    "ar": "قال وزير الزراعة إن محصول القمح في الموسم رقم {} فاق كل التوقعات وإن المزارعين باعوا "
    "جزءاً كبيراً منه قبل نهاية الشهر في أسواق المدينة القديمة على ضفة النهر.",
    "en": "The minister of agriculture announced that the wheat harvest of season {} exceeded all "
    "expectations and that farmers sold a large part of it before the end of the month.",
}
COUNT = 6


def page(code: str, number: int, base: str) -> str:
    paragraphs = "".join(
        f"<p>{SENTENCES[code].format(number * 10 + n)} {number * 7919 + n}</p>" for n in range(5)
    )
    alternates = "".join(
        f'<link rel="alternate" hreflang="{c}" href="{base}/{c}/news/{number}">' for c in SENTENCES
    )
    title = SENTENCES[code].format(number)[:60]
    return (
        f'<html lang="{code}"><head><title>{title}</title>{alternates}</head><body><article>'
        f'<h1>{title}</h1><time datetime="2026-11-0{number + 1}T06:00:00Z"></time>{paragraphs}'
        "</article></body></html>"
    )


@pytest.fixture
def outlet(web: Web) -> Web:
    web.pages["/"] = Answer(status=302, headers={"Location": "/ar/"})
    for code in SENTENCES:
        cards = "".join(
            f'<h2><a href="/{code}/news/{n}">{SENTENCES[code].format(n)[:60]}</a></h2>'
            for n in range(COUNT)
        )
        menu = '<a href="/ar/">العربية</a><a href="/en/">English</a>'
        web.pages[f"/{code}/"] = f'<html lang="{code}"><nav>{menu}</nav><main>{cards}</main></html>'
        for n in range(COUNT):
            web.pages[f"/{code}/news/{n}"] = page(code, n, web.url)
    locs = "".join(
        f"<url><loc>{web.url}/{c}/news/{n}</loc></url>" for n in range(COUNT) for c in SENTENCES
    )
    web.pages["/sitemap.xml"] = f"<urlset>{locs}</urlset>"
    # A translation that is missing leads to the original.
    web.pages["/en/news/0"] = Answer(status=302, headers={"Location": "/ar/news/0"})
    return web


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("WARRAQ_SITES", "")
    monkeypatch.setenv("WARRAQ_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "settings")
    return lambda *arguments: CliRunner().invoke(warraq, arguments, catch_exceptions=False)


@pytest.mark.slow
def test_each_edition_is_a_site_and_takes_its_own_articles(
    run: Run, outlet: Web, crawl: Callable[..., CrawlResult], tmp_path: Path
) -> None:
    result = run("add", outlet.url, "--allow-private", "--name", "river")
    assert result.exit_code == 0, result.output
    assert f"this is the edition in ar, {outlet.url}/ar/" in result.stdout
    command = next(line for line in result.stdout.splitlines() if "  en  warraq add " in line)
    words = command.split()
    assert words[3] == f"{outlet.url}/en/"
    other = run(*words[2:])
    assert other.exit_code == 0, other.output
    assert f"this is the edition in en, {outlet.url}/en/" in other.stdout
    files = sorted((tmp_path / "data/sites").glob("*.toml"))
    sites = [read_site(file) for file in files]
    assert {site.language for site in sites} == {"ar", "en"}
    for site in sites:
        assert crawl(replace(site, delay=0)).outcome == "finished"
    articles = list(iterate(open_database(tmp_path)))
    assert len(articles) == 2 * COUNT - 1
    homes = {site.name: site.homepage for site in sites}
    assert all((row.url or "").startswith(homes[row.site or ""]) for row in articles)
