"""`warraq browse`: serve the corpus to a browser."""

import webbrowser
from contextlib import suppress
from typing import Any

import click
import uvicorn

from browse.app import application
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
    config = uvicorn.Config(
        application(context.data, trusted=trusted, hosts=hosts).app(),
        host=host,
        port=port,
        log_level="warning",
        # A proxy on the same machine passes on the protocol of the original request.
        proxy_headers=True,
        forwarded_allow_ips=_HOST,
    )
    # Ctrl-C is the normal way to stop it.
    with suppress(KeyboardInterrupt):
        _Server(config, show=show).run()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, *, show: bool) -> None:
        super().__init__(config)
        self.show = show

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if not self.started:
            return
        address, port = self.servers[0].sockets[0].getsockname()[:2]
        url = f"http://[{address}]:{port}/" if ":" in address else f"http://{address}:{port}/"
        click.echo(f"Serving on {url} (Ctrl-C to stop)")
        if self.show:
            webbrowser.open(url)
