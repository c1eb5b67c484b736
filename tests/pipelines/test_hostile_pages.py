"""What a stranger's bytes may cost, and what they may not lose. Steps are counted, not seconds."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from line_counter import count_lines_run
from pages import PARAGRAPHS, TITLE, article_page

from benchmarks.data.hostile_shapes import shapes
from items import Article, Page, Reason, Rejected, Site
from pipelines.extraction.article_filter import length_excess
from pipelines.extraction.general_text import agreement, general_text
from pipelines.metadata import date_search, titles
from pipelines.refine import refine
from text import limits

URL = "https://river.example/2024/bridge"
SITE = Site("river", homepage="https://river.example/", title="River")
UNDATED = re.sub(r"<meta[^>]*(?:time|date)[^>]*>|<time.*?</time>", "", article_page())


def refined(body: str | bytes, **more: Any) -> Article | Rejected:
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return refine(Page(key=URL, url=URL, body=raw, fetched="2026-11-01T00:00:00Z", **more), SITE)


def reason(body: str, **more: Any) -> str:
    outcome = refined(body, **more)
    return outcome.reason if isinstance(outcome, Rejected) else ""


SHAPES = shapes()
# Of each kind some that were worse than linear, or are near to what was.
COUNTED = [
    *("title: spaces", "title between words: ideographic spaces", "title: spaced bars"),
    *("meta title: spaces", "JSON-LD title: spaced bars", "h1: breaks", "p: written dates"),
    *("bylines", "microdata", "tags", "categories", "crumbs", "times", "JSON-LD wide", "JSON-LD of one id"),
    *("JSON-LD authors", "metas", "linked headings", "alike paragraphs", "date lines", "agency lines"),
    *("headings of boxes", "headings of comments", "read more lines", "captions", "table rows"),
    *("flat .related", "deep .related", "deep .related with words", "deep form", "flat h1: word"),
    *("deep span .comments", "unclosed b", "unclosed form", "misnested formatting", "deep table"),
]  # fmt: skip


@pytest.mark.parametrize("name", COUNTED)
def test_the_steps_grow_with_the_page_and_no_faster(name: str) -> None:
    refined(SHAPES[name](2_000))
    small, large = (
        count_lines_run(partial(refined, SHAPES[name](size))) for size in (6_000, 24_000)
    )
    # A page that is refused at the larger size costs less.
    assert large <= 6 * small


@pytest.mark.parametrize("space", [" ", "\t", "\n", "\u00a0", "\u3000", "\u2028"])
def test_a_separator_is_looked_for_once_in_a_run_of_spaces(space: str) -> None:
    """The pattern is tried at the run's beginning only: it cannot match from the middle of one."""
    run = space * 50
    assert titles._SEPARATOR.match(f"a{run}| b", 1)
    assert not titles._SEPARATOR.match(f"a{run}- b", 20)
    assert titles.parts(f"River{run}-{run}The bridge opens") == ["The bridge opens", "River"]


