"""Learned boilerplate: a made-up language, so that no rule can know its lines."""

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from items import Article, Page
from pipelines.ingest.page import IngestPolicy, RefinedPage, ingest_page
from storage.article_rows import get, iterate
from storage.boilerplate.apply import clean_stored, restore
from storage.boilerplate.learn import learned
from storage.database import open_database

NOW = "2026-11-21T00:00:00Z"
FURNITURE = ("Zum pak tirra velo", "Lomi sar daken ora pim tuva", "Nex brin (korda)")
COLUMNIST, LAST = "Aro Vint", "Tas ne vora sul min daka pertu."
REFRAIN = "Ola ola merin so"
TOWNS = ("DAREK", "VOSTA", "PELNA", "MIRU")
AUTHORS = ("Aro Vint", "Bela Stor", "Cem Dorr", "Dala Pint", "Evo Karm")


def sentence(random_: random.Random) -> str:
    words = [
        "".join(random_.choice("abdeklmnoprstuv") for _ in range(random_.randint(2, 8)))
        for _ in range(22)
    ]
    return " ".join(words).capitalize() + "."


def article(number: int, random_: random.Random) -> Article:
    """A dateline and a byline above, three lines of furniture around, a refrain in the middle."""
    author = AUTHORS[number % 5]
    body = [TOWNS[number % 4], f"vo {author}", *(sentence(random_) for _ in range(6))]
    if number % 3 == 0:
        body.insert(4, REFRAIN)
    if author == COLUMNIST:
        body.append(LAST)
    lines = (FURNITURE[0], *body, *FURNITURE[1:])
    return Article(
        id=f"{number:016x}",
        url=f"https://x.example/{number}",
        site="x",
        title=f"{sentence(random_)[:40]} {number}",
        paragraphs=lines,
        author=author if number % 2 else None,
        published=f"2026-10-{1 + number % 28:02d}T06:00:00Z",
        language="xx",
    )


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path) as database:
        yield database


@pytest.fixture(scope="module")
def two_hundred(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with as many articles; to be read."""
    folder = tmp_path_factory.mktemp("data")
    with open_database(folder) as database:
        store(database, 200)
    return folder


def store(db: Database, count: int) -> None:
    random_ = random.Random(1)
    for number in range(count):
        item = article(number, random_)
        page = Page(item.url or "", item.url or "", b"", NOW)
        ingest_page(db, RefinedPage(page, item, found_by="feed"), IngestPolicy(), NOW)


def test_furniture_is_gone_from_the_twentieth_article_on(two_hundred: Path) -> None:
    with open_database(two_hundred) as db:
        for item in iterate(db):
            assert item.number is not None
            assert (set(FURNITURE) & set(item.paragraphs) == set()) == (item.number >= 19)


def test_the_clean_up_takes_it_from_all_and_keeps_it_on_the_record(
    two_hundred: Path, tmp_path: Path
) -> None:
    random_ = random.Random(1)
    with open_database(shutil.copytree(two_hundred, tmp_path / "copy")) as db:
        assert clean_stored(db, "x", NOW) == list(range(19))
        for number in range(200):
            item, whole = get(db, number), article(number, random_)
            assert item is not None
            assert item.paragraphs == whole.paragraphs[1:-2]
            assert [(r.position, r.text, r.reason) for r in item.removed] == [
                (0, FURNITURE[0], "learned"),
                (len(whole.paragraphs) - 2, FURNITURE[1], "learned"),
                (len(whole.paragraphs) - 1, FURNITURE[2], "learned"),
            ]
        assert clean_stored(db, "x", NOW) == []


def test_only_the_furniture_is_learned(two_hundred: Path) -> None:
    with open_database(two_hundred) as db:
        rows = db.execute("SELECT text, state FROM boilerplate ORDER BY text").fetchall()
    assert rows == sorted((line, "learned") for line in FURNITURE)


def test_few_articles_teach_nothing(db: Database) -> None:
    store(db, 19)
    assert learned(db, "x") == set()


def test_one_busy_day_teaches_nothing(db: Database) -> None:
    random_ = random.Random(1)
    for number in range(40):
        item = article(number, random_)
        item = Article(
            **{n: getattr(item, n) for n in item.__slots__} | {"published": "2026-10-01T06:00:00Z"}
        )
        page = Page(item.url or "", "", b"", NOW)
        ingest_page(db, RefinedPage(page, item, found_by="feed"), IngestPolicy(), NOW)
    assert learned(db, "x") == set()


def test_a_redesign_retires_what_is_not_seen_any_more(db: Database) -> None:
    store(db, 30)
    random_ = random.Random(2)
    for number in range(1000, 1250):
        item = article(number, random_)
        item = Article(
            **{n: getattr(item, n) for n in item.__slots__} | {"paragraphs": item.paragraphs[1:-2]}
        )
        page = Page(item.url or "", "", b"", NOW)
        ingest_page(db, RefinedPage(page, item, found_by="feed"), IngestPolicy(), NOW)
    assert learned(db, "x") == set()
    states = {row[0] for row in db.execute("SELECT state FROM boilerplate").fetchall()}
    assert states == {"retired"}


def test_a_second_visit_counts_an_article_once_and_finds_it_unchanged(db: Database) -> None:
    store(db, 25)
    random_ = random.Random(1)
    verdicts = []
    for number in range(25):
        item = article(number, random_)
        page = Page(item.url or "", item.url or "", b"", NOW)
        verdicts.append(
            ingest_page(db, RefinedPage(page, item, found_by="feed"), IngestPolicy(), NOW).outcome
        )
    assert set(verdicts[19:]) == {"unchanged"}
    assert db.execute("SELECT max(articles) FROM _line_counts").fetchone()[0] == 25


def test_a_line_that_the_site_s_file_keeps_is_put_back_and_stays(db: Database) -> None:
    store(db, 60)
    clean_stored(db, "x", NOW)
    assert restore(db, "x", [FURNITURE[1].upper()]) == list(range(60))
    assert restore(db, "x", [FURNITURE[1]]) == []
    random_ = random.Random(1)
    for number in range(60):
        item, whole = get(db, number), article(number, random_)
        assert item is not None
        assert item.paragraphs == whole.paragraphs[1:-1]
    store(db, 80)
    assert clean_stored(db, "x", NOW) == []
    last = get(db, 79)
    assert last is not None
    assert FURNITURE[1] in last.paragraphs
    assert FURNITURE[0] not in last.paragraphs


def test_copies_are_cleaned_as_well_and_judged_again(db: Database) -> None:
    random_ = random.Random(3)
    whole = article(500, random_)
    bare = replace(
        whole, id="f" * 16, url="https://y.example/1", site="y", paragraphs=whole.paragraphs[1:-2]
    )
    with_furniture = replace(whole, published=None)
    for item in (bare, with_furniture):
        page = Page(item.url or "", item.url or "", b"", NOW)
        ingest_page(db, RefinedPage(page, item, found_by="feed"), IngestPolicy(), NOW)
    [before] = db["copies"].rows
    store(db, 60)
    clean_stored(db, "x", NOW)
    after = next(row for row in db["copies"].rows if row["id"] == before["id"])
    assert (before["kind"], after["kind"]) == ("near", "exact")
    assert after["text"] == "\n\n".join(bare.paragraphs)
    assert after["removed"].count("learned") == 3
