"""The figures of `warraq status`, as a table for people; 80 columns are enough."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from storage.status import SiteStatus
from text.terminal import plain

# The second list is for those who have the room.
_NUMBERS = ("articles", "copies", "queued"), ("rejected", "failed")
_TIMES = ("success", "newest", "next"), ("crawled",)
_YIELDS = ("recent", "usual")
_WIDE = 110
_COLOURS = {"suspect": "red", "failing": "yellow", "begun": "dim", "new": "dim"}


def site_table(sites: Iterable[SiteStatus], now: str, width: int = 80) -> Table:
    """Times are shown as how long before `now` they were, or until they come; yields a day."""
    roomy = width >= _WIDE
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    table.add_column("site", no_wrap=True, min_width=9, max_width=24 if roomy else 16)
    for name in _columns(roomy):
        justify = "left" if name == "health" else "right"
        table.add_column(name, justify=justify, no_wrap=True, min_width=len(name))  # type: ignore[arg-type]
    for site in sites:
        cells = _cells(site, now)
        table.add_row(_text(site.site or "(no site)"), *(cells[name] for name in _columns(roomy)))
    return table


def reasons(sites: Sequence[SiteStatus]) -> Iterator[Text]:
    """Why a site is suspect, or failing, in a line each."""
    for site in sites:
        if why := site.suspect or (site.failures_in_a_row and site.trouble):
            yield Text.assemble(_health(site), " ", _text(f"{site.site}: {why}"))


def _columns(roomy: bool) -> list[str]:
    numbers, times = (kind[0] + kind[1] * roomy for kind in (_NUMBERS, _TIMES))
    return [*numbers, *times, *_YIELDS, "health"]


def _cells(site: SiteStatus, now: str) -> dict[str, Text | str]:
    counts = {name: site.frontier.get(name, 0) for name in ("queued", "rejected", "failed")}
    counts |= {"articles": site.articles, "copies": site.copies}
    return {
        **{name: str(count) for name, count in counts.items()},
        "success": _ago(site.last_success, now),
        "crawled": _ago(site.last_crawl, now),
        "newest": _ago(site.last_new_article, now),
        "next": _until(site.next_poll, now),
        "recent": _rate(site.recent_yield),
        "usual": _rate(site.usual_yield),
        "health": _health(site),
    }


def _health(site: SiteStatus) -> Text:
    if site.suspect:
        word = "suspect"
    elif site.failures_in_a_row:
        word = f"failing {site.failures_in_a_row}"
    elif site.outcome in (None, "finished"):
        word = "ok" if site.outcome else "begun" if site.last_crawl else ""
    else:
        word = site.outcome or ""
    return Text(plain(word), _COLOURS.get(word.partition(" ")[0], ""))


def _rate(a_day: float | None) -> str:
    return "" if a_day is None else f"{a_day:.0f}" if a_day >= 9.95 else f"{a_day:.1f}"


def _until(time: str | None, now: str) -> str:
    if time is None:
        return ""
    return "now" if time <= now else _ago(now, time)


def _ago(time: str | None, now: str) -> str:
    """`40 s`, `5 min`, `3 h`, `12 d`."""
    if time is None:
        return "never"
    seconds = (datetime.fromisoformat(now) - datetime.fromisoformat(time)).total_seconds()
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def _text(text: str) -> Text:
    return Text(plain(text))
