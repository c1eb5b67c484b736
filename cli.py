"""The `warraq` command: global options, and the subcommands found in `commands/`."""

import os
import sys
from pathlib import Path

import click

from commands.article import boilerplate, show
from commands.browse import browse
from commands.check import check
from commands.context import Context
from commands.corpus import export, import_, status
from commands.demo import demo
from commands.extract import extract
from commands.sites import add, sites
from storage.database import data_folder


class _Group(click.Group):
    """Commands in the order a newcomer needs them, not the alphabet's."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", metavar="DIR", help="Where the database lives. [$WARRAQ_DATA, else ./data]")
@click.option(
    "--sites",
    "folders",
    metavar="DIR",
    multiple=True,
    help="A folder of your own site files; may be repeated. [$WARRAQ_SITES]",
)
@click.version_option(package_name="warraq")
@click.pass_context
def warraq(ctx: click.Context, data: str | None, folders: tuple[str, ...]) -> None:
    """Collect news: every article once, clean, in SQLite.

    Try `warraq demo`, then `warraq add https://a-news-site.example/`, `warraq check NAME` and
    `scrapy crawl NAME`; `warraq export` writes the corpus.
    """
    folder = data_folder(data)
    # Spiders are made when their module is imported, deep inside Scrapy: the environment is how
    # these options reach them.
    os.environ["WARRAQ_DATA"] = str(folder)
    if folders:
        os.environ["WARRAQ_SITES"] = os.pathsep.join(str(Path(f).resolve()) for f in folders)
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "settings")
    ctx.obj = Context(folder, [Path(f) for f in folders] or None)


for command in (
    demo,
    add,
    sites,
    check,
    status,
    browse,
    show,
    boilerplate,
    import_,
    export,
    extract,
):
    warraq.add_command(command)


def main() -> None:
    try:
        warraq(prog_name="warraq")
    except BrokenPipeError:
        # The reader of a pipe has left (`warraq status | head`): no fault, nothing to say.
        sys.stdout = None  # type: ignore[assignment]
        sys.exit(141)


if __name__ == "__main__":
    main()
