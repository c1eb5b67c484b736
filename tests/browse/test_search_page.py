"""`/search`: what it finds, its lists, its addresses, and what it says when nothing is found."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from reader import Reader, reading, texts
from storage_samples import NOW, article, article_id

from browse.search.found_words import has_match, in_context, marked
from items import Site
from storage import crawls
from storage.articles import store
from storage.database import open_database, transaction
from storage.search_query import read_query

# site, section, language, published, author, agency, headline
_STORIES = [
    (
        "harbour",
        "اقتصاد",
        "ar",
        "2026-10-01T08:00:00Z",
        "ليلى سالم",
        "رويترز",
        "توسيع ميناء البصرة",
    ),
    ("harbour", "اقتصاد", "ar", "2026-10-02T08:00:00Z", "ليلى سالم", None, "الميناء يستقبل سفينة"),
    ("harbour", "رياضة", "ar", "2026-10-03T08:00:00Z", None, "أ ف ب", "سباق قوارب قرب ميناء"),
    ("garden", "ثقافة", "fr", "2026-10-04T08:00:00Z", "Élodie Noël", None, "Un été à Besançon"),
    ("garden", "ثقافة", "en", "2026-10-05T08:00:00Z", "Sam Reed", None, "The harbour in winter"),
    ("garden", None, "ar", None, None, None, "أسعار الحكومة الجديدة"),
]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("data")
    fill(folder)
    with reading(folder) as found:
        yield found


def fill(folder: Path) -> None:
    with open_database(folder) as db:
        crawls.begin(db, Site("harbour", "https://harbour.example/", title="أخبار الميناء"), NOW)
        for number, (site, section, language, published, author, agency, title) in enumerate(
            _STORIES
        ):
            text = (f"{title}. " + " ".join(f"كلمة{number}x{n}" for n in range(40)),)
            one = article(number, title=title, site=site, section=section, published=published)
            one = replace(one, language=language, author=author, agency=agency, paragraphs=text)
            store(db, one, now=NOW)
            if number == 0:
                elsewhere = replace(
                    one, id=article_id(70), url="https://copy.example/7", site="copier"
                )
                store(db, replace(elsewhere, title="مشروع ضخم في الخليج"), now=NOW)
        with transaction(db):
            db.execute("UPDATE articles SET gone_at = ? WHERE number = 1", [NOW])
            db.execute("UPDATE articles SET reserved = 'noai' WHERE number = 2")


def numbers(reader: Reader, address: str) -> list[int]:
    return [
        int(link.get("href").rpartition("/")[2].partition("?")[0])
        for link in reader.tree(address).cssselect(".story h2 a")
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {0, 1, 2, 3, 4, 5}),
        ("q=ميناء", {0, 1, 2}),
        ("q=ميناء&site=harbour&section=اقتصاد", {0, 1}),
        ("q=ميناء&section=اقتصاد&section=رياضة", {0, 1, 2}),
        ("site=harbour&site=garden&language=fr&language=en", {3, 4}),
        ("since=2026-10-02&until=2026-10-04", {1, 2, 3}),
        ("author=ليلي سالم", {0, 1}),
        ("author=سالم", {0, 1}),
        ("author=elodie noel", {3}),
        ("author=سال", set()),
        ("agency=ا ف ب", {2}),
        ("agency=%D9%80", set()),
        ("q=ميناء&author=ليلى&sort=newest", {0, 1}),
        ("q=ميناء&without=gone", {0, 2}),
        ("without=gone&without=reserved", {0, 3, 4, 5}),
        ("q=ete besancon", {3}),
        ("q=harbor OR harbour", {4}),
        ("q=" + quote("ميناء -(سفينة OR قوارب)"), {0}),
        ("q=title:winter", {4}),
        ("q=الخليج", {0}),
        ("q=-ميناء", {3, 4, 5}),
        ("q=-ميناء&site=garden&language=ar", {5}),
        ("q=" + quote("NOT (ميناء OR winter)"), {3, 5}),
        ("q=" + quote("winter OR -ميناء"), {3, 4, 5}),
        ("q=-nothingatall", {0, 1, 2, 3, 4, 5}),
    ],
)
def test_what_is_found(reader: Reader, query: str, found: set[int]) -> None:
    assert set(numbers(reader, f"/search?{query}")) == found
    answer = reader.get(f"/search.json?{query}").json()
    assert {story["number"] for story in answer["stories"]} == found
    assert answer["total"] == len(found)


def test_what_only_excludes_is_counted_and_has_no_best(reader: Reader) -> None:
    found = reader.get("/search.json?q=-ميناء&sort=best").json()
    assert (found["total"], found["sort"]) == (3, "newest")
    assert (
        reader.get("/warraq/articles.json?_search=-ميناء").json()["filtered_table_rows_count"] == 3
    )
    assert not reader.tree("/search?q=-ميناء").cssselect(".sorts")


@pytest.mark.parametrize("spelling", ["ميناء", "الميناء", "مِيناء", "مينــاء", "بالميناء", "وميناء"])
def test_every_spelling_has_the_same_stories_in_the_same_order(
    reader: Reader, spelling: str
) -> None:
    assert numbers(reader, f"/search?q={spelling}") == numbers(reader, "/search?q=ميناء")


def test_titles_with_all_the_words_come_first(tmp_path: Path) -> None:
    stories = [
        ("ميزانية الحكومة", "نص قصير."),
        ("أخبار الحكومة", "فللحكومة وكالحكومة وبالحكومة ميزانية وميزانيته وفميزانيتها. " * 3),
        ("رأي", "للحكومة وحكومتهم وبحكومته ولميزانيتهم وكميزانية. " * 5),
        ("الحكومة تقر الميزانية", "نص آخر."),
    ]
    with open_database(tmp_path) as db:
        for number, (title, text) in enumerate(stories):
            one = replace(article(number, title=title), paragraphs=(f"{text} رقم {number}",))
            store(db, one, now=NOW)
    with reading(tmp_path) as found:
        best = numbers(found, "/search?q=" + quote("الحكومة ميزانية"))
    assert set(best[:2]) == {0, 3}
    assert set(best) == {0, 1, 2, 3}


@pytest.mark.parametrize("language", ["ar", "en", "fr", "fa"])
def test_every_example_of_the_help_can_be_read(reader: Reader, language: str) -> None:
    tree = reader.tree("/search?q=x", language)
    assert tree.get("lang") == language
    examples = texts(tree, ".help dt")
    asked = [read_query(example) for example in examples]
    assert len(asked) == 9
    assert [one.is_complement for one in asked] == [n == 4 for n in range(9)]
    assert asked[6].terms[0].in_title
    assert all(len(one.terms) == wanted for one, wanted in zip(asked, _WORDS_OF_HELP, strict=True))


_WORDS_OF_HELP = (1, 1, 2, 1, 0, 1, 1, 3, 1)


def test_the_newest_first_and_the_best_first(reader: Reader) -> None:
    assert numbers(reader, "/search")[:3] == [4, 3, 2]
    assert numbers(reader, "/search?q=ميناء&sort=newest") == [2, 1, 0]
    assert numbers(reader, "/search?q=توسيع OR ميناء")[0] == 0


def test_each_list_is_counted_with_the_others_applied(reader: Reader) -> None:
    counts = reader.get("/search.json?q=ميناء&section=رياضة&site=garden").json()["counts"]
    assert {c["value"]: c["stories"] for c in counts["site"]} == {"harbour": 1, "garden": 0}
    assert {c["value"]: c["stories"] for c in counts["section"]} == {"رياضة": 0}
    tree = reader.tree("/search?q=ميناء&section=رياضة&site=garden")
    ticked = [box.get("value") for box in tree.cssselect(".narrow input[checked]")]
    assert ticked == ["garden", "رياضة"]
    assert all(box.get("form") == "search" for box in tree.cssselect(".narrow input"))


def test_a_chip_takes_its_filter_off(reader: Reader) -> None:
    tree = reader.tree("/search?q=ميناء&site=harbour&since=2026-10-01&without=gone&author=ليلى")
    chips = tree.cssselect(".chips li:not(.all) a")
    assert len(chips) == 4
    assert "أخبار الميناء" in chips[0].text_content()
    for chip in chips:
        left = parse_qs(urlsplit(chip.get("href")).query)
        assert len(left) == 4
        assert left["q"] == ["ميناء"]


def test_a_story_is_found_by_the_headline_of_its_copy(reader: Reader) -> None:
    tree = reader.tree("/search?q=مشروع الخليج")
    [also] = texts(tree, ".story .also")
    assert "مشروع ضخم في الخليج" in also
    assert "copier" in also
    assert texts(tree, ".also mark") == ["مشروع", "الخليج"]
    assert texts(reader.tree("/search?q=توسيع"), ".story .also") == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("الحكومم", "الحكومة"),
        ("الحوكمة", "الحكومة"),
        ("الحكوومة", "الحكومة"),
        ("hgp;,lm", "الحكومة"),
        ("winetr", "winter"),
        ("صهىفثق", "winter"),
        ("Bezancon", "Besançon"),
    ],
)
def test_a_word_that_no_story_has(reader: Reader, typed: str, meant: str) -> None:
    tree = reader.tree(f"/search?q={quote(typed)}&sort=best")
    assert texts(tree, ".meant a")[0] == meant
    assert tree.cssselect(".story")
    link = tree.cssselect(".meant a")[0].get("href")
    assert parse_qs(urlsplit(link).query)["q"] == [meant]


def test_the_other_words_and_filters_stay(reader: Reader) -> None:
    tree = reader.tree(f"/search?q={quote('أسعار الحكومم -حرب')}&language=ar")
    assert texts(tree, ".meant a")[0] == "أسعار الحكومة -حرب"
    link = parse_qs(urlsplit(tree.cssselect(".meant a")[0].get("href")).query)
    assert link == {"q": ["أسعار الحكومة -حرب"], "language": ["ar"]}
    assert reader.get(f"/search.json?q={quote('الحكومم')}").json()["suggestions"] == ["الحكومة"]


@pytest.mark.parametrize("query", ["قصصصصثثث", "ميناء", "zzqq", "-ميناء", '"قوارب الحكومم"'])
def test_nothing_is_suggested_without_need(reader: Reader, query: str) -> None:
    assert texts(reader.tree(f"/search?q={quote(query)}"), ".meant") == []


@pytest.mark.parametrize(
    "query",
    ["(" * 900, '"' * 900, "-" * 900, "OR " * 300, "NOT", "* - |", "title:", "\u202e", "%00"[:1]],
)
def test_any_query_is_answered(reader: Reader, query: str) -> None:
    tree = reader.tree(f"/search?q={quote(query)}")
    assert texts(tree, ".none")[0] or tree.cssselect(".story")


def test_what_is_wrong_is_told(reader: Reader) -> None:
    tree = reader.tree("/search?since=yesterday&q=ميناء", status=400)
    assert "2026-11-01" in texts(tree, ".error")[0]
    assert len(tree.cssselect(".story")) == 3
    assert reader.get("/search.json?until=2026-13-01").status_code == 400
    assert numbers(reader, "/search?page=99") == []
    assert numbers(reader, "/search?page=x&size=0") == numbers(reader, "/search")


def test_pages_lead_on_and_every_story_is_on_one(reader: Reader) -> None:
    address, found = "/search.json?size=4", []
    while address:
        answer = reader.get(address).json()
        found += [story["number"] for story in answer["stories"]]
        address = (answer["next"] or "").removeprefix(reader.url)
    assert sorted(found) == [0, 1, 2, 3, 4, 5]
    tree = reader.tree("/search?size=4")
    assert tree.cssselect(".pages a[rel=next]")[0].get("href") == "/search?size=4&page=2"


def test_the_data_of_a_story(reader: Reader) -> None:
    [story] = reader.get("/search.json?q=الخليج").json()["stories"]
    assert story["outlet"] == "أخبار الميناء"
    assert story["page"] == f"{reader.url}/warraq/articles/0"
    assert [copy["title"] for copy in story["copies"]] == ["مشروع ضخم في الخليج"]
    assert (story["section"], story["author"], story["published"]) == (
        *("اقتصاد", "ليلى سالم"),
        "2026-10-01T08:00:00Z",
    )


@pytest.mark.parametrize("ending", ["", ".json", ".csv", ".atom"])
def test_an_earlier_address_leads_here(reader: Reader, ending: str) -> None:
    answer = reader.get(f"/warraq/search{ending}?q=ميناء&site=harbour&language=&_shape=array")
    assert answer.status_code == 301
    target = urlsplit(answer.headers["location"])
    assert target.path == f"/search{ending}"
    assert parse_qs(target.query) == {"q": ["ميناء"], "site": ["harbour"]}


def test_words_are_marked_paragraph_by_paragraph() -> None:
    query = '"مجلس الأمن" حرب -سلام'
    assert str(marked("في مجلس الأمن الدولي", query)) == (
        "في <mark>مجلس</mark> <mark>الأمن</mark> الدولي"
    )
    assert "<mark>" not in str(marked("الأمن في مجلس، سلام", query))
    assert str(marked("<b>والحرب", query)) == "&lt;b&gt;<mark>والحرب</mark>" or has_match(
        "<b>والحرب", query
    )
    assert str(marked("他在北京工作", "北京")) == "他在<mark>北京</mark>工作"
    assert "⟦北京⟧" in in_context("他在北京工作", "北京")
    assert str(marked("winter", "title:winter")) == "winter"
    assert "<mark>" in str(marked("winter", "title:winter", title=True))
