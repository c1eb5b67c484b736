"""The page of an event, over a real reader."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from reader import EVIL, reading
from storage_samples import NOW, article

from browse.app import application
from browse.story.event_page import event_summary
from storage.articles import store
from storage.database import open_database

_NEWS = [
    ("a", "2026-10-05", "حريق في ميناء الزهور", "اندلع حريق هائل في ميناء الزهور وأصيب خمسة عمال"),
    ("b", "2026-10-05", f"إصابة عمال بحريق ميناء الزهور {EVIL}", "أصيب خمسة عمال في حريق هائل اندلع بميناء الزهور"),
    ("c", "2026-10-06", "أسعار القمح", "تراجعت أسعار القمح في أسواق السهل"),
    ("c", None, "بلا يوم", "حريق هائل في ميناء الزهور"),
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    filler = [("d", "2026-10-05", f"خبر{n}a عادي", f"جملة{n}b عن موضوع{n}c") for n in range(40)]
    with open_database(folder) as db:
        for number, (site, published, title, sentence) in enumerate([*_NEWS, *filler]):
            own = " ".join(f"تفصيل{number}x{n}" for n in range(4))
            one = article(number, site=site, title=title, published=published)
            store(db, replace(one, paragraphs=(sentence, own)), now=NOW)
    return folder


def test_the_page_shows_who_wrote_and_who_did_not(folder: Path) -> None:
    with reading(folder) as reader:
        page = reader.get("/warraq/articles/0/event").text
        assert 'href="/warraq/articles/1"' in page
        assert "/warraq/articles/0/event?with=1" in page
        assert EVIL not in page
        data = reader.json("/warraq/articles/0/event.json")
        assert [story["number"] for story in data["stories"]] == [0, 1]
        assert [story["certainty"] is None for story in data["stories"]] == [True, False]
        assert {row["site"]: row["stories"] for row in data["silent"]} == {"c": 1, "d": 40}
        both = reader.get("/warraq/articles/0/event", **{"with": "1"}).text
        assert "تفصيل0x3" in both
        assert "تفصيل1x3" in both


@pytest.mark.parametrize("number", ["2", "3"])
def test_a_story_alone_says_so(folder: Path, number: str) -> None:
    with reading(folder) as reader:
        assert 'class="none"' in reader.get(f"/warraq/articles/{number}/event").text


@pytest.mark.parametrize(
    "path",
    ["/99999/event", "/99999/event.json", "/0/event?with=99999", "/0/event?with=1%20OR%201",
     "/0/event?with=%D9%A1", "/999999999999999/event", "/0/event?with=" + "9" * 40],
)  # fmt: skip
def test_what_there_is_not_is_404(folder: Path, path: str) -> None:
    with reading(folder) as reader:
        assert reader.get("/warraq/articles" + path).status_code == 404


def test_a_story_page_s_summary(folder: Path) -> None:
    datasette = application(folder)

    async def summaries() -> list[object]:
        return [await event_summary(datasette, number) for number in (0, 2, 99999)]

    found, alone, none = asyncio.run(summaries())
    assert [entry.row["number"] for entry in found.entries] == [1]  # type: ignore[attr-defined]
    assert found.count == 2  # type: ignore[attr-defined]
    assert alone is None
    assert none is None
