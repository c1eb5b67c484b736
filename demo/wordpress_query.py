"""What WordPress's REST interface understands of a request for posts, and what it refuses."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from demo.expected import Printing
from demo.newsroom import Newsroom

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
