"""The `warraq` command: global options and the subcommands, which are imported on first use."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from sqlite_utils import Database

from cli.exit_codes import READER_GONE, run_command
from storage.database import (
    StorageError,
    check_file,
    clear_errors,
    data_folder,
    open_database,
)
from text.settings_file import SettingsError, load_settings_file
from text.suggestions import did_you_mean


@dataclass(frozen=True, slots=True)
class Context:
    """What every subcommand gets. `sites`: the folders of `--sites`; None without the option."""

    data: Path
    sites: list[Path] | None = None


@contextmanager
def database(context: Context, *, create: bool = False) -> Iterator[Database]:
    """Open the database of the data folder. Raises ClickException with the reason if it cannot."""
    try:
        with open_database(context.data, create=create) as db, clear_errors(db):
            yield db
            check_file(db)
    except StorageError as error:
        raise click.ClickException(str(error)) from error


# In the order a newcomer needs them, imported on first use: `warraq show` does not wait for Scrapy,
# nor `warraq status` for datasette.
COMMANDS = {
    "demo": "cli.demo:demo",
    "add": "cli.sites:add",
    "sites": "cli.sites:sites",
    "check": "cli.check:check",
    "run": "cli.run:run",
    "status": "cli.status:status",
    "browse": "cli.browse:browse",
    "show": "cli.show:show",
    "boilerplate": "cli.show:boilerplate",
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


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", metavar="DIR", help="Folder of the database. [$WARRAQ_DATA, else ./data]")
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
@click.version_option(package_name="warraq")
@click.pass_context
def warraq(ctx: click.Context, data: str | None, folders: tuple[str, ...]) -> None:
    """Collect news: every article once, clean, in SQLite.

    Try `warraq demo`, then `warraq add https://a-news-site.example/`, `warraq check NAME` and
    `scrapy crawl NAME`. `warraq export` writes the corpus.
    """
    try:
        load_settings_file()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    folder = data_folder(data)
    # Spiders are made when Scrapy imports their module; only the environment reaches them there.
    os.environ["WARRAQ_DATA"] = str(folder)
    if folders:
        os.environ["WARRAQ_SITES"] = os.pathsep.join(str(Path(f).resolve()) for f in folders)
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "settings")
    ctx.obj = Context(folder, [Path(f) for f in folders] or None)


def main() -> None:
    run_command(warraq, "warraq")
