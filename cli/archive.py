"""`warraq archive`: what the archive holds, and whether it is intact."""

from typing import TYPE_CHECKING

import click

from cli.main import Context, database
from cli.progress import progress
from text.counted import counted
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
    from rich.text import Text

    import settings
    from storage.archive.retention import extent, site_summaries
    from text.tables import Column, fitted_table, output_console, print_table, print_wrapped

    if not settings.WARRAQ_ARCHIVE:
        click.echo("The archive is switched off: WARRAQ_ARCHIVE=off.")
    total = extent(context.data)
    if not total.files:
        click.echo("Nothing is archived yet: every crawl adds to it.")
        return
    columns = [
        Column("site"),
        *(Column("pages", right=True), Column("revisits", right=True, rank=1)),
        *(Column("MB", right=True), Column("from", rank=3), Column("to", rank=2)),
    ]
    rows = [list(map(Text, _cells(summary))) for summary in site_summaries(db)]
    console = output_console()
    print_table(console, fitted_table(columns, rows, console.width))
    print_wrapped(console, total.in_words())
    budget = (
        f"The budget is {settings.WARRAQ_ARCHIVE_MB} MB; beyond it the oldest files are removed."
    )
    print_wrapped(console, budget)


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
        f"{counted(report.records, 'record')} in {counted(report.files, 'file')}, "
        f"for {counted(report.pages, 'page')}",
        f"{counted(report.orphans, 'record')} without a page (a killed crawl leaves such)",
    ]
    if report.gone:
        parts.append(f"{counted(report.gone, 'revisit')} whose original was removed with its file")
    parts.append(
        counted(len(report.problems), "problem") if report.problems else "everything is intact"
    )
    return "; ".join(parts) + "."
