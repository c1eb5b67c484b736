"""`warraq show ID --raw`: an article's page as it was fetched, to a pipe or to a terminal."""

import sys

import click
from sqlite_utils import Database

from commands.context import Context
from items import Page
from storage.archive.pages import of_article
from storage.archive.reading import ArchiveError, read
from storage.reading import one
from text.charset import decode
from text.terminal import plain


def print_raw(context: Context, db: Database, which: str) -> None:
    """Bytes into a pipe; onto a terminal text, without what would act there. Raises ClickException."""
    page = last_page(context, db, which)
    if not is_terminal():
        sys.stdout.buffer.write(page.body)
        return
    for line in decode(page.body, page.charset).splitlines():
        click.echo(plain(line))


def is_terminal() -> bool:
    return sys.stdout.isatty()


def last_page(context: Context, db: Database, which: str) -> Page:
    """The last page of an article that can still be read. Raises ClickException."""
    rows = of_article(db, article_id(db, which))
    trouble = (
        f"no page of {plain(which)} is archived: it was stored without an archive, or its file "
        "has gone, to keep to the budget (WARRAQ_ARCHIVE_MB)"
    )
    for row in rows:
        try:
            return read(db, context.data, row)
        except ArchiveError as error:
            trouble = str(error)
    raise click.ClickException(plain(trouble))


def article_id(db: Database, which: str) -> str:
    """Of a number or an id, which may be a copy's."""
    if which.isdecimal() and len(which) < 16:
        found = one(db, "articles", "number", int(which))
        return str(found["id"]) if found else ""
    return which
