"""`warraq show`: one article, or its page as it was fetched. `warraq boilerplate`: the boilerplate
lines learned from a site.
"""

import json
import sys
from collections.abc import Iterator

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlite_utils import Database

from cli.main import Context, database
from items import Article, Page, Rights, Site
from pipelines.site_lookup import host_of, site_from_host
from storage.absences import absences_of
from storage.archive.page_rows import of_article
from storage.archive.read_pages import ArchiveError, read_page
from storage.article_rows import Row, get, get_one
from text.charset import decode
from text.terminal import printable

_FIELDS = (
    "url",
    "site",
    "section",
    "title",
    "author",
    "source",
    "agency",
    "published",
    "language",
    "access",
)


@click.command()
@click.argument("reference", metavar="ID")
@click.option("--removed", is_flag=True, help="Show the removed lines in place, with the reason.")
@click.option("--raw", is_flag=True, help="Print the archived page instead, byte for byte.")
@click.option(
    "--why",
    is_flag=True,
    help="Print the reasons instead: for each field what every source of the archived page has for it, "
    "for each of its lines why it stays or goes.",
)
@click.option("--json", "as_json", is_flag=True, help="With --why: as JSON.")
@click.pass_obj
def show(
    context: Context, reference: str, removed: bool, raw: bool, why: bool, as_json: bool
) -> None:
    """Print an article. ID is its number or its 16-digit id."""
    if as_json and not why:
        raise click.UsageError("--json goes with --why; `warraq export` writes articles as JSON")
    key: str | int = int(reference) if _is_number(reference) else reference
    with database(context) as db:
        if raw:
            return print_raw(context, db, reference)
        if why:
            return print_why(context, db, reference, as_json)
        article = get(db, key)
        away = absences_of(db, article.id) if article else []
    if article is None:
        raise click.ClickException(
            f"no article {printable(reference)}: see `{context.command('status')}`"
        )
    console = Console(highlight=False, soft_wrap=True)
    for line in (*_head(article), *_absences(away), *_rights(article.rights)):
        console.print(line)
    for line in _body(article, removed):
        console.print()
        console.print(line)
    return None


def _is_number(reference: str) -> bool:
    return reference.isdecimal() and len(reference) < 16


def _head(article: Article) -> Iterator[Text]:
    number = "" if article.number is None else f"{article.number:03d}_"
    yield Text(f"{number}{article.id}", style="dim")
    for name in _FIELDS:
        if value := getattr(article, name):
            yield _field(name, str(value))
    if article.tags:
        yield _field("tags", "، ".join(article.tags))


def _absences(rows: list[Row]) -> Iterator[Text]:
    for row in rows:
        back = f", back at {row['back_at']}" if row["back_at"] else ""
        yield _field("gone", f"{row['gone_at']} ({row['reason']}){back}")


def _rights(rights: Rights) -> Iterator[Text]:
    if rights.reserved:
        yield _field("reserved", ", ".join(rights.reserved))
    for statement in rights.statements:
        until = f", until {statement.until}" if statement.until else ""
        yield _field(
            "rights",
            f"{statement.term}: {statement.value} ({statement.source}, {statement.at}{until})",
        )


def _field(name: str, value: str) -> Text:
    return Text.assemble((f"{name:10}", "dim"), printable(value))


def _body(article: Article, show_removed: bool) -> Iterator[Text]:
    removed = {line.position: line for line in article.removed} if show_removed else {}
    position = 0
    for paragraph in article.paragraphs:
        while position in removed:
            yield _removed_line(removed[position].text, removed[position].reason)
            position += 1
        yield Text(printable(paragraph))
        position += 1
    for last in sorted(number for number in removed if number >= position):
        yield _removed_line(removed[last].text, removed[last].reason)


def _removed_line(text: str, reason: str) -> Text:
    return Text.assemble((f"[{reason}] ", "red"), (printable(text), "dim strike"))


def print_raw(context: Context, db: Database, reference: str) -> None:
    """Write a page's bytes to a pipe, and to a terminal its text without control characters. Raises
    ClickException.
    """
    page = last_page(context, db, reference)
    if not is_terminal():
        sys.stdout.buffer.write(page.body)
        return
    for line in decode(page.body, page.charset).splitlines():
        click.echo(printable(line))


def print_why(context: Context, db: Database, reference: str, as_json: bool) -> None:
    """Refine the archived page once more, by today's rules, and write why. Raises ClickException."""
    from cli.explanations import explained, explanation_lines
    from pipelines.explain import explanation_json, with_removed

    row, page = last_row_and_page(context, db, reference)
    if row["kind"] == "import":
        raise click.ClickException(
            f"{printable(reference)} was imported as a text: there is no page whose reasons could be shown"
        )
    explanation = explained(page, _site_of(context, row["site"] or "", page.url))
    if article := get(db, _article_id(db, reference)):
        explanation = with_removed(explanation, article.removed)
    if as_json:
        click.echo(json.dumps(explanation_json(explanation), ensure_ascii=False, indent=1))
        return
    console = Console(highlight=False, soft_wrap=True)
    for line in explanation_lines(explanation):
        console.print(line)


def _site_of(context: Context, name: str, url: str) -> Site:
    """The configured site, else one of the page's host, as an imported page has."""
    from spiders.site_files import load_sites

    if site := load_sites(context.sites).sites.get(name):
        return site
    if name != host_of(url):
        message = (
            f"there is no site file for {name} (--sites): read without its time zone and rules"
        )
        click.echo(printable(message), err=True)
    return site_from_host(url) if host_of(url) else Site(name)


def is_terminal() -> bool:
    return sys.stdout.isatty()


def last_page(context: Context, db: Database, reference: str) -> Page:
    """The last page of an article that can still be read. Raises ClickException."""
    return last_row_and_page(context, db, reference)[1]


def last_row_and_page(context: Context, db: Database, reference: str) -> tuple[Row, Page]:
    """The same, with its row of `_archived_pages`."""
    rows = of_article(db, _article_id(db, reference))
    message = (
        f"no page of {printable(reference)} is archived: either it was stored without an archive, "
        "or its file was removed to keep the archive within its budget (WARRAQ_ARCHIVE_MB)"
    )
    for row in rows:
        try:
            return row, read_page(db, context.data, row)
        except ArchiveError as error:
            message = str(error)
    raise click.ClickException(printable(message))


def _article_id(db: Database, reference: str) -> str:
    """The id by number; an id, which may be a copy's, is returned as it is."""
    if _is_number(reference):
        row = get_one(db, "articles", "number", int(reference))
        return str(row["id"]) if row else ""
    return reference


@click.command()
@click.argument("name")
@click.pass_obj
def boilerplate(context: Context, name: str) -> None:
    """List the boilerplate lines learned from NAME: lines that its articles have in common.

    To keep such a line, or to remove one at once, name it in the site's file: `text = ["…"]` or
    `boilerplate = ["…"]`.
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
            f"nothing learned from the {counted or 0} articles of {printable(name)}: it takes 20"
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
