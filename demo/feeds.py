"""RSS 2.0, Atom and sitemaps as the systems write them: articles among other pages."""

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from demo.expected import Printing
from demo.newsroom import Newsroom
from demo.outlets import Trap
from demo.pages import body, href

FEED_SIZE = 10


def rss(room: Newsroom, *, size: int = FEED_SIZE) -> str:
    """As WordPress writes it: links with the outlet's campaign, short links as guids."""
    outlet = room.outlet
    items = [rss_item(room, printing) for printing in room.listed()[:size]]
    items += [trap_item(room, trap) for trap in outlet.traps]
    return f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
\txmlns:content="http://purl.org/rss/1.0/modules/content/"
\txmlns:dc="http://purl.org/dc/elements/1.1/"
\txmlns:atom="http://www.w3.org/2005/Atom">
<channel>
\t<title>{escape(outlet.title)}</title>
\t<atom:link href="{room.base}/feed/" rel="self" type="application/rss+xml" />
\t<link>{room.base}</link>
\t<description>{escape(outlet.slogan)}</description>
\t<lastBuildDate>{format_datetime(room.modified())}</lastBuildDate>
\t<language>ar</language>
{"".join(items)}</channel>
</rss>
"""


def rss_item(room: Newsroom, printing: Printing) -> str:
    link = room.base + printing.quoted + room.outlet.campaign
    names = [printing.section, *printing.tags]
    categories = "".join(f"\n\t\t<category><![CDATA[{name}]]></category>" for name in names)
    return f"""\t<item>
\t\t<title>{escape(printing.title)}</title>
\t\t<link>{escape(link)}</link>
\t\t<dc:creator><![CDATA[{printing.author or room.outlet.title}]]></dc:creator>
\t\t<pubDate>{format_datetime(printing.published)}</pubDate>{categories}
\t\t<guid isPermaLink="false">{room.base}/?p={printing.id}</guid>
\t\t<description><![CDATA[<p>{printing.paragraphs[0][:120]} [&#8230;]</p>]]></description>
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
    outlet = room.outlet
    entries = "".join(atom_entry(room, printing) for printing in room.listed())
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar">
<title>{escape(outlet.title)}</title>
<subtitle>{escape(outlet.slogan)}</subtitle>
<link rel="self" href="{room.base}/atom.xml"/>
<link rel="alternate" type="text/html" href="{room.base}/"/>
<id>{room.base}/</id>
<updated>{room.modified().isoformat()}</updated>
{entries}</feed>
"""


def atom_entry(room: Newsroom, printing: Printing) -> str:
    link = room.base + printing.quoted
    categories = "".join(
        f"<category term={quoteattr(name)}/>" for name in (printing.section, *printing.tags)
    )
    summary = escape(body(printing.blocks[:1]))
    return f"""<entry>
<title type="text">{escape(printing.title)}</title>
<link rel="alternate" type="text/html" href={quoteattr(link)}/>
<id>tag:{room.outlet.name},2025:{printing.id}</id>
<published>{printing.published.isoformat()}</published>
<updated>{printing.modified.isoformat()}</updated>
<author><name>{escape(printing.author or room.outlet.title)}</name></author>
{categories}
<summary type="html">{summary}</summary>
</entry>
"""


SCHEMA = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
Row = tuple[str, datetime | None]


def yoast(room: Newsroom) -> dict[str, str]:
    """Sitemaps by path, as Yoast SEO writes them."""
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


def sitemap_index(room: Newsroom, files: Iterable[str], suffix: str = "") -> str:
    stamp = room.modified().isoformat()
    rows = "".join(
        f"<sitemap><loc>{room.base}{path}{suffix}</loc><lastmod>{stamp}</lastmod></sitemap>\n"
        for path in files
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex {SCHEMA}>\n{rows}</sitemapindex>\n'
    )


def urlset(room: Newsroom, rows: Iterable[Row]) -> str:
    urls = "".join(f"<url>{row(room, path, stamp)}</url>\n" for path, stamp in rows)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {SCHEMA}>\n{urls}</urlset>\n'


def row(room: Newsroom, path: str, stamp: datetime | None) -> str:
    lastmod = f"<lastmod>{stamp.isoformat()}</lastmod>" if stamp else ""
    return f"<loc>{escape(room.base + href(path))}</loc>{lastmod}"


def posts(room: Newsroom) -> list[Row]:
    traps: list[Row] = [(trap.path, None) for trap in room.outlet.traps]
    return [(printing.path, printing.modified) for printing in room.listed()] + traps


def sections(room: Newsroom) -> list[str]:
    return [room.outlet.section(name) for name in room.outlet.sections]


def tags(room: Newsroom) -> list[str]:
    return sorted({room.outlet.tag(tag) for printing in room.listed() for tag in printing.tags})


def authors(room: Newsroom) -> list[str]:
    return sorted(
        {room.outlet.by(printing.author) for printing in room.listed() if printing.author}
    )
