"""The figures of `warraq status`, as a table for people."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from pipelines.terminal import plain
from storage.status import SiteStatus

_FIGURES = ("articles", "copies", "queued", "done", "rejected", "failed")


def site_table(sites: Iterable[SiteStatus]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("site", no_wrap=True)
    for name in _FIGURES:
        table.add_column(name, justify="right")
    for name in ("last crawl", "outcome", "last new article"):
        table.add_column(name, no_wrap=True)
    for site in sites:
        table.add_row(*map(_cell, _row(site)))
    return table


def _row(site: SiteStatus) -> list[str]:
    figures = {"articles": site.articles, "copies": site.copies} | site.frontier
    outcome = site.suspect or site.outcome or ("running" if site.last_crawl else "")
    return [
        site.site or "(no site)",
        *(str(figures.get(name, 0)) for name in _FIGURES),
        _time(site.last_crawl),
        outcome,
        _time(site.last_new_article),
    ]


def _time(time: str | None) -> str:
    return time[:16].replace("T", " ") if time else "never"


def _cell(text: str) -> Text:
    return Text(plain(text))
