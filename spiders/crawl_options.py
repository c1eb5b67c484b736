"""The arguments of one crawl, `-a limit=20 -a since=2026-11-01`, parsed and checked."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from items import Site
from storage.tombstones import tombstone_of
from text.timestamps import add_seconds, format_utc, utc_now
from text.urls import canonicalise, same_site


class OptionError(ValueError):
    """An argument that is wrong; the message names it and what was expected."""


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """`limit`: article pages at most. `since`: articles published earlier are skipped, ISO 8601 UTC.
    `url`: this article alone; no source is read.
    """

    limit: int
    since: str | None = None
    url: str | None = None


def parse_options(
    site: Site,
    *,
    limit: str | int | None = None,
    since: str | None = None,
    url: str | None = None,
) -> CrawlOptions:
    """Defaults come from the site's file; what would be too old to keep is not fetched. Raises
    OptionError.
    """
    since = since or site.since
    starts = [_moment(since, site.timezone)] if since else []
    if site.keep_days:
        starts.append(add_seconds(utc_now(), -site.keep_days * 86_400))
    return CrawlOptions(
        limit=site.pages if limit is None else _positive(limit),
        since=max(starts, default=None),
        url=_address(url, site.homepage) if url else None,
    )


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
    except ValueError:
        raise OptionError(f"since: expected a date such as 2026-11-01, got {since!r}") from None
    return format_utc(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone)))


def _address(url: str, homepage: str) -> str:
    canonical = canonicalise(url, homepage)
    if canonical is None or not same_site(canonical, homepage):
        raise OptionError(f"url: expected the address of a page of {homepage}, got {url!r}")
    return canonical
