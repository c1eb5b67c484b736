"""The further pages of an article, fetched while its first page is in flight: one transaction stores them
all, so that a kill between two of them leaves the address in the queue as it was.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from scrapy.http import Response

from items import Article, FirstPage, Hints, Page, Reason, Rejected, Site
from pipelines.ingest.page import MissingPage, RefinedPage
from pipelines.join_pages import adds_text, join_pages
from spiders.fetching.fetch import MAX_WAIT_SECONDS, wait_for_retry_after
from spiders.fetching.request_kinds import request_for
from spiders.responses import (
    LENGTH,
    FetchOutcome,
    outcome_of_error,
    outcome_of_response,
    page_from,
    should_refetch,
)
from storage.archive.page_records import PageRecord
from storage.archive.page_rows import LaterPage
from storage.archive.pointer import Pointer
from storage.frontier import Queued
from text.limits import MAX_PAGES_AN_ARTICLE
from text.urls import canonicalise

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class HandlesPages(Protocol):
    """What a crawl session does with one page. All methods raise PageAbandoned."""

    async def fetch_later(self, url: str, key: str) -> Page | FetchOutcome:
        """The page at `url` of the article whose frontier URL is `key`."""

    async def refine_alone(self, page: Page) -> tuple[Article | Rejected, PageRecord | None]: ...
    async def archive_page(self, page: Page, made: PageRecord | None) -> Pointer | None: ...


async def add_later_pages(refined: RefinedPage, crawl: HandlesPages) -> RefinedPage:
    """The article with the text of all its pages, up to MAX_PAGES_AN_ARTICLE, or of those before one
    that is missing. A link that leads to another article ends it.
    """
    assert isinstance(refined.outcome, Article)
    articles, later = [refined.outcome], list[LaterPage]()
    missing = None
    while url := articles[-1].next_page:
        part = await _next_part(refined, articles, url, crawl)
        if isinstance(part, MissingPage):
            missing = part
            break
        if part is None:
            articles[-1] = replace(articles[-1], next_page=None)
            break
        page, article, made = part
        later.append(LaterPage(page, await crawl.archive_page(page, made)))
        articles.append(article)
    return replace(refined, outcome=join_pages(articles), later=tuple(later), missing=missing)


async def _next_part(
    refined: RefinedPage, articles: Sequence[Article], url: str, crawl: HandlesPages
) -> tuple[Page, Article, PageRecord | None] | MissingPage | None:
    """The page at `url`, which continues the `articles`; None: there is no such page."""
    number = len(articles) + 1
    if number > MAX_PAGES_AN_ARTICLE:
        return MissingPage(url, Reason.TOO_MANY_PAGES, final=True)
    fetched = await crawl.fetch_later(url, refined.page.key)
    if isinstance(fetched, FetchOutcome):
        return _missing(url, fetched)
    page = replace(fetched, first=FirstPage(refined.page.url, articles[0].title, number))
    article, made = await crawl.refine_alone(page)
    if isinstance(article, Rejected):
        return _missing(url, article)
    return (page, article, made) if adds_text(articles, article) else None


# What is told of an address that leads to no page of the article: it has no more.
_NO_PAGE = {Reason.STORED, Reason.OTHER_ARTICLE, Reason.LIST_PAGE}
_FINAL = {Reason.NOINDEX, Reason.TOO_LARGE, Reason.TOO_LONG}


def _missing(url: str, outcome: FetchOutcome | Rejected) -> MissingPage | None:
    if outcome.reason in _NO_PAGE:
        return None
    is_final = outcome.reason in _FINAL
    if isinstance(outcome, FetchOutcome):
        is_final = outcome.state in ("denied", "rejected")
    return MissingPage(url, outcome.reason, outcome.detail, is_final)


async def fetch_page(
    crawler: "Crawler", site: Site, url: str, queued: Queued
) -> Page | FetchOutcome:
    """The page at `url` of the article that is `queued`, under the same guard, robots.txt and pace."""
    if await wait_for_retry_after(crawler, url) > MAX_WAIT_SECONDS:
        return FetchOutcome("later", Reason.RESTING, "the site gets no requests for now")
    try:
        response = await _response(crawler, url, queued)
        agent = crawler.settings["ROBOTSTXT_USER_AGENT"]
        outcome = outcome_of_response(response, queued, site, agent)
        if should_refetch(response, outcome):
            response = await _response(crawler, url, queued, **{LENGTH: len(response.body)})
            outcome = outcome_of_response(response, queued, site, agent)
    except Exception as error:
        return outcome_of_error(error, site, url, url)
    key = canonicalise(url, site.homepage) or url
    return outcome or replace(page_from(response, queued, site), key=key, hints=Hints())


async def _response(crawler: "Crawler", url: str, queued: Queued, **meta: int) -> Response:
    request = request_for("article", url, cb_kwargs={"queued": queued})
    request.meta.update(meta)
    assert crawler.engine is not None
    response: Response = await crawler.engine.download_async(request)
    return response


def is_stopping(crawler: "Crawler") -> bool:
    """Whether the crawl is being stopped: then the engine takes no more requests."""
    slot = crawler.engine._slot if crawler.engine else None
    return slot is None or slot.closing is not None
