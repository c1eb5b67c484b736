"""A news site with years of articles, which it lists in each way that a backfill reads: a sitemap of
sitemaps, a WordPress REST interface, date archives, the pager of a section, pages of a feed.

`python -m benchmarks.data.archive_site PORT ARTICLES YEARS LOG`; LOG gets a line for each request, with
the time of the monotonic clock.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from benchmarks.data.generated_news import Writer

LAST = datetime(2026, 10, 31, 18, tzinfo=UTC)
_PAGE, _FEED_PAGE, _SITEMAP = 20, 10, 500
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_HTML, _XML = "text/html; charset=utf-8", "application/xml"
Body = tuple[str, str]  # content type, text


@dataclass(frozen=True, slots=True)
class ArchiveSite:
    """Article 0 is the latest."""

    base: str
    articles: int
    years: float

    def published(self, number: int) -> datetime:
        step = timedelta(days=365.25 * self.years) / max(self.articles, 1)
        return (LAST - number * step).replace(microsecond=0)

    def address(self, number: int) -> str:
        return f"{self.base}/news/{100_000 + number}"

    def page(self, number: int) -> Body:
        when, title, paragraphs = self.published(number).isoformat(), *_story(number)
        text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        return _HTML, (
            f'<!doctype html><html lang="ar"><head><title>{title}</title>'
            f'<meta property="article:published_time" content="{when}"></head>'
            f"<body><article><h1>{title}</h1>{text}</article></body></html>"
        )

    def sitemap(self, name: str) -> Body | None:
        if name == "sitemap":
            files = range(-(-self.articles // _SITEMAP))
            listed = [(f"{self.base}/sitemap-{i}.xml", i * _SITEMAP) for i in files]
            return _XML, _xml("sitemapindex", "sitemap", [(a, self._day(n)) for a, n in listed])
        numbers = self._slice(int(name.removeprefix("sitemap-")), _SITEMAP)
        entries = [(self.address(n), self._day(n)) for n in numbers]
        return (_XML, _xml("urlset", "url", entries)) if entries else None

    def _day(self, number: int) -> str:
        return f"{self.published(number):%Y-%m-%dT%H:%M:%SZ}"

    def _slice(self, page: int, size: int) -> range:
        return range(self.articles)[page * size : (page + 1) * size]

    def list_page(self, path: str, page: int, numbers: list[int]) -> Body | None:
        """One of a list's pages, with a link to the next one."""
        shown = numbers[(page - 1) * _PAGE : page * _PAGE]
        links = "".join(f'<h3><a href="{self.address(n)}">{_story(n)[0]}</a></h3>' for n in shown)
        more = f'<a rel="next" href="{path}?page={page + 1}">التالي</a>'
        rest = more if page * _PAGE < len(numbers) else ""
        return (_HTML, f"<html><body><main>{links}</main>{rest}</body></html>") if shown else None

    def month(self, year: int, month: int) -> list[int]:
        """Its articles: the first and the last of them by their distance from the latest one."""
        dates = ((n, self.published(n)) for n in range(self.articles))
        return [n for n, when in dates if (when.year, when.month) == (year, month)]

    def feed(self, page: int) -> Body | None:
        items = "".join(
            f"<item><title>{_story(n)[0]}</title><link>{self.address(n)}</link>"
            f"<pubDate>{format_datetime(self.published(n))}</pubDate></item>"
            for n in self._slice(page - 1, _FEED_PAGE)
        )
        head = "<title>م</title><generator>https://wordpress.org/?v=6.7</generator>"
        feed = f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'
        return ("application/rss+xml", feed) if items else None

    def posts(self, query: dict[str, str]) -> Body | None:
        numbers = [n for n in range(self.articles) if self._matches(n, query)]
        size, page = int(query["per_page"]), int(query["page"])
        posts = [self._post(n) for n in numbers[(page - 1) * size : page * size]]
        return "application/json; charset=utf-8", json.dumps(posts)

    def _matches(self, number: int, query: dict[str, str]) -> bool:
        when = f"{self.published(number):%Y-%m-%dT%H:%M:%S}"
        return query.get("after", "") < when < query.get("before", "9")

    def _post(self, number: int) -> dict[str, object]:
        title, paragraphs = _story(number)
        when = f"{self.published(number):%Y-%m-%dT%H:%M:%S}"
        times = dict.fromkeys(("date", "date_gmt", "modified", "modified_gmt"), when)
        text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        return {
            "id": number + 1,
            "link": self.address(number),
            "title": {"rendered": title},
            "content": {"rendered": text, "protected": False},
            **times,
        }

    def answer(self, target: str) -> Body | None:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        folders = parts.path.strip("/").split("/")
        page = int(query.get("page") or query.get("paged") or 1)
        match folders:
            case ["robots.txt"]:
                return "text/plain", "User-agent: *\nDisallow: /admin/\n"
            case ["news", number] if number.isdigit():
                return self.page(int(number) - 100_000)
            case ["news"]:
                return self.list_page("/news/", page, list(range(self.articles)))
            case ["archive", year, month]:
                numbers = self.month(int(year), int(month))
                return self.list_page(parts.path, page, numbers)
            case ["feed"]:
                return self.feed(page)
            case ["wp-json", "wp", "v2", "posts"]:
                return self.posts(query)
            case [name] if name.endswith(".xml"):
                return self.sitemap(name.removesuffix(".xml"))
        return None


def _story(number: int) -> tuple[str, list[str]]:
    writer = Writer(number)
    return writer.title(number), [writer.paragraph() for _ in range(3)]


def _xml(root: str, entry: str, entries: list[tuple[str, str]]) -> str:
    body = "".join(
        f"<{entry}><loc>{address}</loc><lastmod>{when}</lastmod></{entry}>"
        for address, when in entries
    )
    return f'<?xml version="1.0"?><{root} xmlns="{_NAMESPACE}">{body}</{root}>'


async def serve(site: ArchiveSite, port: int, log: Callable[[str], object]) -> None:
    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                target = head.split(b" ", 2)[1].decode()
                log(f"{time.monotonic():.4f} {target}\n")
                kind, text = site.answer(target) or ("text/plain", "")
                body, status = text.encode(), "200 OK" if text else "404 Not Found"
                lines = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}"
                writer.write(f"{lines}\r\n\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(respond, "127.0.0.1", port, backlog=64) as server:
        await server.serve_forever()


def main() -> None:
    port, articles, years = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    with Path(sys.argv[4]).open("a", buffering=1) as file:
        site = ArchiveSite(f"http://127.0.0.1:{port}", articles, years)
        asyncio.run(serve(site, port, file.write))


if __name__ == "__main__":
    main()
