"""`warraq browse`: the corpus in a browser."""

import webbrowser
from contextlib import suppress
from typing import Any

import click
import uvicorn

from browse.app import application
from cli.main import Context, database

_HOST = "127.0.0.1"


@click.command()
@click.option("--port", default=8001, show_default=True, help="0: any that is free.")
@click.option("--open", "show", is_flag=True, help="Show it in the browser.")
@click.option(
    "--trusted",
    is_flag=True,
    help="Whoever reaches it may run SQL, take the whole file, and stream tables as CSV.",
)
@click.pass_obj
def browse(context: Context, port: int, show: bool, trusted: bool) -> None:
    """Read, search and plot what the database holds, while it is being written.

    It listens on this machine alone.
    """
    with database(context):
        pass  # It exists, it is ours, and its tables are of this version.
    config = uvicorn.Config(
        application(context.data, trusted=trusted).app(),
        host=_HOST,
        port=port,
        log_level="warning",
        # Behind nginx on the same machine: it says by which protocol it was asked.
        proxy_headers=True,
        forwarded_allow_ips=_HOST,
    )
    # Ctrl-C is how a reader is meant to be ended.
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
        port = self.servers[0].sockets[0].getsockname()[1]
        click.echo(f"Reading on http://{_HOST}:{port}/ (Ctrl-C ends it)")
        if self.show:
            webbrowser.open(f"http://{_HOST}:{port}/")
