"""A response of a WordPress REST interface: its posts as links, or why there are none."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from items import Hints, Link, Site
from spiders.fetching.errors import WrongFormat
from spiders.sources.wordpress_api import parse_response, posts_url

SITE = Site("ex", homepage="https://ex.org/", timezone="Asia/Damascus")


def post(**changes: Any) -> dict[str, Any]:
    return {
        "id": 7,
        "date": "2026-11-01T09:00:00",
        "date_gmt": "2026-11-01T06:00:00",
        "modified": "2026-11-01T10:00:00",
        "modified_gmt": "2026-11-01T07:00:00",
        "link": "http://www.ex.org/2026/11/%d8%ae%d8%a8%d8%b1/",
        "title": {"rendered": "قال: &#8220;نعم&#8221; &amp; <em>لا</em>"},
        "content": {"rendered": "\n<p>نص</p>\n", "protected": False},
    } | changes


def term(name: str, taxonomy: str, slug: str = "x") -> dict[str, str]:
    return {"name": name, "taxonomy": taxonomy, "slug": slug}


def links(*posts: object) -> list[Link]:
    return parse_response(200, {}, json.dumps(posts).encode(), SITE).links


def test_a_post() -> None:
    embedded = {
        "author": [{"name": "سعاد &amp; علي"}],
        "wp:term": [
            [
                term("شؤون دولية &#8211; عام", "category"),
                term("غير مصنف", "category", "uncategorized"),
            ],
            [term("النفط", "post_tag"), term("x", "post_format")],
        ],
        "wp:featuredmedia": [{"source_url": "https://ex.org/صورة.jpg"}],
    }
    [link] = links(post(_embedded=embedded))
    assert link.url == "https://ex.org/2026/11/%D8%AE%D8%A8%D8%B1"
    assert link.fetch_url == "http://www.ex.org/2026/11/%d8%ae%d8%a8%d8%b1/"
    assert link.found_by == "wordpress"
    assert link.html == "\n<p>نص</p>\n"
    assert link.hints == Hints(
        title="قال: “نعم” & لا",
        published="2026-11-01T06:00:00Z",
        modified="2026-11-01T07:00:00Z",
        author="سعاد & علي",
        sections=("شؤون دولية – عام",),
        tags=("النفط",),
        image="https://ex.org/%D8%B5%D9%88%D8%B1%D8%A9.jpg",
    )


def test_times_without_gmt_are_the_sites() -> None:
    [link] = links(post(date_gmt=None, modified_gmt="0000-00-00T00:00:00"))
    assert link.hints.published == "2026-11-01T06:00:00Z"
    assert link.hints.modified == "2026-11-01T07:00:00Z"


def test_a_protected_post_is_left_and_one_without_a_body_is_fetched() -> None:
    assert links(post(content={"rendered": "", "protected": True})) == []
    for content in ({"rendered": " \n"}, {}, None, "x"):
        assert [link.html for link in links(post(content=content))] == [None]


def test_short_links_of_plain_permalinks_stay_apart() -> None:
    parsed = links(post(link="https://ex.org/?p=7"), post(link="https://ex.org/?p=8"))
    assert [link.url for link in parsed] == ["https://ex.org/?p=7", "https://ex.org/?p=8"]


@pytest.mark.parametrize(
    "odd",
    [
        *(None, 1, "x", [], {}, {"link": 5}, {"link": "javascript:alert(1)"}),
        {"link": "https://other.org/a"},
    ],
)
def test_what_is_no_post_of_this_site_is_skipped(odd: object) -> None:
    assert [link.url[-5:] for link in links(odd, post(link="https://ex.org/good"))] == ["/good"]


@pytest.mark.parametrize(
    "changes",
    [
        {"title": None, "date": 5, "id": "x"},
        {"title": {"rendered": ["x"]}, "_embedded": []},
        {
            "_embedded": {
                "author": {"name": 1},
                "wp:term": [[None, {}], 3],
                "wp:featuredmedia": None,
            }
        },
        {"_embedded": {"author": [{"code": "rest_user_invalid_id", "name": "x"}]}},
        {"_embedded": {"wp:featuredmedia": [{"source_url": "javascript:alert(1)"}]}},
        {"id": 10**300, "date": "0001-01-01T00:00:00", "date_gmt": "9999-99-99T99:99:99"},
    ],
)
def test_odd_fields_do_no_harm(changes: dict[str, Any]) -> None:
    answer = parse_response(200, {}, json.dumps([post(**changes)]).encode(), SITE)
    assert answer.links[0].hints.author is None
    assert answer.links[0].hints.image is None
    assert answer.posts[0].id in (0, 7)
    assert answer.posts[0].local in (None, "2026-11-01T09:00:00")


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (
            401,
            '{"code":"rest_closed","message":"مغلق &amp; ممنوع"}',
            "closed (HTTP 401): مغلق & ممنوع",
        ),
        (403, "<html>Forbidden</html>", "answered 403 with an HTML page"),
        (404, '{"code":"rest_no_route"}', "closed (HTTP 404): rest_no_route"),
        (200, "<!DOCTYPE html><html>مرحبا", "answered 200 with an HTML page"),
        (200, "", "answered 200 with no JSON"),
        (200, '{"code":"x","message":"\\u001b[31mred"}', "closed (HTTP 200): [31mred"),
        (200, '"text"', "closed (HTTP 200)"),
        (400, '{"code":"rest_invalid_param","message":"orderby"}', "closed (HTTP 400): orderby"),
        (200, "[" * 100_000, "with no JSON"),
    ],
)
def test_a_closed_interface_says_why(status: int, body: str, message: str) -> None:
    with pytest.raises(WrongFormat) as caught:
        parse_response(status, {}, body.encode(), SITE)
    assert message in str(caught.value)


def test_a_page_past_the_last_is_an_end_and_no_fault() -> None:
    body = b'{"code":"rest_post_invalid_page_number","message":"x","data":{"status":400}}'
    assert parse_response(400, {}, body, SITE).posts == ()


def test_warnings_before_the_json_are_skipped() -> None:
    body = b"\xef\xbb\xbf<br />\n<b>Deprecated</b>: x in y\n" + json.dumps([post()]).encode()
    assert len(parse_response(200, {}, body, SITE).links) == 1


def test_the_number_of_pages_comes_from_the_header() -> None:
    assert parse_response(200, {"x-wp-totalpages": "12"}, b"[]", SITE).pages == 12
    assert parse_response(200, {"x-wp-totalpages": "many"}, b"[]", SITE).pages is None


def test_a_request() -> None:
    url = posts_url(
        "https://ex.org/wp-json/", modified_after="2026-11-01T06:00:00Z", exclude=(1, 2)
    )
    query = parse_qs(urlsplit(url).query)
    assert url.startswith("https://ex.org/wp-json/wp/v2/posts?per_page=100&page=1&")
    assert query["modified_after"] == ["2026-11-01T06:00:00Z"]
    assert query["exclude"] == ["1,2"]
    assert {"_links", "_embedded", "content", "modified_gmt"} <= set(query["_fields"][0].split(","))
    assert query["_embed"] == ["author,wp:term,wp:featuredmedia"]
    assert "before" not in query


def test_a_request_without_pretty_permalinks() -> None:
    url = posts_url("https://ex.org/?rest_route=/", page=2)
    assert url.startswith("https://ex.org/?rest_route=/wp/v2/posts&per_page=100&page=2&")
