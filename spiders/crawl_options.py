"""The arguments of one crawl, `--limit 20 --since 2026-11-01`, parsed and checked."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from items import Site
from storage.tombstones import tombstone_of
from text.timestamps import add_seconds, format_utc, utc_now
from text.urls import canonicalise, same_site

# Of a backfill, which is bounded by its date.
_ALL = 1_000_000_000


class OptionError(ValueError):
    """An argument that is wrong; the message names it and what was expected."""


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """`limit`: article pages at most. `since`: articles published earlier are none of the corpus, ISO
    8601 UTC. `url`: this article alone; no source is read. `back_to`: a backfill, of what is
    published since then, ISO 8601 UTC.
    """

    limit: int
    since: str | None = None
    url: str | None = None
    back_to: str | None = None


def parse_options(
    site: Site,
    *,
    limit: str | int | None = None,
    since: str | None = None,
    url: str | None = None,
) -> CrawlOptions:
    """`since` is a day, or a time, in the site's zone. Defaults come from the site's file; what would
    be too old to keep is not fetched. Raises OptionError.
    """
    back_to = _moment(since, site.timezone) if since and not url else None
    if back_to and back_to > utc_now():
        raise OptionError(f"since: expected a date that has passed, got {since!r}")
    pages = _ALL if back_to else site.pages
    return CrawlOptions(
        limit=pages if limit is None else _positive(limit),
        since=_latest(earlier(site.starts_at(), back_to), _kept_since(site)),
        url=_address(url, site.homepage) if url else None,
        back_to=back_to,
    )


def earlier(start: str | None, back_to: str | None) -> str | None:
    """From when articles are taken while there is a backfill to `back_to`; `start` without one."""
    return min(start, back_to) if start and back_to else start


def _kept_since(site: Site) -> str | None:
    return add_seconds(utc_now(), -site.keep_days * 86_400) if site.keep_days else None


def _latest(*times: str | None) -> str | None:
    return max(filter(None, times), default=None)


def refuse_forgotten(db: Database, options: CrawlOptions) -> None:
    """Raises OptionError where the one address to crawl was taken out."""
    if options.url and (stone := tombstone_of(db, options.url)):
        raise OptionError(
            f"url: {options.url} was taken out on {stone.forgotten_at[:10]} ({stone.reason}): "
            "`warraq forget --undo URL` lets it back in"
        )


def _positive(limit: str | int) -> int:
    text = str(limit)
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise OptionError(f"limit: expected a number of pages such as 20, got {text!r}")
    return int(text)


def _moment(since: str, timezone: str) -> str:
    try:
        moment = datetime.fromisoformat(since)
        return format_utc(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone)))
    except (ValueError, OverflowError):
        raise OptionError(f"since: expected a date such as 2026-11-01, got {since!r}") from None


def _address(url: str, homepage: str) -> str:
    canonical = canonicalise(url, homepage)
    if canonical is None or not same_site(canonical, homepage):
        raise OptionError(f"url: expected the address of a page of {homepage}, got {url!r}")
    return canonical
