"""The `warraq` command: global options and the subcommands, which are imported on first use."""

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from cli.exit_codes import READER_GONE, run_command
from text.settings_file import data_folder, load_settings_file
from text.suggestions import did_you_mean
from text.terminal import printable

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Context:
    """What every subcommand gets. `sites`: the folders of `--sites`; None without the option. `given`:
    the options that say where data and sites are, for the commands that are advised next.
    """

    data: Path
    sites: list[Path] | None = None
    given: tuple[str, ...] = ()

    def command(self, *words: str) -> str:
        """`warraq …` as it can be typed into a shell."""
        return printable(shlex.join(("warraq", *self.given, *words)))


@contextmanager
def database(context: Context, *, create: bool = False) -> Iterator["Database"]:
    """Open the database of the data folder. Raises ClickException with the reason if it cannot."""
    # Imported here, as sqlite-utils takes longer to import than `warraq --help` takes in all.
    from storage.database import StorageError, check_file, clear_errors, open_database

    try:
        with open_database(context.data, create=create) as db, clear_errors(db):
            yield db
            check_file(db)
    except StorageError as error:
        raise click.ClickException(str(error)) from error


def log_to_stderr(level: str = "WARNING") -> None:
    """For commands that run no service: what is logged from `level` on, or with --verbose all of it."""
    import logging

    from text.printable_output import install_hooks, make_handlers_printable

    named = os.environ.get("WARRAQ_LOG_LEVEL", "").upper()
    logging.basicConfig(level="DEBUG" if named == "DEBUG" else level)
    make_handlers_printable()
    install_hooks()


# In the order a newcomer needs them, imported on first use: `warraq show` does not wait for Scrapy,
# nor `warraq status` for datasette.
COMMANDS = {
    "demo": "cli.demo:demo",
    "add": "cli.add:add",
    "sites": "cli.sites:sites",
    "check": "cli.check:check",
    "crawl": "cli.crawl:crawl",
    "run": "cli.run:run",
    "status": "cli.status:status",
    "browse": "cli.browse:browse",
    "show": "cli.show:show",
    "boilerplate": "cli.boilerplate:boilerplate",
    "archive": "cli.archive:archive",
    "duplicates": "cli.duplicates:duplicates",
    "import": "cli.import_export:import_",
    "export": "cli.import_export:export",
    "reprocess": "cli.reprocess:reprocess",
    "extract": "cli.extract:extract",
    "forget": "cli.forget:forget_",
    "remove": "cli.remove:remove",
    "worker": "cli.worker:worker",
}


# The first sentence of each command's help, so that a list of them imports none.
SUMMARIES = {
    "demo": "Crawl six small local news sites and show what was stored.",
    "add": "Probe the site of URL, say what it offers, and write its site file.",
    "sites": "List the sites and what is wrong with site files.",
    "check": "Fetch a few pages of each site and show what would be stored.",
    "crawl": "Crawl sites once: what is new, or what there is since a date.",
    "run": "Poll your sites as often as they publish, until stopped.",
    "status": "Show how every site is doing, and whether the service runs.",
    "browse": "Read, search and plot the database, even while it is being written.",
    "show": "Print an article.",
    "boilerplate": "List the boilerplate lines learned from NAME: lines that its articles have in common.",
    "archive": "Show how many pages of each site are archived, and their size.",
    "duplicates": "Copies, near copies and related stories.",
    "import": "Import texts and web archives: .txt, .jsonl, .jsonl.gz, .warc, .warc.gz, or folders of them; `-` reads JSON lines from standard input.",
    "export": "Write articles to DEST: all of the corpus, or what the options select, as the search page does.",
    "reprocess": "Refine the archived pages again, by today's rules and by what has been learned.",
    "extract": "Print the article in saved pages: its text, or all of its fields as JSON.",
    "forget": "Take articles out for good: text, revisions, index, archived pages.",
    "remove": "Poll SITE no more: delete its file.",
    "worker": "Refine pages for the cluster whose scheduler (`dask scheduler`) is at ADDRESS, until stopped.",
}


class _Group(click.Group):
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if suggestion := did_you_mean(args[0], COMMANDS):
                raise click.UsageError(f"{error.message} ({suggestion})", ctx) from error
            raise

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        named = [name for name in COMMANDS if name.startswith(incomplete)]
        items = [CompletionItem(name, help=SUMMARIES[name]) for name in named]
        return [*items, *click.Command.shell_complete(self, ctx, incomplete)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            sys.exit(READER_GONE)  # click would end with 1, as where something failed


def _use_cluster(_: click.Context, __: click.Parameter, address: str | None) -> None:
    """Runs before the subcommand, and with it the settings, is imported."""
    if address:
        os.environ["WARRAQ_CLUSTER"] = address


def _use_log_level(level: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    """A callback that sets the level where its flag is given."""

    def use(_: click.Context, __: click.Parameter, given: bool) -> None:
        if given:
            os.environ["WARRAQ_LOG_LEVEL"] = level

    return use


def _use_data(_: click.Context, __: click.Parameter, folder: str | None) -> str | None:
    """Before the settings are imported with the subcommand: the folder may have a file of them."""
    if folder:
        os.environ["WARRAQ_DATA"] = folder
    return folder


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data",
    metavar="DIR",
    callback=_use_data,
    help="Folder of the database. [$WARRAQ_DATA, else ./data]",
)
@click.option(
    "--sites",
    "folders",
    metavar="DIR",
    multiple=True,
    help="Folder with your own site files; may be repeated. [$WARRAQ_SITES]",
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    is_eager=True,
    expose_value=False,
    callback=_use_cluster,
    help="Refine on this scheduler's workers, such as tls://10.0.0.1:8786. [$WARRAQ_CLUSTER]",
)
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_use_log_level("DEBUG"),
    help="Log everything that is done. [$WARRAQ_LOG_LEVEL]",
)
@click.option(
    "-q",
    "--quiet",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_use_log_level("WARNING"),
    help="Log what went wrong alone; no progress.",
)
@click.version_option(package_name="warraq")
@click.pass_context
def warraq(ctx: click.Context, data: str | None, folders: tuple[str, ...]) -> None:
    """Collect news: every article once, clean, in SQLite.

    Try `warraq demo`, then `warraq add https://a-news-site.example/`, `warraq check NAME` and
    `warraq crawl NAME`. `warraq export` writes the corpus.
    """
    load_settings_file()
    folder = data_folder()
    # Spiders are made when Scrapy imports their module; only the environment reaches them there.
    os.environ["WARRAQ_DATA"] = str(folder)
    if folders:
        os.environ["WARRAQ_SITES"] = os.pathsep.join(str(Path(f).resolve()) for f in folders)
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "settings")
    given = (*(("--data", data) if data else ()), *(w for f in folders for w in ("--sites", f)))
    ctx.obj = Context(folder, [Path(f) for f in folders] or None, given)


def main() -> None:
    run_command(warraq, "warraq")
