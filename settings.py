"""Scrapy's settings. What an operator changes comes from the environment (`WARRAQ_…`)."""

import logging
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TypeVar

from text.proxy_address import EXPECTED, NO_PROXY, check_proxy
from text.settings_file import SettingsError, load_settings_file

T = TypeVar("T", int, float)

try:
    load_settings_file()
except SettingsError as error:
    sys.exit(str(error))

# Settings of earlier versions, and what replaces them.
_REMOVED = {
    "WARRAQ_CLUSTER_CRAWLS": "sites are crawled on the machine with the database, and their pages "
    "are refined by the cluster of WARRAQ_CLUSTER",
    "WARRAQ_CLUSTER_LEASE": "it was for crawls on a cluster, and sites are crawled on the machine "
    "with the database",
}
for removed, instead in _REMOVED.items():
    if os.environ.get(removed):
        sys.exit(f"{removed} is gone: {instead}; delete the setting")


def _from_environment(name: str, default: str) -> str:
    return os.environ.get(name) or default


def _number(name: str, default: T) -> T:
    text = _from_environment(name, str(default))
    try:
        number = type(default)(text)
    except ValueError:
        number = type(default)(0)
    if not 0 < number < float("inf"):
        sys.exit(f"{name}: expected a number above 0, such as {default}; got {text!r}")
    return number


def _switch(name: str, default: str) -> bool:
    text = _from_environment(name, default).lower()
    if text not in _SWITCHES:
        sys.exit(f"{name}: expected on or off; got {text!r}")
    return _SWITCHES[text]


_SWITCHES = {
    **dict.fromkeys(("on", "yes", "true", "1"), True),
    **dict.fromkeys(("off", "no", "false", "0"), False),
}

try:
    _VERSION = version("warraq")
except PackageNotFoundError:
    _VERSION = "0"

BOT_NAME = "warraq"
SPIDER_MODULES = ["spiders.sites"]
COMMANDS_MODULE = "spiders.commands"

# A site's owner must be able to find a person behind the requests.
# `none` says that they are to find nobody.
WARRAQ_CONTACT = _from_environment("WARRAQ_CONTACT", "")
_ANONYMOUS = "news archive; its operator gives no contact"
USER_AGENT = (
    f"Warraq/{_VERSION} (+{_ANONYMOUS if WARRAQ_CONTACT in ('', 'none') else WARRAQ_CONTACT})"
)
ROBOTSTXT_USER_AGENT = "Warraq"
ROBOTSTXT_OBEY = True

# Our own settings; Scrapy reads none of these.
WARRAQ_DATA = _from_environment("WARRAQ_DATA", "data")
WARRAQ_REFINE = _from_environment("WARRAQ_REFINE", "pipelines.refine.refine")
WARRAQ_WORKERS = _number("WARRAQ_WORKERS", os.cpu_count() or 2)
WARRAQ_PAGE_SECONDS = _number("WARRAQ_PAGE_SECONDS", 20.0)
WARRAQ_WORKER_MEMORY_MB = _number("WARRAQ_WORKER_MEMORY_MB", 1024)
# Pages of a crawl in flight at once, from the request to the row.
WARRAQ_PAGES_IN_FLIGHT = _number("WARRAQ_PAGES_IN_FLIGHT", 16)
# What is fetched is kept as WARC in `archive/` beside the database; above the budget, the oldest
# files go.
WARRAQ_ARCHIVE = _switch("WARRAQ_ARCHIVE", "on")
WARRAQ_ARCHIVE_MB = _number("WARRAQ_ARCHIVE_MB", 10_000)
WARRAQ_ARCHIVE_FILE_MB = _number("WARRAQ_ARCHIVE_FILE_MB", 1_000)
# For sites with `render = true`: a chromium, where it is not found by its usual names; whether it confines
# its own processes, which needs namespaces; when a page is taken as it is; and what the browser's processes
# may hold together.
WARRAQ_BROWSER = _from_environment("WARRAQ_BROWSER", "")
WARRAQ_BROWSER_SANDBOX = _switch("WARRAQ_BROWSER_SANDBOX", "on")
WARRAQ_RENDER_SECONDS = _number("WARRAQ_RENDER_SECONDS", 15.0)
WARRAQ_RENDER_MEMORY_MB = _number("WARRAQ_RENDER_MEMORY_MB", 1500)
# A Dask scheduler, such as tls://10.0.0.1:8786: its workers refine the pages.
WARRAQ_CLUSTER = _from_environment("WARRAQ_CLUSTER", "")
# For every site whose file names no `proxy`: names are resolved and checked here all the same.
WARRAQ_PROXY = _from_environment("WARRAQ_PROXY", "")
try:
    check_proxy(WARRAQ_PROXY or NO_PROXY)
except ValueError:
    sys.exit(f"WARRAQ_PROXY: expected {EXPECTED}")

# The service's: bounds in minutes between polls of a site without `every` or `cron`, and so on.
WARRAQ_CRAWLS = _number("WARRAQ_CRAWLS", 16)
WARRAQ_POLL_LEAST = _number("WARRAQ_POLL_LEAST", 5.0)
WARRAQ_POLL_MOST = _number("WARRAQ_POLL_MOST", 360.0)
WARRAQ_DISK_FLOOR_MB = _number("WARRAQ_DISK_FLOOR_MB", 500)
WARRAQ_STOP_SECONDS = _number("WARRAQ_STOP_SECONDS", 60.0)
WARRAQ_ON_SUSPECT = _from_environment("WARRAQ_ON_SUSPECT", "")
# host:port where /healthz and /metrics are served; nothing listens without it.
WARRAQ_METRICS = _from_environment("WARRAQ_METRICS", "")
WARRAQ_BACKUP = _from_environment("WARRAQ_BACKUP", "")
WARRAQ_BACKUPS = _number("WARRAQ_BACKUPS", 7)

