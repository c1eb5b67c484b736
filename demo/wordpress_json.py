"""A post as WordPress's REST interface shows it."""

from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from typing import Any

from demo.expected import Printing
from demo.newsroom import Newsroom
from demo.wordpress_article import content

Json = dict[str, Any]


def post(room: Newsroom, one: Printing) -> Json:
    protected = one.trap == "protected"
    shown = "" if protected else content(room, one) + "\n"
    return {
        "id": one.id,
        **{name: stamp(moment) for name, moment in moments(room, one).items()},
        "guid": {"rendered": f"{room.base}/?p={one.id}"},
        "slug": one.quoted.strip("/").rpartition("/")[2].lower(),
        "status": "publish",
        "type": "post",
        "link": room.base + one.quoted,
        "title": {"rendered": texturised(("محمي: " if protected else "") + one.title)},
        "content": {"rendered": shown, "protected": protected},
        "excerpt": {"rendered": f"<p>{escape(one.paragraphs[0][:90])} [&hellip;]</p>\n"},
        "author": term_id(one.author or ""),
        "featured_media": 0 if protected else one.id + 1,
        "comment_status": "open",
        "categories": [term_id(one.section)],
        "tags": [term_id(tag) for tag in one.tags],
        "_links": {"self": [{"href": f"{room.base}/wp-json/wp/v2/posts/{one.id}"}]},
    }


def moments(room: Newsroom, one: Printing) -> dict[str, datetime]:
    zone = room.outlet.zone
    return {
        "date": one.published.astimezone(zone),
        "date_gmt": one.published.astimezone(UTC),
        "modified": one.modified.astimezone(zone),
        "modified_gmt": one.modified.astimezone(UTC),
    }


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def texturised(title: str) -> str:
    """Typographic signs as numeric entities, as wptexturize leaves them in titles."""
    return escape(title, quote=False).translate(
        {ord(sign): f"&#{ord(sign)};" for sign in "“”‘’…–—"}
    )


def term_id(name: str) -> int:
    return int(sha256(name.encode()).hexdigest()[:4], 16)


def embedded(room: Newsroom, one: Printing) -> Json:
    return {
        "author": [{"id": term_id(one.author or ""), "name": one.author or room.outlet.title}],
        "wp:featuredmedia": [{"id": one.id + 1, "source_url": f"{room.base}/images/{one.id}.jpg"}],
        "wp:term": [
            [term(room, "category", one.section)],
            [term(room, "post_tag", tag) for tag in one.tags],
        ],
    }


def term(room: Newsroom, taxonomy: str, name: str) -> Json:
    return {"id": term_id(name), "name": escape(name), "taxonomy": taxonomy}
