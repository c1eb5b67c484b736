"""The interface in the reader's language."""

from collections.abc import Iterator

import pytest
from reader import Reader, reading, stock

from browse.translation import wished


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("data")
    stock(folder).close()
    with reading(folder) as reader:
        yield reader


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("*", "en"),
        ("ar", "ar"),
        ("ar-EG,ar;q=0.9,en-US;q=0.8,en;q=0.7", "ar"),
        ("de-DE,de;q=0.9,fr;q=0.5", "fr"),
        ("en;q=0.2, fa-IR", "fa"),
        ("ar;q=0, en;q=0.1", "en"),
        ("ar;q=much,fr", "fr"),
        (",;=;q=,,", "en"),
        ("x" * 100_000, "en"),
    ],
)
def test_what_the_browser_wishes(accepted: str, language: str) -> None:
    assert wished("", accepted) == language


@pytest.mark.parametrize(
    ("cookie", "language"),
    [
        ("language=ar", "ar"),
        ("a=b; language=fa", "fa"),
        ("language=xx", "fr"),
        ("language=\x00;;", "fr"),
        ("language=" + "a" * 9999, "fr"),
    ],
)
def test_the_switch_is_above_it(cookie: str, language: str) -> None:
    assert wished(cookie, "fr") == language


def test_the_whole_page_turns(reader: Reader) -> None:
    answer = reader.client.get(f"{reader.url}/", headers={"Accept-Language": "ar-SY"})
    assert '<html lang="ar" dir="rtl"' in answer.text
    assert "تجاوز إلى المحتوى" in answer.text
    assert '<html lang="en" dir="ltr"' in reader.get("/").text


@pytest.mark.parametrize(
    ("page", "goes_to"),
    [
        ("/plots?a=b&c=ع", "/plots?a=b&c=ع"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/a\r\nX-Evil: 1", "/"),
        ("", "/"),
    ],
)
def test_the_switch_goes_back_to_a_page_of_ours(reader: Reader, page: str, goes_to: str) -> None:
    answer = reader.get("/language", to="ar", page=page)
    assert answer.status_code == 302
    assert answer.headers["location"] == goes_to
    assert answer.cookies["language"] == "ar"
    reader.client.cookies.clear()
    assert "set-cookie" not in reader.get("/language", to="xx").headers
