"""`warraq status`: how every site is doing, and whether the service runs; 80 columns are enough."""

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


_BOUND = {
    "workers": "the workers are what bounds them",
    "writer": "the writer is what bounds them",
    "network": "fetching is what bounds them",
}


def cluster_in_words(said: Mapping[str, Any]) -> str:
    """Empty: there is none."""
    if not said:
        return ""
    where = f"The cluster at {said.get('address')}"
    if not said.get("answers"):
        return f"{where} does not answer: pages wait for it."
    workers, batches = said.get("workers", 0), said.get("batches", 0)
    words = f"{where}: {workers} workers, {batches} batches on their way"
    if bound := _BOUND.get(said.get("bound") or ""):
        return f"{words}, {said.get('rate')} pages a second; {bound}."
    return f"{words}."


# A table piped into a file or a pager has no terminal to fit.
_PIPED_WIDTH = 160
_EVERY = 2.0
# A loop that is held for a minute has no word for anyone.
_SILENT = 60.0


@dataclass(frozen=True, slots=True)
class _Status:
    now: str
    service: dict[str, Any] | None
    sites: list[SiteStatus]
    archive: Extent
    imported: tuple[int, int]

    @property
    def silent(self) -> float:
        """Seconds since the service has said anything."""
        beat = (self.service or {}).get("beat")
        if not beat:
            return 0.0
        return (datetime.fromisoformat(self.now) - datetime.fromisoformat(beat)).total_seconds()

    @property
    def is_well(self) -> bool:
        runs = self.service is not None and self.silent < _SILENT and not self.service.get("held")
        return runs and not any(site.suspect for site in self.sites)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.option("--watch", is_flag=True, help="Look again every two seconds, until Ctrl-C.")
@click.pass_obj
def status(context: Context, as_json: bool, watch: bool) -> None:
    """Show how every site is doing, and whether the service runs.

    `recent` and `usual` are new articles a day, of the last two days and of the four weeks before.
    Exits with 1 when the service does not run or fetches nothing, or when a site is suspect: one
    that answers and yields nothing of what it used to yield.
    """
    if watch and as_json:
        raise click.UsageError("--watch is for people, --json for machines")
    console = Console()
    if not console.is_terminal:
        console = Console(width=_PIPED_WIDTH)
    if watch:
        with suppress(KeyboardInterrupt):
            _watch(context, console)
        return
    found = _look(context)
    if as_json:
        click.echo(json.dumps(_plain_data(found), ensure_ascii=False))
    else:
        console.print(_shown(found, console))
    sys.exit(0 if found.is_well else 1)


def _watch(context: Context, console: Console) -> None:
    with Live(console=console, auto_refresh=False) as live:
        while True:
            live.update(_shown(_look(context), console), refresh=True)
            time.sleep(_EVERY)


def _look(context: Context) -> _Status:
    with database(context) as db:
        service, sites = read_status(context.data), per_site(db)
        imported = from_archives(db)
    if service is None:
        sites = [replace(site, next_poll=None) for site in sites]
    return _Status(utc_now(), service, sites, extent(context.data), imported)


def _plain_data(found: _Status) -> dict[str, Any]:
    service = {"runs": found.service is not None, **(found.service or {})}
    sites = [asdict(site) for site in found.sites]
    imported = dict(zip(("outlets", "articles"), found.imported, strict=True))
    archive = asdict(found.archive)
    return {"service": service, "sites": sites, "archive": archive, "imported": imported}


def _shown(found: _Status, console: Console) -> RenderableType:
    return Group(
        site_table(found.sites, found.now, console.width),
        "",
        *reasons(found.sites),
        *_imported(*found.imported),
        found.archive.in_words(),
        Text(printable(_service(found)), "" if found.is_well else "yellow"),
    )


def _imported(outlets: int, articles: int) -> list[str]:
    words = f"{articles} articles of {outlets} more outlets came from web archives."
    return [words] if outlets else []


def _service(found: _Status) -> str:
    said = found.service
    if said is None:
        return "The service does not run."
    words = f"The service runs since {said.get('since')} as process {said.get('pid')}"
    if found.silent >= _SILENT:
        return f"{words}, and has said nothing for {found.silent:.0f} s."
    if said.get("held"):
        return f"{words}; nothing is fetched: {said['held']}."
    crawling = ", ".join(said.get("crawling", ())) or "no site"
    polled = f"{words}; {said.get('sites')} sites are polled, being crawled: {crawling}."
    return " ".join(filter(None, (polled, cluster_in_words(said.get("cluster") or {}))))
