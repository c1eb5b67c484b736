"""`warraq watch`: searches that are kept, and asked about every article as it comes."""

import shlex
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from cli.completion import complete_sites
from cli.exit_codes import CommandLineError
from cli.main import Context, database
from text.counted import counted
from text.suggestions import did_you_mean
from text.terminal import isolated, printable
from text.timestamps import add_seconds, utc_now

if TYPE_CHECKING:
    from sqlite_utils import Database

    from storage.article_rows import Row
    from storage.selection import Selection
    from storage.watches.channels import Channel
    from storage.watches.deliveries import ChannelState
    from storage.watches.rows import Watch

_WEEK = 7 * 86_400
_PAUSE = 0.2  # seconds between two looks at what is under way
_EXAMPLES = """\b
warraq watch add quake 'زلزال OR هزة' --language ar
warraq watch add port '"الميناء الجديد"' --site nahar --command '/usr/local/bin/tell-me'
warraq watch add quake-mail earthquake --notify env:WARRAQ_NOTIFY_MAIL --at-most daily
"""
_PACES = ("always", "hourly", "daily")


@click.group()
def watch() -> None:
    """Saved searches that tell you of each article that they find, once.

    A watch finds what enters the corpus after it was made, by a crawl or an import, whichever way: when an
    article first matches, by its first text or by a later one. It has a page and feeds of its own
    (`warraq browse`, /watches), and may run a command or send messages by Apprise: mail, Matrix, Telegram,
    Slack and a hundred others.

    The running service does it; without one, `warraq watch run` does it once, for cron.
    """


