"""What a paywall leaves is said in the row."""

import json
from pathlib import Path

import pytest
from duplicate_samples import story
from sqlite_utils import Database

from items import Article, Page, Rejected, Site
from pipelines.ingest.page import IngestPolicy, RefinedPage, ingest_page
from pipelines.refine import refine
from storage.formats.export import export

URL = "https://paper.example/news/story-of-day-1"
LONG, SHORT = story(1, 12), story(1, 3)


def page(head: str, lines: list[str]) -> Page:
    body = "".join(f"<p>{line}</p>" for line in lines)
    html = f"<html><head><title>خبر اليوم</title>{head}</head><body><article><h1>خبر اليوم</h1>{body}</article>"
    return Page(URL, URL, html.encode(), "2026-11-01T00:00:00Z", "utf-8")


def article(head: str, lines: list[str]) -> Article:
    outcome = refine(page(head, lines), Site("paper", homepage="https://paper.example/"))
    assert not isinstance(outcome, Rejected), outcome
    return outcome


def json_ld(**fields: object) -> str:
    node = {"@type": "NewsArticle", "headline": "خبر اليوم", **fields}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


LOCKED = {
    "false": json_ld(isAccessibleForFree=False),
    "False": json_ld(isAccessibleForFree="False"),
    "schema": json_ld(isAccessibleForFree="https://schema.org/False"),
    "part": json_ld(hasPart={"isAccessibleForFree": "False", "cssSelector": ".paid"}),
    "parts": json_ld(hasPart=[{"isAccessibleForFree": False, "cssSelector": ".paid"}]),
    "locked": '<meta property="article:content_tier" content="locked">',
    "metered": '<meta property="article:content_tier" content="metered">',
    "microdata": '<meta itemprop="isAccessibleForFree" content="false">',
}


@pytest.mark.parametrize("head", LOCKED.values(), ids=LOCKED.keys())
def test_a_short_text_behind_a_lock_is_a_teaser(head: str) -> None:
    assert article(head, SHORT).access == "teaser"
    assert article(head, LONG).access == "free"


def test_a_page_that_declares_nothing_says_nothing() -> None:
    assert article("", SHORT).access is None
    assert article(json_ld(isAccessibleForFree=True), SHORT).access == "free"
    another = {"@type": "CreativeWork", "isAccessibleForFree": False}
    assert article(json_ld(hasPart=another), SHORT).access is None


@pytest.mark.parametrize(
    ("lines", "words", "access"),
    [
        (LONG, 1000, "teaser"),
        (LONG, 370, "free"),
        (SHORT, 95, "free"),
        (SHORT, 400, "teaser"),
        ([*LONG[:-1], LONG[-1].rstrip(".") + "…"], None, "teaser"),
        (
            [*LONG, "لإكمال القراءة اشترك في نسختنا الرقمية التي تصدر كل صباح مع ملاحقها."],
            None,
            "teaser",
        ),
    ],
)
def test_length_and_the_end_tell_a_teaser(lines: list[str], words: int | None, access: str) -> None:
    count = {"wordCount": words} if words else {}
    assert article(json_ld(isAccessibleForFree=False, **count), lines).access == access


def test_it_is_stored_exported_and_follows_the_text(db: Database, tmp_path: Path) -> None:
    def visit(lines: list[str], now: str) -> str | None:
        found = article(LOCKED["false"], lines)
        ingest_page(db, RefinedPage(page("", lines), found, None, "feed"), IngestPolicy(), now)
        [row] = db.query("SELECT access FROM articles")
        access: str | None = row["access"]
        return access

    assert visit(SHORT, "2026-11-01T00:00:00Z") == "teaser"
    export(db, tmp_path / "a.jsonl", "jsonl")
    assert json.loads((tmp_path / "a.jsonl").read_text())["access"] == "teaser"
    assert visit(LONG, "2026-11-02T00:00:00Z") == "free"
