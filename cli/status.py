"""`warraq status`: how every site is doing, and whether the service runs."""

import json
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import click
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from commands.cluster_words import cluster_in_words
from commands.context import Context, database
from commands.site_table import reasons, site_table
from service.presence import present
from storage.archive.listing import Extent, extent
from storage.status import SiteStatus, from_archives, per_site
from text.terminal import plain
from text.timestamps import utc_now

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
        service, sites = present(context.data), per_site(db)
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
        Text(plain(_service(found)), "" if found.is_well else "yellow"),
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
