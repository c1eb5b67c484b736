"""The figures of `warraq status`, as a table for people; 80 columns are enough."""

from collections.abc import Iterable
from datetime import datetime

from rich.table import Table
from rich.text import Text

from pipelines.text.terminal import plain
from storage.status import SiteStatus

_STATES = ("queued", "rejected", "failed")


def site_table(sites: Iterable[SiteStatus], now: str) -> Table:
    """Times are shown as how long before `now` they were."""
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    table.add_column("site", no_wrap=True, max_width=24)
    for name in ("articles", "copies", *_STATES):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    for name in ("crawled", "outcome", "newest"):
        table.add_column(name, no_wrap=True, min_width=len(name))
    for site in sites:
        table.add_row(*map(_cell, _row(site, now)))
    return table


def _row(site: SiteStatus, now: str) -> list[str]:
    return [
        site.site or "(no site)",
        str(site.articles),
        str(site.copies),
        *(str(site.frontier.get(state, 0)) for state in _STATES),
        _ago(site.last_crawl, now),
        site.suspect or site.outcome or ("begun" if site.last_crawl else ""),
        _ago(site.last_new_article, now),
    ]


def _ago(time: str | None, now: str) -> str:
    """`40 s`, `5 min`, `3 h`, `12 d`."""
    if time is None:
        return "never"
    seconds = (datetime.fromisoformat(now) - datetime.fromisoformat(time)).total_seconds()
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def _cell(text: str) -> Text:
    return Text(plain(text))
