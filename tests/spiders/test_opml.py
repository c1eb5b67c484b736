"""OPML in and out: what feed readers write, and what is made to do harm."""

import pytest
from line_counter import bounded_cpu

from items import Site
from spiders.fetching.errors import WrongFormat
from spiders.opml import Subscription, opml_text, parse_opml


def opml(*outlines: str) -> bytes:
    return (
        f'<?xml version="1.0"?><opml version="2.0"><body>{"".join(outlines)}</body></opml>'.encode()
    )


def test_each_site_once_with_all_its_feeds() -> None:
    found = parse_opml(
        opml(
            '<outline text="أخبار"><outline type="rss" xmlUrl="https://ex.org/feed" htmlUrl="https://ex.org/"/>',
            '<outline XMLURL=" https://ex.org/sport?a=1&amp;b=2 " htmlUrl="https://www.ex.org/"/></outline>',
            '<outline xmlUrl="https://feeds.river.example/all"/>',
            '<outline type="link" htmlUrl="https://sana.sy/"/><outline text="فارغ"/>',
        )
    )
    assert found == [
        Subscription(
            "ex", "https://ex.org/", ("https://ex.org/feed", "https://ex.org/sport?a=1&b=2")
        ),
        Subscription(
            "feeds_river",
            "https://feeds.river.example/all",
            ("https://feeds.river.example/all",),
        ),
        Subscription("sana", "https://sana.sy/"),
    ]


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "file:///etc/passwd", "http://[", "//ex.org/", "x" * 9_000, ""],
)
def test_other_addresses_are_left_out(address: str) -> None:
    assert parse_opml(opml(f'<outline xmlUrl="{address}" htmlUrl="{address}"/>')) == []


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"<html><body>x</body></html>", b"<rss/>", b" " * (5 << 20)]
)
def test_what_is_no_opml_is_refused(body: bytes) -> None:
    with pytest.raises(WrongFormat, match="OPML"):
        parse_opml(body)


def test_entities_and_depth_do_no_harm() -> None:
    laughs = b'<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + opml(
        '<outline xmlUrl="https://ex.org/&a;"/>'
    )
    with bounded_cpu():
        assert all("root" not in site.url for site in parse_opml(laughs))
        parse_opml(b"<opml><body>" + b"<outline text='x'>" * 200_000)
        many = opml(*(f'<outline xmlUrl="https://s{n}.example/f"/>' for n in range(20_000)))
        assert len(parse_opml(many)) == 2_000


def test_what_is_written_is_read() -> None:
    sites = [
        Site(
            "a",
            "https://a.example/",
            title='"النهر" <b>&\x1b',
            feeds=("https://a.example/f?x=1&y=2",),
        ),
        Site("b", "https://b.example/"),
    ]
    text = opml_text(sites)
    assert "\x1b" not in text
    assert parse_opml(text.encode()) == [
        Subscription("a", "https://a.example/", ("https://a.example/f?x=1&y=2",)),
        Subscription("b", "https://b.example/"),
    ]


def test_two_hosts_with_one_short_name_are_two_sites() -> None:
    found = parse_opml(
        opml(*(f'<outline xmlUrl="https://{host}/f"/>' for host in ("river.org", "river.com")))
    )
    assert [site.name for site in found] == ["river", "river_com"]
