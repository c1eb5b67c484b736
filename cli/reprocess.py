"""`warraq reprocess`: the archived pages refined again, without a single request."""

import asyncio
import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text
from sqlite_utils import Database

from cli.main import Context, database
from cli.progress import progress
from pipelines.ingest.reprocess import Reprocessing
from pipelines.ingest.reprocess_run import DryRun, ReprocessRun, TextChange, slice_refiner
from pipelines.workers.pool import NoWorkers
from service.status_file import read_status
from spiders.site_files import load_sites
from storage.archive.pointer import archive_folder
from storage.archive.read_pages import ReprocessScope, pages_without_site
from storage.reprocessed_articles import unreadable, without_page
from text.terminal import printable

# A line of another direction than the terminal's keeps its own between these two.
_ISOLATE, _POP = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_LONGEST = 300
_WORDS = {
    "changed": "texts changed",
    "corrected": "changed in what is known of them",
    "same": "as they were",
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
    """`left`: pages of sites that have no file, by site."""
    console = Console(highlight=False)
    console.print(f"{counts.total()} pages refined again" + ", nothing stored" * (not stored))
    for name, words in _WORDS.items():
        if counts[name]:
            console.print(f"{counts[name]:8} {words}")
    for reason in sorted(counts.keys() - _WORDS.keys()):
        console.print(f"{counts[reason]:8} {printable(reason)}", markup=False)
    if without_page:
        console.print(f"{without_page:8} articles without a page in the archive, left alone")
    for site, pages in left.items():
        said = f"{pages:8} of {printable(site)} left alone: there is no site file for it (--sites)"
        console.print(said, markup=False)


def print_changes(run: DryRun) -> None:
    """A sample of the changes, paragraph by paragraph."""
    console = Console(highlight=False)
    for change in run.shown:
        number = "copy" if change.number is None else f"{change.number:03d}"
        console.print(Text(f"{number} {_isolated(change.title or '')}", "bold"))
        for line in _lines(change):
            console.print(line)
        console.print()


def _lines(change: TextChange) -> Iterator[Text]:
    matcher = difflib.SequenceMatcher(None, change.before, change.after, autojunk=False)
    for what, first, last, start, end in matcher.get_opcodes():
        if what == "equal":
            continue
        old, new = change.before[first:last], change.after[start:end]
        yield from _marked("-", old, new, "red")
        yield from _marked("+", new, old, "green")


def _marked(mark: str, lines: Sequence[str], others: Sequence[str], colour: str) -> Iterator[Text]:
    """Of a long paragraph that changed in one place, that place."""
    for at, line in enumerate(lines):
        other = others[at] if at < len(others) else ""
        yield Text(f"{mark} {_isolated(_around(line, other))}", colour)


def _around(line: str, other: str) -> str:
    if len(line) <= _LONGEST:
        return line
    same = next((at for at, (a, b) in enumerate(zip(line, other, strict=False)) if a != b), 0)
    start = max(0, same - _LONGEST // 2)
    end = start + _LONGEST
    return ("… " if start else "") + line[start:end] + (" …" if end < len(line) else "")


def _isolated(line: str) -> str:
    return f"{_ISOLATE}{printable(line)}{_POP}"


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
        last = db.execute("SELECT coalesce(max(page), 0) FROM _archived_pages").fetchone()[0]
        sites = load_sites(context.sites).sites
        left = _left(pages_without_site(db, sites), site, rebuild=rebuild)
        scope = ReprocessScope(last, site, since.date().isoformat() if since else None, tuple(left))
        if rebuild:
            _make_sure(db, context.data)
        pages = Reprocessing(db, context.data, sites, scope, rebuild)
        refiner = slice_refiner()
        try:
            with progress("refining again", pages.until) as told:
                run = DryRun(pages, told) if dry_run else ReprocessRun(pages, told)
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


def _left(strangers: dict[str, int], site: str | None, *, rebuild: bool) -> dict[str, int]:
    """The pages that stay as they are: without its site's file, a page would be read in another time
    zone and by other rules.
    """
    wanted = {name: pages for name, pages in strangers.items() if site in (None, name)}
    if wanted and (rebuild or site):
        raise click.ClickException(
            f"There is no site file for {printable(', '.join(wanted))}: say with --sites where it is. "
            "Without it the time zone and the site's own rules are not known."
        )
    return strangers


def _make_sure(db: Database, data: Path) -> None:
    """Nothing may be lost, and nobody else may give out numbers meanwhile."""
    if read_status(data):
        raise click.ClickException(
            "The service runs: stop it first, its articles would be mixed in."
        )
    lost = without_page(db), unreadable(db, archive_folder(data))
    if any(lost):
        raise click.ClickException(
            f"{lost[0]} articles have no page in the archive, and {lost[1]} of its pages cannot be "
            "read: they would be lost. Without --rebuild they stay as they are."
        )
