"""The reasons of a page: the same outcome as refinement, and a reason for every line and field."""

import json

import pytest
from foreign_warcs import Story
from metadata_pages import ld
from pages import PARAGRAPHS, TITLE, article_page, list_page, plain_page

from items import Article, Hints, Page, Rejected, RemovedLine, Site
from pipelines.explain import (
    ExplainedLine,
    ExplainedPage,
    PageExplanation,
    explain_page,
    explanation_json,
    with_removed,
)
from pipelines.refine import refine

SITE = Site("river", homepage="https://river.example/", timezone="Asia/Damascus")
URL = "https://river.example/2024/bridge"
FETCHED = "2024-03-04T00:00:00Z"
LINK = "اقرأ أيضاً: خطة جديدة للنقل العام"
SCRIPTED = (
    "<html><head><title>Council</title></head><body><div id=app></div>"
    + ld(
        headline="Council",
        articleBody="\n".join(
            "The council voted for the plan today, it said." * 9 for _ in "abcde"
        ),
    )
    + "</body></html>"
)


def page(document: str, **more: object) -> Page:
    return Page(URL, URL, document.encode(), FETCHED, **more)  # type: ignore[arg-type]


PAGES = {
    "article": page(article_page()),
    "story": page(Story().html().decode()),
    "list": page(list_page()),
    "short": page(plain_page("Hello", "A few words.")),
    "empty": page(""),
    "huge": page("<p>" * 30_000),
    "noindex": page(article_page().replace("<head>", '<head><meta name="robots" content="noindex">')),
    "scripted": page(SCRIPTED),
    "fragment": page("<p>" + "</p><p>".join(PARAGRAPHS) + "</p>", fragment=True,
                     hints=Hints(title=TITLE)),
}  # fmt: skip


@pytest.fixture(scope="module", params=PAGES, name="explained_page")
def _explained_page(request: pytest.FixtureRequest) -> tuple[Page, ExplainedPage]:
    return PAGES[request.param], explain_page(PAGES[request.param], SITE)


def test_the_outcome_is_that_of_refinement(explained_page: tuple[Page, ExplainedPage]) -> None:
    source, explained = explained_page
    assert explained.outcome == refine(source, SITE)
    is_article = isinstance(explained.outcome, Article)
    assert (explained.explanation.outcome == "article") == is_article
    if isinstance(explained.outcome, Rejected):
        assert explained.explanation.outcome == explained.outcome.reason


def test_every_line_is_accounted_for(explained_page: tuple[Page, ExplainedPage]) -> None:
    _, explained = explained_page
    if not isinstance(explained.outcome, Article):
        return
    lines = explained.explanation.lines
    assert tuple(line.text for line in lines if line.reason is None) == explained.outcome.paragraphs
    removed = [(line.text, line.reason) for line in lines if line.reason is not None]
    assert {(line.text, line.reason) for line in explained.outcome.removed} <= set(removed)


def test_every_field_of_the_article_was_taken_of_something(
    explained_page: tuple[Page, ExplainedPage],
) -> None:
    source, explained = explained_page
    if not isinstance(explained.outcome, Article) or source.fragment:
        return
    taken = {w.field for w in explained.explanation.fields if w.verdict == "taken"}
    for field in ("title", "author", "published", "modified", "section", "tags", "language"):
        assert (field in taken) == bool(getattr(explained.outcome, field)), field


def test_it_can_be_written(explained_page: tuple[Page, ExplainedPage]) -> None:
    _, explained = explained_page
    written = json.loads(json.dumps(explanation_json(explained.explanation)))
    assert [line["text"] for line in written["lines"]] == [
        line.text for line in explained.explanation.lines
    ]
    assert all(line["kept"] == (line["reason"] is None) for line in written["lines"])
    assert sum(map(len, written["fields"].values())) == len(explained.explanation.fields)


def test_lines_have_reasons_steps_and_probabilities() -> None:
    document = article_page().replace(f"<p>{PARAGRAPHS[1]}", f"<p>{LINK}</p><p>{PARAGRAPHS[1]}")
    by_text = {line.text: line for line in explain_page(page(document), SITE).explanation.lines}
    assert by_text[LINK].reason == "read_more"
    assert by_text[PARAGRAPHS[0]].reason is None
    assert (by_text[PARAGRAPHS[0]].probability or 0) > 0.5
    assert by_text[TITLE].reason is not None
    assert {line.step for line in by_text.values()} <= {"extraction", "cleaning"}


@pytest.mark.parametrize(
    ("head", "field", "expected"),
    [
        ('<meta property="og:title" content="{title} | River">', "title",
         ("meta og:title and the like", "has the site's name or more around the title")),
        ('<meta property="og:title" content="Another thing">', "title",
         ("meta og:title and the like", "another title has more weight behind it")),
        (ld(datePublished="2024-01-02T05:00:00Z"), "published", ("json-ld", "taken")),
        (ld(datePublished="soon"), "published", ("json-ld", "no date, or an impossible one")),
        (ld(author={"@type": "Person", "name": "ليلى الحمصي"}), "author",
         ("json-ld author", "taken")),
        (ld(author={"@type": "Person", "name": "admin"}), "author",
         ("json-ld author", "a button or a heading, no name")),
    ],
)  # fmt: skip
def test_each_source_has_a_verdict(head: str, field: str, expected: tuple[str, str]) -> None:
    document = article_page().replace("</head>", head.replace("{title}", TITLE) + "</head>")
    witnesses = explain_page(page(document), SITE).explanation.fields
    assert expected in {(w.source, w.verdict) for w in witnesses if w.field == field}


def test_values_are_short_single_lines_without_markup() -> None:
    hostile = "x\u202e\x1b[31m <b>y</b>\n" + "long " * 5000
    document = article_page().replace(
        "</head>", f'<meta name="author" content="{hostile}"></head>' * 300
    )
    witnesses = explain_page(page(document), SITE).explanation.fields
    authors = [witness for witness in witnesses if witness.field == "author"]
    assert 0 < len(authors) <= 40
    for witness in witnesses:
        assert len(witness.value) <= 300
        assert not set(witness.value) & set("\u202e\x1b\n<")


def test_lines_learned_of_the_site_are_no_text() -> None:
    lines = tuple(ExplainedLine(text, reason, "cleaning") for text, reason in
                  [("a", None), ("b", None), ("c", "related")])  # fmt: skip
    removed = [RemovedLine(1, "b", "learned"), RemovedLine(2, "c", "related")]
    seen = with_removed(PageExplanation("article", lines=lines), removed)
    assert [(line.text, line.reason, line.step) for line in seen.lines] == [
        ("a", None, "cleaning"),
        ("b", "learned", "learned"),
        ("c", "related", "cleaning"),
    ]
