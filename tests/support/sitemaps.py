"""Sitemaps, with the articles they name, on a test's server."""

from web_server import Answer, Web, article

XML = {"Content-Type": "application/xml"}


def urlset(web: Web, numbers: range, lastmod: str = "2026-11-01T06:00:00Z") -> Answer:
    web.pages |= {f"/news/{number}": article(number) for number in numbers}
    entries = "".join(
        f"<url><loc>{web.url}/news/{number}</loc><lastmod>{lastmod}</lastmod></url>"
        for number in numbers
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return Answer(f'<urlset xmlns="{space}">{entries}</urlset>', headers=XML)


def index(web: Web, sitemaps: dict[str, str]) -> Answer:
    """By path, with the lastmod of each."""
    entries = "".join(
        f"<sitemap><loc>{web.url}{path}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</sitemap>"
        for path, at in sitemaps.items()
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return Answer(f'<sitemapindex xmlns="{space}">{entries}</sitemapindex>', headers=XML)
