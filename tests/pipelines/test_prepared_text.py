"""A long text is folded and tokenised before it is stored, off the loop; what is stored is the same."""

import asyncio
import threading
from dataclasses import replace

import pytest
from sqlite_utils import Database
from storage_samples import NOW, article

from items import Article, Page, Rejected
from pipelines.ingest.page import IngestPolicy, RefinedPage, ingest_page, prepared
from storage.article_rows import iterate
from storage.duplicates import shingles
from text.normalise import normalise_article

LONG = tuple(f"سطر\u200e {n} " + "كلمة أخرى " * 60 for n in range(100))


def _tokenised(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """The threads in which texts are tokenised."""
    threads, tokenise = [], shingles.tokenise

    def noted(folded: str) -> shingles.TokenisedText:
        threads.append(threading.current_thread())
        return tokenise(folded)

    monkeypatch.setattr(shingles, "tokenise", noted)
    return threads


def _prepared(paragraphs: tuple[str, ...]) -> Article:
    outcome = asyncio.run(prepared(replace(article(), paragraphs=paragraphs)))
    assert isinstance(outcome, Article)
    return outcome


def _store(db: Database, outcome: Article) -> Article:
    page = Page(outcome.url or "", outcome.url or "", b"", NOW)
    ingest_page(db, RefinedPage(page, outcome), IngestPolicy(), NOW)
    return next(iterate(db))


def test_a_long_text_is_tokenised_once_and_not_by_the_loop(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = _tokenised(monkeypatch)
    outcome = _prepared(LONG)
    stored = _store(db, outcome)
    assert [thread is threading.main_thread() for thread in threads] == [False]
    assert stored.text == outcome.text


def test_what_is_stored_is_the_same(db: Database) -> None:
    stored = _store(db, _prepared(LONG))
    assert stored.paragraphs == normalise_article(replace(article(), paragraphs=LONG)).paragraphs
    assert len(stored.paragraphs) == len(LONG)


def test_a_short_text_and_a_rejection_stay_as_they_are() -> None:
    short, rejected = article(), Rejected("https://a.example/", "too_short")
    assert asyncio.run(prepared(short)) is short
    assert asyncio.run(prepared(rejected)) is rejected
