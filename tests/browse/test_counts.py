"""Counts over time: each figure beside a naive count in Python over the same stories."""

import csv
import io
import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from lxml import html
from reader import Reader, hostile, reading
from storage_samples import NOW, article

from browse.counting.counts import MAX_POINTS, fitting_unit, periods
from browse.counting.line_charts import Value, axis_end, line_chart
from items import Article
from storage.articles import store
from storage.database import open_database

_LETTERS = "بتثجحدرسصطعفقلمن"
_WORDS = ["المدينة", "ومدينة", "مدني", "مجلس الأمن", "الأمن", "نفط"]
# At and around midnight, in a month's and a year's first and last seconds, a day alone, and none.
_TIMES = [
    *("2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-01-31T23:59:59Z", "2026-02-01"),
    *("2026-02-01T00:00:00Z", "2026-02-28T23:59:59Z", "2026-03-01T00:00:00Z", None, "yesterday"),
]
# What each search finds, by the words that a story was made of.
_SEARCHES: dict[str, Callable[[set[str]], bool]] = {
    "مدينة": lambda words: bool({"المدينة", "ومدينة"} & words),
    '"مجلس الأمن"': lambda words: "مجلس الأمن" in words,
    "الأمن": lambda words: bool({"الأمن", "مجلس الأمن"} & words),
    "الأمن -نفط": lambda words: bool({"الأمن", "مجلس الأمن"} & words) and "نفط" not in words,
    "نفط": lambda words: "نفط" in words,
    "زرافة": lambda words: False,
    "": lambda words: True,
}
_FILTERS: list[dict[str, str]] = [
    {},
    {"site": "first"},
    {"language": "en"},
    {"section": "اقتصاد", "site": "second"},
    {"since": "2026-01-01", "until": "2026-02-01"},
    {"since": "2026-01-15"},
    {"until": "2025-12-31"},
]


def _stories() -> list[tuple[Article, set[str]]]:
    chance = random.Random(5)
    stories = []
    for number in range(120):
        words = set(chance.sample(_WORDS, chance.randint(0, 3)))
        noise = ["".join(chance.choices(_LETTERS, k=9)) for _ in range(30)]
        day = date(2025, 12, 20) + timedelta(days=chance.choice([*range(20), *range(40, 80)]))
        time = f"{day}T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:00Z"
        text = [*noise[:10], *sorted(words), *noise[10:]]
        story = article(
            number,
            site=chance.choice(["first", "second", "third"]),
            language=chance.choice(["ar", "ar", "en"]),
            section=chance.choice(["اقتصاد", "محليات"]),
            published=_TIMES[number % 20] if number % 20 < len(_TIMES) else time,
            title=" ".join(noise[:2]),
            paragraphs=(" - ".join(text),),
        )
        stories.append((story, words))
    return stories


STORIES = _stories()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("counts")
    with open_database(folder) as db:
        for story, _words in STORIES:
            assert store(db, story, now=NOW).number is not None, "no story is another's copy"
    with reading(folder) as reader:
        yield reader


def _day(story: Article) -> str | None:
    return story.published[:10] if story.published and story.published[:2] == "20" else None


def _chosen(story: Article, chosen: dict[str, str]) -> bool:
    day = _day(story)
    return (
        chosen.get("site") in (None, story.site)
        and chosen.get("language") in (None, story.language)
        and chosen.get("section") in (None, story.section)
        and day is not None
        and chosen.get("since", "") <= day <= chosen.get("until", "9999")
    )


def _period(day: str, unit: str) -> str:
    if unit == "week":
        year, week, _weekday = date.fromisoformat(day).isocalendar()
        return f"{year} {week}"
    return day[: {"day": 10, "month": 7, "year": 4}[unit]]


def _naive(search: str, chosen: dict[str, str], unit: str) -> tuple[Counter[str], Counter[str]]:
    """Stories found by period, and all stories."""
    found: Counter[str] = Counter()
    published: Counter[str] = Counter()
    for story, words in STORIES:
        if (day := _day(story)) and _chosen(story, chosen):
            published[_period(day, unit)] += 1
            found[_period(day, unit)] += _SEARCHES[search](words)
    return +found, +published


