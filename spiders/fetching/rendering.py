"""A fetched document as a browser shows it once its scripts have run. The document is not requested again:
the browser gets the bytes that were fetched under the crawl's guard, robots.txt and pace.

Not scrapy-playwright: there the browser sends the requests, resolves the names and follows the redirects
itself, past everything that `settings.py` puts between a crawl and the wire.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from items import Reason, Site
from spiders.fetching.browser import RenderBrowser, RenderingFailed, acquire_browser
from spiders.fetching.errors import RequestRefused, describe_error
from spiders.fetching.subrequests import PageAllowance, SubAnswer, SubRequest, SubRequests
from text.terminal import printable

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Request, Route
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

Answers = Callable[[SubRequest, PageAllowance], Awaitable[SubAnswer]]

# Of the page's time, what is left to read it out; and what comes on top before the browser is killed.
_READ_SECONDS, _GRACE_SECONDS = 3.0, 5.0
# A page is at rest when nothing that it asked for is under way and it has not grown, so many looks long.
_LOOK_SECONDS, _LOOKS_AT_REST = 0.1, 4
# In a world of its own: what the page's scripts have put in place of `slice` is not there.
_WORLD = "warraq"
_OUTER = "document.documentElement ? document.documentElement.outerHTML.slice(0, %d) : ''"
_LENGTH = "document.body ? document.body.innerHTML.length : 0"


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """`html` is the document as the scripts left it, `requests` what it asked for, `refused` the reasons
    why others of its requests were not sent.
    """

    html: str
    requests: int = 0
    refused: tuple[str, ...] = ()


class Renderer:
    """Of one crawl. `seconds`: a page that has not come to rest by then is taken as it is."""

    def __init__(
        self,
        browser: RenderBrowser,
        answers: Answers,
        *,
        user_agent: str,
        seconds: float,
        most: int,
    ) -> None:
        self.browser = browser
        self.answers = answers
        self.user_agent = user_agent
        self.seconds = seconds
        self.most = most

    @classmethod
    def from_crawler(cls, crawler: "Crawler", site: Site) -> "Renderer":
        """With the process's browser, to be given back by `release_browser`. Raises RendererMissing."""
        return cls(
            acquire_browser(crawler.settings),
            SubRequests(crawler, site).fetch,
            user_agent=crawler.settings["USER_AGENT"],
            seconds=crawler.settings.getfloat("WARRAQ_RENDER_SECONDS"),
            most=crawler.settings.getint("DOWNLOAD_MAXSIZE"),
        )

    async def render(self, url: str, body: bytes, content_type: str) -> RenderedPage:
        """The document that was fetched from `url`. Raises RenderingFailed and RendererMissing."""
        limit = self.seconds + _READ_SECONDS + _GRACE_SECONDS
        async with self.browser.context(self.user_agent, limit) as context:
            document = SubAnswer(200, {"content-type": content_type or "text/html"}, body)
            traffic = _Traffic(document, self.answers)
            await context.route("**/*", traffic.answer)
            page = await context.new_page()
            context.on("page", lambda window: asyncio.ensure_future(window.close()))
            session = await context.new_cdp_session(page)
            with suppress(TimeoutError):
                async with asyncio.timeout(self.seconds):
                    await page.goto(url, wait_until="domcontentloaded", timeout=0)
                    await traffic.settled(lambda: _evaluate(session, _LENGTH))
            async with asyncio.timeout(_READ_SECONDS):
                html = str(await _evaluate(session, _OUTER % (self.most + 1)))
            await context.unroute_all(behavior="ignoreErrors")
            await traffic.end()
        if len(html.encode("utf-8", "replace")) > self.most:
            raise RenderingFailed(f"more than {self.most >> 20} MiB")
        return RenderedPage(html, traffic.sent, tuple(traffic.refused))


def encoded(html: str) -> bytes:
    """The document as UTF-8."""
    return b"<!doctype html>\n" + html.encode("utf-8", "replace")


async def _evaluate(session: "CDPSession", expression: str) -> object:
    """Raises RenderingFailed."""
    frame = (await session.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
    world = await session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": _WORLD})
    answer = await session.send(
        "Runtime.evaluate",
        {
            "expression": expression,
            "contextId": world["executionContextId"],
            "returnByValue": True,
            "timeout": _READ_SECONDS * 1000,
        },
    )
    if "value" not in answer["result"]:
        raise RenderingFailed("the browser cannot say what the page shows")
    return answer["result"]["value"]


@dataclass
class _Traffic:
    """What one page asks for: first its document, once, then what its scripts need."""

    document: SubAnswer
    answers: Answers
    allowance: PageAllowance = field(default_factory=PageAllowance)
    sent: int = 0
    refused: list[str] = field(default_factory=list)
    served: bool = False
    running: set["asyncio.Task[None]"] = field(default_factory=set)

    async def answer(self, route: "Route") -> None:
        task = asyncio.ensure_future(self._answer(route))
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    async def settled(self, length: Callable[[], Awaitable[object]]) -> None:
        """Until the page is at rest; `length` tells how long it is."""
        before, looks = None, 0
        while looks < _LOOKS_AT_REST:
            await asyncio.sleep(_LOOK_SECONDS)
            now = (await length(), self.sent, len(self.running))
            looks = looks + 1 if now == before and not self.running else 0
            before = now

    async def end(self) -> None:
        """What is under way is of no use any more."""
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)

    async def _answer(self, route: "Route") -> None:
        with suppress(Exception):  # the page has gone meanwhile
            answer = await self._answer_of(route.request)
            if answer is None:
                await route.abort("blockedbyclient")
            else:
                await route.fulfill(
                    status=answer.status, headers=dict(answer.headers), body=answer.body
                )

    async def _answer_of(self, request: "Request") -> SubAnswer | None:
        if request.is_navigation_request():
            return self._document_for(request)
        asked = SubRequest(
            request.url,
            request.resource_type,
            request.method,
            await request.all_headers(),
            request.post_data_buffer,
        )
        try:
            answer = await self.answers(asked, self.allowance)
        except Exception as error:
            self._record_refused(asked.url, *describe_error(error))
            return None
        self.sent += 1
        return answer

    def _document_for(self, request: "Request") -> SubAnswer | None:
        """The page's own, once: frames, windows and where its scripts would go next are not followed."""
        if self.served or request.frame.parent_frame is not None:
            error = RequestRefused(Reason.NOT_WANTED, "a page leads nowhere while it is rendered")
            self._record_refused(request.url, *describe_error(error))
            return None
        self.served = True
        return self.document

    def _record_refused(self, url: str, reason: str, message: str) -> None:
        self.refused.append(reason)
        logger.debug("not fetched for a page: %s: %s", printable(url[:200]), printable(message))
