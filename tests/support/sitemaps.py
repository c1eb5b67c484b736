"""Sitemaps on a test's server, with the articles they list."""

from web_server import Answer, Web, article

XML = {"Content-Type": "application/xml"}


def urlset(web: Web, numbers: range, lastmod: str = "2026-11-01T06:00:00Z") -> Answer:
    web.pages |= {f"/news/{number}": article(number) for number in numbers}
    entries = "".join(
        f"<url><loc>{web.url}/news/{number}</loc><lastmod>{lastmod}</lastmod></url>"
        for number in numbers
    )
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return Answer(f'<urlset xmlns="{namespace}">{entries}</urlset>', headers=XML)


def index(web: Web, sitemaps: dict[str, str]) -> Answer:
    """`sitemaps`: the lastmod by path; an empty one is left out."""
    entries = "".join(
        f"<sitemap><loc>{web.url}{path}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</sitemap>"
        for path, lastmod in sitemaps.items()
    )
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return Answer(f'<sitemapindex xmlns="{namespace}">{entries}</sitemapindex>', headers=XML)
