"""`warraq remove`: a site is polled no more; its articles stay, or go with it."""

from pathlib import Path

import click

from cli.completion import complete_sites
from cli.forget import ask, carry_out
from cli.main import Context, database
from spiders.site_folders import SHIPPED
from text.suggestions import did_you_mean
from text.terminal import printable


@click.command()
@click.argument("site", metavar="SITE", shell_complete=complete_sites)
@click.option("--with-articles", is_flag=True, help="Take out all that is kept of it, for good.")
@click.option("--reason", default="takedown", help="Kept with the tombstones.  [takedown]")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove(context: Context, site: str, with_articles: bool, reason: str, yes: bool) -> None:
    """Poll SITE no more: delete its file. What is stored of it stays, without --with-articles.

    A running service notices when it is reloaded.
    """
    file = _own_file(context, site)
    if not with_articles:
        ask(f"Delete {printable(str(file))}?", yes=yes)
        _delete(file)
        click.echo(f"What is stored of it stays: `warraq forget --site {site}` takes it out.")
        return
    # Imported where articles go: it brings the database's library.
    from storage.takedown.targets import of_site

    # The file last: until then the command can be given again.
    with database(context) as db:
        carry_out(db, of_site(db, site), reason, dry_run=False, yes=yes)
    _delete(file)


def _own_file(context: Context, site: str) -> Path:
    # What validates site files is imported when they are read, and not for `--help`.
    from spiders.site_files import load_sites

    loaded = load_sites(context.sites)
    file = loaded.files.get(site)
    if file is None:
        broken = [error.file for error in loaded.errors if error.file.stem == site]
        if not broken:
            hint = did_you_mean(site, loaded.files)
            raise click.ClickException(f"no site is called {printable(site)!r} {hint}".strip())
        file = broken[0]
    if file.parent == SHIPPED:
        raise click.ClickException(
            f"{site} is in the catalogue and was not chosen: nothing polls it"
        )
    return file


def _delete(file: Path) -> None:
    try:
        file.unlink()
    except OSError as error:
        raise click.ClickException(
            f"cannot delete {printable(str(file))}: {error.strerror}"
        ) from error
    click.echo(
        f"deleted: {printable(str(file))}; `systemctl reload warraq` tells a running service"
    )
