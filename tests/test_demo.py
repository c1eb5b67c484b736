"""The product's own crawl over the demo's sites, held against what the sites published."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlite_utils import Database

from commands.context import Context
from commands.demo import demo
from demo.newsroom import Newsroom
from demo.outlets import outlet
from demo.server import serve
from demo.site_files import write_site_files
from demo.stories import Block
from demo.truth import articles, printings
from demo.verdict import address, differences, judge
from spiders.crawl import CrawlResult, crawl_sites
from spiders.site_file import read_site
from storage.database import open_database

FEW = {"WARRAQ_WORKERS": 2}
LATER = datetime(2025, 11, 4, 9, 0, tzinfo=UTC)


@dataclass
class World:
    rooms: dict[str, Newsroom]
    folder: Path

    def crawl(self, *names: str, url: str | None = None) -> dict[str, CrawlResult]:
        """Crawl the named sites (all by default) with the product's own spider and workers."""
        files = write_site_files(self.rooms.values(), self.folder / "demo")
        sites = [read_site(file) for file in files if not names or file.stem in names]
        results = crawl_sites(sites, self.folder, settings=FEW, at_once=6, url=url)
        return {result.site: result for result in results}

    def rows(self, query: str, values: Sequence[str] = ()) -> list[dict[str, object]]:
        with self.database() as db:
            return list(db.query(query, values))

    def database(self) -> Database:
        return open_database(self.folder, create=False)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """All sites, crawled once."""
    with serve() as rooms:
        world = World(rooms, tmp_path_factory.mktemp("data"))
        world.crawl()
        yield world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with serve() as rooms:
        yield World(rooms, tmp_path)


def test_every_article_comes_home_once_just_as_it_was_published(crawled: World) -> None:
    with crawled.database() as db:
        rooms = crawled.rooms.items()
        verdict = judge(db, {room.base: articles(name) for name, room in rooms})
    assert verdict.problems == []
    assert (verdict.expected, verdict.stored, verdict.copies) == (61, 53, 8)


def test_copies_say_of_what(crawled: World) -> None:
    pairs = crawled.rows(
        "SELECT copies.title AS copy, articles.title AS original, copies.site AS there, "
        "articles.site AS here FROM copies JOIN articles ON articles.number = of"
    )
    assert len(pairs) == 8
    assert all(pair["here"] != pair["there"] for pair in pairs)
    assert any(pair["copy"] != pair["original"] for pair in pairs)


def test_what_is_no_article_is_turned_away_with_a_reason(crawled: World) -> None:
    found = {
        str(row["url"]).removeprefix(crawled.rooms[str(row["site"])].base): (
            row["state"],
            row["reason"],
        )
        for row in crawled.rows("SELECT url, site, state, reason FROM frontier")
    }
    assert found["/2025/10/draft-poll"] == ("rejected", "noindex")
    assert found["/members/report-7"] == ("rejected", "login_wall")
    assert found["/2025/09/lost"][0] == "rejected"
    assert found["/2025/10/harvest-video"][0] == "rejected"
    assert found["/2025/10/editors-notes"][0] == "denied"
    assert found["/deleted-post"][0] == "gone"


def test_robots_txt_is_obeyed(crawled: World) -> None:
    for name in ("sanabel", "mizan"):
        hidden = next(one for one in printings(name) if one.trap == "disallowed")
        assert crawled.rooms[name].asked()[hidden.path] == 0


def test_rest_brings_the_bodies_and_no_page_is_fetched(crawled: World) -> None:
    assert crawled.rooms["waha"].article_requests() == 0


def test_every_page_is_fetched_once(crawled: World) -> None:
    for name in ("mizan", "sanabel", "barid", "maraya"):
        asked = crawled.rooms[name].asked()
        times = Counter({one.path: asked[one.path] for one in articles(name)})
        assert set(times.values()) == {1}, name


def test_lines_that_went_are_kept_with_their_reasons(crawled: World) -> None:
    went = crawled.rows(
        "SELECT number, site, reason, removed_lines.text FROM removed_lines "
        "JOIN articles ON number = article"
    )
    for name, start, reason in (
        ("sanabel", "اقرأ المزيد: ", "read_more"),
        ("maraya", "", "repeat"),
    ):
        wanted = {row["number"] for row in crawled.rows(f"{NUMBERS} '{name}'")}
        rows = [row for row in went if row["site"] == name and row["reason"] == reason]
        assert {row["number"] for row in rows if str(row["text"]).startswith(start)} == wanted


NUMBERS = "SELECT number FROM articles WHERE site ="


def test_a_second_crawl_fetches_no_article_and_stores_nothing(crawled: World) -> None:
    before = crawled.rows("SELECT number, id, text, first_seen FROM articles")
    for room in crawled.rooms.values():
        room.forget_requests()
    results = crawled.crawl()
    assert {name: result.outcome for name, result in results.items()} == dict.fromkeys(
        crawled.rooms, "finished"
    )
    assert [room.article_requests() for room in crawled.rooms.values()] == [0] * 6
    assert crawled.rows("SELECT number, id, text, first_seen FROM articles") == before
    assert crawled.rows("SELECT * FROM revisions") == []


