"""One line an event: Scrapy's running commentary on itself is shown only to those who debug."""

import logging
from functools import cache
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult

from text.terminal import printable

logger = logging.getLogger(__name__)

# Lists of components and settings, at INFO, for every crawl.
_TALKATIVE = (
    "scrapy.addons",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.core.engine",
    "scrapy.crawler",
    "scrapy.downloadermiddlewares.httpcompression",
    "scrapy.extensions.telnet",
    "scrapy.middleware",
    "scrapy.statscollectors",
    "scrapy.utils.log",
    "scrapy.utils.reactor",
)


def quieten_libraries(level: str) -> None:
    """What happened to a page is told by us, with the site's name; Scrapy tells what is wrong."""
    for name in _TALKATIVE if level != "DEBUG" else ():
        # A filter, since Scrapy sets the levels of all its loggers anew when it starts.
        logging.getLogger(name).addFilter(_matters)


def _matters(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR or str(record.msg).startswith("Received %(signame)s")


@cache
def warn_without_contact() -> None:
    """Once in a process."""
    logger.warning(
        "Sites cannot see who is asking: set WARRAQ_CONTACT to a page or a mailto: address of yours"
    )


class ShortLogFormatter(LogFormatter):
    """Nothing for what went as it should, and no page's body in a line about a fault."""

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
        return {"level": logging.ERROR, "msg": "a fault of ours at %s", "args": (_key(item),)}


def _key(item: Any) -> str:
    return printable(str(getattr(getattr(item, "page", item), "key", "")))
