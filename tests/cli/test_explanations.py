"""`warraq show --why` and `warraq extract --explain`: the reasons of a page, for people and machines."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from foreign_warcs import Story
from sqlite_utils import Database
from web_server import Web, publish

from cli.extract import extract
from cli.import_export import import_
from cli.main import Context
from cli.show import show
from items import Site
from spiders.runner import CrawlResult

Crawl = Callable[..., CrawlResult]
HOSTILE = "\x1b[2J\u202e\u2066x\r"
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067\u200e\u200f]")


def why(data: Path, *arguments: str) -> Result:
    context = Context(data, [data / "sites"])
    (data / "sites").mkdir(exist_ok=True)
    return CliRunner().invoke(show, [*arguments, "--why"], obj=context)


def stored(db: Database) -> tuple[str, tuple[str, ...]]:
    row = next(iter(db["articles"].rows))
    return str(row["number"]), tuple(row["text"].split("\n\n"))


def test_show_why_explains_the_archived_page(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, db: Database
) -> None:
    publish(web, range(1))
    page = Story().html().decode()
    web.pages["/news/0"] = page.replace("</article>", f"</article><footer>{HOSTILE}</footer>")
    crawl(site)
    number, paragraphs = stored(db)
    reasons = json.loads(why(tmp_path, number, "--json").stdout)
    assert reasons["outcome"] == "article"
    assert tuple(line["text"] for line in reasons["lines"] if line["kept"]) == paragraphs
    assert any(witness["verdict"] == "taken" for witness in reasons["fields"]["title"])
    shown = why(tmp_path, number)
    assert shown.exit_code == 0
    assert "there is no site file for news" in shown.stderr
    assert f"lines: {len(paragraphs)} of {len(reasons['lines'])} are text" in shown.stdout
    assert not FORBIDDEN.search(shown.stdout)
    assert shown.stdout.count("\u2068") == shown.stdout.count("\u2069") > 0


def test_show_why_without_the_page(web: Web, site: Site, crawl: Crawl, tmp_path: Path) -> None:
    publish(web, range(1))
    crawl(replace(site, archive=False))
    result = why(tmp_path, "0")
    assert result.exit_code == 1
    assert "no page of 0 is archived" in result.output


def test_show_why_of_an_imported_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARRAQ_DATA", str(tmp_path))
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "settings")
    (tmp_path / "texts.jsonl").write_text(
        json.dumps({"url": "https://news.example/1", "text": "The council voted today. " * 20})
    )
    imported = CliRunner().invoke(
        import_, [str(tmp_path / "texts.jsonl")], obj=Context(tmp_path, [])
    )
    assert imported.exit_code == 0, imported.output
    result = why(tmp_path, "0")
    assert result.exit_code == 1
    assert "was imported as a text" in result.output


def test_json_needs_why(tmp_path: Path) -> None:
    result = CliRunner().invoke(show, ["1", "--json"], obj=Context(tmp_path))
    assert result.exit_code == 2


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    (tmp_path / "a.html").write_bytes(Story().html())
    (tmp_path / "b.html").write_text(f"<html><title>{HOSTILE}</title><p>{HOSTILE} short</p></html>")
    return tmp_path


@pytest.mark.parametrize("output_format", ["json", "jsonl"])
def test_extract_adds_the_reasons_to_the_article(output_format: str, pages: Path) -> None:
    arguments = [str(pages / "a.html"), "--format", output_format, "--explain"]
    result = json.loads(CliRunner().invoke(extract, arguments).stdout)
    reasons = result["explained"]
    assert [line["text"] for line in reasons["lines"] if line["kept"]] == result["paragraphs"]
    assert {
        "source": "meta article:published_time",
        "value": "2025-05-06T07:00:00Z",
        "verdict": "taken",
    } in reasons["fields"]["published"]
    plain = json.loads(CliRunner().invoke(extract, arguments[:-1]).stdout)
    assert {name: value for name, value in result.items() if name != "explained"} == plain


def test_extract_explains_a_page_without_an_article_too(pages: Path) -> None:
    result = CliRunner().invoke(extract, [str(pages), "--explain"])
    assert result.exit_code == 1
    assert "no article: too_short" in result.stdout
    assert "\narticle\n" in result.stdout
    assert not FORBIDDEN.search(result.output)
