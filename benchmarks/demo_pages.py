"""The demo's six sites with as many articles each as a measurement needs, without a server."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from demo.exchange import Request
from demo.newsroom import Newsroom
from demo.outlets import Outlet, outlets
from demo.server import respond
from demo.truth import Printing, articles, everything
from items import Page

_NOW = "2026-11-01T06:00:00Z"


def demo_pages(count: int) -> Iterator[tuple[str, list[Page]]]:
    """Each site's name and pages: its own articles, then those of the others in its dress."""
    for place in outlets():
        room = Newsroom(place, ())
        room.base = f"http://{place.name}.example"
        published = [room.publish(printing) for printing in made_up(place, count)]
        yield place.name, [page for one in published if (page := _page(room, one))]


def _page(room: Newsroom, printing: Printing) -> Page | None:
    charset, url = room.outlet.charset, room.base + printing.quoted
    try:
        body = respond(room, Request.read(printing.quoted, {})).body
    except UnicodeEncodeError:  # the old site's charset has not all letters
        return None
    return Page(url, url, body, _NOW, None if charset == "utf-8" else charset)


def made_up(place: Outlet, count: int) -> Iterator[Printing]:
    chance, own = random.Random(place.name), articles(place.name)
    yield from own[:count]
    others = [story for story in everything() if story.site != place.name]
    chance.shuffle(others)
    for number, story in enumerate(others[: max(0, count - len(own))], 9001):
        host = own[number % len(own)]
        yield replace(
            story,
            site=place.name,
            id=number,
            path=_path(host, number),
            section=chance.choice(list(place.sections)),
            source=host.source,
            published=host.published + timedelta(hours=number - 9000),
            modified=host.modified + timedelta(hours=number - 9000),
        )


def _path(host: Printing, number: int) -> str:
    if str(host.id) in host.path:
        return host.path.replace(str(host.id), str(number))
    return f"{host.path.rstrip('/')}-{number}" + "/" * host.path.endswith("/")
