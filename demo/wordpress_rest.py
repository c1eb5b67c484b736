"""WordPress's REST interface for posts, as its handbook and its code have it behave: what it
understands of a request, what it refuses, and a post as it shows it.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from typing import Any

from demo.expected import Printing
from demo.newsroom import Newsroom, Request, Response
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


ORDERS: dict[str, Callable[[Printing], Any]] = {
    "date": lambda one: (one.published, one.id),
    "modified": lambda one: (one.modified, one.id),
    "id": lambda one: one.id,
    "title": lambda one: one.title,
    "slug": lambda one: one.path,
}
BOUNDS = {
    "after": ("published", True),
    "before": ("published", False),
    "modified_after": ("modified", True),
    "modified_before": ("modified", False),
}


class Refused(Exception):
    """A WP_Error: its code, its message, its status."""


def number(query: Mapping[str, str], name: str, default: int, most: int | None) -> int:
    value = query.get(name, str(default))
    if value.isdecimal() and 1 <= int(value) <= (most or int(value)):
        return int(value)
    raise Refused("rest_invalid_param", f"معاملات غير صالحة: {name}", 400)


def chosen(room: Newsroom, query: Mapping[str, str]) -> list[Printing]:
    """Bounds are exclusive; a time without a zone is the site's local time."""
    order = query.get("orderby", "date")
    if order not in ORDERS:
        raise Refused("rest_invalid_param", "معاملات غير صالحة: orderby", 400)
    bounds = {name: bound(room, query, name) for name in BOUNDS}
    kept = [one for one in room.printings() if one.trap in {None, "protected"}]
    for name, (field, after) in BOUNDS.items():
        if limit := bounds[name]:
            kept = [one for one in kept if inside(getattr(one, field), limit, after=after)]
    return sorted(kept, key=ORDERS[order], reverse=query.get("order", "desc") == "desc")


def bound(room: Newsroom, query: Mapping[str, str], name: str) -> datetime | None:
    if name not in query:
        return None
    try:
        moment = datetime.fromisoformat(query[name])
    except ValueError:
        raise Refused("rest_invalid_param", f"معاملات غير صالحة: {name}", 400) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=room.outlet.zone)


def inside(moment: datetime, limit: datetime, *, after: bool) -> bool:
    return moment > limit if after else moment < limit


# Every answer says noindex; it means the interface, not the articles.
ALWAYS = {"X-Robots-Tag": "noindex", "Content-Type": "application/json; charset=UTF-8"}


def answer(room: Newsroom, request: Request) -> Response | None:
    try:
        return route(room, request)
    except Refused as refused:
        code, message, status = refused.args
        return as_json({"code": code, "message": message, "data": {"status": status}}, status)


def route(room: Newsroom, request: Request) -> Response:
    if room.outlet.rest_closed:
        raise Refused("rest_not_logged_in", "أنت غير مسجل الدخول حالياً.", 401)
    match request.path.removeprefix("/wp-json/").rstrip("/").split("/"):
        case [""]:
            return as_json(root(room))
        case ["wp", "v2", "posts"]:
            return posts(room, request.query)
        case ["wp", "v2", "posts", number] if found := room.numbered(number):
            return as_json(shaped(room, found, request.query))
        case ["wp", "v2", "categories" | "tags" as kind]:
            return as_json(terms(room, "category" if kind == "categories" else "post_tag"))
    raise Refused("rest_no_route", "لم يُعثر على مسار مطابق للرابط وطريقة الطلب.", 404)


def as_json(data: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    text = json.dumps(data, ensure_ascii=True).replace("/", "\\/")
    return Response(status, text.encode(), {**ALWAYS, **(headers or {})})


def root(room: Newsroom) -> Json:
    place = room.outlet
    return {
        "name": place.title,
        "description": place.slogan,
        "url": room.base,
        "home": room.base,
        "gmt_offset": datetime.now(place.zone).utcoffset().total_seconds() / 3600,  # type: ignore[union-attr]
        "timezone_string": place.timezone,
        "namespaces": ["oembed/1.0", "wp/v2"],
    }


def posts(room: Newsroom, query: Mapping[str, str]) -> Response:
    found = chosen(room, query)
    size, page = number(query, "per_page", 10, 100), number(query, "page", 1, None)
    pages = -(-len(found) // size)
    if page > 1 and page > pages:
        message = "رقم الصفحة المطلوب أكبر من عدد الصفحات المتاحة."
        raise Refused("rest_post_invalid_page_number", message, 400)
    shown = found[(page - 1) * size : page * size]
    headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}
    return as_json([shaped(room, one, query) for one in shown], 200, headers)


def shaped(room: Newsroom, one: Printing, query: Mapping[str, str]) -> Json:
    """`_fields` first, then `_embed`, which needs the links that `_fields` may have taken out."""
    wanted = query.get("_fields")
    data = post(room, one)
    if wanted:
        data = only(data, [field.strip() for field in wanted.split(",")])
    if "_embed" in query and "_links" in data:
        data["_embedded"] = embedded(room, one)
    return data


def only(data: Json, fields: list[str]) -> Json:
    """`title` or `title.rendered`."""
    kept: Json = {}
    for field in fields:
        head, _, rest = field.partition(".")
        if head in data and not rest:
            kept[head] = data[head]
        elif head in data and isinstance(data[head], dict) and rest in data[head]:
            kept.setdefault(head, {})[rest] = data[head][rest]
    return kept


def terms(room: Newsroom, taxonomy: str) -> list[Json]:
    tags = {tag for one in room.printings() for tag in one.tags}
    names = room.outlet.sections if taxonomy == "category" else sorted(tags)
    return [term(room, taxonomy, name) for name in names]
