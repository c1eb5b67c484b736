"""What is kept of a document's tree."""

import pytest

from pipelines.extraction.parse_html import parse_html

LARGE = "<p>one two three</p>" * 30_000


@pytest.mark.parametrize("name", ["class", "data-x", "xlink:href", "a:b"])
@pytest.mark.parametrize("written", ['"{}"', "'{}'", "{}"])
def test_the_long_attributes_of_a_large_page_are_cut(name: str, written: str) -> None:
    long = written.format("\u00e9" * 10_001)
    tree = parse_html(f"<body><div {name}={long} id=short {name}2={long}>x</div>{LARGE}</body>")
    assert tree is not None
    cut = "\u00e9" * 10_000
    assert dict(next(tree.iter("div")).items()) == {name: cut, "id": "short", f"{name}2": cut}


def test_attributes_that_are_not_long_are_whole() -> None:
    value = "\u0628" * 10_000
    tree = parse_html(f"<body><div class={value}>x</div>{LARGE}</body>")
    assert tree is not None
    assert next(tree.iter("div")).get("class") == value
