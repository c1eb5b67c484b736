from functools import partial
from unittest.mock import patch

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from line_counter import count_lines_run

from text.limits import MAX_ATTRIBUTES_A_PAGE, MAX_TAGS_A_PAGE
from text.markup_limits import has_tag_bomb, markup_excess

MANY = " ".join(f"a{n}" for n in range(6000))
WITH_VALUES = " ".join(f'a{n}="x"' for n in range(6000))
BRACKETS = " ".join(f'a{n}=">"' for n in range(6000))

BOMBS = {
    "names": f"<p {MANY}>",
    "values": f"<p {WITH_VALUES}>",
    "quoted brackets": f"<p {BRACKETS}>",
    "slashes": f"<p/{MANY.replace(' ', '/')}>",
    "never closed": f"<p {MANY}",
    "an odd quote": f'<p b"c {MANY}>',
    "behind a comment's odd end": f"<!-- --!><p {MANY}>",
    "behind a comment with a quote": f"<!-- <i x=' --><p {MANY}>",
    "the same end": f"<!--<i x='--><p {MANY} '>",
    "behind a script with a quote": f'<script>x="<a b=\'"</script><p {MANY}>',
    "a script's own": f"<script {MANY}></script>",
    "in a title": f"<title><p b='</title><p {MANY}>",
    "capitals": f"<P {MANY.upper()}>",
    "line breaks": f"<p\n{MANY.replace(' ', chr(10))}>",
}


@pytest.mark.parametrize("markup", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("before", ["", "<p>", "<!-- x -->", '<a title="x>y">'])
def test_a_bomb_is_seen_wherever_it_is(markup: str, before: str) -> None:
    assert has_tag_bomb(f"<html>{before}{markup}</html>")


# Before a tag's attributes, what a parser reads otherwise than somebody who only looks for quotes.
QUOTES_IN_DOUBT = (
    *('<p a=b="x y="z>w"', '<p a= b="x y="z>w"', '<p a=="x y="z>w"', '<p a=\u00a0"x y="z>w"'),
    *('<p ="x y="z>w"', '<p/="x y="z>w"', '<p a/="x y="z>w"', '<p a="x"="y z="z>w"'),
    *('<pa="x y="z>w"', "<p='", "<p a='x'='y z='z>w'"),
)


@pytest.mark.parametrize("begin", QUOTES_IN_DOUBT)
def test_a_bomb_behind_quotes_that_are_none_is_seen(begin: str) -> None:
    markup = f"{begin} {MANY}>"
    assert _most_attributes(markup) >= 6000
    assert has_tag_bomb(markup)


@settings(max_examples=500, derandomize=True, database=None, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "=", '"', "'", ">", "/", " ", "\n", "\xa0", "<i"])))
def test_whatever_a_parser_reads_as_a_bomb_is_seen(pieces: list[str]) -> None:
    markup = f"<p{''.join(pieces)} {' '.join(f'c{n}' for n in range(700))}>"
    with patch("text.markup_limits._MAX_COMPARISONS", 690**2):
        assert has_tag_bomb(markup) or _most_attributes(markup) < 700


def _most_attributes(markup: str) -> int:
    return max(len(element.attrib) for element in lxml.html.document_fromstring(markup).iter())


ORDINARY = {
    "attributes": "<p " + " ".join(f'data-a{n}="x"' for n in range(150)) + ">",
    "a long value": f'<img src="data:{"x" * 100_000}" alt="a > b">',
    "a script": "<script>for(i=0;i<n;i++){a=b<c?'x':\"y\"}" * 2000 + "</script>",
    "text": "<p>" + "one two three " * 50_000,
    "text behind a bracket": "<p>a <b " + "one two three " * 200 + "</p>",
    "tags": '<a href="/x" class="y">z</a>' * 5000,
}


@pytest.mark.parametrize("markup", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_markup_is_none(markup: str) -> None:
    assert markup_excess(markup) is None


@pytest.mark.parametrize(
    "part", ["<a<", "<a/", "<a b='", '<a b="', "<a x=", "<a ", "<a\"'", "<a/x=", "<a b='<a c=\""]
)
def test_the_reading_is_linear(part: str) -> None:
    """Each line reads on from another beginning: their number is bounded by that of the characters, and
    all readings together by eight of each character.
    """
    short, long = (
        count_lines_run(partial(has_tag_bomb, part * n + "x" * 100)) for n in (2000, 8000)
    )
    assert long <= 5 * short + 100


def test_the_number_of_tags_and_attributes_is_bounded() -> None:
    assert markup_excess("<p>a" * (MAX_TAGS_A_PAGE + 1)) == f"more than {MAX_TAGS_A_PAGE} tags"
    assert markup_excess("a</p>" * (MAX_TAGS_A_PAGE + 1)) == f"more than {MAX_TAGS_A_PAGE} tags"
    assert markup_excess("a < b " * (MAX_TAGS_A_PAGE + 1)) is None
    tag = "<p" + " b=''" * 50 + ">" + "text " * 200
    page = tag * (MAX_ATTRIBUTES_A_PAGE // 50 + 1)
    assert markup_excess(page) == f"more than {MAX_ATTRIBUTES_A_PAGE} attributes"
