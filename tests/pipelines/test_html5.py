"""Broken markup is read as a browser reads it; html5lib, which follows the standard to the letter, is the
judge.
"""

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipelines.extraction.blocks import blocks
from pipelines.extraction.html5 import _FORMATTING, _TAG, _most_opened, close_elements
from pipelines.extraction.parse_html import body_of, parse_html

LINES = [
    "Sea wall",
    "The council voted on Monday to rebuild the wall along the fish market before the storms come.",
    "Traders who have waited for eleven years said they would believe in it when they can lean on it.",
]
ARTICLE = f"<h1>{LINES[0]}</h1><p>{LINES[1]}</p><p>{LINES[2]}</p>"

LEFT_OPEN = [
    "<header><button><div><div></button></header>",
    "<header><div><div class=menu></header>",
    "<noscript>",
    "<noscript><img src=x>",
    "<nav><ul><li><a href=/>x<li></nav>",
    "<div>" * 60,
    "<font color=red>" * 60,
    "<button>",
    "<p><span><b>",
    "<table><tr><td>",
    "<select><option></select>",
    "<aside></div></p></aside>",
    "<header></section>",
    "<!-- a comment --!>",
    "<br></br></hr>",
    "<div" + " a=1 a=2" * 20 + ">",
]


@pytest.mark.parametrize("before", LEFT_OPEN, ids=lambda text: text[:30])
def test_what_is_left_open_before_an_article_hides_none_of_it(before: str) -> None:
    tree = parse_html(f"<!doctype html><html><body>{before}{ARTICLE}</body></html>")
    assert tree is not None
    texts = [block.text for block in blocks(body_of(tree))]
    assert [text for text in texts if text in LINES] == LINES


@pytest.mark.parametrize("levels", [100, 300, 1000])
def test_deep_nesting(levels: int) -> None:
    tree = parse_html("<body>" + "<div>" * levels + ARTICLE + "</div>" * levels)
    assert tree is not None
    assert [block.text for block in blocks(body_of(tree))] == LINES


def _parents(tree: etree._Element) -> list[tuple[str, str]]:
    """Each word of the text with the element it stands in."""
    words: list[tuple[str, str]] = []
    for element in tree.iter(etree.Element):
        name = etree.QName(element).localname
        words += [(word, name) for word in (element.text or "").split()]
        parent = element.getparent()
        if parent is not None:
            above = etree.QName(parent).localname
            words += [(word, above) for word in (element.tail or "").split()]
    return sorted(words)


TAGS = ["div", "p", "button", "header", "section", "ul", "li", "table", "tr", "td", "b", "a", "h2"]
PIECE = st.one_of(
    st.sampled_from(
        [f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS] + ["<br>", "<td>"]
    ),
    st.integers(0, 10**6).map(lambda number: f"w{number}"),
)


@settings(max_examples=300, derandomize=True, database=None, deadline=None)
@given(st.lists(PIECE, max_size=25))
def test_words_are_where_the_standard_puts_them(pieces: list[str]) -> None:
    document = "<!doctype html><html><head><title>t</title></head><body>" + " ".join(pieces)
    closed = close_elements(document.encode())
    assert closed is not None
    expected = html5lib.parse(document, treebuilder="lxml", namespaceHTMLElements=False)
    actual = html5lib.parse(closed, treebuilder="lxml", namespaceHTMLElements=False)
    assert _parents(actual.getroot()) == _parents(expected.getroot())


@settings(max_examples=300, derandomize=True, database=None, deadline=None)
@given(st.lists(PIECE, max_size=25))
def test_no_word_is_lost_or_doubled(pieces: list[str]) -> None:
    tree = parse_html("<!doctype html><html><body><p>start</p>" + " ".join(pieces))
    assert tree is not None
    words = "".join(f" {text} " for text in tree.itertext()).split()
    assert sorted(word for word in words if word.startswith("w")) == sorted(
        piece for piece in pieces if piece.startswith("w")
    )


@pytest.mark.parametrize(
    "bomb", ["<div>" * 20_000, "<p>" + "".join(f"<font color={n}>" for n in range(500)) + "</p>" + "<p>x" * 500],
    ids=["depth", "formatting"],
)  # fmt: skip
def test_a_document_made_to_take_for_ever_is_left_to_libxml2(bomb: str) -> None:
    assert close_elements(bomb.encode()) is None
    assert parse_html(f"<body>{bomb}<p>text</p>") is not None


FORMATTING = (
    *("b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"),
    *("B", "Font", "STRONG"),
)


@pytest.mark.parametrize("name", FORMATTING)
@pytest.mark.parametrize("end", [">", " a=b>", "/>", "\n>", "\t>", "\x0c>"], ids=repr)
def test_formatting_left_open_is_seen_however_it_is_written(name: str, end: str) -> None:
    opened = f"<{name}{end}" * 101
    assert close_elements(opened.encode()) is None
    assert close_elements(opened.replace(">", f">x</{name}>").encode()) is not None


@pytest.mark.parametrize(
    "tag", ["footer", "col", "section", "button", "img", "ul", "table", "span"]
)
def test_tags_that_begin_as_formatting_are_none(tag: str) -> None:
    assert close_elements(f"<{tag}>".encode() * 500) is not None


@pytest.mark.parametrize(
    "markup", ["<div>x</div>" * 6000, "<p>x</p>" * 6000, "<p>x" * 6000, "a < b" * 6000]
)
def test_many_tags_are_not_deep(markup: str) -> None:
    assert close_elements(markup.encode()) is not None


@pytest.mark.parametrize("document", ["", "<", "<b", "x<i", "<div", "\u0627<"])
def test_a_cut_document_is_read(document: str) -> None:
    assert close_elements(document.encode())


@settings(max_examples=300, derandomize=True, database=None, deadline=None)
@given(st.lists(st.sampled_from(["<", "/", "b", "FO", "nt", "s", "em", " ", "\n", ">", "=", "!"])))
def test_no_more_is_opened_than_counted(pieces: list[str]) -> None:
    text = "".join(pieces).encode()
    tags, formatting = _most_opened(text)
    opened = [end for end, _ in _TAG.findall(text)].count(b"")
    assert opened <= tags <= text.count(b"<") + 1
    assert _FORMATTING.findall(text).count(b"") <= formatting <= tags