def _complete_watches(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    # Imported when a shell asks: it brings the database's library.
    from storage.database import StorageError, open_database
    from storage.watches.rows import watches
    from text.settings_file import data_folder

    try:
        with open_database(data_folder(ctx.find_root().params.get("data")), create=False) as db:
            names = [known.name for known in watches(db)]
    except StorageError:
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


_NAME = click.argument("name", metavar="NAME", shell_complete=_complete_watches)


@watch.command("add", epilog=_EXAMPLES)
@click.argument("name", metavar="NAME")
@click.argument("query", metavar="[QUERY]", default="")
@click.option(
    "--site",
    "sites",
    multiple=True,
    shell_complete=complete_sites,
    help="Of this site alone; may be repeated.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="CODE",
    help="In this language; may be repeated.",
)
@click.option(
    "--section",
    "sections",
    multiple=True,
    metavar="SECTION",
    help="In this section; may be repeated.",
)
@click.option("--agency", default="", help="Credited to this agency.")
@click.option("--author", default="", help="By this author.")
@click.option("--since", default="", metavar="DAY", help="Published from this day on.")
@click.option("--until", default="", metavar="DAY", help="Published up to this day.")
@click.option(
    "--command",
    "commands",
    multiple=True,
    metavar="COMMAND",
    help="Run this, without a shell; what was found is JSON on its standard input. May be repeated.",
)
@click.option(
    "--notify",
    "addresses",
    multiple=True,
    metavar="ADDRESS",
    help="Send a message to this address of Apprise, or to the one in the variable of env:WARRAQ_NOTIFY_NAME. May be repeated.",
)
@click.option(
    "--at-most",
    "pace",
    type=click.Choice(_PACES),
    default="always",
    help="How often to tell: what comes in between is told together.  [always]",
)
@click.pass_obj
def add_(
    context: Context,
    /,
    name: str,
    query: str,
    commands: Sequence[str],
    addresses: Sequence[str],
    pace: str,
    **filters: str | tuple[str, ...],
) -> None:
    """Keep QUERY as the watch NAME, and tell of what it finds from now on.

    QUERY is what the search takes: words, "a phrase", beginn*, OR and NOT. Without one, the options alone
    select. Without --command and --notify the watch has its page and its feeds.

    A command gets $WARRAQ_WATCH, $WARRAQ_DELIVERY, $WARRAQ_ATTEMPT and $WARRAQ_ARTICLES. One that fails, or
    takes a minute, is tried again after growing pauses.
    """
    from storage.database import transaction
    from storage.watches.channels import add_channels
    from storage.watches.rows import PACES, NewChannel, WatchError, add_watch

    selection = _selection(query, filters)
    channels = [*map(_command, commands), *map(_address, addresses)]
    with database(context, create=True) as db:
        _check_name(db, name)
        try:
            # Another command that tidies the file waits for the transaction.
            with transaction(db):
                keys = add_channels(context.data, channels) if channels else []
                new = [
                    NewChannel(key, channel.kind)
                    for key, channel in zip(keys, channels, strict=True)
                ]
                made = add_watch(db, name, selection, utc_now(), pace=PACES[pace], channels=new)
        except WatchError as error:
            raise CommandLineError(str(error)) from error
        _describe_made(context, db, made, channels)


def _selection(query: str, filters: "dict[str, str | tuple[str, ...]]") -> "Selection":
    from storage.selection import SelectionError, selection_from

    names = {"sites": "site", "languages": "language", "sections": "section"}
    pairs = [("q", query)]
    for name, given in filters.items():
        values = given if isinstance(given, tuple) else (given,)
        pairs += [(names.get(name, name), value) for value in values]
    try:
        selection = selection_from(pairs)
    except SelectionError as error:
        raise CommandLineError(str(error)) from error
    if not any(getattr(selection, name) for name in selection.__slots__):
        raise CommandLineError("a watch needs a QUERY or an option that selects, such as --site")
    return selection


def _command(text: str) -> "Channel":
    from storage.watches.channels import Channel

    try:
        words = shlex.split(text)
    except ValueError as error:
        raise CommandLineError(f"--command: {printable(str(error))}") from error
    if not words or "\0" in text:
        raise CommandLineError("--command: there is no command in it")
    return Channel("command", tuple(words))


def _address(text: str) -> "Channel":
    from service.apprise_message import NotSent, check_address
    from storage.watches.channels import Channel

    try:
        check_address(text)
    except NotSent as error:
        raise click.ClickException(f"--notify: {error}") from error
    return Channel("apprise", (text,))


def _check_name(db: "Database", name: str) -> None:
    from storage.watches.rows import WatchError, get_watch, watch_name

    try:
        name = watch_name(name)
    except WatchError as error:
        raise CommandLineError(str(error)) from error
    if get_watch(db, name):
        raise CommandLineError(f"there is a watch called {name} already")


def _describe_made(
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


@watch.command("list")
@click.pass_obj
def list_(context: Context) -> None:
    """List the watches: what they search for, what they found, how they tell."""
    from rich.text import Text

    from storage.watches.channels import read_channels
    from storage.watches.deliveries import channel_states
    from storage.watches.rows import watches
    from text.tables import Column, fitted_table, output_console, print_table

    with database(context) as db:
        known, states = watches(db), channel_states(db)
    if not known:
        click.echo(f"There are no watches: `{context.command('watch', 'add', '--help')}`.")
        return
    channels = read_channels(context.data)
    columns = (
        Column("name"),
        Column("search", wraps=True),
        Column("matches", right=True),
        Column("last match", rank=2),
        Column("tells", wraps=True, rank=1),
    )
    rows = [
        (
            chosen.name,
            _in_words(chosen.selection),
            str(chosen.matches),
            chosen.last_match or "never",
            "; ".join(_tells(state, channels) for state in states if state.watch == chosen.name)
            or "feed alone",
        )
        for chosen in known
    ]
    console = output_console()
    cells = [[Text(printable(cell)) for cell in row] for row in rows]
    print_table(console, fitted_table(columns, cells, console.width))


def _in_words(selection: "Selection") -> str:
    from storage.selection import parameters

    pairs = parameters(selection)
    return " ".join(value if name == "q" else f"{name}={value}" for name, value in pairs)


def _tells(state: "ChannelState", channels: "dict[str, Channel]") -> str:
    channel = channels.get(state.channel)
    how = channel.in_words() if channel else f"{state.kind}, which is not on record"
    if state.trouble:
        return f"{how}: attempt {state.attempt - 1} failed, {state.trouble}"
    return f"{how}: {state.delivered} told" + (f", {state.waiting} waiting" * bool(state.waiting))


def _get(context: Context, db: "Database", name: str) -> "Watch":
    from storage.watches.rows import get_watch, watches

    if found := get_watch(db, name):
        return found
    hint = did_you_mean(name, [known.name for known in watches(db)])
    raise CommandLineError(f"no watch is called {printable(name)!r} {hint}".strip())


@watch.command()
@_NAME
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, help="Articles.  [20]")
@click.pass_obj
def show(context: Context, name: str, limit: int) -> None:
    """Show what the watch NAME has found, the newest first, and how it tells."""
    from storage.watches.channels import read_channels
    from storage.watches.deliveries import channel_states
    from storage.watches.rows import found

    with database(context) as db:
        chosen = _get(context, db, name)
        rows = found(db, chosen, limit)
        states = [state for state in channel_states(db) if state.watch == chosen.name]
    channels = read_channels(context.data)
    click.echo(printable(f"{chosen.name}: {_in_words(chosen.selection)}"))
    click.echo(f"since {chosen.made_at}; {counted(chosen.matches, 'match', 'matches')}")
    for state in states:
        click.echo(printable(_tells(state, channels)))
    for row in rows:
        click.echo(_found_line(row))


def _found_line(row: "Row") -> str:
    title = row["title"] or row["text"][:80]
    parts = (row["found_at"], str(row["number"]), row["site"] or "", isolated(title))
    return "  ".join(printable(part) if part is not parts[-1] else part for part in parts)


@watch.command()
@_NAME
@click.pass_obj
def remove(context: Context, name: str) -> None:
    """Remove the watch NAME, with what it has found; the articles stay."""
    from service.watches import keep_channels_of
    from storage.database import transaction
    from storage.watches.rows import remove_watch

    with database(context) as db:
        chosen = _get(context, db, name)
        with transaction(db):
            remove_watch(db, chosen.name)
            keep_channels_of(db, context.data)
    click.echo(f"removed: {chosen.name}")


@watch.command()
@_NAME
@click.pass_obj
def test(context: Context, name: str) -> None:
    """Send a test message by each way that the watch NAME tells, and say what happened.

    Exits with 1 where one failed.
    """
    from urllib.parse import urlencode

    from service.watches import WatchDeliveries
    from storage.selection import parameters
    from storage.watches.channels import read_channels
    from storage.watches.deliveries import channel_states

    with database(context) as db:
        chosen = _get(context, db, name)
        states = [state for state in channel_states(db) if state.watch == chosen.name]
    if not states:
        click.echo(f"{chosen.name} runs no command and sends no message: it has its feeds alone.")
        return
    channels, watching, well = read_channels(context.data), WatchDeliveries(context.data), True
    for state in states:
        channel = channels.get(state.channel)
        if channel is None:
            click.echo(printable(_tells(state, channels)))
            well = False
            continue
        ended = watching.test(chosen.name, urlencode(parameters(chosen.selection)), channel)
        is_sent = ended.code == "0"
        well = well and is_sent
        outcome = "sent" if is_sent else ended.in_words()
        click.echo(printable(f"{channel.in_words()}: {outcome}"))
    sys.exit(0 if well else 1)


@watch.command("run")
@click.pass_obj
def run_(context: Context) -> None:
    """Ask the watches about what came since the last time, and tell of it, once.

    For cron, where no service runs; beside one it does no harm. Exits with 1 where something could not be
    told; the next run tries again.
    """
    from service.watches import WatchDeliveries, failure_lines, run_until_idle

    with database(context) as db:
        rounds = run_until_idle(db, WatchDeliveries(context.data), lambda: time.sleep(_PAUSE))
    matches, delivered = (
        sum(getattr(done, name) for done in rounds) for name in ("matches", "delivered")
    )
    click.echo(
        f"{counted(matches, 'new match', 'new matches')}, {counted(delivered, 'article')} told."
    )
    if any(done.busy for done in rounds):
        click.echo("Another process, such as the service, is telling.", err=True)
    failed = [line for done in rounds for line in failure_lines(done.failed)]
    for line in failed:
        click.echo(printable(line), err=True)
    sys.exit(1 if failed else 0)
