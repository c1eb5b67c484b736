"""Dates in addresses: only what is one for certain leaves an article out."""

import pytest

from spiders.sources.backfill_start import address_date, is_address_before


@pytest.mark.parametrize(
    ("url", "date"),
    [
        ("https://ex.org/2026/11/28/story", "2026-11-28"),
        ("https://ex.org/ar/2026/1/5/", "2026-01-05"),
        ("https://ex.org/news/2026-11-28-a-story", "2026-11-28"),
        ("https://ex.org/2026/11/story", "2026-11"),
        ("https://ex.org/2010/01/02/on-2026/11/28/", "2010-01-02"),
        ("https://ex.org/2026/11/", None),
        ("https://ex.org/2026/13/story", None),
        ("https://ex.org/2026/11-28/story", None),
        ("https://ex.org/20101128/story", None),
        ("https://ex.org/news/201011", None),
        ("https://ex.org/node/2010/1", None),
        ("https://ex.org/story?date=2010/11/28", None),
        ("https://ex.org/the-2010/election", None),
        ("https://ex.org/" + "/2010/" * 100_000, None),
    ],
)
def test_the_date_of_an_address(url: str, date: str | None) -> None:
    assert address_date(url) == date


@pytest.mark.parametrize(
    ("path", "before"),
    [
        ("/2026/11/04/story", True),
        ("/2026/11/05/story", False),
        ("/2026/10/story", True),
        ("/2026/11/story", False),
        ("/story", False),
    ],
)
def test_a_month_may_hold_the_day(path: str, before: bool) -> None:
    assert is_address_before(f"https://ex.org{path}", "2026-11-05") == before
