"""`warraq boilerplate`: the boilerplate lines learned from a site."""

from typing import TYPE_CHECKING

import click

from cli.completion import complete_sites
from cli.main import Context, database
from spiders.site_folders import site_names
from text.counted import counted
from text.suggestions import did_you_mean
from text.terminal import printable

if TYPE_CHECKING:
    from sqlite_utils import Database

    from storage.article_rows import Row


@click.command()
@click.argument("name", shell_complete=complete_sites)
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
        articles = db.execute(
            "SELECT max(counted) FROM _site_articles WHERE site = ?", [name]
        ).fetchone()[0]
    if not rows:
        click.echo(
            f"nothing learned from the {counted(articles or 0, 'article')} of {printable(name)}: it takes 20"
        )
        return
    _print_table(name, articles, rows)


def _print_table(name: str, articles: int, rows: "list[Row]") -> None:
    # Imported where there is a table.
    from rich.text import Text

    from text.tables import Column, fitted_table, output_console, print_table, print_wrapped

    columns = (
        Column("line", wraps=True),
        Column("state"),
        Column("articles", right=True),
        Column("share", right=True, rank=1),
        Column("learned", rank=2),
        Column("example", rank=3),
    )
    cells = [
        (
            *(row["text"], row["state"], row["articles"], f"{row['share']:.0%}"),
            *(row["learned_at"], row["example"]),
        )
        for row in rows
    ]
    texts = [[Text(printable(str(cell))) for cell in row] for row in cells]
    console = output_console()
    print_wrapped(
        console, f"{printable(name)}: learned from {counted(articles, 'article')}", "italic"
    )
    print_table(console, fitted_table(columns, texts, console.width))


def _check_name(context: Context, db: "Database", name: str) -> None:
    known = {row[0] for row in db.execute("SELECT name FROM sites").fetchall()}
    if name not in known:
        hint = (
            did_you_mean(name, {*known, *site_names(context.sites)})
            or f"(`{context.command('status')}` lists those with articles)"
        )
        raise click.ClickException(f"nothing is stored of a site {printable(name)!r} {hint}")