@pytest.mark.parametrize("unit", ["day", "week", "month", "year"])
@pytest.mark.parametrize("chosen", _FILTERS, ids=urlencode)
def test_figures_are_those_of_a_naive_count(
    reader: Reader, chosen: dict[str, str], unit: str
) -> None:
    for search in _SEARCHES:
        data = reader.json("/counts.json", q=search, by=unit, **chosen)
        assert data["by"] == unit
        [series] = data["series"]
        points = {_period(point["since"], unit): point for point in series["points"]}
        assert len(points) == len(series["points"]), "no period is there twice"
        found, published = _naive(search, chosen, unit)
        assert {key: p["stories"] for key, p in points.items() if p["stories"]} == found
        assert {key: p["published"] for key, p in points.items() if p["published"]} == published
        for key, point in points.items():
            share = round(1000 * found[key] / published[key], 3) if published[key] else None
            assert point["per_thousand"] == share


def test_periods_follow_each_other_without_a_hole(reader: Reader) -> None:
    for unit in ("day", "week", "month", "year"):
        points = reader.json("/counts.json", q="نفط", by=unit)["series"][0]["points"]
        for before, after in itertools.pairwise(points):
            assert date.fromisoformat(after["since"]) == date.fromisoformat(
                before["until"]
            ) + timedelta(days=1)
        assert (points[0]["since"], points[-1]["until"]) == (
            min(filter(None, (_day(story) for story, _ in STORIES))),
            max(filter(None, (_day(story) for story, _ in STORIES))),
        )


def test_a_day_without_stories_is_no_day_with_none_found(reader: Reader) -> None:
    """Zero is a figure, and a share of nothing is none: the line of the chart has a gap."""
    points = reader.json("/counts.json", q="زرافة", by="day")["series"][0]["points"]
    assert {point["per_thousand"] for point in points if point["published"]} == {0.0}
    assert {point["per_thousand"] for point in points if not point["published"]} == {None}
    tree: Any = html.document_fromstring(reader.get("/counts", q="زرافة", by="day").content)
    [line] = tree.cssselect("#main .at-desk path.line-0:not(.dot)")
    runs = "".join("1" if point["published"] else " " for point in points).split()
    assert line.get("d").count("M") == len(runs) > 1


def test_several_searches_and_outlets_are_compared(reader: Reader) -> None:
    query = [("q", "نفط"), ("q", '"مجلس الأمن"'), ("by", "month"), ("split", "outlet")]
    data = reader.client.get(f"{reader.url}/counts.json?{urlencode(query)}").json()
    kinds = {(series["search"], series["outlet"]): series for series in data["series"]}
    assert len(kinds) == 6
    assert (
        data["series"][0]["outlet"]
        == Counter(
            story.site for story, _ in STORIES if _day(story) or story.published
        ).most_common(1)[0][0]
    )
    for (search, site), series in kinds.items():
        found, _published = _naive(search, {"site": site}, "month")
        assert {p["since"][:7]: p["stories"] for p in series["points"] if p["stories"]} == found


def test_csv_has_the_figures_of_json(reader: Reader) -> None:
    query = {"q": '=مدينة, "x"', "by": "week"}
    answer = reader.get("/counts.csv", **query)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    [series] = reader.json("/counts.json", **query)["series"]
    assert [line["stories"] for line in lines] == [str(p["stories"]) for p in series["points"]]
    assert {line["search"] for line in lines} == {"'" + query["q"]}, "no formula"


def test_each_figure_leads_to_its_stories(reader: Reader) -> None:
    query = {"q": "مدينة", "by": "month", "site": "first", "since": "2026-01-05"}
    tree: Any = html.document_fromstring(reader.get("/counts", **query).content)
    points = reader.json("/counts.json", **query)["series"][0]["points"]
    links = [a.get("href") for a in tree.cssselect(".counted td a")]
    assert len(links) == sum(point["stories"] > 0 for point in points) > 0
    asked = [parse_qs(urlsplit(link).query) for link in reversed(links)]
    for parameters, point in zip(asked, [p for p in points if p["stories"]], strict=True):
        assert parameters == {
            "q": ["مدينة"],
            "site": ["first"],
            "since": [point["since"]],
            "until": [point["until"]],
        }
    assert points[0]["since"] == "2026-01-05", "the first period begins where the selection does"
    over = {a.get("href") for a in tree.cssselect(".over a")}
    assert over == set(links)


def test_the_link_reproduces_the_page(reader: Reader) -> None:
    tree: Any = html.document_fromstring(reader.get("/counts", q="مدينة", site="first").content)
    [link] = [a.get("href") for a in tree.cssselect(".exports a") if "/counts?" in a.get("href")]
    again: Any = html.document_fromstring(reader.client.get(reader.url + link).content)
    charts = [html.tostring(page.cssselect(".at-desk")[0]) for page in (tree, again)]
    assert charts[0] == charts[1]


