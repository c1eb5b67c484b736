"""Addresses of articles that were taken out are not fetched, and redirects to those that are stored not
followed.
"""

from typing import TYPE_CHECKING

from scrapy import Request

from items import Article, Hints, Reason
from spiders.fetching.errors import RequestRefused
from spiders.fetching.request_kinds import kind_of
from storage.article_rows import get
from storage.tombstones import tombstone_of
from text.urls import article_id, canonicalise

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class SkipStored:
    """A downloader middleware; the spider then finishes the URL with the stored article."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "SkipStored":
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if kind_of(request) != "article":
            return
        session = self.crawler.spider.session  # type: ignore[union-attr]
        url = canonicalise(request.url, session.site.homepage)
        if url and (stone := tombstone_of(session.database, url)):
            raise RequestRefused(Reason.FORGOTTEN, f"taken out on {stone.forgotten_at[:10]}")
        queued = request.cb_kwargs["queued"]
        if queued.is_recheck or "redirect_urls" not in request.meta:
            return
        if url == queued.link.url:
            return  # sent to itself, with a cookie
        stored = get(session.database, article_id(url)) if url else None
        if stored and is_current(stored, queued.link.hints):
            raise RequestRefused(Reason.STORED, f"leads to {url}, which is stored")


def is_current(stored: Article, hints: Hints) -> bool:
    """Whether nothing newer than `stored` is announced."""
    return not hints.modified or hints.modified <= (stored.modified or stored.published or "")
