"""`warraq duplicates`: which texts are one story, why two are or are not, and judging them again."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import click
from sqlite_utils import Database

from cli.main import Context, database
from cli.progress import progress
from storage.article_rows import Row
from storage.duplicates import rebuild as rebuilding
from storage.duplicates.explain import Explanation, clusters, explain, find_text
from storage.duplicates.rebuild import ClusterChange
from text.terminal import printable

_SHOWN = 20


@click.group()
def duplicates() -> None:
    """Copies, near copies and related stories."""


@duplicates.command("clusters")
@click.argument("dest", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.pass_obj
def clusters_(context: Context, dest: Path | None) -> None:
    """Write a line for every text: its address, a tab, the id of its story's original.

    To DEST, or to standard output.
    """
    with database(context) as db:
        if dest is None:
            _write(db, sys.stdout)
            return
        with dest.open("w", encoding="utf-8") as stream:
            count = _write(db, stream)
    click.echo(f"{count} texts in {printable(str(dest))}")


def _write(db: Database, stream: TextIO) -> int:
    """What is shown on a terminal must not act on it; a file or a pipe gets addresses as they are."""
    shown = printable if stream.isatty() else str
    count = 0
    for url, original in clusters(db):
        stream.write(f"{shown(url)}\t{original}\n")
        count += 1
    return count


@duplicates.command("explain")
@click.argument("one", metavar="ID")
@click.argument("other", metavar="ID")
@click.pass_obj
def explain_(context: Context, one: str, other: str) -> None:
    """Say why two texts are copies of each other or are not.

    ID is a text's id (16 hex digits), its number or its address.
    """
    with database(context) as db:
        first, second = _text(db, one), _text(db, other)
        found = explain(db, first, second)
    for row in (first, second):
        click.echo(_line(row))
    click.echo(f"\n{_said(found)}")
    for sentence in found.sentences:
        click.echo(f"  {sentence}")


def _text(db: Database, which: str) -> Row:
    row = find_text(db, which)
    if row is None:
        raise click.ClickException(f"no text has the id, number or address {printable(which)}")
    return row


def _line(row: Row) -> str:
    where = f"copy of {row['original']}" if row["article"] is None else f"article {row['article']}"
    credit = row["agency"] or row["source"]
    parts = (row["published"] or "no date", row["title"], credit and f"({credit})", row["url"])
    return printable("  ".join([row["id"], where, *filter(None, parts)]))


def _said(found: Explanation) -> str:
    kinds = {
        "copy": "One is a copy of the other.",
        "variant": "No copies: two versions of one story.",
        "contains": "No copies: the first contains the second.",
        "part": "No copies: the second contains the first.",
        "distinct": "No copies.",
    }
    return kinds[found.comparison.kind]


@duplicates.command()
@click.option("--all", "all_", is_flag=True, help="Show every text that changed sides.")
@click.pass_obj
def rebuild(context: Context, all_: bool) -> None:
    """Judge all stored texts again, as after a change of the rule; say what that changed.

    It may be interrupted: the next time it goes on where it was.
    """
    with database(context) as db:
        with progress("judging", 1.0) as advance:
            for done, last in rebuilding.rebuild(db):
                advance(done / last, f"{done} of {last} texts")
        changes = rebuilding.finish_rebuild(db)
    click.echo(_summary(changes))
    for change in changes if all_ else changes[:_SHOWN]:
        click.echo(f"  {change.id}: {_standing(change.before)} → {_standing(change.after)}")
    if len(changes) > _SHOWN and not all_:
        click.echo(f"  … {len(changes) - _SHOWN} more; --all shows them")


def _summary(changes: Sequence[ClusterChange]) -> str:
    if not changes:
        return "Nothing changed."
    left = sum(change.before is None for change in changes)
    came = sum(change.after is None for change in changes)
    return (
        f"{left} articles became copies, {came} copies became articles, "
        f"{len(changes) - left - came} copies have another original."
    )


def _standing(original: str | None) -> str:
    return f"copy of {original}" if original else "article"
