"""`warraq archive`: what is kept of what was fetched, and whether it is whole."""

import click
from rich.console import Console
from rich.table import Table
from sqlite_utils import Database

import settings
from cli.main import Context, database
from cli.progress import progress
from storage.archive.retention import SiteSummary, extent, site_summaries
from storage.archive.verify import ArchiveReport, verify_archive
from text.terminal import printable


@click.group(invoke_without_command=True)
@click.pass_context
def archive(ctx: click.Context) -> None:
    """Show what is archived of each site, in which space."""
    if ctx.invoked_subcommand is None:
        with database(ctx.obj) as db:
            _show(ctx.obj, db)


def _show(context: Context, db: Database) -> None:
    if not settings.WARRAQ_ARCHIVE:
        click.echo("Nothing is added: WARRAQ_ARCHIVE=off.")
    whole = extent(context.data)
    if not whole.files:
        click.echo("Nothing is archived yet: every crawl adds to it.")
        return
    table = Table()
    for column in ("site", "pages", "of them revisits", "MB", "from", "to"):
        table.add_column(column, justify="left" if column == "site" else "right")
    for line in site_summaries(db):
        table.add_row(*_cells(line))
    Console().print(table)
    click.echo(whole.in_words())
    click.echo(f"The budget is {settings.WARRAQ_ARCHIVE_MB} MB; beyond it the oldest files go.")


def _cells(line: SiteSummary) -> list[str]:
    return [
        printable(line.site or "imported"),
        str(line.pages),
        str(line.revisits),
        f"{line.bytes / 1e6:.1f}",
        line.first[:10],
        line.last[:10],
    ]


@archive.command("check")
@click.pass_obj
def check_(context: Context) -> None:
    """Read all of it: every record's digests, every page's record.

    Exits with 1 where anything is damaged or missing.
    """
    with database(context) as db, progress("checking", extent(context.data).bytes) as advance:
        found = verify_archive(db, context.data, lambda done: advance(done, f"{done / 1e6:.0f} MB"))
    for problem in found.problems:
        click.echo(printable(problem), err=True)
    click.echo(_said(found))
    if found.problems:
        raise click.exceptions.Exit(1)


def _said(found: ArchiveReport) -> str:
    said = [
        f"{found.records} records in {found.files} files, {found.pages} pages point into them",
        f"{found.orphans} records that no page points to (a kill leaves such)",
    ]
    if found.gone:
        said.append(f"{found.gone} revisits whose original went with its file")
    said.append(f"{len(found.problems)} problems" if found.problems else "all is whole")
    return "; ".join(said) + "."