@pytest.mark.parametrize("name", ["waha", "sanabel", "maraya"])
def test_an_edited_article_becomes_a_revision(world: World, name: str) -> None:
    """Told of by REST's `modified`, by a sitemap's `lastmod`, by Atom's `updated`."""
    world.crawl(name)
    room, first = world.rooms[name], articles(name)[0]
    added = Block("p", "وأضافت البلدية في بيان لاحق أن العمل سيستمر في موعده المقرر دون تغيير.")
    edited = room.edit(first.path, modified=LATER, blocks=(*first.blocks, added))
    assert world.crawl(name)[name].counts["revised"] == 1
    url = address(room.base, first)
    [row] = world.rows("SELECT * FROM articles WHERE url = ?", [url])
    [old] = world.rows("SELECT * FROM revisions WHERE article = ?", [str(row["number"])])
    assert differences(edited, row) == []
    assert str(old["text"]).split("\n\n") == list(first.paragraphs)


@pytest.mark.parametrize("name", ["waha", "mizan", "sanabel", "barid", "daftar"])
def test_a_new_article_lands_alone(world: World, name: str) -> None:
    world.crawl(name)
    room, model = world.rooms[name], articles(name)[0]
    fresh = room.publish(
        replace(
            model,
            id=model.id + 9001,
            path=model.path.replace(str(model.id), str(model.id + 9001)).rstrip("/") + END[name],
            title="افتتاح حديقة جديدة على ضفة النهر",
            published=LATER,
            modified=LATER,
            blocks=tuple(Block("p", text) for text in GARDEN),
        )
    )
    room.forget_requests()
    result = world.crawl(name)[name]
    assert result.counts["new"] == 1
    [row] = world.rows("SELECT * FROM articles WHERE url = ?", [address(room.base, fresh)])
    assert differences(fresh, row) == []
    assert room.article_requests() == (0 if name == "waha" else 1)


END = {"waha": "-new/", "sanabel": "-new/", "daftar": "-new/", "mizan": "", "barid": ""}
GARDEN = (
    "افتتحت البلدية صباح اليوم حديقة جديدة على ضفة النهر بعد عام ونصف العام من العمل.",
    "وتضم الحديقة 120 شجرة توت وملعبا صغيرا ومكتبة في كشك خشبي تفتح أبوابها بعد العصر.",
    "وقال المهندس المشرف إن المياه التي تسقيها تأتي من محطة المعالجة لا من شبكة الشرب.",
)


@pytest.mark.parametrize("way", ["feed", "sitemap", "probe"])
def test_the_jannah_site_is_understood_without_its_rest_interface(world: World, way: str) -> None:
    """From its pages: all that the feed or the sitemap names, and no sample page with it."""
    room = world.rooms["waha"]
    ways = {
        "feed": {"feeds": ["{base}/feed/"]},
        "sitemap": {"sitemaps": ["{base}/sitemap_index.xml"]},
        "probe": {},
    }
    room.outlet = replace(room.outlet, crawl={"family": "jannah"} | ways[way], rest_closed=True)
    world.crawl("waha")
    found = {str(row["url"]): row for row in world.rows("SELECT * FROM articles")}
    wanted = articles("waha")[-10:] if way == "feed" else articles("waha")
    assert set(found) == {address(room.base, one) for one in wanted}
    assert [differences(one, found[address(room.base, one)]) for one in wanted] == [[]] * len(
        wanted
    )


def test_each_address_of_an_article_is_the_same_article(world: World) -> None:
    """By hand: its short link, its AMP page, a link with a campaign, the link itself."""
    room, first = world.rooms["waha"], articles("waha")[0]
    ways = (f"/?p={first.id}", f"{first.quoted}amp/", f"{first.quoted}?utm_source=x", first.quoted)
    results = [world.crawl("waha", url=room.base + way)["waha"].counts for way in ways]
    assert [counts.get("new", 0) for counts in results] == [1, 0, 0, 0]
    [row] = world.rows("SELECT * FROM articles")
    assert row["url"] == address(room.base, first)
    assert differences(first, row) == []


def test_the_second_link_to_an_article_is_not_fetched(crawled: World) -> None:
    """The Drupal front page points at its newest a second time, with a campaign."""
    asked = crawled.rooms["mizan"].asked()
    assert [target for target in asked if "utm_" in target] == []


def run(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(demo, ["--data", str(folder), *options], obj=Context(folder))


def test_the_command_shows_what_landed_and_a_second_run_finds_nothing_new(tmp_path: Path) -> None:
    first = run(tmp_path, "--port", "28811")
    assert first.exit_code == 0, first.output
    for said in ("All 61 articles are home", "53 stored, 8 held as copies", "noindex", "read_more"):
        assert said in first.output
    with open_database(tmp_path, create=False) as db:
        before = list(db["articles"].rows)
        second = run(tmp_path)
        assert second.exit_code == 0
        assert "0 of them are new in this run" in " ".join(second.output.split())
        assert list(db["articles"].rows) == before
        assert sum(row["new"] for row in db["crawls"].rows_where("crawl > 6")) == 0


def test_the_command_names_what_is_not_as_it_was_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    promised = articles("maraya")[0]
    wanted = (*articles("maraya")[1:], replace(promised, blocks=promised.blocks[1:]))
    monkeypatch.setattr("commands.demo.articles", lambda name: wanted if name == "maraya" else ())
    monkeypatch.setattr("demo.server.outlets", lambda: (outlet("maraya"),))
    monkeypatch.setattr("demo.site_files.outlets", lambda: (outlet("maraya"),))
    told = run(tmp_path, "--port", "29811")
    assert told.exit_code == 1
    assert f"a line too many: '{promised.paragraphs[0][:20]}" in told.output
