"""RSS 2.0, Atom and sitemaps, as the systems write them. Articles stand among pages that are none."""

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from demo.expected import Printing
from demo.newsroom import Newsroom
from demo.outlets import Trap
from demo.pages import body, href

SHOWN = 10


def rss(room: Newsroom, *, shown: int = SHOWN) -> str:
    """WordPress's: links carry a campaign where the outlet's feed does, guids are short links."""
    place = room.outlet
    items = [rss_item(room, one) for one in room.listed()[:shown]]
    items += [trap_item(room, trap) for trap in place.traps]
    return f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
\txmlns:content="http://purl.org/rss/1.0/modules/content/"
\txmlns:dc="http://purl.org/dc/elements/1.1/"
\txmlns:atom="http://www.w3.org/2005/Atom">
<channel>
\t<title>{escape(place.title)}</title>
\t<atom:link href="{room.base}/feed/" rel="self" type="application/rss+xml" />
\t<link>{room.base}</link>
\t<description>{escape(place.slogan)}</description>
\t<lastBuildDate>{format_datetime(room.modified())}</lastBuildDate>
\t<language>ar</language>
{"".join(items)}</channel>
</rss>
"""


def rss_item(room: Newsroom, one: Printing) -> str:
    link = room.base + one.quoted + room.outlet.campaign
    marks = [one.section, *one.tags]
    marked = "".join(f"\n\t\t<category><![CDATA[{mark}]]></category>" for mark in marks)
    return f"""\t<item>
\t\t<title>{escape(one.title)}</title>
\t\t<link>{escape(link)}</link>
\t\t<dc:creator><![CDATA[{one.author or room.outlet.title}]]></dc:creator>
\t\t<pubDate>{format_datetime(one.published)}</pubDate>{marked}
\t\t<guid isPermaLink="false">{room.base}/?p={one.id}</guid>
\t\t<description><![CDATA[<p>{one.paragraphs[0][:120]} [&#8230;]</p>]]></description>
\t</item>
"""


def trap_item(room: Newsroom, trap: Trap) -> str:
    link = room.base + href(trap.path)
    return f"""\t<item>
\t\t<title>{escape(trap.title)}</title>
\t\t<link>{escape(link)}</link>
\t\t<guid isPermaLink="true">{escape(link)}</guid>
\t</item>
"""


def atom(room: Newsroom) -> str:
    place = room.outlet
    entries = "".join(atom_entry(room, one) for one in room.listed())
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar">
<title>{escape(place.title)}</title>
<subtitle>{escape(place.slogan)}</subtitle>
<link rel="self" href="{room.base}/atom.xml"/>
<link rel="alternate" type="text/html" href="{room.base}/"/>
<id>{room.base}/</id>
<updated>{room.modified().isoformat()}</updated>
{entries}</feed>
"""


def atom_entry(room: Newsroom, one: Printing) -> str:
    link = room.base + one.quoted
    marks = "".join(f"<category term={quoteattr(mark)}/>" for mark in (one.section, *one.tags))
    summary = escape(body(one.blocks[:1]))
    return f"""<entry>
<title type="text">{escape(one.title)}</title>
<link rel="alternate" type="text/html" href={quoteattr(link)}/>
<id>tag:{room.outlet.name},2025:{one.id}</id>
<published>{one.published.isoformat()}</published>
<updated>{one.modified.isoformat()}</updated>
<author><name>{escape(one.author or room.outlet.title)}</name></author>
{marks}
<summary type="html">{summary}</summary>
</entry>
"""


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
