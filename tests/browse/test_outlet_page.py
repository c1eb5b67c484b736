"""Outlets' pages: their figures beside a naive count."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
from reader import Reader, reading, stock, texts
from storage_samples import NOW, article

from items import Site
from storage import crawls
from storage.articles import store
from storage.database import open_database

# Hosts and what is none: the name is data, in an address' path.
_NAMES = ["a/b", "50%", "x?y#z", "حال.example", "a b", "..x", "~7E", "a&b=c;d", "'\"<b>"]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("outlets")
    stock(folder).close()
    with open_database(folder) as db:
        for number, name in enumerate(_NAMES, 200):
            text = " ".join(f"{name}{number}{n}" for n in range(40))
            store(db, article(number, site=name, title=text[:20], paragraphs=(text,)), now=NOW)
        named = Site("news", "https://news.example/", title="أخبار المدينة")
        crawls.finish(db, crawls.begin(db, named, NOW), "finished", {"new": 1}, NOW)
    with reading(folder) as reader:
        yield reader


def test_all_outlets_have_their_figures(reader: Reader) -> None:
    rows = reader.tree("/outlets").cssselect("tbody tr")
    figures = {texts(row, "th")[0]: texts(row, "td") for row in rows}
    stories, _new, _spark, given, taken, *_ = figures["أخبار المدينة"]
    assert (stories, given, taken) == ("6", "0", "0")
    assert figures["حال اليوم"][3] == "1", "copied by others"
    assert figures["copier"][0] == "0", "what has copies alone is an outlet too"
    assert len(figures) == 3 + len(_NAMES)


@pytest.mark.parametrize("name", _NAMES)
def test_an_outlet_is_found_whatever_its_name(reader: Reader, name: str) -> None:
    links = {a.text_content(): a.get("href") for a in reader.tree("/outlets").cssselect("th a")}
    tree = reader.tree(links[name])
    assert texts(tree, "h1") == [" ".join(name.split())]
    assert texts(tree, ".figures dd")[0] == "1"
    for link in tree.cssselect("main a"):
        if "/search?" in link.get("href"):
            assert f"site={quote(name, safe='')}" in link.get("href")
            break
    else:
        raise AssertionError("no link to its stories")


def test_an_outlet_s_page_has_what_is_known_of_it(reader: Reader) -> None:
    tree = reader.tree("/outlets/news")
    assert texts(tree, "h1 bdi") == ["أخبار المدينة", "news"]
    assert texts(tree, ".figures dd")[0] == "6"
    assert len(tree.cssselect("#rhythm-chart-title")) == 1
    # Published at 09:30 on six days, four of them other weekdays than the rest.
    titles = texts(tree, ".chart.heat rect title")
    assert titles
    assert all("· 09:" in title for title in titles)
    assert sum(int(title.rpartition(": ")[2].split()[0]) for title in titles) == 6
    assert {"section_link", "read_more"} == set(texts(tree, ".cells tbody th bdi"))
    assert "3 crawls have failed in a row" not in tree.text_content()
    assert len(texts(tree, "section table tbody tr")) >= 5, "crawls and cut lines"
    feeds = [link.get("href") for link in tree.cssselect("link[type='application/atom+xml']")]
    assert feeds == ["/search.atom?site=news"]


def test_who_copies_whom_is_said_on_both_sides(reader: Reader) -> None:
    original = reader.tree(f"/outlets/{quote('حال اليوم')}")
    assert any("copier" in text for text in texts(original, ".bars li"))
    copier = reader.tree("/outlets/copier")
    assert any("حال اليوم" in text for text in texts(copier, ".bars li"))


@pytest.mark.parametrize("name", ["nothing", "%D9%84%D8%A7", "a%2Fc", "%25"])
def test_an_unknown_outlet_is_not_found(reader: Reader, name: str) -> None:
    tree = reader.tree(f"/outlets/{name}", status=404)
    assert texts(tree, "main h1, h1")[0] == "Not found"


def test_plots_have_their_figures_and_links(reader: Reader) -> None:
    tree = reader.tree("/plots")
    for section in tree.cssselect(".plot"):
        name = section.get("id")
        links = [a.get("href") for a in section.cssselect(".more")]
        assert links == [f"/warraq/{name}", f"/warraq/{name}.csv", f"#{name}"]
        assert all(svg.cssselect("title") for svg in section.cssselect("svg[role=img]"))
        assert reader.client.get(f"{reader.url}/warraq/{name}.csv").status_code == 200
    assert "أخبار المدينة" in texts(tree, "#days .legend bdi"), "by its name"


def test_outlets_of_one_name_are_told_apart_in_plots(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("editions")
    with open_database(folder) as db:
        for number, name in enumerate(["paper", "paper-en"]):
            site = Site(name, f"https://{name}.example/", title="The Paper")
            crawls.begin(db, site, NOW)
            text = " ".join(f"{name}{n}" for n in range(40))
            store(db, replace(article(number, site=name), paragraphs=(text,)), now=NOW)
    with reading(folder) as reader:
        legend = texts(reader.tree("/plots"), "#days .legend bdi")
    assert sorted(legend) == ["The Paper (paper)", "The Paper (paper-en)"]
