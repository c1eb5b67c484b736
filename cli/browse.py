"""`warraq browse`: serve the corpus to a browser."""

import click

from cli.main import Context, database

_HOST = "127.0.0.1"


@click.command()
@click.option(
    "--host",
    default=_HOST,
    show_default=True,
    metavar="ADDRESS",
    help="Listen there. Others than loopback let the network in: there is no password.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8001,
    show_default=True,
    help="0: any free port.",
)
@click.option(
    "--hostname",
    "hosts",
    metavar="NAME",
    multiple=True,
    envvar="WARRAQ_BROWSE_HOSTS",
    help="Answer for this host too, which a proxy passes on; may be repeated. [$WARRAQ_BROWSE_HOSTS]",
)
@click.option("--open", "show", is_flag=True, help="Open it in the browser.")
@click.option(
    "--trusted",
    is_flag=True,
    help="Let whoever reaches the port run SQL, download the database and stream tables as CSV.",
)
@click.pass_obj
def browse(
    context: Context, host: str, port: int, hosts: tuple[str, ...], show: bool, trusted: bool
) -> None:
    """Read, search and plot the database, even while it is being written.

    Listens on this machine only, unless --host says otherwise, and answers no requests for other host
    names than this machine's and those of --hostname.
    """
    with database(context):
        pass  # Opening it checks that it exists, is a warraq database and has this version's tables.
    # Imported when it runs: `warraq browse --help` does not wait for datasette.
    from browse.server import serve_app

    serve_app(context.data, host, port, hosts=hosts, trusted=trusted, show=show)
