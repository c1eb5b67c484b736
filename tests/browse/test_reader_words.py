"""What pages write is the reader's: figures, days, names of languages; and their texts are turned aright."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from lxml import html
from reader import Reader, reading, stock

_OUTLET = quote("حال اليوم")
_PAGES = [
    "/",
    "/search",
    "/search?q=المكتبة",
    "/counts?q=المكتبة",
    "/counts?q=المكتبة&split=outlet&by=week",
    "/counts?by=month",
    "/words?site=news",
    "/outlets",
    "/outlets/news",
    f"/outlets/{_OUTLET}",
    "/watches",
    "/plots",
    "/warraq",
    "/warraq/articles/0",
    "/warraq/articles/0/compare",
    "/warraq/articles/0/event",
    "/warraq/copies",
    "/warraq/crawls",
]
# What is code, an address or an identifier has Latin letters in every language.
_CODE = "code, pre, script, style, bdi[dir='ltr'], time[title]"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("data")
    stock(folder).close()
    with reading(folder) as reader:
        yield reader


def _page(reader: Reader, path: str) -> html.HtmlElement:
    response = reader.client.get(reader.url + path, headers={"Accept-Language": "ar-SY,ar"})
    assert response.status_code == 200
    return html.document_fromstring(response.text)


@pytest.mark.parametrize("path", _PAGES)
def test_figures_and_days_are_in_the_readers_digits(reader: Reader, path: str) -> None:
    """In drawings, columns of figures and choices: stories and their titles have digits of their own."""
    page = _page(reader, path)
    drawn = [text.text_content().strip() for text in page.cssselect("svg text, .figure")]
    assert [text for text in drawn if re.fullmatch(r"[0-9.,]+( \w+)*", text)] == []
    choices = " ".join(choice.text_content() for choice in page.cssselect("option, svg title"))
    assert re.findall(r"\d{4}-\d\d-\d\d", choices) == []


@pytest.mark.parametrize("path", _PAGES)
def test_a_language_goes_by_its_name(reader: Reader, path: str) -> None:
    page = _page(reader, path)
    for code in page.cssselect(_CODE):
        code.drop_tree()
    shown = {text.strip() for text in page.itertext()}
    assert shown & {"ar", "en", "fr", "fa"} == set()


@pytest.mark.parametrize("path", _PAGES)
def test_what_turns_by_its_text_has_text_of_its_own(reader: Reader, path: str) -> None:
    """A `bdi` within `dir=auto` does not count: with nothing else, Arabic would begin at the left."""
    for element in _page(reader, path).cssselect("[dir='auto']"):
        own = "".join(element.xpath(".//text()[not(ancestor::bdi) or ancestor::bdi[@dir='auto']]"))
        assert own.strip() or not element.text_content().strip(), html.tostring(element)
