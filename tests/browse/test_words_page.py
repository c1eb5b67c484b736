"""Words that mark one selection against another, as the page and its files have them."""

import csv
import io
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import html
from reader import Reader, reading
from storage_samples import NOW, article

from browse.counting.marking_words import SAMPLE, sample
from items import Article
from storage.articles import store
from storage.database import open_database
from text.keyness import log_likelihood

_LETTERS = "بتثجحدرسصطعفقلمن"


def _stories() -> list[Article]:
    """`first` writes of أستانة and `second` of نفط; in February both write of الانتخابات. English too."""
    chance = random.Random(3)
    stories = []
    for number in range(160):
        site = ("first", "second")[number % 2]
        month = 1 + (number // 2) % 2
        words = ["".join(chance.choices(_LETTERS, k=8)) for _ in range(25)]
        words += ["قال"] if chance.random() < 0.8 else []
        words += ["أستانة"] if chance.random() < (0.6, 0.05)[number % 2] else []
        words += ["نفط،"] if chance.random() < (0.05, 0.6)[number % 2] else []
        words += ["«الانتخابات»"] if chance.random() < (0.05, 0.7)[month - 1] else []
        language = "ar"
        if number % 10 == 0:
            words, language = [f"{site}word{chance.random()}" for _ in range(30)], "en"
        stories.append(
            article(
                number,
                site=site,
                language=language,
                published=f"2026-{month:02}-{1 + number % 28:02}T10:00:00Z",
                title=" ".join(words[:2]),
                paragraphs=(" ".join(words),),
            )
        )
    return stories


STORIES = _stories()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("words")
    with open_database(folder) as db:
        for story in STORIES:
            assert store(db, story, now=NOW).number is not None
    with reading(folder) as reader:
        yield reader


def _naive(word: str, site: str) -> int:
    return sum(
        word in story.paragraphs[0].split()
        for story in STORIES
        if (story.site, story.language) == (site, "ar")
    )


def test_an_outlet_against_another(reader: Reader) -> None:
    data = reader.json("/words.json", site="first", other_site="second")
    words = {(line["side"], line["word"]): line for line in data["words"]}
    assert set(words) == {("own", "أستانة"), ("other", "نفط")}, "in the spelling of the stories"
    sizes = Counter(story.site for story in STORIES if story.language == "ar")
    assert (data["own"]["stories"], data["other"]["stories"]) == (sizes["first"], sizes["second"])
    line = words["own", "أستانة"]
    counts = _naive("أستانة", "first"), _naive("أستانة", "second")
    assert (line["stories"], line["other_stories"]) == counts
    expected = log_likelihood(*counts, sizes["first"], sizes["second"])
    assert line["log_likelihood"] == pytest.approx(expected, abs=0.006)


def test_a_period_against_another_of_the_same_outlet(reader: Reader) -> None:
    query = {"site": "first", "since": "2026-02-01", "other_until": "2026-01-31"}
    data = reader.json("/words.json", **query)
    assert {line["word"] for line in data["words"]} == {"الانتخابات"}
    assert ["site", "first"] in data["other"]["among"]
    assert ["since", "2026-02-01"] not in data["other"]["among"]


def test_what_a_search_finds_against_the_rest(reader: Reader) -> None:
    data = reader.json("/words.json", q="نفط")
    assert data["against_rest"]
    in_arabic = sum(story.language == "ar" for story in STORIES)
    assert data["own"]["stories"] + data["other"]["stories"] == in_arabic
    found = _naive("نفط،", "first") + _naive("نفط،", "second")
    assert data["own"]["stories"] == found
    assert "نفط" not in {line["word"] for line in data["words"]}, "what was sought marks nothing"


def test_the_page_says_what_it_was_counted_on_and_leads_on(reader: Reader) -> None:
    answer = reader.get("/words", site="first", other_site="second")
    tree: Any = html.document_fromstring(answer.content)
    text = " ".join(tree.text_content().split())
    read = sum((story.site, story.language) == ("first", "ar") for story in STORIES)
    assert f"{read} stories were read" in text
    [word, *_rest] = tree.cssselect(".marking th a")
    assert word.text_content() == "أستانة"
    assert "q=%D8%A3%D8%B3%D8%AA%D8%A7%D9%86%D8%A9&site=first&language=ar" in word.get("href")
    assert tree.cssselect(".marking td a")[0].get("href").startswith("/counts?q=")
    assert len(tree.cssselect(".both-sides section")) == 2
    assert tree.cssselect("footer"), "the page is whole"


def test_csv_has_the_figures_of_json(reader: Reader) -> None:
    answer = reader.get("/words.csv", site="first")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    data = reader.json("/words.json", site="first")
    assert [line["word"] for line in lines] == [line["word"] for line in data["words"]] != []
    assert [float(line["log_ratio"]) for line in lines] == [x["log_ratio"] for x in data["words"]]


def test_nothing_chosen_and_nothing_found(reader: Reader) -> None:
    assert "sides" not in reader.get("/words").text
    assert reader.get("/words.csv").status_code == 400
    assert reader.get("/words", since="x").status_code == 400
    nothing = reader.json("/words.json", q="زرافة")
    assert (nothing["own"]["stories"], nothing["words"]) == (0, [])


def test_a_sample_is_evenly_spread_and_the_same_each_time() -> None:
    numbers = list(range(0, 3 * SAMPLE * 7, 7))
    chosen = sample(numbers)
    assert chosen == sample(numbers)
    assert len(set(chosen)) == SAMPLE
    assert {b - a for a, b in itertools.pairwise(chosen)} == {21}
    assert sample([3, 1]) == [3, 1]
