"""The demo's WordPress sites without the crawler: feed, REST interface, short links."""

import json
import urllib.request
from collections.abc import Iterator
from datetime import timedelta

import pytest
from demo_world import get
from lxml import html

from demo.expected import articles, printings
from demo.newsroom import Newsroom
from demo.server import serve

Rooms = dict[str, Newsroom]


@pytest.fixture
def rooms() -> Iterator[Rooms]:
    with serve() as running:
        yield running


def posts(room: Newsroom, query: str = "") -> list[dict[str, object]]:
    response: list[dict[str, object]] = json.loads(get(room, f"/wp-json/wp/v2/posts?{query}")[2])
    return response


def test_a_feed_answers_304_to_its_own_validators_until_it_changes(rooms: Rooms) -> None:
    room = rooms["waha"]
    _, headers, _ = get(room, "/feed/")
    assert get(room, "/feed/", If_None_Match=headers["ETag"])[0] == 304
    assert get(room, "/feed/", If_Modified_Since=headers["Last-Modified"])[0] == 304
    stale = "Mon, 06 Oct 2025 00:00:00 GMT"
    assert get(room, "/feed/", If_Modified_Since=stale)[0] == 200
    first = articles("waha")[-1]
    room.edit(first.path, title="عنوان معدل", modified=first.modified + timedelta(hours=1))
    assert get(room, "/feed/", If_None_Match=headers["ETag"])[0] == 200


def test_rest_paginates_as_wordpress_does(rooms: Rooms) -> None:
    room = rooms["waha"]
    _, headers, _ = get(room, "/wp-json/wp/v2/posts?per_page=4")
    assert headers["X-WP-Total"] == str(len(printings("waha")))
    assert headers["X-WP-TotalPages"] == "4"
    assert headers["X-Robots-Tag"] == "noindex"
    ids = [post["id"] for page in "1234" for post in posts(room, f"per_page=4&page={page}")]
    assert ids == [printing.id for printing in reversed(printings("waha"))]
    status, _, body = get(room, "/wp-json/wp/v2/posts?per_page=4&page=5")
    assert (status, json.loads(body)["code"]) == (400, "rest_post_invalid_page_number")
    assert get(room, "/wp-json/wp/v2/posts?per_page=101")[0] == 400


def test_rest_bounds_are_exclusive_and_local_without_a_zone(rooms: Rooms) -> None:
    room, (first, second, *_) = rooms["waha"], printings("waha")
    bound = first.modified.isoformat().replace("+00:00", "Z")
    after = posts(room, f"modified_after={bound}&orderby=modified&order=asc")
    assert after[0]["id"] == second.id
    local = first.modified.astimezone(room.outlet.zone).replace(tzinfo=None).isoformat()
    assert posts(room, f"modified_after={local}&orderby=modified&order=asc") == after
    assert [
        post["id"] for post in posts(room, f"before={second.published:%Y-%m-%dT%H:%M:%SZ}")
    ] == [first.id]


def test_rest_titles_have_entities_and_protected_posts_no_body(rooms: Rooms) -> None:
    response = posts(rooms["waha"], "per_page=100&_fields=id,title,content,_links&_embed=1")
    titles = [str(post["title"]) for post in response]
    assert any("&#8220;" in title for title in titles)
    assert any("&amp;" in title for title in titles)
    protected = [post for post in response if post["content"]["protected"]]  # type: ignore[index]
    assert [post["content"]["rendered"] for post in protected] == [""]  # type: ignore[index]
    assert all("wp:term" in post["_embedded"] for post in response)  # type: ignore[operator]
    assert "_embedded" not in posts(rooms["waha"], "_fields=id,title&_embed=1")[0]


def test_closed_rest_answers_401(rooms: Rooms) -> None:
    assert get(rooms["daftar"], "/wp-json/wp/v2/posts")[0] == 401


def test_short_links_campaigns_and_amp_lead_to_the_same_article(rooms: Rooms) -> None:
    room, printing = rooms["waha"], articles("waha")[0]
    with urllib.request.urlopen(f"{room.base}/?p={printing.id}") as answer:
        assert answer.url == room.base + printing.quoted
        page = answer.read()
    assert get(room, printing.path + "?utm_source=x")[2] == page
    amp = html.fromstring(get(room, printing.path + "amp/")[2])
    assert amp.xpath("//link[@rel='canonical']/@href") == [room.base + printing.quoted]