def test_stories_without_a_date_are_said(reader: Reader) -> None:
    undated = sum(story.published is None for story, _ in STORIES)
    data = reader.json("/counts.json")
    assert undated > 1
    assert data["undated"] == {"": undated}
    assert f"{undated} stories have no date" in reader.get("/counts").text


@pytest.mark.parametrize(
    "query",
    [
        {"since": "yesterday"},
        {"by": "fortnight"},
        {"since": "2026-02-01", "until": "2026-01-01"},
        {"q": ["a", "b", "c", "d", "e", "f"]},
        {"until": "9999-12-31"},
    ],
)
def test_what_cannot_be_counted_is_refused(reader: Reader, query: dict[str, Any]) -> None:
    address = urlencode(query, doseq=True)
    for path in ("/counts", "/counts.json", "/counts.csv"):
        answer = reader.client.get(f"{reader.url}{path}?{address}")
        assert answer.status_code == 400
    assert "error" in reader.client.get(f"{reader.url}/counts.json?{address}").json()


def test_long_periods_have_no_more_points_than_a_chart_has_room_for(reader: Reader) -> None:
    for since in ("0001-01-01", "1900-01-01", "2024-01-01"):
        data = reader.json("/counts.json", since=since, until="2026-03-01", by="day")
        assert 0 < len(data["series"][0]["points"]) <= MAX_POINTS
        assert data["series"][0]["points"][-1]["until"] == "2026-03-01"


def test_units_are_chosen_by_the_length() -> None:
    assert [fitting_unit(days) for days in (1, 95, 96, 735, 736, 5900, 5901, 10**6)] == [
        *("day", "day", "week", "week", "month", "month", "year", "year")
    ]
    assert periods(date(2026, 1, 1), date(2026, 1, 13), "week") == [
        ("2026-01-01", "2026-01-04"),
        ("2026-01-05", "2026-01-11"),
        ("2026-01-12", "2026-01-13"),
    ]
    assert periods(date(9999, 12, 20), date.max, "week")[-1] == ("9999-12-27", "9999-12-31")


def test_an_empty_corpus_and_one_story(tmp_path: Path) -> None:
    with open_database(tmp_path) as db, reading(tmp_path) as reader:
        paths = ["/counts", "/counts?q=x", "/counts?q=x&split=outlet", "/outlets", "/words?q=x"]
        for path in [*paths, "/plots"]:
            assert reader.client.get(reader.url + path).status_code == 200, path
        assert reader.json("/counts.json", q="x")["series"][0]["points"] == []
        store(db, article(1), now=NOW)
        for path in [*paths, "/plots", "/outlets/news", "/words?site=news"]:
            assert reader.client.get(reader.url + path).status_code == 200, path
        [point] = reader.json("/counts.json", q="المكتبة")["series"][0]["points"]
        assert (point["stories"], point["published"]) == (1, 1)


def test_hostile_names_are_inert(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        store(db, hostile(), now=NOW)
        store(db, article(1), now=NOW)
    site = hostile().site or ""
    with reading(tmp_path) as reader:
        for path in ("/counts", "/counts?split=outlet", "/outlets", "/words?site=news", "/plots"):
            text = reader.client.get(reader.url + path).text
            assert "<svg onload" not in text
            assert "<script>document" not in text
        tree: Any = html.document_fromstring(reader.get("/outlets").content)
        [link] = [a.get("href") for a in tree.cssselect("th a") if a.text_content() == site]
        answer = reader.client.get(reader.url + link)
        assert answer.status_code == 200
        assert "<svg onload" not in answer.text
        assert "<script>document" not in answer.text


def test_a_line_has_a_gap_where_there_is_no_value() -> None:
    values = [Value(height, "") for height in (1.0, None, 2.0, 3.0)]
    [line] = line_chart([("", values)], list("abcd")).lines
    assert [line.path.count(letter) for letter in "ML"] == [2, 1]
    assert len(line.dots) == 3


def test_labels_of_lines_that_end_together_lie_apart() -> None:
    series = [(str(n), [Value(0.0, ""), Value(0.0, "")]) for n in range(5)]
    chart = line_chart(series, ["a", "b"], label_width=100)
    places = sorted(line.label_at for line in chart.lines)
    assert all(b - a >= 15 for a, b in itertools.pairwise(places))
    assert max(places) <= chart.height


def test_an_axis_ends_at_a_round_number() -> None:
    ends = {0: 1, 0.3: 0.5, 1: 1, 1.2: 2, 7: 10, 11: 20, 21: 25, 26: 50, 99: 100, 1000: 1000}
    assert {height: pytest.approx(axis_end(height)) for height in ends} == ends
