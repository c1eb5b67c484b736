"""Where the walk through a list is, as it is stored."""

import pytest

from items import Link
from spiders.sources.section import ParsedSection
from spiders.sources.section_pages import Walk, next_walk, read_walks, write_walks


def page(*numbers: int, following: str | None = "https://ex.org/2") -> ParsedSection:
    urls = [f"https://ex.org/{n}" for n in numbers]
    return ParsedSection([Link(url, url, "section") for url in urls], following)


def test_walks_are_read_as_they_were_written() -> None:
    walks = (Walk("https://ex.org/2", True, 5, 1, ("a", "b"), 2), Walk("https://ex.org/9"))
    assert read_walks(write_walks(walks)) == walks
    assert write_walks(()) is None
    assert read_walks('["https://ex.org/2"]') == (Walk("https://ex.org/2"),)


@pytest.mark.parametrize(
    "text",
    [None, "", "{", "[1]", '[{"next":3}]', '[{"nxt":"x"}]', '[{"next":"x","walked":"y"}]', "7"],
)
def test_what_cannot_be_read_is_no_walk(text: str | None) -> None:
    assert read_walks(text) == ()


@pytest.mark.parametrize(
    ("deep", "section", "new", "goes_on"),
    [
        (False, page(1), 1, True),
        (False, page(1), 0, False),
        (True, page(1), 0, True),
        (True, page(), 0, False),
        (True, page(1, following=None), 1, False),
    ],
)
def test_how_far_a_walk_goes(deep: bool, section: ParsedSection, new: int, goes_on: bool) -> None:
    after = next_walk(Walk("https://ex.org/1", deep), section, new)
    assert (after is not None) == goes_on
    if after:
        assert (after.next, after.deep, after.walked) == ("https://ex.org/2", deep, 1)


def test_a_walk_in_a_circle_ends() -> None:
    walk: Walk | None = Walk("https://ex.org/1", deep=True)
    pages = 0
    while walk:
        walk = next_walk(walk, page(pages % 4), 0)
        pages += 1
        assert pages < 20
    assert pages == 7
    steps: Walk | None = Walk("https://ex.org/1", deep=True)
    for number in range(1_000):
        assert steps
        steps = next_walk(steps, page(number), 0)
    assert steps
    assert len(steps.digests) == 6
