"""`warraq duplicates`: list the clusters, explain a pair, rebuild them all."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from cli.main import Context, database
from cli.progress import progress
from text.counted import counted
from text.terminal import printable

if TYPE_CHECKING:
    from sqlite_utils import Database

    from storage.article_rows import Row
    from storage.duplicates.explain import Explanation
    from storage.duplicates.rebuild import ClusterChange

_MAX_CHANGES = 20


@click.group()
def duplicates() -> None:
    """Copies, near copies and related stories."""


@duplicates.command("clusters")
@click.argument("dest", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.pass_obj
def clusters_(context: Context, dest: Path | None) -> None:
    """Write a line per text: its URL, a tab and the id of its cluster's original.

    Writes to DEST, or to standard output.
    """
    with database(context) as db:
        if dest is None:
            _write_clusters(db, sys.stdout)
            return
        with dest.open("w", encoding="utf-8") as stream:
            count = _write_clusters(db, stream)
    click.echo(f"{counted(count, 'text')} in {printable(str(dest))}")


def _write_clusters(db: "Database", stream: TextIO) -> int:
    """Without what would act on a terminal, where a file may be shown too."""
    # As all of `storage` here: imported when it runs, for `--help` does not wait for it.
    from storage.duplicates.explain import clusters

    count = 0
    for url, original in clusters(db):
        stream.write(f"{printable(url)}\t{original}\n")
        count += 1
    return count


@duplicates.command("explain")
@click.argument("first", metavar="ID")
@click.argument("second", metavar="ID")
@click.pass_obj
def explain_(context: Context, first: str, second: str) -> None:
    """Explain why two texts are copies of each other, or why not.

    ID is a text's id (16 hex digits), its number or its URL.
    """
    from storage.duplicates.explain import explain
    from text.tables import output_console, print_wrapped

    with database(context) as db:
        rows = _find_text(db, first), _find_text(db, second)
        explanation = explain(db, *rows)
    console = output_console()
    for row in rows:
        print_wrapped(console, _describe_text(row))
    print_wrapped(console, f"\n{_describe_kind(explanation)}")
    for sentence in explanation.sentences:
        print_wrapped(console, sentence, indent=2)


def _find_text(db: "Database", reference: str) -> "Row":
    from storage.duplicates.explain import find_text

    row = find_text(db, reference)
    if row is None:
        raise click.ClickException(f"no text has the id, number or URL {printable(reference)}")
    return row


def _describe_text(row: "Row") -> str:
    standing = (
        f"copy of {row['original']}" if row["article"] is None else f"article {row['article']}"
    )
    credit = row["agency"] or row["source"]
    parts = (row["published"] or "no date", row["title"], credit and f"({credit})", row["url"])
    return printable("  ".join([row["id"], standing, *filter(None, parts)]))


def _describe_kind(explanation: "Explanation") -> str:
    sentences = {
        "copy": "One is a copy of the other.",
        "variant": "Not copies: two versions of one story.",
        "contains": "Not copies: the first contains the second.",
        "part": "Not copies: the second contains the first.",
        "distinct": "Not copies.",
    }
    return sentences[explanation.comparison.kind]


@duplicates.command()
@click.option("--all", "all_", is_flag=True, help="Show every change.")
@click.pass_obj
def rebuild(context: Context, all_: bool) -> None:
    """Compare all stored texts again, as after a change of the thresholds, and list the changes.

    If interrupted, the next run continues where this one stopped.
    """
    from storage.duplicates import rebuild as duplicates_rebuild

    with database(context) as db:
        with progress("comparing", 1.0) as advance:
            for done, total in duplicates_rebuild.rebuild(db):
                advance(done / total, f"{done} of {total} texts")
        changes = duplicates_rebuild.finish_rebuild(db)
    click.echo(_summary(changes))
    for change in changes if all_ else changes[:_MAX_CHANGES]:
        click.echo(f"  {change.id}: {_standing(change.before)} → {_standing(change.after)}")
    if len(changes) > _MAX_CHANGES and not all_:
        click.echo(f"  … {len(changes) - _MAX_CHANGES} more; use --all to see them")


def _summary(changes: "Sequence[ClusterChange]") -> str:
    if not changes:
        return "Nothing changed."
    became_copies = sum(change.before is None for change in changes)
    became_articles = sum(change.after is None for change in changes)
    return (
        f"articles that became copies: {became_copies}, copies that became articles: {became_articles}, "
        f"copies with another original: {len(changes) - became_copies - became_articles}."
    )


def _standing(original: str | None) -> str:
    return f"copy of {original}" if original else "article"
