"""Chooses a site of the catalogue, by a file of the operator's that is `like` the one that is shipped."""

from pathlib import Path

import click

from items import Site
from spiders.site_files import read_site
from spiders.site_folders import SHIPPED
from spiders.site_writer import write_site
from spiders.toml_errors import SiteFileError
from text.terminal import printable

_HEADER = """\
# A site of the catalogue. Keys below stand in place of the catalogue's own; the others follow it,
# also when it is mended by an upgrade.
like = "{name}"
"""


def choose(name: str, folder: Path) -> Site:
    """Write the file that makes the service poll a site of the catalogue. Raises ClickException."""
    file = folder / f"{name}.toml"
    text = _HEADER.format(name=name)
    if not read_site(SHIPPED / file.name).enabled:
        text += "enabled = true\n"
    try:
        write_site(file, text)
    except FileExistsError as error:
        raise click.ClickException(f"{name} is chosen already: {printable(str(file))}") from error
    except (OSError, SiteFileError) as error:
        reason = getattr(error, "strerror", None) or error
        raise click.ClickException(f"cannot write {printable(str(file))}: {reason}") from error
    site = read_site(file)
    click.echo(f"{printable(site.title)}, {printable(site.homepage)}: a site of the catalogue")
    click.echo(f"written: {printable(str(file))}")
    return site
