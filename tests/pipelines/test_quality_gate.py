"""Quality gates on real pages, if the evaluation data is present: scores may rise, not fall."""

import gzip
import importlib.util
import json
from functools import lru_cache
from types import ModuleType
from typing import Any

import pytest
from shared import SHARED, needs

from items import Article, Page, Rejected, Site
from pipelines.refine import refine
from text.normalise import tidy

pytestmark = pytest.mark.slow

PAGES = SHARED / "evaluation" / "pages"
DRUPAL = SHARED / "evaluation" / "families" / "drupal7"
ON_PAGES, ON_DRUPAL = needs("evaluation/pages"), needs("evaluation/families/drupal7")


@lru_cache(maxsize=1)
def score() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", PAGES / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@lru_cache(maxsize=1)
def metas() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (PAGES / "meta.jsonl").read_text("utf-8").splitlines()]


@lru_cache(maxsize=1)
def predicted() -> dict[str, Article | Rejected]:
    """All pages, refined as by `warraq extract` without their addresses."""
    refined, site = {}, Site("x", honour_noindex=False)
    for meta in metas():
        body = gzip.decompress((PAGES / "pages" / f"{meta['id']}.html.gz").read_bytes())
        refined[meta["id"]] = refine(Page(meta["id"], "", body, ""), site)
    return refined


def f1(language: str | None = None) -> float:
    matches = []
    for meta in metas():
        if meta["has_gold"] and language in (None, meta["language"]):
            gold = (PAGES / "gold" / f"{meta['id']}.txt").read_text("utf-8")
            article = predicted()[meta["id"]]
            matches.append(
                score().match(gold, article.text if isinstance(article, Article) else "")
            )
    return float(score().prf(matches)[2])


def leaked(language: str) -> list[str]:
    lines = []
    for meta in metas():
        article = predicted()[meta["id"]]
        if meta["has_snippets"] and meta["language"] == language and isinstance(article, Article):
            snippets = json.loads((PAGES / "snippets" / f"{meta['id']}.json").read_text("utf-8"))
            text = score().norm(article.text)
            lines += [line for line in snippets["without"] if score().norm(line) in text]
    return lines


@ON_PAGES
@pytest.mark.parametrize(("language", "min_f1"), [(None, 0.96), ("ar", 0.985), ("fa", 0.98)])
def test_the_text_is_as_good_as_it_was(language: str | None, min_f1: float) -> None:
    assert f1(language) >= min_f1


@ON_PAGES
@pytest.mark.parametrize("language", ["ar", "fa"])
def test_no_line_leaks(language: str) -> None:
    assert leaked(language) == []


@ON_PAGES
def test_articles_are_taken_for_articles() -> None:
    rejected = {
        id_: outcome.reason for id_, outcome in predicted().items() if isinstance(outcome, Rejected)
    }
    # One is a blog whose text is not in the page: a script loads it.
    assert len(rejected) <= 2, rejected


@ON_DRUPAL
@pytest.mark.parametrize("node", range(61, 73))
def test_a_real_drupal_s_article_comes_out_paragraph_for_paragraph(node: int) -> None:
    url = f"http://127.0.0.1:8921/node/{node}"
    body = (DRUPAL / f"node-{node}.html").read_bytes()
    expected = json.loads((DRUPAL / f"node-{node}.json").read_text("utf-8"))
    article = refine(Page(url, url, body, ""), Site("furat", homepage="http://127.0.0.1:8921/"))
    assert isinstance(article, Article)
    assert list(article.paragraphs) == [tidy(paragraph) for paragraph in expected["paragraphs"]]
    assert article.title == tidy(expected["title"])
    assert article.published


@ON_DRUPAL
@pytest.mark.parametrize("name", ["front", "front-page-1"])
def test_a_real_drupal_s_lists_are_no_articles(name: str) -> None:
    body = (DRUPAL / f"{name}.html").read_bytes()
    url = "http://127.0.0.1:8921/node?page=1"
    refined = refine(Page(url, url, body, ""), Site("furat", homepage="http://127.0.0.1:8921/"))
    assert isinstance(refined, Rejected)
    assert refined.reason == "list_page"