@pytest.mark.parametrize(
    ("document", "detail"),
    [
        ("<p " + " ".join(f"a{n}" for n in range(6000)) + ">", "attributes"),
        ("<p>word</p>" * (limits.MAX_TAGS_A_PAGE + 1), "tags"),
        ("<p>" + "word<br>" * (limits.MAX_BLOCKS_A_PAGE + 1), "lines"),
        ("<p>" + "word " * (limits.MAX_TEXT_CHARS_A_PAGE // 5 + 1), "characters"),
    ],
)
@pytest.mark.parametrize("fragment", [False, True])
def test_a_page_beyond_a_bound_is_refused_with_its_reason(
    document: str, detail: str, fragment: bool
) -> None:
    outcome = refined(document, fragment=fragment)
    assert isinstance(outcome, Rejected)
    assert outcome.reason == Reason.TOO_LARGE
    assert detail in outcome.detail


def sentences(count: int, words: int) -> list[str]:
    return [f"{' '.join(f'word{at}x{n}' for n in range(words))}." for at in range(count)]


@pytest.mark.parametrize("fragment", [False, True])
@pytest.mark.parametrize(
    "paragraphs",
    [
        sentences(limits.MAX_WORDS_AN_ARTICLE // 200 + 1, 200),
        ["\u65b0\u805e" * 1000 + f"{n}\u3002" for n in range(limits.MAX_CHARS_AN_ARTICLE // 2000 + 1)],
        sentences(limits.MAX_PARAGRAPHS_AN_ARTICLE * 4 // 3, 10),
    ],
    ids=["words", "characters", "paragraphs"],
)  # fmt: skip
def test_an_article_beyond_a_bound_is_too_long(paragraphs: list[str], fragment: bool) -> None:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    page = f"<html><body><article><h1>A long story</h1>{body}</article></body></html>"
    assert reason(page, fragment=fragment) == Reason.TOO_LONG
    assert length_excess(paragraphs)
    assert length_excess(paragraphs[: len(paragraphs) // 2]) is None


CONTROLS = [
    *range(1, 9),
    11,
    12,
    *range(14, 32),
    0x7F,
    0x85,
    0xD800,
    0xDFFF,
    0xFDD0,
    0xFFFE,
    0xFFFF,
]


@pytest.mark.parametrize("written", ["&#{:d};", "&#x{:x};", "&#x{:X} ", "raw"])
@pytest.mark.parametrize(
    "place",
    ["<script>x</script>{}tail", "<div class=related>x</div>{}tail", "<p>{}</p>", "<p title='{}'>x</p>",
     "<noscript>{}</noscript>{}", "<h1>{}</h1>", "<span class=date>{}</span>"],
)  # fmt: skip
def test_no_control_character_loses_an_article(written: str, place: str) -> None:
    """In a page without a date, whose tree is cut up in search of one."""
    marks = "".join(chr(c) if written == "raw" else written.format(c) for c in CONTROLS)
    page = UNDATED.replace("</article>", place.replace("{}", marks) + "</article>")
    assert page != UNDATED
    outcome = refined(page)
    assert isinstance(outcome, Article), outcome
    assert outcome.paragraphs[: len(PARAGRAPHS)] == PARAGRAPHS
    assert outcome.title == TITLE


@pytest.mark.parametrize(
    "error", [ValueError, RuntimeError, AssertionError, RecursionError, KeyError]
)
@pytest.mark.parametrize("name", ["find_date", "strip_elements", "deepcopy"])
def test_a_search_for_the_date_that_fails_gives_none(
    error: type[Exception], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(date_search, name, _raise(error))
    document = re.sub(r"\d", "", UNDATED)
    page = Page(key="x", url="", body=document.encode(), fetched="2026-11-01T00:00:00Z")
    outcome = refine(page, SITE)
    assert isinstance(outcome, Article)
    assert outcome.published is None


def test_a_witness_that_fails_loses_no_article(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[None] = []

    def fail(*arguments: Any, **options: Any) -> None:
        calls.append(None)
        raise ValueError("no such thing")

    monkeypatch.setattr("trafilatura.extract", fail)
    monkeypatch.setattr("pipelines.extraction.block_classifier.MAX_DOUBT", -1.0)
    assert isinstance(refined(article_page()), Article)
    assert calls


@pytest.mark.parametrize(
    "marks", ["\u0301\u0323" * 40, "&#x301;&#803;" * 40, "\u0301<b></b>&DownBreve;" * 40]
)
def test_the_witness_is_not_given_what_it_would_sort_for_minutes(marks: str) -> None:
    assert general_text(article_page())
    assert general_text(article_page().replace("</p>", f"{marks}</p>", 1)) == ""


def _raise(error: type[Exception]) -> Callable[..., None]:
    def fail(*arguments: Any, **options: Any) -> None:
        raise error("no such thing")

    return fail


def test_the_searches_for_blocks_in_a_long_text_are_bounded() -> None:
    text = "\n".join(f"line {n} of a text that is long" for n in range(40_000))
    block = "line 5 of a text that is long line 6 of a text"
    searched = agreement(["x" * 50] * 2000 + ["line 39999 of a text that is long"], text)
    assert searched == [False] * 2000 + [True]
    assert agreement([block], f"before {block} behind") == [True]
    assert agreement(["x" * 50] * 2000 + [block], f"{text}\nbefore {block} behind")[-1] is False
