"""Sitemap indexes and their files: path → XML. Articles stand among pages that are none."""

from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import escape

from demo.newsroom import Newsroom
from demo.render import href

SCHEMA = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
Row = tuple[str, datetime | None]


def yoast(room: Newsroom) -> dict[str, str]:
    """As WordPress's commonest plugin writes them."""
    if not room.outlet.announced:
        return {}
    files: dict[str, list[Row]] = {
        "/post-sitemap.xml": posts(room),
        "/page-sitemap.xml": [("/sample-page/", None), ("/", None)],
        "/category-sitemap.xml": [(path, None) for path in sections(room)],
        "/post_tag-sitemap.xml": [(path, None) for path in tags(room)],
        "/author-sitemap.xml": [(path, None) for path in authors(room)],
    }
    index = {"/sitemap_index.xml": sitemap_index(room, files)}
    return index | {path: urlset(room, rows) for path, rows in files.items()}


def sitemap_index(room: Newsroom, files: Iterable[str], ending: str = "") -> str:
    stamp = room.modified().isoformat()
    rows = "".join(
        f"<sitemap><loc>{room.base}{path}{ending}</loc><lastmod>{stamp}</lastmod></sitemap>\n"
        for path in files
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex {SCHEMA}>\n{rows}</sitemapindex>\n'
    )


def urlset(room: Newsroom, rows: Iterable[Row]) -> str:
    urls = "".join(f"<url>{row(room, path, stamp)}</url>\n" for path, stamp in rows)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {SCHEMA}>\n{urls}</urlset>\n'


def row(room: Newsroom, path: str, stamp: datetime | None) -> str:
    when = f"<lastmod>{stamp.isoformat()}</lastmod>" if stamp else ""
    return f"<loc>{escape(room.base + href(path))}</loc>{when}"


def posts(room: Newsroom) -> list[Row]:
    traps: list[Row] = [(trap.path, None) for trap in room.outlet.traps]
    return [(one.path, one.modified) for one in room.listed()] + traps


def sections(room: Newsroom) -> list[str]:
    return [room.outlet.section(name) for name in room.outlet.sections]


def tags(room: Newsroom) -> list[str]:
    return sorted({room.outlet.tag(tag) for one in room.listed() for tag in one.tags})


def authors(room: Newsroom) -> list[str]:
    return sorted({room.outlet.by(one.author) for one in room.listed() if one.author})
