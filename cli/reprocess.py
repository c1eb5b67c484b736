"""`warraq reprocess`: the archived pages refined again, without a request."""

import asyncio
import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.completion import complete_sites
from cli.main import Context, database, log_to_stderr
from cli.progress import progress
from text.counted import counted
from text.terminal import isolated, printable

if TYPE_CHECKING:
    from rich.text import Text
    from sqlite_utils import Database

    from pipelines.ingest.reprocess_run import DryRun, TextChange

_MAX_CHARS = 300
_LABELS = {
    "changed": "{texts} changed",
    "corrected": "changed in what is known of them",
    "same": "as they were",
    "unfolded": "stored as another article before, and their own now",
    "found": "turned away before, and stored now",
    "restored": "made anew",
    "revised": "later texts of them",
    "rejected": "turned away again",
    "lost": "turned away by today's rules; what is stored of them stays",
    "gone": "whose record cannot be read",
}


def print_summary(
    counts: Counter[str], without_page: int, left: Mapping[str, int], *, stored: bool
) -> None:
    """`left`: pages of sites without a file, by site."""
    from rich.console import Console

    console = Console(highlight=False)
    console.print(
        f"{counted(counts.total(), 'page')} refined again" + ", nothing stored" * (not stored)
    )
    for outcome, label in _LABELS.items():
        if counts[outcome]:
            console.print(f"{counts[outcome]:8} {label.format(texts=_texts(counts[outcome]))}")
    for reason in sorted(counts.keys() - _LABELS.keys()):
        console.print(f"{counts[reason]:8} {printable(reason)}", markup=False)
    if without_page:
        console.print(f"{without_page:8} articles without a page in the archive, left alone")
    for site, pages in left.items():
        line = f"{pages:8} of {printable(site)} left alone: there is no site file for it (--sites)"
        console.print(line, markup=False)


def _texts(count: int) -> str:
    return "text" if count == 1 else "texts"


def print_changes(run: "DryRun") -> None:
    """A sample of the changes, paragraph by paragraph."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for change in run.shown:
        number = "copy" if change.number is None else f"{change.number:03d}"
        console.print(Text(f"{number} {isolated(change.title or '')}", "bold"))
        for line in _diff(change):
            console.print(line)
        console.print()


def _diff(change: "TextChange") -> "Iterator[Text]":
    matcher = difflib.SequenceMatcher(None, change.before, change.after, autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "equal":
            continue
        old, new = change.before[first:last], change.after[start:end]
        yield from _signed("-", old, new, "red")
        yield from _signed("+", new, old, "green")


def _signed(
    sign: str, lines: Sequence[str], others: Sequence[str], colour: str
) -> "Iterator[Text]":
    from rich.text import Text

    for index, line in enumerate(lines):
        other = others[index] if index < len(others) else ""
        yield Text(f"{sign} {isolated(_excerpt(line, other))}", colour)


def _excerpt(line: str, other: str) -> str:
    """Of a long line, the part around its first difference from `other`."""
    if len(line) <= _MAX_CHARS:
        return line
    pairs = enumerate(zip(line, other, strict=False))
    difference = next((index for index, (a, b) in pairs if a != b), 0)
    start = max(0, difference - _MAX_CHARS // 2)
    end = start + _MAX_CHARS
    return ("… " if start else "") + line[start:end] + (" …" if end < len(line) else "")


@click.command()
@click.option("--site", shell_complete=complete_sites, help="Only the pages of this site.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="Only pages fetched since this day."
)
@click.option(
    "--dry-run", is_flag=True, help="Change nothing: count what would change, and show some of it."
)
@click.option(
    "--rebuild", is_flag=True, help="Empty the articles first, and make all of them anew."
)
@click.pass_obj
def reprocess(
    context: Context, site: str | None, since: datetime | None, dry_run: bool, rebuild: bool
) -> None:
    """Refine the archived pages again, by today's rules and by what has been learned.

    A text that changes becomes a revision, marked as reprocessed; pages that were rejected and are
    articles now are stored. Ctrl-C stops, and the next run goes on from there.
    """
    if rebuild and (site or since or dry_run):
        raise click.UsageError("--rebuild concerns everything: it takes no other option")
    # Imported when it runs: `warraq reprocess --help` does not wait for what refines pages.
    from pipelines.ingest.reprocess import Reprocessing
    from pipelines.ingest.reprocess_run import DryRun, ReprocessRun, slice_refiner
    from pipelines.workers.pool import NoWorkers
    from spiders.site_files import load_sites
    from storage.archive.read_pages import ReprocessScope, pages_without_site
    from storage.reprocessed_articles import without_page

    log_to_stderr()
    with database(context) as db:
        last = db.execute("SELECT coalesce(max(page), 0) FROM _archived_pages").fetchone()[0]
        _check_archive(context, last)
        sites = load_sites(context.sites).sites
        left = _left(pages_without_site(db, sites), site, rebuild=rebuild)
        scope = ReprocessScope(last, site, since.date().isoformat() if since else None, tuple(left))
        if rebuild:
            _check_rebuild(db, context.data)
        pages = Reprocessing(db, context.data, sites, scope, rebuild)
        refiner = slice_refiner()
        try:
            with progress("refining again", pages.until) as advance:
                run = DryRun(pages, advance) if dry_run else ReprocessRun(pages, advance)
                asyncio.run(run.run(refiner))
        except NoWorkers as error:
            raise click.ClickException(str(error)) from error
        finally:
            refiner.close()
        if isinstance(run, DryRun):
            print_changes(run)
        print_summary(run.counts, without_page(db, site), left, stored=not dry_run)
    if run.interrupted:
        click.echo(
            "Interrupted: the next run goes on from here." if not dry_run else "Interrupted."
        )
        raise click.exceptions.Exit(130)


def _check_archive(context: Context, pages: int) -> None:
    from storage.archive.pointer import archive_folder

    if not pages:
        raise click.ClickException(
            "No page is archived here, so there is nothing to refine again. The pages of imported web "
            "archives stay in their files: "
            f"`{context.command('import', '--again', 'FILE')}` reads them by today's rules."
        )
    folder = archive_folder(context.data)
    if not folder.is_dir():
        raise click.ClickException(
            f"The archive is not there: put {printable(str(folder))} back where it was."
        )


def _left(without_file: dict[str, int], site: str | None, *, rebuild: bool) -> dict[str, int]:
    """The pages that stay as they are: without its site's file, a page would be read in another time
    zone and by other rules.
    """
    wanted = [name for name in without_file if site in (None, name)]
    if wanted and (rebuild or site):
        raise click.ClickException(
            f"There is no site file for {printable(', '.join(wanted))}: say with --sites where it is. "
            "Without it the time zone and the site's own rules are not known."
        )
    return without_file


def _check_rebuild(db: "Database", data: Path) -> None:
    """Nothing may be lost, and no other process may assign numbers meanwhile."""
    from service.status_file import read_status
    from storage.archive.pointer import archive_folder
    from storage.reprocessed_articles import unreadable, without_page

    if read_status(data):
        raise click.ClickException(
            "The service runs: stop it first, its articles would be mixed in."
        )
    missing, damaged = without_page(db), unreadable(db, archive_folder(data))
    if missing or damaged:
        raise click.ClickException(
            f"{missing} articles have no page in the archive, and {damaged} of its pages cannot be "
            "read: they would be lost. Without --rebuild they stay as they are."
        )
