"""WordPress's REST interface for posts, as its handbook and its code define it: query parameters,
errors, and posts as JSON.
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


def post(room: Newsroom, printing: Printing) -> Json:
    protected = printing.trap == "protected"
    rendered = "" if protected else content(room, printing) + "\n"
    return {
        "id": printing.id,
        **{name: stamp(moment) for name, moment in moments(room, printing).items()},
        "guid": {"rendered": f"{room.base}/?p={printing.id}"},
        "slug": printing.quoted.strip("/").rpartition("/")[2].lower(),
        "status": "publish",
        "type": "post",
        "link": room.base + printing.quoted,
        "title": {"rendered": texturised(("محمي: " if protected else "") + printing.title)},
        "content": {"rendered": rendered, "protected": protected},
        "excerpt": {"rendered": f"<p>{escape(printing.paragraphs[0][:90])} [&hellip;]</p>\n"},
        "author": term_id(printing.author or ""),
        "featured_media": 0 if protected else printing.id + 1,
        "comment_status": "open",
        "categories": [term_id(printing.section)],
        "tags": [term_id(tag) for tag in printing.tags],
        "_links": {"self": [{"href": f"{room.base}/wp-json/wp/v2/posts/{printing.id}"}]},
    }


def moments(room: Newsroom, printing: Printing) -> dict[str, datetime]:
    zone = room.outlet.zone
    return {
        "date": printing.published.astimezone(zone),
        "date_gmt": printing.published.astimezone(UTC),
        "modified": printing.modified.astimezone(zone),
        "modified_gmt": printing.modified.astimezone(UTC),
    }


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def texturised(title: str) -> str:
    """Typographic punctuation as numeric entities, as wptexturize leaves it in titles."""
    return escape(title, quote=False).translate(
        {ord(sign): f"&#{ord(sign)};" for sign in "“”‘’…–—"}
    )


def term_id(name: str) -> int:
    return int(sha256(name.encode()).hexdigest()[:4], 16)


def embedded(room: Newsroom, printing: Printing) -> Json:
    return {
        "author": [
            {"id": term_id(printing.author or ""), "name": printing.author or room.outlet.title}
        ],
        "wp:featuredmedia": [
            {"id": printing.id + 1, "source_url": f"{room.base}/images/{printing.id}.jpg"}
        ],
        "wp:term": [
            [term(room, "category", printing.section)],
            [term(room, "post_tag", tag) for tag in printing.tags],
        ],
    }


def term(room: Newsroom, taxonomy: str, name: str) -> Json:
    return {"id": term_id(name), "name": escape(name), "taxonomy": taxonomy}


ORDERS: dict[str, Callable[[Printing], Any]] = {
    "date": lambda printing: (printing.published, printing.id),
    "modified": lambda printing: (printing.modified, printing.id),
    "id": lambda printing: printing.id,
    "title": lambda printing: printing.title,
    "slug": lambda printing: printing.path,
}
BOUNDS = {
    "after": ("published", True),
    "before": ("published", False),
    "modified_after": ("modified", True),
    "modified_before": ("modified", False),
}


class RestError(Exception):
    """A WP_Error; the arguments are code, message and status."""


def number(query: Mapping[str, str], name: str, default: int, highest: int | None) -> int:
    value = query.get(name, str(default))
    if value.isdecimal() and 1 <= int(value) <= (highest or int(value)):
        return int(value)
    raise RestError("rest_invalid_param", f"معاملات غير صالحة: {name}", 400)


def select_posts(room: Newsroom, query: Mapping[str, str]) -> list[Printing]:
    """Bounds are exclusive; a time without a zone is the site's local time."""
    order = query.get("orderby", "date")
    if order not in ORDERS:
        raise RestError("rest_invalid_param", "معاملات غير صالحة: orderby", 400)
    bounds = {name: bound(room, query, name) for name in BOUNDS}
    selected = [printing for printing in room.printings() if printing.trap in {None, "protected"}]
    for name, (field, after) in BOUNDS.items():
        if limit := bounds[name]:
            selected = [
                printing
                for printing in selected
                if is_within(getattr(printing, field), limit, after=after)
            ]
    return sorted(selected, key=ORDERS[order], reverse=query.get("order", "desc") == "desc")


