"""A second crawl of the demo's sites after a change, and crawls that use other sources."""

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
    """The change shows in REST's `modified`, a sitemap's `lastmod` and Atom's `updated`."""
    world.crawl(name)
    room, first = world.rooms[name], articles(name)[0]
    added = Block("p", "وأضافت البلدية في بيان لاحق أن العمل سيستمر في موعده المقرر دون تغيير.")
    edited = room.edit(first.path, modified=LATER, blocks=(*first.blocks, added))
    assert world.crawl(name)[name].counts["revised"] == 1
    url = printed_url(room.base, first)
    [row] = world.rows("SELECT * FROM articles WHERE url = ?", [url])
    [revision] = world.rows("SELECT * FROM revisions WHERE article = ?", [str(row["number"])])
    assert differences(edited, row) == []
    assert str(revision["text"]).split("\n\n") == list(first.paragraphs)


@pytest.mark.parametrize("name", ["waha", "mizan", "sanabel", "barid", "daftar"])
def test_only_the_new_article_is_fetched_and_stored(world: World, name: str) -> None:
    world.crawl(name)
    room, model = world.rooms[name], articles(name)[0]
    new_article = room.publish(
        replace(
            model,
            id=model.id + 9001,
            path=model.path.replace(str(model.id), str(model.id + 9001)).rstrip("/")
            + PATH_SUFFIX[name],
            title="افتتاح حديقة جديدة على ضفة النهر",
            published=LATER,
            modified=LATER,
            blocks=tuple(Block("p", text) for text in GARDEN),
        )
    )
    room.forget_requests()
    result = world.crawl(name)[name]
    assert result.counts["new"] == 1
    [row] = world.rows(
        "SELECT * FROM articles WHERE url = ?", [printed_url(room.base, new_article)]
    )
    assert differences(new_article, row) == []
    assert room.article_requests() == (0 if name == "waha" else 1)


PATH_SUFFIX = {"waha": "-new/", "sanabel": "-new/", "daftar": "-new/", "mizan": "", "barid": ""}
GARDEN = (
    "افتتحت البلدية صباح اليوم حديقة جديدة على ضفة النهر بعد عام ونصف العام من العمل.",
    "وتضم الحديقة 120 شجرة توت وملعبا صغيرا ومكتبة في كشك خشبي تفتح أبوابها بعد العصر.",
    "وقال المهندس المشرف إن المياه التي تسقيها تأتي من محطة المعالجة لا من شبكة الشرب.",
)


@pytest.mark.parametrize("source", ["feed", "sitemap", "probe"])
def test_the_jannah_site_is_crawled_without_its_rest_interface(world: World, source: str) -> None:
    """Every article that the feed or the sitemap lists is stored from its page, the sample page is not."""
    room = world.rooms["waha"]
    sources = {
        "feed": {"feeds": ["{base}/feed/"]},
        "sitemap": {"sitemaps": ["{base}/sitemap_index.xml"]},
        "probe": {},
    }
    room.outlet = replace(
        room.outlet, crawl={"family": "jannah"} | sources[source], rest_closed=True
    )
    world.crawl("waha")
    stored = {str(row["url"]): row for row in world.rows("SELECT * FROM articles")}
    expected = articles("waha")[-10:] if source == "feed" else articles("waha")
    assert set(stored) == {printed_url(room.base, printing) for printing in expected}
    assert [
        differences(printing, stored[printed_url(room.base, printing)]) for printing in expected
    ] == [[]] * len(expected)


def test_all_addresses_of_an_article_are_the_same_article(world: World) -> None:
    """Its short link, its AMP page, a link with a campaign and the permalink."""
    room, first = world.rooms["waha"], articles("waha")[0]
    paths = (f"/?p={first.id}", f"{first.quoted}amp/", f"{first.quoted}?utm_source=x", first.quoted)
    results = [world.crawl("waha", url=room.base + path)["waha"].counts for path in paths]
    assert [counts.get("new", 0) for counts in results] == [1, 0, 0, 0]
    [row] = world.rows("SELECT * FROM articles")
    assert row["url"] == printed_url(room.base, first)
    assert differences(first, row) == []
