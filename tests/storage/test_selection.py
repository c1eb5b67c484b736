"""A selection of articles: the same by address, by SQL and by hand."""

from dataclasses import replace

import pytest
from sqlite_utils import Database
from storage_samples import NOW, article

from storage.articles import store
from storage.database import open_database
from storage.selection import EVERYTHING, Selection, SelectionError, parameters, selected
from storage.selection import selection_from as from_parameters


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Database:
    db = open_database(tmp_path_factory.mktemp("data"))
    for number, (site, section, author, published, word) in enumerate(_STORIES):
        text = (f"{word} " + " ".join(f"كلمة{number}x{n}" for n in range(30)),)
        one = article(
            number, title="خبر", site=site, section=section, author=author, published=published
        )
        store(db, replace(one, language="ar" if number else "fa", paragraphs=text), now=NOW)
    return db


_STORIES = [
    ("a", "سياسة", "ليلى", "2026-10-01T23:59:59Z", "المكتبة"),
    ("a", "رياضة", "سالم", "2026-10-02", "والمكتبة"),
    ("b", "سياسة", None, "2026-10-02T00:00:00Z", "الميناء"),
    ("c", None, "ليلى", None, "مكتبتها"),
]


def _numbers(db: Database, selection: Selection) -> list[int]:
    return [row["number"] for batch in selected(db, selection) for row in batch]


@pytest.mark.parametrize(
    ("selection", "numbers"),
    [
        (EVERYTHING, [0, 1, 2, 3]),
        (Selection("مكتبة"), [0, 1, 3]),
        (Selection("مكتبة", sites=("a", "c"), author="ليلى"), [0, 3]),
        (Selection(sites=("a", "b")), [0, 1, 2]),
        (Selection(languages=("fa",)), [0]),
        (Selection(sections=("سياسة",)), [0, 2]),
        (Selection(author="لَيْلي"), [0, 3]),
        (Selection(author="ليل"), []),
        (Selection(author="%"), []),
        (Selection(without_gone=True, without_reserved=True), [0, 1, 2, 3]),
        (Selection(since="2026-10-02"), [1, 2]),
        (Selection(until="2026-10-01"), [0]),
        (Selection(since="2026-10-02", until="2026-10-02"), [1, 2]),
        (Selection(until="2026-09-30"), []),
        (Selection("'; DROP TABLE articles; --", author="' OR 1=1 --"), []),
    ],
)
def test_a_selection_finds(db: Database, selection: Selection, numbers: list[int]) -> None:
    assert _numbers(db, selection) == numbers
    assert from_parameters(parameters(selection)) == selection


def test_an_address_says_it_in_any_order_and_by_any_name() -> None:
    pairs = [("until", "2026-10-02"), ("site", "b"), ("language", "Arabic"), ("site", "a")]
    pairs += [("site", "b"), ("page", "3"), ("section", " "), ("q", " مكتبة ")]
    assert from_parameters(pairs) == Selection(
        "مكتبة", sites=("b", "a"), languages=("ar",), until="2026-10-02"
    )


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "9999-12-31", "2026-1-1", "٢٠٢٦-١٠-٠١"])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    with pytest.raises(SelectionError, match="2026-11-01"):
        from_parameters([("since", day)])


def test_an_address_of_a_thousand_sites_is_refused() -> None:
    with pytest.raises(SelectionError, match="100"):
        from_parameters([("site", f"s{n}") for n in range(1000)])
