"""`warraq status`: how every site is doing, and whether the service runs; fits into 80 columns."""

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from cli.completion import complete_sites
from cli.exit_codes import CommandLineError
from cli.main import Context, database
from service.status_file import read_status
from spiders.site_folders import site_names
from text.counted import counted
from text.suggestions import did_you_mean
from text.terminal import printable, readable_addresses
from text.timestamps import utc_now

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

    from storage.archive.retention import Extent
    from storage.status import SiteStatus
    from storage.watches.deliveries import ChannelState

_WATCH_INTERVAL = 2.0  # seconds
# A service whose loop has been blocked for this many seconds is not well.
_MAX_SILENCE = 60.0

# In their order, with the rank by which they are left out where the terminal is narrow.
_COLUMNS = {
    **{"site": 0, "articles": 0, "copies": 5, "queued": 4, "rejected": 8, "failed": 7, "gone": 9},
    **{"success": 3, "newest": 0, "next": 2, "crawled": 10, "recent": 1, "usual": 6, "health": 0},
}
_LEFT = ("site", "health")
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
    sites: "list[SiteStatus]"
    archive: "Extent"
    imported: tuple[int, int]
    failing: "list[ChannelState]"  # of watches

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
        return runs and not self.failing and not any(site.suspect for site in self.sites)


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_sites)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.option("--watch", is_flag=True, help="Refresh every two seconds, until Ctrl-C.")
@click.pass_obj
def status(context: Context, names: tuple[str, ...], as_json: bool, watch: bool) -> None:
    """Show how every site is doing, and whether the service runs.

    With a NAME, only these sites. A narrow terminal gets fewer columns; --json has all of them.

    `recent` and `usual` are new articles a day: in the last two days, and in the four weeks before.
    Exits with 1 if the service does not run or fetches nothing, or if a site is suspect: it answers,
    but yields nothing of what it used to yield; or if a watch cannot tell what it found.
    """
    if watch and as_json:
        raise click.UsageError("--watch and --json exclude each other")
    # Imported when it runs: `warraq status --help` does not wait for it.
    from text.tables import output_console, print_table

    console = output_console()
    if watch:
        with suppress(KeyboardInterrupt):
            _watch(context, names, console)
        return
    current = _read(context, names)
    if as_json:
        click.echo(json.dumps(_json_data(current), ensure_ascii=False))
    else:
        print_table(console, _render(current, console))
    sys.exit(0 if current.is_well else 1)


def _watch(context: Context, names: Sequence[str], console: "Console") -> None:
    from rich.live import Live

    with Live(console=console, auto_refresh=False) as live:
        while True:
            live.update(_render(_read(context, names), console), refresh=True)
            time.sleep(_WATCH_INTERVAL)


def _read(context: Context, names: Sequence[str] = ()) -> _Status:
    from storage.archive.retention import extent
    from storage.status import from_archives, per_site
    from storage.watches.deliveries import failing

    with database(context) as db:
        service, sites = read_status(context.data), per_site(db)
        imported, troubled = from_archives(db), failing(db)
    if names:
        sites, imported = _named(context, names, sites), (0, 0)
    if service is None:
        sites = [replace(site, next_poll=None) for site in sites]
    return _Status(utc_now(), service, sites, extent(context.data), imported, troubled)


def _named(
    context: Context, names: Sequence[str], sites: "Sequence[SiteStatus]"
) -> "list[SiteStatus]":
    """Raises CommandLineError where there is none of a name."""
    by_name = {site.site or "": site for site in sites}
    for name in names:
        if name in by_name:
            continue
        known = set(site_names(context.sites))
        if name in known:
            command = context.command("crawl", name)
            raise CommandLineError(f"{name} was never crawled: `{command}` does it")
        hint = did_you_mean(name, {*filter(None, by_name), *known})
        raise CommandLineError(f"no site is called {printable(name)!r} {hint}".strip())
    return [by_name[name] for name in dict.fromkeys(names)]


def _json_data(current: _Status) -> dict[str, Any]:
    service = {"runs": current.service is not None, **(current.service or {})}
    sites = [asdict(site) for site in current.sites]
    imported = dict(zip(("outlets", "articles"), current.imported, strict=True))
    archive = asdict(current.archive)
    watches = [asdict(state) for state in current.failing]
    return {
        **{"service": service, "sites": sites, "archive": archive, "imported": imported},
        "failing_watches": watches,
    }


