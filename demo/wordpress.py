"""WordPress as its visitors see it: permalinks, short links, AMP, lists, feed, sitemaps, REST."""

import re

from demo import wordpress_article, wordpress_rest
from demo.expected import Printing
from demo.feeds import rss, yoast
from demo.newsroom import Newsroom, Request, Response, conditional, html, moved, xml
from demo.pages import fill, listing, page


def answer(room: Newsroom, request: Request) -> Response | None:
    if request.path == "/" and "p" in request.query:
        found = room.numbered(request.query["p"])
        return moved(room.base + found.quoted) if found else None
    if request.path.startswith("/wp-json/"):
        return wordpress_rest.answer(room, request)
    if request.path == "/feed/":
        return conditional(request, xml(rss(room), "application/rss+xml"), room.modified())
    return sitemap(room, request) or article(room, request.path) or lists(room, request.path)


def sitemap(room: Newsroom, request: Request) -> Response | None:
    found = yoast(room).get(request.path)
    return xml(found) if found else None


def article(room: Newsroom, path: str) -> Response | None:
    if path.endswith("/amp/") and (found := room.at(path.removesuffix("amp/"))):
        return html(wordpress_article.amp(room, found))
    found = room.at(path)
    return wordpress_article.answer(room, found) if found else None


def lists(room: Newsroom, path: str) -> Response | None:
    """The front page, sections, tags and authors, all with `page/N/`."""
    turned = re.fullmatch(r"(/.*?)(?:page/(\d+)/)?", path)
    here, number = (turned[1], int(turned[2] or 1)) if turned else (path, 1)
    if here == "/sample-page/":
        title = "صفحة مثال"
        return page(room, title, fill("traps/sample.html", base=room.base, title=title))
    heading, found = chosen(room, here)
    if not found:
        return None

    def turn(other: int) -> str:
        return room.base + here + (f"page/{other}/" if other > 1 else "")

    return listing(room, heading, found, number, turn)


def chosen(room: Newsroom, here: str) -> tuple[str, list[Printing]]:
    """The heading of the list at this path, and what stands in it."""
    place, listed = room.outlet, room.listed()
    if here == "/":
        return place.title, listed
    for one in listed:
        if here == place.section(one.section):
            return one.section, [other for other in listed if other.section == one.section]
        if here == place.by(one.author or place.title):
            return one.author or place.title, [o for o in listed if o.author == one.author]
        for tag in one.tags:
            if here == place.tag(tag):
                return tag, [other for other in listed if tag in other.tags]
    return "", []
