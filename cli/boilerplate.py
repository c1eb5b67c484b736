"""`warraq boilerplate`: the boilerplate lines learned from a site."""

from typing import TYPE_CHECKING

import click

from cli.main import Context, database
from text.suggestions import did_you_mean
from text.terminal import printable

if TYPE_CHECKING:
    from sqlite_utils import Database


@click.command()
@click.argument("name")
@click.pass_obj
def boilerplate(context: Context, name: str) -> None:
    """List the boilerplate lines learned from NAME: lines that its articles have in common.

    To keep such a line, or to remove one at once, name it in the site's file: `text = ["…"]` or
    `boilerplate = ["…"]`.
    """
    with database(context) as db:
        _check_name(context, db, name)
        rows = list(
            db.query("SELECT * FROM boilerplate WHERE site = ? ORDER BY articles DESC", [name])
        )
        counted = db.execute(
            "SELECT max(counted) FROM _site_articles WHERE site = ?", [name]
        ).fetchone()[0]
    if not rows:
        click.echo(
            f"nothing learned from the {counted or 0} articles of {printable(name)}: it takes 20"
        )
        return
    # Imported where there is a table.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=f"{printable(name)}: learned from {counted} articles", title_justify="left")
    for column in ("line", "state", "articles", "share", "learned", "example"):
        table.add_column(column, justify="right" if column in ("articles", "share") else "left")
    for row in rows:
        cells = (
            row["text"],
            row["state"],
            row["articles"],
            f"{row['share']:.0%}",
            row["learned_at"],
            row["example"],
        )
        table.add_row(*(Text(printable(str(cell))) for cell in cells))
    Console().print(table)


def _check_name(context: Context, db: "Database", name: str) -> None:
    known = {row[0] for row in db.execute("SELECT name FROM sites").fetchall()}
    if name not in known:
        hint = (
            did_you_mean(name, known)
            or f"(`{context.command('status')}` lists those with articles)"
        )
        raise click.ClickException(f"nothing is stored of a site {printable(name)!r} {hint}")
