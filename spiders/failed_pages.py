"""What becomes of a page whose request, callback or item pipeline failed, or whose answer is no article."""

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from items import Page, Reason
from pipelines.ingest.page import RefinedPage
from spiders.crawl_session import CrawlSession
from spiders.fetching.errors import CrawlStopped, ProxyFailed, RequestRefused
from spiders.fetching.retry_after import RetryAfter
from spiders.responses import FetchOutcome, outcome_of_error
from storage.frontier import Queued
from text.urls import article_id, canonicalise


def count_wall(retry_after: RetryAfter, url: str, outcome: FetchOutcome | None) -> None:
    """Of the answer at `url`. `outcome`: None where it is a page, which ends a row of walls, as does any
    other failure.
    """
    is_wall = outcome is not None and outcome.reason in (Reason.BLOCK_PAGE, Reason.LOGIN_WALL)
    retry_after.count_wall(url, Reason(outcome.reason) if outcome and is_wall else None)


def record_failure(session: CrawlSession, retry_after: RetryAfter, failure: Failure) -> None:
    """Of a page's request that brought no response."""
    request: Request = failure.request  # type: ignore[attr-defined]
    queued: Queued = request.cb_kwargs["queued"]
    error = failure.value or Exception("no reason given")
    if isinstance(error, RequestRefused) and error.reason == Reason.STORED:
        url = canonicalise(request.url, session.site.homepage) or request.url
        session.found_stored(queued.link.url, url, article_id(url))
    elif isinstance(error, ProxyFailed):
        session.abandon(queued.link.url, str(error))
    elif isinstance(error, CrawlStopped):
        session.in_flight.remove(queued.link.url)
    else:
        asked = queued.link.fetch_url
        outcome = outcome_of_error(error, session.site, asked, request.url)
        if outcome.reason == Reason.LOGIN_WALL:
            retry_after.count_wall(asked, Reason.LOGIN_WALL)
        record_unfetched(session, retry_after, queued, outcome, request.url)


def record_unfetched(
    session: CrawlSession, retry_after: RetryAfter, queued: Queued, outcome: FetchOutcome, url: str
) -> None:
    """The outcome of `queued`, which `url` gave; it waits where that host gets no requests for now."""
    if retry_after.seconds_left(url) > 0 and outcome.state == "retry":
        outcome = FetchOutcome("later", outcome.reason, outcome.detail)
    session.record_outcome(queued.link.url, outcome, blocked_until=retry_after.blocked_until(url))


def record_item_error(session: CrawlSession, item: Page | RefinedPage) -> None:
    """An item pipeline failed: the page is retried later."""
    page = item.page if isinstance(item, RefinedPage) else item
    session.record_outcome(
        page.key, FetchOutcome("retry", Reason.ERROR, "internal error; see the log")
    )


def record_callback_error(session: CrawlSession, response: Response | None) -> None:
    """A callback failed: the page, if it is a page's, is retried later."""
    if response is not None and response.request and "queued" in response.request.cb_kwargs:
        link = response.request.cb_kwargs["queued"].link
        session.record_outcome(link.url, FetchOutcome("retry", Reason.ERROR, "internal error"))
