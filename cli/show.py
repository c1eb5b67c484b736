"""`warraq show`: one article or copy, its page as it was fetched, or the reasons for what it holds."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from cli.main import Context, database
from text.terminal import printable

if TYPE_CHECKING:
    from rich.text import Text
    from sqlite_utils import Database

    from items import Article, Page, Rights, Site
    from storage.article_rows import Row

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
@click.argument("reference", metavar="ID|URL")
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
    """Print an article. ID is its number, its 16-digit id or its URL.

    Of a copy, its own text is printed, and which article it is a copy of.
    """
    if as_json and not why:
        raise click.UsageError("--json goes with --why; `warraq export` writes articles as JSON")
    # Imported when it runs: `warraq show --help` does not wait for them.
    from storage.absences import absences_of
    from text.tables import output_console, print_wrapped

    with database(context) as db:
        if raw:
            return print_raw(context, db, reference)
        if why:
            return print_why(context, db, reference, as_json)
        article, original, refined_by = _text(context, db, reference)
        away = absences_of(db, article.id)
    console = output_console()
    for line in (*_head(article, original, refined_by), *_absences(away), *_rights(article.rights)):
        print_wrapped(console, line)
    for line in _body(article, removed):
        console.print()
        print_wrapped(console, line)
    return None


def _text(
    context: Context, db: "Database", reference: str
) -> "tuple[Article, Row | None, str | None]":
    """An article, or a copy with its original's row; and the version that refined it. Raises
    ClickException.
    """
    from storage.article_rows import article_from, from_json, get_one, read_removed
    from storage.duplicates.explain import find_text

    row = find_text(db, reference)
    if row is None:
        raise click.ClickException(
            f"no text has the id, number or URL {printable(reference)}: see `{context.command('status')}`"
        )
    if row["article"] is None:
        copy = article_from(row | {"number": None}, from_json(row["removed"]))
        return copy, get_one(db, "articles", "number", row["original"]), row["refined_by"]
    number = row["number"]
    return article_from(row, read_removed(db, number).get(number, ())), None, row["refined_by"]


def _head(article: "Article", original: "Row | None", refined_by: str | None) -> "Iterator[Text]":
    from rich.text import Text

    number = "" if article.number is None else f"{article.number:03d}_"
    yield Text(f"{number}{article.id}", style="dim")
    if original:
        parts = (f"{original['number']:03d}_{original['id']}", original["site"], original["url"])
        yield _field("copy of", " ".join(filter(None, parts)))
    for name in _FIELDS:
        if value := getattr(article, name):
            yield _field(name, str(value))
    if article.tags:
        yield _field("tags", "، ".join(article.tags))
    if refined_by:
        yield _field("refined", f"by version {refined_by}")


def _absences(rows: "list[Row]") -> "Iterator[Text]":
    for row in rows:
        back = f", back at {row['back_at']}" if row["back_at"] else ""
        yield _field("gone", f"{row['gone_at']} ({row['reason']}){back}")


def _rights(rights: "Rights") -> "Iterator[Text]":
    if rights.reserved:
        yield _field("reserved", ", ".join(rights.reserved))
    for statement in rights.statements:
        until = f", until {statement.until}" if statement.until else ""
        yield _field(
            "rights",
            f"{statement.term}: {statement.value} ({statement.source}, {statement.at}{until})",
        )


def _field(name: str, value: str) -> "Text":
    from rich.text import Text

    return Text.assemble((f"{name:10}", "dim"), printable(value))


def _body(article: "Article", show_removed: bool) -> "Iterator[Text]":
    from rich.text import Text

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


def _removed_line(text: str, reason: str) -> "Text":
    from rich.text import Text

    return Text.assemble((f"[{reason}] ", "red"), (printable(text), "dim strike"))


def print_raw(context: Context, db: "Database", reference: str) -> None:
    """Write a page's bytes to a pipe, and to a terminal its text without control characters. Raises
    ClickException.
    """
    from text.charset import decode

    page = last_page(context, db, reference)
    if not is_terminal():
        sys.stdout.buffer.write(page.body)
        return
    for line in decode(page.body, page.charset).splitlines():
        click.echo(printable(line))


def print_why(context: Context, db: "Database", reference: str, as_json: bool) -> None:
    """Refine the archived page once more, by today's rules, and write why. Raises ClickException."""
    from cli.explanations import explained, explanation_lines
    from pipelines.explain import explanation_json, with_removed
    from storage.article_rows import get
    from text.tables import output_console, print_wrapped

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
    console = output_console()
    for line in explanation_lines(explanation):
        print_wrapped(console, line)


def _site_of(context: Context, name: str, url: str) -> "Site":
    """The configured site, else one of the page's host, as an imported page has."""
    from items import Site
    from pipelines.site_lookup import host_of, site_from_host
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


def last_page(context: Context, db: "Database", reference: str) -> "Page":
    """The last page of an article that can still be read. Raises ClickException."""
    return last_row_and_page(context, db, reference)[1]


def last_row_and_page(context: Context, db: "Database", reference: str) -> "tuple[Row, Page]":
    """The same, with its row of `_archived_pages`."""
    from storage.archive.page_rows import of_article
    from storage.archive.read_pages import ArchiveError, read_page

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


def _article_id(db: "Database", reference: str) -> str:
    """By number or URL; what no stored text has may be the id of a page that is archived."""
    from storage.duplicates.explain import find_text

    row = find_text(db, reference)
    return str(row["id"]) if row else reference
