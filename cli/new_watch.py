"""What `warraq watch add` is given, checked, and what it answers."""

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from cli.exit_codes import CommandLineError
from cli.main import Context
from cli.selection_options import NO_WORD, iso_day
from text.counted import counted
from text.terminal import printable
from text.timestamps import add_seconds

if TYPE_CHECKING:
    from sqlite_utils import Database

    from storage.selection import Selection
    from storage.watches.channels import Channel
    from storage.watches.rows import Watch

_WEEK = 7 * 86_400


def watch_selection(query: str, filters: dict[str, Any]) -> "Selection":
    """Of the options of `filter_options`. Raises CommandLineError where nothing is selected."""
    from storage.search_query import finds_nothing
    from storage.selection import EVERYTHING, SelectionError, selection_from

    names = {"sites": "site", "languages": "language", "sections": "section"}
    days = {name: iso_day(filters[name]) for name in ("since", "until")}
    pairs = [("q", query)]
    for name, given in (filters | days).items():
        values = given if isinstance(given, tuple) else (given,)
        pairs += [(names.get(name, name), value) for value in values]
    try:
        selection = selection_from(pairs)
    except SelectionError as error:
        raise CommandLineError(str(error)) from error
    if selection.search and finds_nothing(selection.search):
        raise CommandLineError(f"QUERY: {NO_WORD}")
    if selection == EVERYTHING:
        raise CommandLineError("a watch needs a QUERY or an option that selects, such as --site")
    return selection


def command_channel(text: str) -> "Channel":
    from storage.watches.channels import Channel

    try:
        words = shlex.split(text)
    except ValueError as error:
        raise CommandLineError(f"--command: {printable(str(error))}") from error
    if not words or "\0" in text:
        raise CommandLineError("--command: there is no command in it")
    return Channel("command", tuple(words))


def apprise_channel(text: str) -> "Channel":
    from service.apprise_message import NotSent, check_address
    from storage.watches.channels import Channel

    try:
        check_address(text)
    except NotSent as error:
        raise click.ClickException(f"--notify: {error}") from error
    return Channel("apprise", (text,))


def check_name(db: "Database", name: str) -> None:
    from storage.watches.rows import WatchError, get_watch, watch_name

    try:
        name = watch_name(name)
    except WatchError as error:
        raise CommandLineError(str(error)) from error
    if get_watch(db, name):
        raise CommandLineError(f"there is a watch called {name} already")


def describe_made(
    context: Context, db: "Database", made: "Watch", channels: "Sequence[Channel]"
) -> None:
    from service.status_file import read_status
    from storage.watches.rows import count_selected

    total = count_selected(db, made.selection)
    week = count_selected(db, made.selection, add_seconds(made.made_at, -_WEEK))
    how = ", ".join(channel.in_words() for channel in channels)
    click.echo(f"{made.name}: watches from now on{printable(f', and tells {how}') if how else ''}.")
    if total:
        click.echo(
            f"In the last 7 days it would have found {counted(week, 'article')}; the corpus has "
            f"{total} that match."
        )
    else:
        click.echo("Nothing in the corpus matches yet: is it spelt as it should be?")
    click.echo(f"Feed: /watches/{made.name}.atom of `{context.command('browse')}`.")
    if read_status(context.data) is None:
        service, once = context.command("run"), context.command("watch", "run")
        click.echo(
            f"No service runs here: the watch works while `{service}` does, or whenever `{once}` is "
            "given, as by cron."
        )