def _render(current: _Status, console: "Console") -> "RenderableType":
    from rich.console import Group
    from rich.text import Text

    from text.tables import broken

    sentences = [
        *reasons(current.sites),
        *map(_describe_failing, current.failing),
        *map(Text, _describe_imported(*current.imported)),
        Text(current.archive.in_words()),
        Text(printable(_describe_service(current)), "" if current.is_well else "yellow"),
    ]
    lines = [line for sentence in sentences for line in broken(sentence, console.width)]
    if not current.sites:
        return Group("No site was crawled yet.", *lines)
    return Group(site_table(current.sites, current.now, console.width), "", *lines)


def site_table(sites: "Sequence[SiteStatus]", now: str, width: int = 80) -> "RenderableType":
    """Times are shown as the time passed until `now`, or still to come; yields as articles a day."""
    from text.tables import Column, fitted_table

    columns = [Column(name, right=name not in _LEFT, rank=rank) for name, rank in _COLUMNS.items()]
    rows = []
    for site in sites:
        cells = _cells(site, now)
        rows.append([cells[name] for name in _COLUMNS])
    return fitted_table(columns, rows, width)


def _cells(site: "SiteStatus", now: str) -> "dict[str, Text]":
    counts = {name: site.frontier.get(name, 0) for name in ("queued", "rejected", "failed")}
    counts |= {"articles": site.articles, "copies": site.copies, "gone": site.gone}
    words = {
        **{name: str(count) for name, count in counts.items()},
        "site": site.site or "(no site)",
        "success": _ago(site.last_success, now),
        "crawled": _ago(site.last_crawl, now),
        "newest": _ago(site.last_new_article, now),
        "next": _until(site.next_poll, now),
        "recent": _rate(site.recent_yield),
        "usual": _rate(site.usual_yield),
    }
    return {name: _text(word) for name, word in words.items()} | {"health": _health(site)}


def _health(site: "SiteStatus") -> "Text":
    from rich.text import Text

    if site.suspect:
        word = "suspect"
    elif site.failures_in_a_row:
        word = f"failing {site.failures_in_a_row}"
    elif site.outcome == "finished":
        word = "in part" if site.trouble else "ok"
    elif site.outcome is None:
        word = "begun" if site.last_crawl else ""
    else:
        word = (site.outcome or "").replace("_", " ")
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


def _text(text: str) -> "Text":
    from rich.text import Text

    return Text(printable(text))


def reasons(sites: "Sequence[SiteStatus]") -> "Iterator[Text]":
    """Why a site is suspect, fails, rests, could not begin or gave only a part, a line per site."""
    from rich.text import Text

    for site in sites:
        if why := site.suspect or site.trouble:
            yield Text.assemble(
                _health(site), " ", _text(f"{site.site}: {readable_addresses(why)}")
            )


def _describe_failing(state: "ChannelState") -> "Text":
    """A watch that could not tell."""
    from rich.text import Text

    waiting = counted(state.waiting, "article")
    sentence = (
        f"watch {state.watch}: {waiting} not told, {counted(state.attempt - 1, 'attempt')} failed; the "
        f"next one is due {state.due_at}: {state.trouble}"
    )
    return Text(printable(sentence), "yellow")


def _describe_imported(outlets: int, articles: int) -> list[str]:
    sentence = f"{counted(articles, 'article')} of {counted(outlets, 'more outlet')} came from web archives."
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
    polling = f"{running}; it polls {_sites(service)}, crawling now: {crawling}."
    return " ".join(filter(None, (polling, describe_cluster(service.get("cluster") or {}))))


def _sites(service: Mapping[str, Any]) -> str:
    return counted(int(service.get("sites") or 0), "site")


def describe_cluster(cluster: Mapping[str, Any]) -> str:
    """Empty without a cluster."""
    if not cluster:
        return ""
    name = f"The cluster at {cluster.get('address')}"
    if not cluster.get("answers"):
        return f"{name} does not answer: pages wait for it."
    workers, batches = cluster.get("workers", 0), cluster.get("batches", 0)
    load = f"{name}: {counted(workers, 'worker')}, {counted(batches, 'batch', 'batches')} in flight"
    if bound := _BOUND.get(cluster.get("bound") or ""):
        return f"{load}, {cluster.get('rate')} pages a second; {bound}."
    return f"{load}."