# Nothing listens. Scrapy 2.19 turns remote control on by default: it runs Python sent over HTTP.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

# Only http and https. Not Scrapy's own proxies, of the environment: they would resolve the names, and
# no address would be checked.
DOWNLOAD_HANDLERS = {
    **dict.fromkeys(("http", "https"), "spiders.fetching.download_handler.PatientHandler"),
    **dict.fromkeys(("data", "file", "ftp", "s3")),
}
TWISTED_DNS_RESOLVER = "spiders.fetching.dns_resolver.PublicResolver"
HTTPPROXY_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = _number("WARRAQ_TIMEOUT", 30.0)
URLLENGTH_LIMIT = 0  # percent-encoded Arabic is long; the frontier takes no endless address

# A delay is a minimum here, as Crawl-delay means it, not the mean of a range.
AUTOTHROTTLE_ENABLED = True
DOWNLOAD_DELAY_JITTER = 0
# What may be made at once of one answer, and that is one page at most: Scrapy starts so many tasks for
# each answer and waits for all (of the loop's 78 calls a page, 16 of them took 40).
CONCURRENT_ITEMS = 1

# One immediate retry for transient errors; the frontier retries in minutes and hours.
RETRY_TIMES = 1
RETRY_HTTP_CODES = [408, 500, 502, 504, 522, 524]
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
REDIRECT_MAX_TIMES = 5

# The frontier knows what was fetched; no other memory, no cookies but those of redirects
# (`RequestHeaders`).
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
HTTPERROR_ALLOW_ALL = True
HTTPCACHE_ENABLED = False
COOKIES_ENABLED = False
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "ar,fa;q=0.8,en;q=0.6",
}

DOWNLOADER_MIDDLEWARES = {
    "spiders.fetching.ssrf_guard.SsrfGuard": 40,
    "spiders.fetching.retry_after.RetryAfter": 60,
    "spiders.fetching.skip_stored.SkipStored": 80,
    "spiders.fetching.robots.RobotsTxt": 100,
    "spiders.fetching.request_headers.RequestHeaders": 120,
    "spiders.fetching.meta_refresh.MetaRefresh": 580,
    "spiders.fetching.site_rights.SiteRights": 110,
    "spiders.fetching.decompression.Decompression": 590,
    # Nearer to the wire than what decompresses.
    "spiders.fetching.wire_headers.WireHeaders": 595,
    # Replaced by Decompression, RobotsTxt, SsrfGuard and MetaRefresh.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    # A site's file has its login: see `RequestHeaders`.
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
}
# Nothing reads Scrapy's counts: a crawl has its own. They took .05 ms of a request.
DOWNLOADER_STATS = False
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"
# Each of these passes all requests and items through generators, and none has anything to do here:
# the spider reads every status, marks its first requests itself and sends no referrer (not even where a
# site's Referrer-Policy asks for one); nothing counts by depth or copies meta.
SPIDER_MIDDLEWARES = dict.fromkeys(
    (
        "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware",
        "scrapy.spidermiddlewares.depth.DepthMiddleware",
        "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware",
        "scrapy.spidermiddlewares.referer.RefererMiddleware",
        "scrapy.spidermiddlewares.start.StartSpiderMiddleware",
    )
)
# It would parse the source of every callback for every response.
WARN_ON_GENERATOR_RETURN_VALUE = False
ITEM_PROCESSOR = "pipelines.item_pipelines.PatientPipelineManager"
ITEM_PIPELINES = {
    "pipelines.item_pipelines.RefinePipeline": 300,
    "pipelines.item_pipelines.IngestPipeline": 600,
}
EXTENSIONS = {
    "spiders.fetching.request_kinds.ContentTypeFilter": 500,
    "spiders.progress.Progress": 600,
    # It adds a log handler for each crawl of the process, each counting the lines of all.
    "scrapy.extensions.logcount.LogCount": None,
    # It counts for STATS_CLASS.
    "scrapy.extensions.corestats.CoreStats": None,
}

LOG_LEVEL = _from_environment("WARRAQ_LOG_LEVEL", "INFO").upper()
WARRAQ_PROGRESS = "bar" if sys.stderr.isatty() and LOG_LEVEL in ("DEBUG", "INFO") else "log"
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
LOG_FORMATTER = "spiders.log_format.ShortLogFormatter"
LOG_VERSIONS: list[str] = []
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"
LOGSTATS_INTERVAL = 0
STATS_DUMP = False
MEMUSAGE_ENABLED = False

# Lists of components and settings, at INFO, for every crawl.
_TALKATIVE = (
    "scrapy.addons",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.core.engine",
    "scrapy.crawler",
    "scrapy.downloadermiddlewares.httpcompression",
    "scrapy.downloadermiddlewares.redirect",  # that there is no middleware for referrers
    "scrapy.extensions.telnet",
    "scrapy.middleware",
    "scrapy.statscollectors",
    "scrapy.utils.log",
    "scrapy.utils.reactor",
)


def _is_relevant(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR or str(record.msg).startswith("Received %(signame)s")


# Filters, since Scrapy sets the levels of all its loggers when it starts; one each, since the
# service loads these settings more than once.
for _logger in map(logging.getLogger, _TALKATIVE if LOG_LEVEL != "DEBUG" else ()):
    if not _logger.filters:
        _logger.addFilter(_is_relevant)
