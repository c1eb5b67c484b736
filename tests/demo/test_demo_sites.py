"""The demo's sites without the crawler: they serve what the real systems serve."""

import gzip
import urllib.request
from calendar import timegm
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

import feedparser
import pytest
from demo_world import get
from lxml import etree, html

from demo.expected import articles, everything, printings
from demo.newsroom import Newsroom
from demo.outlets import outlets
from demo.server import serve
from demo.site_files import choose_ports, write_site_files
from demo.stories import stories
from spiders.site_files import read_site

Rooms = dict[str, Newsroom]


@pytest.fixture
def rooms() -> Iterator[Rooms]:
    with serve() as running:
        yield running


def test_only_wire_stories_have_the_same_text() -> None:
    assert len(outlets()) == 6
    assert len(list(everything())) >= 60
    bodies = {printing.paragraphs for printing in everything()}
    wired = [printing for printing in everything() if printing.same]
    copies = len(wired) - len({printing.story for printing in wired})
    # One of them differs in spelling only.
    assert len(bodies) == len(list(everything())) - copies + 1
    assert copies == 8


def test_a_wire_story_is_carried_by_two_sites_or_more() -> None:
    wire = [story for story in stories() if len(story.on) > 1]
    assert [story.slug for story in wire if not story.agency] == []
    assert max(len(story.on) for story in wire) == 5


@pytest.mark.parametrize("name", [outlet.name for outlet in outlets()])
def test_every_article_is_complete_on_its_page(rooms: Rooms, name: str) -> None:
    room = rooms[name]
    for printing in articles(name):
        status, _, body = get(room, printing.path)
        text = body.decode(room.outlet.charset)
        visible = " ".join(str(html.fromstring(text).xpath("string()")).split())
        assert status == 200
        assert printing.title in visible or name == "maraya"
        assert [line for line in printing.paragraphs if " ".join(line.split()) not in visible] == []


@pytest.mark.parametrize("name", [outlet.name for outlet in outlets()])
def test_every_article_can_be_reached_from_the_front_page(rooms: Rooms, name: str) -> None:
    room, seen, queue = rooms[name], set[str](), [rooms[name].base + "/"]
    while queue:
        url = queue.pop()
        with urllib.request.urlopen(url) as answer:
            tree = html.fromstring(answer.read().decode(room.outlet.charset))
        hrefs = [anchor.get("href") or "" for anchor in tree.iter("a")]
        links = {urljoin(url, href).partition("?utm")[0] for href in hrefs}
        lists = ("/page/", "?page=", "&page=", "/section", "/s/", "/category/")
        unseen = {link for link in links if any(path in link for path in lists)} - seen
        seen |= links | unseen
        queue += sorted(link for link in unseen if link.startswith(room.base))
    expected = {room.base + printing.quoted for printing in articles(name)}
    assert expected - seen == set()


def test_feeds_are_well_formed_and_begin_with_the_newest_article(rooms: Rooms) -> None:
    for name, target in (("waha", "/feed/"), ("mizan", "/rss.xml"), ("maraya", "/atom.xml")):
        parsed = feedparser.parse(get(rooms[name], target)[2])
        newest = articles(name)[-1]
        assert not parsed.bozo
        assert parsed.entries[0].title == newest.title
        assert parsed.entries[0].link == rooms[name].base + newest.quoted
        stamp = timegm(parsed.entries[0].published_parsed)
        assert datetime.fromtimestamp(stamp, UTC) == newest.published


def test_sitemaps_list_articles_among_other_pages(rooms: Rooms) -> None:
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    for name, index in (("waha", "/sitemap_index.xml"), ("sanabel", "/sitemap.xml")):
        room, urls = rooms[name], set[str]()
        for location in etree.fromstring(get(room, index)[2]).findall(".//s:loc", spaces):
            body = get(room, str(location.text).removeprefix(room.base))[2]
            body = gzip.decompress(body) if str(location.text).endswith(".gz") else body
            urls |= {str(loc.text) for loc in etree.fromstring(body).findall(".//s:loc", spaces)}
        expected = {room.base + printing.quoted for printing in articles(name)}
        assert expected < urls
        assert len(urls) > len(expected) + 10


def test_the_old_site_is_undeclared_windows_1256(rooms: Rooms) -> None:
    _, headers, body = get(rooms["barid"], articles("barid")[0].path)
    assert headers["Content-Type"] == "text/html"
    assert b"charset" not in body
    with pytest.raises(UnicodeDecodeError):
        body.decode()


def test_traps_are_served(rooms: Rooms) -> None:
    sanabel = rooms["sanabel"]
    noindex = next(printing for printing in printings("sanabel") if printing.trap == "noindex")
    assert b'content="noindex"' in get(sanabel, noindex.path)[2]
    disallowed = next(
        printing for printing in printings("sanabel") if printing.trap == "disallowed"
    )
    assert f"Disallow: {disallowed.path}" in get(sanabel, "/robots.txt")[2].decode()
    mirror = next(trap for trap in sanabel.outlet.traps if trap.kind == "mirror")
    page = html.fromstring(get(sanabel, mirror.path)[2])
    assert page.xpath("//link[@rel='canonical']/@href") == [
        f"{sanabel.base}/2025/10/night-train-returns/"
    ]
    assert get(sanabel, "/2025/09/lost/")[0] == 200
    assert get(rooms["daftar"], "/deleted-post/")[0] == 404
    assert get(rooms["daftar"], "/no-such-page/")[0] == 404


def test_requests_are_counted_and_edits_are_visible_at_once(rooms: Rooms) -> None:
    room, printing = rooms["mizan"], articles("mizan")[0]
    get(room, printing.path)
    get(room, "/?page=1")
    assert room.request_counts() == {printing.path: 1, "/?page=1": 1}
    assert room.article_requests() == 1
    room.edit(printing.path, title="عنوان آخر", modified=printing.modified)
    assert "عنوان آخر" in get(room, printing.path)[2].decode()
    now = datetime(2025, 11, 5, tzinfo=UTC)
    new_article = replace(printing, id=9999, path="/node/9999", title="خبر جديد", published=now)
    room.publish(new_article)
    assert "خبر جديد" in get(room, "/")[2].decode()


def test_site_files_are_valid(rooms: Rooms, tmp_path: Path) -> None:
    files = write_site_files(rooms.values(), tmp_path)
    sites = {file.stem: read_site(file) for file in files}
    assert sites["waha"].wordpress == rooms["waha"].base + "/wp-json/"
    assert sites["barid"].sections[0] == rooms["barid"].base + "/section.php?id=1"
    assert all(site.allow_private for site in sites.values())
    assert sites["sanabel"].family.name == "elementor"


def test_a_data_folder_keeps_its_ports(tmp_path: Path) -> None:
    with serve(["waha", "mizan"]) as running:
        ports_in_use = {name: int(room.base.rpartition(":")[2]) for name, room in running.items()}
        write_site_files(running.values(), tmp_path)
        with pytest.raises(Exception, match=f"port {ports_in_use['mizan']}.* is in use"):
            choose_ports(tmp_path)
    ports = choose_ports(tmp_path, ports_in_use["waha"] - 1)
    assert {name: ports[name] for name in ports_in_use} == ports_in_use
