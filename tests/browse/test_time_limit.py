"""A query that takes too long is told in a sentence, in the reader's language, and is no error of ours."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from datasette.app import Datasette
from reader import stock

from browse.access import TAKES_TOO_LONG
from browse.app import application

_PAGES = (
    *("/", "/search", "/search?q=مكتبة", "/outlets", "/outlets/a", "/plots", "/search.atom"),
    *("/search.feed.json?q=مكتبة", "/warraq/articles/0", "/warraq/articles/0.bib", "/watches"),
    *("/warraq/articles", "/warraq/copies?_sort=number", "/warraq/hours", "/warraq/corpus"),
)


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Datasette]:
    """A reader whose queries end at once."""
    folder = tmp_path_factory.mktemp("data")
    stock(folder).close()
    reader = application(folder)
    # One connection, which has read of the tables and the index what it keeps.
    reader.executor.shutdown()
    reader.executor = ThreadPoolExecutor(1)
    for path in ("/warraq", "/search?q=x"):
        assert asyncio.run(reader.client.get(path)).status_code == 200
    reader.sql_time_limit_ms = 0
    yield reader
    reader.executor.shutdown()


@pytest.mark.parametrize("path", _PAGES)
def test_a_page_says_that_it_takes_too_long(slow: Datasette, path: str) -> None:
    answer = asyncio.run(slow.client.get(path))
    assert answer.status_code == 503
    assert "Finding this takes too long" in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert "SELECT" not in answer.text


def test_in_the_language_of_the_reader(slow: Datasette) -> None:
    answer = asyncio.run(slow.client.get("/search", headers={"Accept-Language": "ar"}))
    assert answer.status_code == 503
    assert "يستغرق هذا البحث" in answer.text
    assert "too long" not in answer.text


def test_as_data(slow: Datasette) -> None:
    answer = asyncio.run(slow.client.get("/search.json?q=x"))
    assert (answer.status_code, answer.json()["error"]) == (503, TAKES_TOO_LONG)


@pytest.mark.parametrize("path", ["/counts?q=x", "/counts.json?q=x", "/counts.csv?q=x"])
def test_counts_say_so_too(slow: Datasette, path: str) -> None:
    answer = asyncio.run(slow.client.get(path))
    assert answer.status_code == 503
    assert "takes too long" in answer.text
