"""`warraq show` and `warraq boilerplate`: one article as it is or as it was fetched, and what a site
repeats.
"""

import sys
from collections.abc import Iterator

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlite_utils import Database

from cli.main import Context, database
from items import Article, Page
from storage.archive.page_rows import of_article
from storage.archive.read_pages import ArchiveError, read_page
from storage.article_rows import get, get_one
from text.charset import decode
from text.terminal import printable


def print_raw(context: Context, db: Database, which: str) -> None:
    """Bytes into a pipe; onto a terminal text, without what would act there. Raises ClickException."""
    page = last_page(context, db, which)
    if not is_terminal():
        sys.stdout.buffer.write(page.body)
        return
    for line in decode(page.body, page.charset).splitlines():
        click.echo(printable(line))


def is_terminal() -> bool:
    return sys.stdout.isatty()


def last_page(context: Context, db: Database, which: str) -> Page:
    """The last page of an article that can still be read. Raises ClickException."""
    rows = of_article(db, article_id(db, which))
    trouble = (
        f"no page of {printable(which)} is archived: it was stored without an archive, or its file "
        "has gone, to keep to the budget (WARRAQ_ARCHIVE_MB)"
    )
    for row in rows:
        try:
            return read_page(db, context.data, row)
        except ArchiveError as error:
            trouble = str(error)
    raise click.ClickException(printable(trouble))


def article_id(db: Database, which: str) -> str:
    """Of a number or an id, which may be a copy's."""
    if which.isdecimal() and len(which) < 16:
        found = get_one(db, "articles", "number", int(which))
        return str(found["id"]) if found else ""
    return which


@click.command()
@click.argument("which", metavar="ID")
@click.option("--removed", is_flag=True, help="Show what was cut, in its place, with the reason.")
@click.option("--raw", is_flag=True, help="Print its page instead, byte for byte as it came.")
@click.pass_obj
def show(context: Context, which: str, removed: bool, raw: bool) -> None:
    """Print an article: its number or its 16-digit id."""
    key: str | int = int(which) if which.isdecimal() and len(which) < 16 else which
    with database(context) as db:
        if raw:
            return print_raw(context, db, which)
        article = get(db, key)
    if article is None:
        raise click.ClickException(f"no article {printable(which)}: see `warraq status`")
    console = Console(highlight=False, soft_wrap=True)
    for line in _head(article):
        console.print(line)
    for line in _body(article, removed):
        console.print()
        console.print(line)
    return None


def _head(article: Article) -> Iterator[Text]:
    number = "" if article.number is None else f"{article.number:03d}_"
    yield Text(f"{number}{article.id}", style="dim")
    for name in (
        "url",
        "site",
        "section",
        "title",
        "author",
        "source",
        "agency",
        "published",
        "language",
    ):
        value = getattr(article, name)
        if value:
            yield Text.assemble((f"{name:10}", "dim"), printable(str(value)))
    if article.tags:
        yield Text.assemble((f"{'tags':10}", "dim"), printable("، ".join(article.tags)))


def _body(article: Article, removed: bool) -> Iterator[Text]:
    gone = {line.position: line for line in article.removed} if removed else {}
    at = 0
    for paragraph in article.paragraphs:
        while at in gone:
            yield _cut(gone[at].text, gone[at].reason)
            at += 1
        yield Text(printable(paragraph))
        at += 1
    for position in sorted(position for position in gone if position >= at):
        yield _cut(gone[position].text, gone[position].reason)


def _cut(text: str, reason: str) -> Text:
    return Text.assemble((f"[{reason}] ", "red"), (printable(text), "dim strike"))


@click.command()
@click.argument("name")
@click.pass_obj
def boilerplate(context: Context, name: str) -> None:
    """What was learned to be NAME's boilerplate: lines that its articles have in common.

    To keep such a line, or to have one taken out at once, put it into the site's file:
    `text = ["…"]` or `boilerplate = ["…"]`.
    """
    with database(context) as db:
        rows = list(
            db.query("SELECT * FROM boilerplate WHERE site = ? ORDER BY articles DESC", [name])
        )
        counted = db.execute(
            "SELECT max(counted) FROM _site_articles WHERE site = ?", [name]
        ).fetchone()[0]
    if not rows:
        click.echo(
            f"nothing learned on {printable(name)} from {counted or 0} articles (it takes 20)"
        )
        return
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
