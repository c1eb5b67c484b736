"""Addresses that are known without being joined to their page's are what joining makes of them."""

import random
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest

from pipelines.metadata.other_articles import _PLAIN_ADDRESS, _identity
from pipelines.metadata.sections_and_tags import _USUAL_URL, absolute_url
from text.urls import join_url

_PIECES = (
    *("/", "/", "//", "/.", "/..", ".", "..", "a", "b-c", "d_e", "2026", "x.html", "%D8%A3", "%20"),
    *(
        "?",
        "?",
        "q=1",
        "&",
        "#",
        "#top",
        ";p",
        ":",
        "@",
        "+",
        "~",
        "é",
        " ",
        "\t",
        "A",
        "%",
        "[",
        "=",
    ),
)
_STARTS = (
    "",
    "",
    "/",
    "/",
    "//",
    "http://news.example",
    "https://news.example/",
    "HTTP://N.example/",
)
_OTHER_STARTS = (
    "https://news.example:80/",
    "http://",
    "https:///",
    "mailto:a",
    "javascript:b",
    "?",
    "#",
)
_BASES = ("https://news.example/2026/a.html", "http://news.example/", "", "file:///a/b", "http://[")


def _addresses(seed: int) -> list[str]:
    dice = random.Random(seed)
    starts = (*_STARTS, *_OTHER_STARTS)
    return [
        dice.choice(starts) + "".join(dice.choices(_PIECES, k=dice.randint(0, 6)))
        for _ in range(3000)
    ]


def _joined_identity(url: str, base: str) -> tuple[str, str]:
    try:
        parts = urlsplit(urljoin(base, url))
    except ValueError:
        return url, ""
    return unquote(parts.path).rstrip("/"), parts.query


@pytest.mark.parametrize("base", _BASES)
def test_an_articles_identity_is_that_of_its_joined_address(base: str) -> None:
    addresses = _addresses(1)
    assert [_identity(url, base) for url in addresses] == [
        _joined_identity(url, base) for url in addresses
    ]
    assert sum(map(bool, map(_PLAIN_ADDRESS.fullmatch, addresses))) > 200


def _joined_url(url: str, base: str) -> str | None:
    url = url.strip()
    if not url or url.startswith(("data:", "#")):
        return None
    absolute = join_url(base, url)
    parts = urlsplit(absolute)
    if parts.scheme in ("http", "https") and parts.hostname:
        return quote(absolute, safe="!#$%&'()*+,/:;=?@[]~", encoding="utf-8", errors="replace")
    return None


@pytest.mark.parametrize("base", _BASES)
def test_a_usual_address_is_its_own_absolute_form(base: str) -> None:
    addresses = _addresses(2)
    assert [absolute_url([url], base) for url in addresses] == [
        _joined_url(url, base) for url in addresses
    ]
    assert sum(map(bool, map(_USUAL_URL.fullmatch, addresses))) > 100
