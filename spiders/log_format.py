"""The log lines of a crawl: one for each event that needs a person, the rest at DEBUG."""

import logging
from functools import cache
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.logger import globalLogBeginner

from text.printable_output import install_hooks, make_handlers_printable
from text.terminal import printable

logger = logging.getLogger(__name__)


@cache
def warn_without_contact() -> None:
    """Once in a process."""
    logger.warning(
        "Sites cannot see who is asking: set WARRAQ_CONTACT to a page or a mailto: address of yours"
    )


def make_log_printable() -> None:
    """For a process in which Scrapy has set up the log. Twisted would print its errors beside it."""
    globalLogBeginner.beginLoggingTo([], discardBuffer=True, redirectStandardIO=False)
    make_handlers_printable()
    install_hooks()


class ShortLogFormatter(LogFormatter):
    """What went well is at DEBUG, and no page's body is in a line about an error."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult:
        return {"level": logging.DEBUG, "msg": "%s %s", "args": (response.status, response.url)}

    def scraped(self, item: Any, response: Any, spider: Spider) -> LogFormatterResult:
        return {"level": logging.DEBUG, "msg": "stored %s", "args": (_key(item),)}

    def dropped(
        self, item: Any, exception: BaseException, response: Any, spider: Spider
    ) -> LogFormatterResult:
        return {"level": logging.DEBUG, "msg": "%s %s", "args": (exception, _key(item))}

    def item_error(
        self, item: Any, exception: BaseException, response: Any, spider: Spider
    ) -> LogFormatterResult:
        return {"level": logging.ERROR, "msg": "internal error at %s", "args": (_key(item),)}


def _key(item: Any) -> str:
    return printable(str(getattr(getattr(item, "page", item), "key", "")))
