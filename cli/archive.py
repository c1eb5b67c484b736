"""`warraq archive`: what the archive holds, and whether it is intact."""

from typing import TYPE_CHECKING

import click

from cli.main import Context, database
from cli.progress import progress
from text.terminal import printable

if TYPE_CHECKING:
    from sqlite_utils import Database

    from storage.archive.retention import SiteSummary
    from storage.archive.verify import ArchiveReport


@click.group(invoke_without_command=True)
@click.pass_context
def archive(ctx: click.Context) -> None:
    """Show how many pages of each site are archived, and their size."""
    if ctx.invoked_subcommand is None:
        with database(ctx.obj) as db:
            _show(ctx.obj, db)


def _show(context: Context, db: "Database") -> None:
    # Imported when it runs: `warraq archive --help` does not wait for them.
    from rich.console import Console
    from rich.table import Table

    import settings
    from storage.archive.retention import extent, site_summaries

    if not settings.WARRAQ_ARCHIVE:
        click.echo("The archive is switched off: WARRAQ_ARCHIVE=off.")
    total = extent(context.data)
    if not total.files:
        click.echo("Nothing is archived yet: every crawl adds to it.")
        return
    table = Table()
    for column in ("site", "pages", "revisits", "MB", "from", "to"):
        table.add_column(column, justify="left" if column == "site" else "right")
    for summary in site_summaries(db):
        table.add_row(*_cells(summary))
    Console().print(table)
    click.echo(total.in_words())
    click.echo(
        f"The budget is {settings.WARRAQ_ARCHIVE_MB} MB; beyond it the oldest files are removed."
    )


def _cells(summary: "SiteSummary") -> list[str]:
    return [
        printable(summary.site or "imported"),
        str(summary.pages),
        str(summary.revisits),
        f"{summary.bytes / 1e6:.1f}",
        summary.first[:10],
        summary.last[:10],
    ]


@archive.command("check")
@click.pass_obj
def check_(context: Context) -> None:
    """Read the whole archive: verify every record's digests and every page's record.

    Exits with 1 if anything is damaged or missing.
    """
    from storage.archive.retention import extent
    from storage.archive.verify import verify_archive

    with database(context) as db, progress("checking", extent(context.data).bytes) as advance:
        report = verify_archive(
            db, context.data, lambda done: advance(done, f"{done / 1e6:.0f} MB")
        )
    for problem in report.problems:
        click.echo(printable(problem), err=True)
    click.echo(_summary(report))
    if report.problems:
        raise click.exceptions.Exit(1)


def _summary(report: "ArchiveReport") -> str:
    parts = [
        f"{report.records} records in {report.files} files, {report.pages} pages refer to them",
        f"{report.orphans} records without a page (a killed crawl leaves such)",
    ]
    if report.gone:
        parts.append(f"{report.gone} revisits whose original was removed with its file")
    parts.append(f"{len(report.problems)} problems" if report.problems else "everything is intact")
    return "; ".join(parts) + "."
