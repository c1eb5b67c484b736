"""`scrapy crawl NAME`, with a message and an exit code where Scrapy has a traceback and a 0."""

import argparse

from scrapy.commands import crawl
from scrapy.exceptions import UsageError

from spiders.crawl_options import OptionError, parse_options
from spiders.log_format import make_log_printable
from spiders.news import NewsSpider
from text.suggestions import did_you_mean


class Command(crawl.Command):
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("expected the name of one site; `scrapy list` has them")
        assert self.crawler_process is not None
        make_log_printable()
        try:
            crawler = self._create_crawler(args[0])
        except KeyError:
            hint = did_you_mean(args[0], self.crawler_process.spider_loader.list())
            raise UsageError(f"no site is called {args[0]!r} {hint}".strip()) from None
        self._check(crawler.spidercls, opts.spargs)
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        self.exitcode = _exit_code(crawler.spider)

    def _check(self, spider: type, arguments: dict[str, str]) -> None:
        if not issubclass(spider, NewsSpider):
            return
        try:
            parse_options(spider.site, **arguments)
        except (OptionError, TypeError) as error:
            raise UsageError(str(error)) from error


def _exit_code(spider: object) -> int:
    """1 also where a single source was in trouble: a crawl that goes on without it is no success."""
    outcome, trouble = getattr(spider, "outcome", "failed"), getattr(spider, "trouble", "")
    if outcome == "finished":
        return 1 if trouble else 0
    return 0 if outcome in ("resting", "stopped") else 1
