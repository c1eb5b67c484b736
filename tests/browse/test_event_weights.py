"""The first stories that are asked for do not wait for the words to be weighed."""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from reader import reading
from storage_samples import NOW, article

from browse.app import application
from browse.story import event_weights
from browse.story.event_weights import weights, weights_if_known
from storage.articles import store
from storage.database import open_database

_FIRE = "اندلع حريق هائل في ميناء الزهور وأصيب خمسة عمال"


def filled(folder: Path, stories: int) -> Path:
    with open_database(folder) as db:
        for number in range(stories):
            sentence = _FIRE if number < 2 else f"جملة{number}b عن موضوع{number}c"
            title = "حريق في ميناء الزهور" if number < 2 else f"خبر{number}a"
            own = " ".join(f"تفصيل{number}x{n}" for n in range(4))
            one = article(number, site="ab"[number % 2], title=title, published="2026-10-05")
            store(db, replace(one, paragraphs=(sentence, own)), now=NOW)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("data"), event_weights._FEW_STORIES + 20)


def test_a_story_is_shown_before_its_event_can_be_found(folder: Path) -> None:
    may_go_on = threading.Event()
    event_weights._thread.submit(may_go_on.wait)
    try:
        with reading(folder) as reader:
            page = reader.get("/warraq/articles/0")
            assert page.status_code == 200
            assert 'href="/warraq/articles/0/event"' in page.text
            assert 'href="/warraq/articles/1"' not in page.text
            may_go_on.set()
            # The event's own page waits.
            assert 'href="/warraq/articles/1"' in reader.get("/warraq/articles/0/event").text
            assert 'href="/warraq/articles/1"' in reader.get("/warraq/articles/0").text
    finally:
        may_go_on.set()


def test_of_few_stories_it_is_found_at_once(tmp_path: Path) -> None:
    with reading(filled(tmp_path, 40)) as reader:
        assert 'href="/warraq/articles/1"' in reader.get("/warraq/articles/0").text


def test_all_who_ask_wait_for_the_same_weights(folder: Path) -> None:
    reader = application(folder)

    async def ask() -> list[object]:
        return list(await asyncio.gather(*(weights(reader) for _ in range(5))))

    assert len({id(found) for found in asyncio.run(ask())}) == 1


def test_a_file_without_tables_can_still_be_opened(tmp_path: Path) -> None:
    (tmp_path / "warraq.db").touch()
    reader = application(tmp_path)
    asyncio.run(reader.invoke_startup())
    with pytest.raises(Exception, match="no such table"):
        asyncio.run(weights_if_known(reader))
