"""`warraq crawl`: one crawl of each named site, or all that a site has of the time since a date."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cli.check import selected_sites
from cli.completion import complete_sites
from cli.exit_codes import INTERRUPTED, CommandLineError
from cli.main import Context, database
from cli.progress import is_quiet
from text.counted import counted
from text.terminal import printable
from text.timestamps import utc_now

if TYPE_CHECKING:
    from items import Site
    from spiders.runner import CrawlResult

_CHIEF = ("new", "revised", "copies", "unchanged", "rejected", "failed")


# The mark keeps click from filling the lines.
_EXAMPLES = """\b
Examples:
  warraq crawl elnahar                        what is new
  warraq crawl elnahar nashra --limit 20      twenty pages of each
  warraq crawl elnahar --since 2011-01-01     all since 2011
  warraq crawl elnahar --url https://elnahar.example/2026/11/28/story
"""


@click.command(epilog=_EXAMPLES)
@click.argument("names", nargs=-1, metavar="NAME...", shell_complete=complete_sites)
@click.option("--limit", metavar="N", help="Article pages of each site. [its file's `pages`]")
@click.option(
    "--since",
    metavar="DATE",
    help="Go through all that the site still has of the time since then (a backfill).",
)
@click.option("--url", metavar="URL", help="Only this article, of the one site that is named.")
@click.pass_obj
def crawl(
    context: Context,
    names: tuple[str, ...],
    limit: str | None,
    since: str | None,
    url: str | None,
) -> None:
    """Crawl sites once: what is new, or what there is since a date.

    A crawl fetches what its site has announced and is not stored yet. `warraq run` does that for
    all sites, again and again.

    With --since it is a backfill: sitemaps, WordPress's REST interface, date archives, section pages
    and pages of feeds are read back to the date, at the site's pace. Years of a large site take days.
    It may be interrupted, or killed, at any time: the same command goes on where it was.

    Exits with 0 where all went well, 1 where a site or one of its sources could not be read, or a
    backfill is not complete for another reason than --limit, 2 for a wrong argument, 130 after Ctrl-C.
    """
    if not names:
        raise CommandLineError(f"name a site to crawl; `{context.command('sites')}` lists them")
    if url and (len(names) != 1 or since or limit):
        raise CommandLineError("--url is one address of one site, without --since and --limit")
    try:
        sites = selected_sites(context, list(dict.fromkeys(names)))
    except click.ClickException as error:
        raise CommandLineError(error.message) from error
    _check_options(sites, limit, since, url)
    _set_up_log()
    # Imported when it runs: `warraq crawl --help` does not wait for Scrapy.
    from spiders.runner import crawl_sites
    from storage.database import StorageError

    try:
        results = crawl_sites(
            sites,
            context.data,
            limit=int(limit) if limit else None,
            since=since,
            url=url,
            settings={
                "WARRAQ_PROGRESS": "bar" if sys.stderr.isatty() and not is_quiet() else "log"
            },
        )
    except StorageError as error:
        raise click.ClickException(str(error)) from error
    complete = [
        _report(context, site, result, since) for site, result in zip(sites, results, strict=True)
    ]
    sys.exit(exit_code(results, complete))


def _check_options(
    sites: "Sequence[Site]", limit: str | None, since: str | None, url: str | None
) -> None:
    from spiders.crawl_options import OptionError, parse_options

    for site in sites:
        try:
            parse_options(site, limit=limit, since=since, url=url)
        except OptionError as error:
            raise CommandLineError(printable(f"--{error}")) from error


def _set_up_log() -> None:
    """On a terminal the bar shows how it goes, and the log what needs a person."""
    from service.log_output import set_up
    from spiders.project_settings import product_settings

    settings = product_settings()
    if sys.stderr.isatty() and not os.environ.get("WARRAQ_LOG_LEVEL"):
        settings.set("LOG_LEVEL", "WARNING", priority="cmdline")
    set_up("text", settings)


def _report(context: Context, site: "Site", result: "CrawlResult", since: str | None) -> bool:
    """Print how the crawl of the site went; whether nothing of it is left to be done."""
    if result.outcome in _NOT_BEGUN:
        # The log has the reason.
        click.echo(f"{site.name}: not crawled", err=True)
        return False
    counts = [f"{result.counts[name]} {name}" for name in _CHIEF if result.counts.get(name)]
    end = _ENDS.get(result.outcome, result.outcome)
    click.echo(f"{site.name}: {end}: {', '.join(counts) or 'nothing new'}")
    if result.trouble:
        click.echo(printable(f"{site.name}: {result.trouble}"), err=True)
    return _report_backfill(context, site, since) if since else True


_NOT_BEGUN = ("busy", "no_access", "no_browser", "no_cluster", "no_database", "bad_order")
_ENDS = {"resting": "stopped, since the site is left alone for now"}


def _report_backfill(context: Context, site: "Site", since: str) -> bool:
    from storage import frontier, source_pages

    with database(context) as db:
        state = source_pages.state(db, site.name)
        if state is None:
            return False
        queued = frontier.count_due(db, site.name, now=utc_now(), since=state.since)
    for note in state.notes:
        click.echo(printable(f"{site.name}: {note}"), err=True)
    if state.finished:
        click.echo(f"{site.name}: all that it has since {since} was gone through.")
        return True
    pages = state.due + state.failed
    left = [counted(queued, "address", "addresses")] * bool(queued)
    left += [f"{counted(pages, 'page')} of its sources"] * bool(pages)
    command = context.command("crawl", site.name, "--since", since)
    what = f"left: {' and '.join(left)}; " if left else ""
    click.echo(f"{site.name}: {what}go on with: {command}")
    return False


def exit_code(results: "Sequence[CrawlResult]", complete: Sequence[bool]) -> int:
    """What failed outweighs what was interrupted; `complete`: whether nothing is left of each."""
    outcomes = [result.outcome for result in results]
    if any(outcome not in ("finished", "resting", "stopped") for outcome in outcomes):
        return 1
    if "stopped" in outcomes:
        return INTERRUPTED
    unfinished = any(
        result.outcome == "resting" and not done
        for result, done in zip(results, complete, strict=True)
    )
    return int(unfinished or any(result.trouble for result in results))
