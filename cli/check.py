"""`warraq check`: crawls a few pages of a site, shows what would be stored and what to change in its
file, and stores nothing.
"""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cli.completion import complete_sites
from cli.main import Context, log_to_stderr
from text.suggestions import did_you_mean
from text.terminal import printable

if TYPE_CHECKING:
    from items import Site


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_sites)
@click.option("--pages", default=5, show_default=True, help="Article pages of each site.")
@click.option("--url", help="Only this article, of the one site that is named.")
@click.pass_obj
def check(context: Context, names: tuple[str, ...], pages: int, url: str | None) -> None:
    """Fetch a few pages of each site and show what would be stored. Stores nothing.

    Without a name, every site that is chosen is checked. Exits with 1 if a site yields no article.
    """
    if url and len(names) != 1:
        raise click.UsageError("--url needs the name of one site")
    # Imported when it runs: `warraq check --help` does not wait for Scrapy.
    from cli.trial_crawl import print_line, report, run_trials
    from text.tables import output_console

    sites = selected_sites(context, names)
    if not sites:
        raise click.ClickException(
            f"no site is chosen yet: name one that `{context.command('sites')}` lists, "
            f"or add one with `{context.command('add', 'URL')}`"
        )
    # Problems of sources are in the report; only our own errors go to the log, but for --verbose.
    log_to_stderr("ERROR")
    trials = run_trials(sites, pages, url)
    console = output_console()
    for site in sites:
        report(console, site, trials[site.name])
    good = [site.name for site in sites if trials[site.name].articles]
    if good and names:
        print_line(console, f"store what is new: {context.command('crawl', *good)}")
    if len(sites) > 1 and all(trial.has_no_name for trial in trials.values()):
        click.echo("None of the sites' names has an address: is there a network?", err=True)
    sys.exit(0 if all(trial.articles for trial in trials.values()) else 1)


def selected_sites(context: Context, names: Sequence[str]) -> list["Site"]:
    # It brings what validates site files, and is imported when they are read.
    from spiders.site_files import load_sites

    loaded = load_sites(context.sites)
    for error in loaded.errors:
        click.echo(printable(str(error)), err=True)
    for name in names:
        if name not in loaded.sites:
            hint = did_you_mean(name, loaded.sites) or f"(`{context.command('sites')}` lists them)"
            raise click.ClickException(f"no site is called {name!r} {hint}")
    named = [loaded.sites[name] for name in names]
    return named or [
        site for name, site in loaded.sites.items() if site.enabled and loaded.is_chosen(name)
    ]
