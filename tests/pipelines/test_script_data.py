"""The data in a page's scripts: values that are named by place are put there, as many as are worth it."""

import json
from functools import partial
from typing import Any

import pytest
from line_counter import count_lines_run
from pages import PARAGRAPHS, article_page

from items import Article, Page, Site
from pipelines.metadata.script_data import with_values_in_place
from pipelines.refine import refine

ENOUGH = 10_000
ARTICLE = [
    {"title": 1, "body": 2, "id": 5, "draft": 6},
    "إعادة فتح الجسر",
    [3, 4],
    "السطر الأول.",
    "السطر الثاني.",
    17,
    False,
]
# A script is searched that is as long as the article.
LONG = "نص " * 1000
HEAD: dict[str, int] = {"a": 1, "b": 1, "c": 1, "d": 1}


def _lists(count: int) -> list[Any]:
    return [HEAD, [2] * count, [3] * count, [4] * count, [5] * count, LONG]


def _objects(count: int) -> list[Any]:
    keys = [f"k{n}" for n in range(count)]
    return [HEAD, *(dict.fromkeys(keys, place) for place in (2, 3, 4, 5)), LONG]


def _both(count: int) -> list[Any]:
    objects = _objects(count)
    return [objects[0], [2] * count, objects[2], [4] * count, objects[4], LONG]


def _itself(count: int) -> list[Any]:
    return [HEAD, [1] * count, LONG]


AMPLIFIED = pytest.mark.parametrize("shape", [_lists, _objects, _both, _itself])


def _values(value: Any) -> int:
    children = value.values() if isinstance(value, dict) else value
    return 1 + sum(map(_values, children)) if isinstance(value, (dict, list)) else 1


def test_values_are_put_in_their_places() -> None:
    document, taken = with_values_in_place(ARTICLE, ENOUGH)
    lines = ["السطر الأول.", "السطر الثاني."]
    assert document == [{"title": "إعادة فتح الجسر", "body": lines, "id": "", "draft": ""}]
    assert 4 <= taken <= 10


@pytest.mark.parametrize(
    "document", [{"a": 1}, [], [1, 2, 3], ["a", "b"], [{"a": "text"}], "x", None]
)
def test_other_documents_stay_as_they_are(document: Any) -> None:
    assert with_values_in_place(document, ENOUGH) == (document, 0)


@AMPLIFIED
def test_values_that_name_one_another_are_no_more_than_asked_for(shape: Any) -> None:
    document, taken = with_values_in_place(shape(60), ENOUGH)
    assert taken >= ENOUGH
    assert _values(document) <= 5 * ENOUGH


@AMPLIFIED
def test_the_room_is_that_of_the_page(shape: Any) -> None:
    """Many scripts cost no more than one, and its text is read all the same."""
    script = f"<script>window.data = {json.dumps(shape(60))}</script>"

    def refined(scripts: int) -> Any:
        document = article_page().replace("</head>", script * scripts + "</head>")
        body = document.replace("<article", "<div hidden").replace("</article", "</div").encode()
        return refine(Page("https://a.example/1", "https://a.example/1", body, ""), Site("a"))

    refined(1)
    none, one, many = (count_lines_run(partial(refined, scripts)) for scripts in (0, 1, 8))
    assert 2 * none < one  # they are read
    assert many <= 2 * one
    whole = article_page().replace("</head>", script * 8 + "</head>").encode()
    article = refine(Page("https://a.example/1", "https://a.example/1", whole, ""), Site("a"))
    assert isinstance(article, Article)
    assert article.paragraphs == PARAGRAPHS