def bound(room: Newsroom, query: Mapping[str, str], name: str) -> datetime | None:
    if name not in query:
        return None
    try:
        moment = datetime.fromisoformat(query[name])
    except ValueError:
        raise RestError("rest_invalid_param", f"معاملات غير صالحة: {name}", 400) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=room.outlet.zone)


def is_within(moment: datetime, limit: datetime, *, after: bool) -> bool:
    return moment > limit if after else moment < limit


# WordPress sends noindex with every response of the interface; it does not apply to the articles.
HEADERS = {"X-Robots-Tag": "noindex", "Content-Type": "application/json; charset=UTF-8"}


def answer(room: Newsroom, request: Request) -> Response | None:
    try:
        return route(room, request)
    except RestError as error:
        code, message, status = error.args
        return as_json({"code": code, "message": message, "data": {"status": status}}, status)


def route(room: Newsroom, request: Request) -> Response:
    if room.outlet.rest_closed:
        raise RestError("rest_not_logged_in", "أنت غير مسجل الدخول حالياً.", 401)
    match request.path.removeprefix("/wp-json/").rstrip("/").split("/"):
        case [""]:
            return as_json(root(room))
        case ["wp", "v2", "posts"]:
            return posts(room, request.query)
        case ["wp", "v2", "posts", number] if printing := room.numbered(number):
            return as_json(post_response(room, printing, request.query))
        case ["wp", "v2", "categories" | "tags" as kind]:
            return as_json(terms(room, "category" if kind == "categories" else "post_tag"))
    raise RestError("rest_no_route", "لم يُعثر على مسار مطابق للرابط وطريقة الطلب.", 404)


def as_json(data: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    text = json.dumps(data, ensure_ascii=True).replace("/", "\\/")
    return Response(status, text.encode(), {**HEADERS, **(headers or {})})


def root(room: Newsroom) -> Json:
    outlet = room.outlet
    return {
        "name": outlet.title,
        "description": outlet.slogan,
        "url": room.base,
        "home": room.base,
        "gmt_offset": datetime.now(outlet.zone).utcoffset().total_seconds() / 3600,  # type: ignore[union-attr]
        "timezone_string": outlet.timezone,
        "namespaces": ["oembed/1.0", "wp/v2"],
    }


def posts(room: Newsroom, query: Mapping[str, str]) -> Response:
    selected = select_posts(room, query)
    size, page = number(query, "per_page", 10, 100), number(query, "page", 1, None)
    pages = -(-len(selected) // size)
    if page > 1 and page > pages:
        message = "رقم الصفحة المطلوب أكبر من عدد الصفحات المتاحة."
        raise RestError("rest_post_invalid_page_number", message, 400)
    page_items = selected[(page - 1) * size : page * size]
    headers = {"X-WP-Total": str(len(selected)), "X-WP-TotalPages": str(pages)}
    return as_json([post_response(room, printing, query) for printing in page_items], 200, headers)


def post_response(room: Newsroom, printing: Printing, query: Mapping[str, str]) -> Json:
    """Apply `_fields`, then `_embed`, which needs the links that `_fields` may have removed."""
    fields = query.get("_fields")
    data = post(room, printing)
    if fields:
        data = select_fields(data, [field.strip() for field in fields.split(",")])
    if "_embed" in query and "_links" in data:
        data["_embedded"] = embedded(room, printing)
    return data


def select_fields(data: Json, fields: list[str]) -> Json:
    """`fields` are names such as `title` or `title.rendered`."""
    selected: Json = {}
    for field in fields:
        head, _, rest = field.partition(".")
        if head in data and not rest:
            selected[head] = data[head]
        elif head in data and isinstance(data[head], dict) and rest in data[head]:
            selected.setdefault(head, {})[rest] = data[head][rest]
    return selected


def terms(room: Newsroom, taxonomy: str) -> list[Json]:
    tags = {tag for printing in room.printings() for tag in printing.tags}
    names = room.outlet.sections if taxonomy == "category" else sorted(tags)
    return [term(room, taxonomy, name) for name in names]
