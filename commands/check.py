"""`warraq check`: crawl a few pages of a site, show what would be stored, store nothing."""

import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from cli.check import Findings, report
from commands.context import Context
from items import Site
from spiders.crawl import crawl_sites
from spiders.events import Event, SourceRead
from spiders.site_file import load_sites
from storage.database import StorageError
from text.suggestions import did_you_mean
from text.terminal import plain


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--pages", default=5, show_default=True, help="Article pages of each site.")
@click.option("--url", help="Only this article, of the one site that is named.")
@click.pass_obj
def check(context: Context, names: tuple[str, ...], pages: int, url: str | None) -> None:
    """Fetch a few pages of each site and show what would be stored. Stores nothing.

    Without a name, every site is checked. Exits with 1 if a site yields no article.
    """
    if url and len(names) != 1:
        raise click.UsageError("--url needs the name of one site")
    sites = chosen(context, names)
    # What goes wrong with a source is in the report; only faults of ours go to the log.
    logging.basicConfig(level=logging.ERROR)
    findings = look_at(sites, pages, url)
    console = Console(highlight=False)
    for site in sites:
        report(console, site, findings[site.name])
    sys.exit(0 if all(found.articles for found in findings.values()) else 1)


def chosen(context: Context, names: Sequence[str]) -> list[Site]:
    found = load_sites(context.sites)
    for error in found.errors:
        click.echo(plain(str(error)), err=True)
    for name in names:
        if name not in found.sites:
            near = did_you_mean(name, found.sites)
            raise click.ClickException(f"no site is called {name!r} {near}".strip())
    named = [found.sites[name] for name in names]
    return named or [site for site in found.sites.values() if site.enabled]


def look_at(sites: Sequence[Site], pages: int, url: str | None) -> dict[str, Findings]:
    """The very crawl that would store, into a database that is thrown away."""
    findings = {site.name: Findings() for site in sites}

    def watch(name: str, event: Event) -> None:
        found = findings[name]
        if isinstance(event, SourceRead):
            found.sources.append(event)
        else:
            found.pages.append(event)

    with tempfile.TemporaryDirectory(prefix="warraq-check-") as folder:
        try:
            results = crawl_sites(
                sites,
                Path(folder),
                limit=pages,
                url=url,
                on_event=watch,
                settings={"WARRAQ_ARCHIVE": False},
            )
        except StorageError as error:
            raise click.ClickException(str(error)) from error
    for result in results:
        findings[result.site].trouble = result.trouble
    return findings
