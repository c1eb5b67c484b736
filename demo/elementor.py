"""A site built with Elementor: found through its gzipped sitemap, dated by bullets alone."""

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
    packed = gzip.compress(urlset(room, rows).encode(), mtime=0)
    return Response(200, packed, {"Content-Type": "application/x-gzip"})


def article(room: Newsroom, path: str) -> Response | None:
    """An article, or a second address of one that says where the first is."""
    mirror = next((one.of for one in room.outlet.traps if one.path == path and one.of), None)
    found = room.at(path) or next((one for one in room.printings() if one.story == mirror), None)
    if not found:
        return None
    content = fill("elementor/article.html", **parts(room, found))
    robots = '<meta name="robots" content="noindex" />' if found.trap == "noindex" else ""
    canonical = f'<link rel="canonical" href="{room.base}{found.quoted}" />'
    return page(room, found.title, content, head=canonical + robots, lang=found.language)


def parts(room: Newsroom, one: Printing) -> dict[str, str]:
    place, near = room.outlet, others(room, one, 4)
    return {
        "base": room.base,
        "id": str(one.id),
        "title": escape(one.title),
        "figure": figure(room, one) if one.caption else "",
        "body": body(one.blocks) + (f"<p>{escape(one.agency)}</p>" if one.agency else ""),
        "more": anchor(near[0].path, near[0].title),
        "related": "\n".join(
            f"<article>{anchor(two.path, two.title)}</article>" for two in near[1:]
        ),
        "section": anchor(place.section(one.section), one.section),
        "more_section": anchor(place.section(one.section), f"المزيد من {one.section}"),
        "author": anchor(place.by(one.author), one.author, 'rel="author"') if one.author else "",
        "tags": " ".join(anchor(place.tag(tag), tag, 'rel="tag"') for tag in one.tags),
        **dates(room, one),
    }


def figure(room: Newsroom, one: Printing) -> str:
    """The caption stands in the figure, and once more as the line below it."""
    return fill(
        "elementor/figure.html", base=room.base, id=str(one.id), caption=escape(one.caption or "")
    )


def lists(room: Newsroom, path: str) -> Response | None:
    place, listed = room.outlet, room.listed()
    named = {place.section(name): name for name in place.sections}
    named |= {place.tag(tag): tag for one in listed for tag in one.tags}
    named |= {place.by(one.author): one.author for one in listed if one.author}
    named["/"] = place.title
    heading = named.get(path)
    found = [
        one for one in listed if path == "/" or heading in {one.section, one.author, *one.tags}
    ]
    return listing(room, heading, found, 1, lambda _: path) if heading else None
