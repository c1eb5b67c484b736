"""`warraq forget`: a takedown of articles, or of a site's, and the way back."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.completion import complete_sites
from cli.main import Context, database
from cli.selection_options import DAY
from text.counted import counted
from text.suggestions import did_you_mean
from text.terminal import printable
from text.timestamps import utc_now

if TYPE_CHECKING:
    from sqlite_utils import Database

    from storage.takedown.remove import TakedownResult
    from storage.takedown.targets import Takedown, Target

_SHOWN = 20


@click.command("forget")
@click.argument("references", nargs=-1, metavar="[URL|ID]…")
@click.option(
    "--site", metavar="NAME", shell_complete=complete_sites, help="All that is kept of this site."
)
@click.option("--before", type=DAY, help="With --site: what was published before this day (UTC).")
@click.option("--with-copies", is_flag=True, help="The copies at other outlets too.")
@click.option("--reason", default="takedown", help="Kept with the tombstone.  [takedown]")
@click.option("--dry-run", is_flag=True, help="Show what would go, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--undo", is_flag=True, help="Let these URLs or ids be fetched and imported again.")
@click.pass_obj
def forget_(
    context: Context,
    references: tuple[str, ...],
    site: str | None,
    before: datetime | None,
    with_copies: bool,
    reason: str,
    dry_run: bool,
    yes: bool,
    undo: bool,
) -> None:
    """Take articles out for good: text, revisions, index, archived pages. They are not fetched or
    imported again.

    A copy at another outlet stays, and becomes the article, unless --with-copies is given. What
    stays of the address is its hash, with the time and the reason. Backups and exports are left as
    they are.
    """
    if bool(references) == bool(site) or (before and not site) or (undo and site):
        raise click.UsageError("name URLs or ids, or one --site (with --before, if you like)")
    with database(context) as db:
        if undo:
            _undo(db, references)
            return
        takedown = (
            _by_site(db, site, before) if site else _by_reference(db, references, with_copies)
        )
        carry_out(db, takedown, reason, dry_run=dry_run, yes=yes)


def _undo(db: "Database", references: tuple[str, ...]) -> None:
    # As all of `storage` here: imported when it runs, for `warraq forget --help` does not wait for it.
    from storage.takedown.targets import ids_of_references
    from storage.tombstones import lift_tombstones

    count = lift_tombstones(db, ids_of_references(db, references))
    if not count:
        raise click.ClickException("none of these was taken out")
    click.echo(
        f"{counted(count, 'article')} may come back when a source lists them, or an import has them."
    )


def _by_site(db: "Database", site: str, before: datetime | None) -> "Takedown":
    from storage.takedown.targets import of_site

    known = {name for (name,) in db.execute("SELECT name FROM sites").fetchall()}
    if site not in known:
        hint = did_you_mean(site, known)
        raise click.ClickException(
            f"nothing is stored of a site {printable(site)!r} {hint}".strip()
        )
    return of_site(db, site, before=before.date().isoformat() if before else None)


def _by_reference(db: "Database", references: tuple[str, ...], with_copies: bool) -> "Takedown":
    from storage.takedown.targets import of_references

    try:
        return of_references(db, references, with_copies=with_copies)
    except LookupError as error:
        [reference] = error.args
        raise click.ClickException(
            f"no text has the id or number {printable(reference)}, and it is no URL"
        ) from error


def carry_out(
    db: "Database", takedown: "Takedown", reason: str, *, dry_run: bool, yes: bool
) -> None:
    """Show what goes, ask, and take it out."""
    from storage.takedown.purge import room_to_compact
    from storage.takedown.remove import forget

    for line in _summary(db, takedown):
        click.echo(printable(line))
    if dry_run:
        return
    if not takedown.targets and not takedown.addresses and takedown.site is None:
        return
    ask("Take this out for good?", yes=yes)
    compact = room_to_compact(db)
    if not compact:
        click.echo(
            "The disk has no room to write the database's file anew: it is left as it is.", err=True
        )
    result = forget(db, takedown, reason, utc_now(), compact=compact, on_step=_show_step)
    _report(result)


def ask(question: str, *, yes: bool) -> None:
    """Raises Abort for a no, and UsageError where nobody can be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError(
            "nobody can be asked here: --yes goes on without, --dry-run only shows"
        )
    click.confirm(question, abort=True)


def _summary(db: "Database", takedown: "Takedown") -> list[str]:
    from storage.takedown.targets import remaining_copies

    copies = sum(target.original is not None for target in takedown.targets)
    articles = len(takedown.targets) - copies
    lines = [_describe(target) for target in takedown.targets[:_SHOWN]]
    if len(takedown.targets) > _SHOWN:
        lines.append(f"… {len(takedown.targets) - _SHOWN} more")
    if not takedown.targets:
        lines += [f"nothing is stored of {url}" for url in sorted(takedown.addresses)[:_SHOWN]]
    lines.append(
        f"{counted(articles, 'article')}, {counted(copies, 'copy', 'copies')}; "
        f"{counted(len(takedown.addresses), 'address', 'addresses')} will not be fetched again."
    )
    if staying := remaining_copies(db, takedown):
        lines.append(
            f"{counted(staying, 'copy', 'copies')} at other outlets will stay, and be the article "
            "(--with-copies takes them out as well)."
        )
    return lines


def _describe(target: "Target") -> str:
    kind = "article" if target.original is None else f"copy of {target.original}"
    parts = (target.id, kind, target.published or "no date", target.title or "", target.url or "")
    return "  ".join(filter(None, parts))


def _show_step(step: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"… {step}", err=True)


def _report(result: "TakedownResult") -> None:
    import settings

    click.echo(
        f"Taken out: {counted(result.texts, 'text')}; {counted(result.records, 'record')} of the archive "
        "overwritten."
    )
    if result.in_log:
        click.echo(
            "A reader keeps the write-ahead log, which still has the text, from being emptied: "
            "maintenance, the next crawl or the next `warraq forget` does it.",
            err=True,
        )
    backup = settings.WARRAQ_BACKUP
    if backup and any(Path(backup).glob("warraq-*.db")):
        click.echo(f"The backups in {printable(str(backup))} still have it: delete them.", err=True)
