"""`warraq run`: the service."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.completion import complete_sites
from cli.contact import MISSING_CONTACT, has_contact
from cli.exit_codes import ConfigurationError
from cli.main import Context
from text.settings_file import SettingsError
from text.terminal import printable

if TYPE_CHECKING:
    from service.configuration import Configuration
    from service.log_output import LogFormat


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_sites)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json: an object a line, for machines.",
)
@click.pass_obj
def run(context: Context, names: tuple[str, ...], log_format: "LogFormat") -> None:
    """Poll your sites as often as they publish, until stopped.

    Without a NAME, every site that you chose with `warraq add` or a file of your own. SIGTERM or
    Ctrl-C ends it in order, SIGHUP reloads sites and settings. `warraq status` shows how it is doing.
    """
    # Imported when it runs: `warraq run --help` does not wait for Scrapy.
    from scheduler import serve
    from service.configuration import NoSites, read_configuration
    from service.log_output import set_level, set_up
    from service.status_file import AlreadyRunning
    from storage.database import StorageError

    def reload(running: "Configuration") -> "Configuration":
        configuration = read_configuration(names, context.sites, running)
        set_level(configuration.settings)
        return configuration

    try:
        configuration = read_configuration(names, context.sites)
        if not has_contact():
            raise ConfigurationError(MISSING_CONTACT)
        set_up(log_format, configuration.settings)
        serve(Path(context.data), configuration, reload)
    except NoSites as error:
        advice = "" if names else f": {_how_to_begin(context)}"
        raise ConfigurationError(f"{printable(str(error))}{advice}") from error
    except SettingsError as error:
        raise ConfigurationError(printable(str(error))) from error
    except (AlreadyRunning, StorageError, OSError) as error:
        raise click.ClickException(printable(str(error))) from error


def _how_to_begin(context: Context) -> str:
    return (
        f"`{context.command('add', 'https://a-news-site.example/')}` adds one, "
        f"`{context.command('add', 'sana')}` one of the catalogue, which "
        f"`{context.command('sites')}` lists"
    )
