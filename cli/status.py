"""`warraq status`: how every site is doing, and whether the service runs; fits into 80 columns."""

import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import click
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from cli.main import Context, database
from service.status_file import read_status
from storage.archive.retention import Extent, extent
from storage.status import SiteStatus, from_archives, per_site
from text.terminal import printable
from text.timestamps import utc_now

# A table that is piped into a file or a pager has no terminal to fit.
_PIPED_WIDTH = 160
_WATCH_INTERVAL = 2.0  # seconds
# A service whose loop has been blocked for this many seconds is not well.
_MAX_SILENCE = 60.0

# Columns at any width, and those added from _WIDE characters on.
_NUMBERS = ("articles", "copies", "queued"), ("rejected", "failed", "gone")
_TIMES = ("success", "newest", "next"), ("crawled",)
_YIELDS = ("recent", "usual")
_WIDE = 110
_COLOURS = {"suspect": "red", "failing": "yellow", "begun": "dim", "new": "dim"}
_BOUND = {
    "workers": "the workers are the bottleneck",
    "writer": "the writer is the bottleneck",
    "network": "fetching is the bottleneck",
}


@dataclass(frozen=True, slots=True)
class _Status:
    now: str
    service: dict[str, Any] | None
    sites: list[SiteStatus]
    archive: Extent
    imported: tuple[int, int]

    @property
    def silence(self) -> float:
        """Seconds since the service last wrote its status."""
        beat = (self.service or {}).get("beat")
        if not beat:
            return 0.0
        return (datetime.fromisoformat(self.now) - datetime.fromisoformat(beat)).total_seconds()

    @property
    def is_well(self) -> bool:
        runs = (
            self.service is not None
            and self.silence < _MAX_SILENCE
            and not self.service.get("held")
        )
        return runs and not any(site.suspect for site in self.sites)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.option("--watch", is_flag=True, help="Refresh every two seconds, until Ctrl-C.")
@click.pass_obj
def status(context: Context, as_json: bool, watch: bool) -> None:
    """Show how every site is doing, and whether the service runs.

    `recent` and `usual` are new articles a day: in the last two days, and in the four weeks before.
    Exits with 1 if the service does not run or fetches nothing, or if a site is suspect: it answers,
    but yields nothing of what it used to yield.
    """
    if watch and as_json:
        raise click.UsageError("--watch and --json exclude each other")
    console = Console()
    if not console.is_terminal:
        console = Console(width=_PIPED_WIDTH)
    if watch:
        with suppress(KeyboardInterrupt):
            _watch(context, console)
        return
    current = _read(context)
    if as_json:
        click.echo(json.dumps(_json_data(current), ensure_ascii=False))
    else:
        console.print(_render(current, console))
    sys.exit(0 if current.is_well else 1)


def _watch(context: Context, console: Console) -> None:
    with Live(console=console, auto_refresh=False) as live:
        while True:
            live.update(_render(_read(context), console), refresh=True)
            time.sleep(_WATCH_INTERVAL)


def _read(context: Context) -> _Status:
    with database(context) as db:
        service, sites = read_status(context.data), per_site(db)
        imported = from_archives(db)
    if service is None:
        sites = [replace(site, next_poll=None) for site in sites]
    return _Status(utc_now(), service, sites, extent(context.data), imported)


def _json_data(current: _Status) -> dict[str, Any]:
    service = {"runs": current.service is not None, **(current.service or {})}
    sites = [asdict(site) for site in current.sites]
    imported = dict(zip(("outlets", "articles"), current.imported, strict=True))
    archive = asdict(current.archive)
    return {"service": service, "sites": sites, "archive": archive, "imported": imported}


def _render(current: _Status, console: Console) -> RenderableType:
    return Group(
        site_table(current.sites, current.now, console.width),
        "",
        *reasons(current.sites),
        *_describe_imported(*current.imported),
        current.archive.in_words(),
        Text(printable(_describe_service(current)), "" if current.is_well else "yellow"),
    )


def site_table(sites: Iterable[SiteStatus], now: str, width: int = 80) -> Table:
    """Times are shown as the time passed until `now`, or still to come; yields as articles a day."""
    is_wide = width >= _WIDE
    columns = _columns(is_wide)
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    table.add_column("site", no_wrap=True, min_width=9, max_width=24 if is_wide else 16)
    for name in columns:
        justify = "left" if name == "health" else "right"
        table.add_column(name, justify=justify, no_wrap=True, min_width=len(name))  # type: ignore[arg-type]
    for site in sites:
        cells = _cells(site, now)
        table.add_row(_text(site.site or "(no site)"), *(cells[name] for name in columns))
    return table


def _columns(is_wide: bool) -> list[str]:
    numbers, times = (always + wide * is_wide for always, wide in (_NUMBERS, _TIMES))
    return [*numbers, *times, *_YIELDS, "health"]


def _cells(site: SiteStatus, now: str) -> dict[str, Text | str]:
    counts = {name: site.frontier.get(name, 0) for name in ("queued", "rejected", "failed")}
    counts |= {"articles": site.articles, "copies": site.copies, "gone": site.gone}
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
    elif site.outcome == "finished":
        word = "in part" if site.trouble else "ok"
    elif site.outcome is None:
        word = "begun" if site.last_crawl else ""
    else:
        word = site.outcome or ""
    return Text(printable(word), _COLOURS.get(word.partition(" ")[0], ""))


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
    return Text(printable(text))


def reasons(sites: Sequence[SiteStatus]) -> Iterator[Text]:
    """Why a site is suspect, fails, rests or gave only a part, a line per site."""
    for site in sites:
        if why := site.suspect or site.trouble:
            yield Text.assemble(_health(site), " ", _text(f"{site.site}: {why}"))


def _describe_imported(outlets: int, articles: int) -> list[str]:
    sentence = f"{articles} articles of {outlets} more outlets came from web archives."
    return [sentence] if outlets else []


def _describe_service(current: _Status) -> str:
    service = current.service
    if service is None:
        return "The service does not run."
    running = f"The service has run since {service.get('since')} as process {service.get('pid')}"
    if current.silence >= _MAX_SILENCE:
        return f"{running}, but has not responded for {current.silence:.0f} s."
    if service.get("held"):
        return f"{running}; nothing is fetched: {service['held']}."
    crawling = ", ".join(service.get("crawling", ())) or "none"
    polling = f"{running}; it polls {service.get('sites')} sites, crawling now: {crawling}."
    return " ".join(filter(None, (polling, describe_cluster(service.get("cluster") or {}))))


def describe_cluster(cluster: Mapping[str, Any]) -> str:
    """Empty without a cluster."""
    if not cluster:
        return ""
    name = f"The cluster at {cluster.get('address')}"
    if not cluster.get("answers"):
        return f"{name} does not answer: pages wait for it."
    workers, batches = cluster.get("workers", 0), cluster.get("batches", 0)
    load = f"{name}: {workers} workers, {batches} batches in flight"
    if bound := _BOUND.get(cluster.get("bound") or ""):
        return f"{load}, {cluster.get('rate')} pages a second; {bound}."
    return f"{load}."
