"""`warraq reprocess`: the archived pages refined again, without a single request."""

import asyncio
from datetime import datetime
from pathlib import Path

import click
from sqlite_utils import Database

from cli.progress import progress
from commands.context import Context, database
from commands.reprocess_report import say, show
from commands.slice_workers import slice_refiner
from pipelines.ingest.reprocess import Reprocessing
from pipelines.ingest.reprocess_run import DryRun, Run
from pipelines.workers.pool import NoWorkers
from service.presence import present
from spiders.site_file import load_sites
from storage.archive.places import archive_folder
from storage.emptying import unreadable, without_page
from storage.held import Scope, strangers
from text.terminal import plain


@click.command()
@click.option("--site", help="Only the pages of this site.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="Only pages fetched since this day."
)
@click.option(
    "--dry-run", is_flag=True, help="Change nothing: say what would change, and show some of it."
)
@click.option(
    "--rebuild", is_flag=True, help="Empty the articles first, and make all of them anew."
)
@click.pass_obj
def reprocess(
    context: Context, site: str | None, since: datetime | None, dry_run: bool, rebuild: bool
) -> None:
    """Refine the archived pages again, by today's rules and by what has been learned.

    A text that changes becomes a revision, marked as reprocessed; pages that were turned away and
    are articles now are stored. Ctrl-C stops, and the next run goes on from there.
    """
    if rebuild and (site or since or dry_run):
        raise click.UsageError("--rebuild is of everything: it goes with no other option")
    with database(context) as db:
        last = db.execute("SELECT coalesce(max(page), 0) FROM _pages").fetchone()[0]
        sites = load_sites(context.sites).sites
        left = _left(strangers(db, sites), site, rebuild=rebuild)
        scope = Scope(last, site, since.date().isoformat() if since else None, tuple(left))
        if rebuild:
            _make_sure(db, context.data)
        pages = Reprocessing(db, context.data, sites, scope, rebuild)
        refiner = slice_refiner()
        try:
            with progress("refining again", pages.until) as told:
                run = DryRun(pages, told) if dry_run else Run(pages, told)
                asyncio.run(run.all(refiner))
        except NoWorkers as error:
            raise click.ClickException(str(error)) from error
        finally:
            refiner.close()
        if isinstance(run, DryRun):
            show(run)
        say(run.counts, without_page(db, site), left, stored=not dry_run)
    if run.interrupted:
        click.echo(
            "Interrupted: the next run goes on from here." if not dry_run else "Interrupted."
        )
        raise click.exceptions.Exit(130)


def _left(strangers: dict[str, int], site: str | None, *, rebuild: bool) -> dict[str, int]:
    """The pages that stay as they are: without its site's file, a page would be read in another time
    zone and by other rules.
    """
    wanted = {name: pages for name, pages in strangers.items() if site in (None, name)}
    if wanted and (rebuild or site):
        raise click.ClickException(
            f"There is no site file for {plain(', '.join(wanted))}: say with --sites where it is. "
            "Without it the time zone and the site's own rules are not known."
        )
    return strangers


def _make_sure(db: Database, data: Path) -> None:
    """Nothing may be lost, and nobody else may give out numbers meanwhile."""
    if present(data):
        raise click.ClickException(
            "The service runs: stop it first, its articles would be mixed in."
        )
    lost = without_page(db), unreadable(db, archive_folder(data))
    if any(lost):
        raise click.ClickException(
            f"{lost[0]} articles have no page in the archive, and {lost[1]} of its pages cannot be "
            "read: they would be lost. Without --rebuild they stay as they are."
        )
