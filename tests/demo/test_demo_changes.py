"""The demo's sites crawled again after something changed, and found in other ways."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from demo_world import World

from demo.expected import articles, differences, printed_url
from demo.server import serve
from demo.stories import Block

pytestmark = pytest.mark.slow

LATER = datetime(2025, 11, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with serve() as rooms:
        yield World(rooms, tmp_path)


@pytest.mark.parametrize("name", ["waha", "sanabel", "maraya"])
def test_an_edited_article_becomes_a_revision(world: World, name: str) -> None:
    """Told of by REST's `modified`, by a sitemap's `lastmod`, by Atom's `updated`."""
    world.crawl(name)
    room, first = world.rooms[name], articles(name)[0]
    added = Block("p", "وأضافت البلدية في بيان لاحق أن العمل سيستمر في موعده المقرر دون تغيير.")
    edited = room.edit(first.path, modified=LATER, blocks=(*first.blocks, added))
    assert world.crawl(name)[name].counts["revised"] == 1
    url = printed_url(room.base, first)
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
    [row] = world.rows("SELECT * FROM articles WHERE url = ?", [printed_url(room.base, fresh)])
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
    assert set(found) == {printed_url(room.base, one) for one in wanted}
    assert [differences(one, found[printed_url(room.base, one)]) for one in wanted] == [[]] * len(
        wanted
    )


def test_each_address_of_an_article_is_the_same_article(world: World) -> None:
    """By hand: its short link, its AMP page, a link with a campaign, the link itself."""
    room, first = world.rooms["waha"], articles("waha")[0]
    ways = (f"/?p={first.id}", f"{first.quoted}amp/", f"{first.quoted}?utm_source=x", first.quoted)
    results = [world.crawl("waha", url=room.base + way)["waha"].counts for way in ways]
    assert [counts.get("new", 0) for counts in results] == [1, 0, 0, 0]
    [row] = world.rows("SELECT * FROM articles")
    assert row["url"] == printed_url(room.base, first)
    assert differences(first, row) == []
