"""A WordPress site: permalinks, short links, AMP pages, lists, feed, sitemaps and REST interface."""

import re

from demo import wordpress_article, wordpress_rest
from demo.expected import Printing
from demo.feeds import rss, yoast
from demo.newsroom import Newsroom, Request, Response, conditional, html, moved, xml
from demo.pages import fill, listing, page


def answer(room: Newsroom, request: Request) -> Response | None:
    if request.path == "/" and "p" in request.query:
        printing = room.numbered(request.query["p"])
        return moved(room.base + printing.quoted) if printing else None
    if request.path.startswith("/wp-json/"):
        return wordpress_rest.answer(room, request)
    if request.path == "/feed/":
        return conditional(request, xml(rss(room), "application/rss+xml"), room.modified())
    return sitemap(room, request) or article(room, request.path) or lists(room, request.path)


def sitemap(room: Newsroom, request: Request) -> Response | None:
    text = yoast(room).get(request.path)
    return xml(text) if text else None


def article(room: Newsroom, path: str) -> Response | None:
    if path.endswith("/amp/") and (printing := room.at(path.removesuffix("amp/"))):
        return html(wordpress_article.amp(room, printing))
    printing = room.at(path)
    return wordpress_article.answer(room, printing) if printing else None


def lists(room: Newsroom, path: str) -> Response | None:
    """The front page, sections, tags and authors, all with `page/N/`."""
    match = re.fullmatch(r"(/.*?)(?:page/(\d+)/)?", path)
    first_page, number = (match[1], int(match[2] or 1)) if match else (path, 1)
    if first_page == "/sample-page/":
        title = "صفحة مثال"
        return page(room, title, fill("traps/sample.html", base=room.base, title=title))
    heading, listed = select_list(room, first_page)
    if not listed:
        return None

    def page_url(number: int) -> str:
        return room.base + first_page + (f"page/{number}/" if number > 1 else "")

    return listing(room, heading, listed, number, page_url)


def select_list(room: Newsroom, path: str) -> tuple[str, list[Printing]]:
    """The heading and the items of the list at this path."""
    outlet, listed = room.outlet, room.listed()
    if path == "/":
        return outlet.title, listed
    for printing in listed:
        if path == outlet.section(printing.section):
            return printing.section, [
                other for other in listed if other.section == printing.section
            ]
        if path == outlet.by(printing.author or outlet.title):
            return printing.author or outlet.title, [
                other for other in listed if other.author == printing.author
            ]
        for tag in printing.tags:
            if path == outlet.tag(tag):
                return tag, [other for other in listed if tag in other.tags]
    return "", []
