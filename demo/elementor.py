"""An Elementor site: a gzipped sitemap, dates only in the list below the title."""

import gzip
from html import escape

from demo.expected import Printing
from demo.feeds import Row, authors, posts, sections, sitemap_index, tags, urlset
from demo.newsroom import Newsroom, Request, Response, xml
from demo.pages import anchor, body, dates, fill, listing, others, page


def answer(room: Newsroom, request: Request) -> Response | None:
    return sitemap(room, request.path) or article(room, request.path) or lists(room, request.path)


def sitemap(room: Newsroom, path: str) -> Response | None:
    files: dict[str, list[Row]] = {
        "/sitemap-posts.xml": posts(room),
        "/sitemap-misc.xml": [
            (page, None) for page in ["/", *sections(room), *tags(room), *authors(room)]
        ],
    }
    if path == "/sitemap.xml":
        return xml(sitemap_index(room, files, ".gz"))
    rows = files.get(path.removesuffix(".gz"))
    if rows is None or not path.endswith(".gz"):
        return None
    compressed = gzip.compress(urlset(room, rows).encode(), mtime=0)
    return Response(200, compressed, {"Content-Type": "application/x-gzip"})


def article(room: Newsroom, path: str) -> Response | None:
    """An article, or its mirror with a canonical link to it."""
    mirror = next((trap.of for trap in room.outlet.traps if trap.path == path and trap.of), None)
    printing = room.at(path) or next(
        (printing for printing in room.printings() if printing.story == mirror), None
    )
    if not printing:
        return None
    content = fill("elementor/article.html", **parts(room, printing))
    robots = '<meta name="robots" content="noindex" />' if printing.trap == "noindex" else ""
    canonical = f'<link rel="canonical" href="{room.base}{printing.quoted}" />'
    return page(room, printing.title, content, head=canonical + robots, lang=printing.language)


def parts(room: Newsroom, printing: Printing) -> dict[str, str]:
    outlet, other_articles = room.outlet, others(room, printing, 4)
    return {
        "base": room.base,
        "id": str(printing.id),
        "title": escape(printing.title),
        "figure": figure(room, printing) if printing.caption else "",
        "body": body(printing.blocks)
        + (f"<p>{escape(printing.agency)}</p>" if printing.agency else ""),
        "more": anchor(other_articles[0].path, other_articles[0].title),
        "related": "\n".join(
            f"<article>{anchor(other.path, other.title)}</article>" for other in other_articles[1:]
        ),
        "section": anchor(outlet.section(printing.section), printing.section),
        "more_section": anchor(outlet.section(printing.section), f"المزيد من {printing.section}"),
        "author": anchor(outlet.by(printing.author), printing.author, 'rel="author"')
        if printing.author
        else "",
        "tags": " ".join(anchor(outlet.tag(tag), tag, 'rel="tag"') for tag in printing.tags),
        **dates(room, printing),
    }


def figure(room: Newsroom, printing: Printing) -> str:
    """The caption is in the figure, and again as a line below it."""
    return fill(
        "elementor/figure.html",
        base=room.base,
        id=str(printing.id),
        caption=escape(printing.caption or ""),
    )


def lists(room: Newsroom, path: str) -> Response | None:
    outlet, listed = room.outlet, room.listed()
    headings = {outlet.section(name): name for name in outlet.sections}
    headings |= {outlet.tag(tag): tag for printing in listed for tag in printing.tags}
    headings |= {
        outlet.by(printing.author): printing.author for printing in listed if printing.author
    }
    headings["/"] = outlet.title
    heading = headings.get(path)
    selected = [
        printing
        for printing in listed
        if path == "/" or heading in {printing.section, printing.author, *printing.tags}
    ]
    return listing(room, heading, selected, 1, lambda _: path) if heading else None
