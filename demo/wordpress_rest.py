"""WordPress's REST interface for posts, as its handbook and its code have it behave."""

import json
from collections.abc import Mapping
from datetime import datetime

from demo.exchange import Request, Response
from demo.expected import Printing
from demo.newsroom import Newsroom
from demo.wordpress_json import Json, embedded, post, term
from demo.wordpress_query import Refused, chosen, number

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
