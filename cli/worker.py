"""`warraq worker`: this machine refines pages for a cluster."""

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pipelines.workers.cluster.worker import Pools
    from service.log_output import LogFormat


@click.command()
@click.argument("address", envvar="WARRAQ_CLUSTER")
@click.option("--processes", type=click.IntRange(1), help="[$WARRAQ_WORKERS, else one a core]")
@click.option("--host", metavar="ADDRESS", help="Where the scheduler reaches this worker.")
@click.option("--port", type=click.IntRange(1, 65_535), help="The same. [any]")
@click.option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def worker(
    address: str, processes: int | None, host: str | None, port: int | None, log_format: "LogFormat"
) -> None:
    """Refine pages for the cluster whose scheduler (`dask scheduler`) is at ADDRESS, until stopped.

    Without ADDRESS it is $WARRAQ_CLUSTER. A page has the same limits as without a cluster:
    WARRAQ_PAGE_SECONDS, WARRAQ_WORKER_MEMORY_MB. A scheduler that goes away is waited for.
    """
    # Imported when it runs: `warraq worker --help` does not wait for Scrapy.
    from pipelines.workers.cluster import address_problem, require
    from pipelines.workers.cluster.worker import Pools
    from pipelines.workers.refiner import SLICES, local_refiner
    from service.log_output import set_up
    from spiders.project_settings import product_settings

    require()
    if problem := address_problem(address):
        raise click.BadParameter(problem, param_hint="ADDRESS")
    # It refines in processes of this machine, whatever the settings say for the service.
    os.environ.pop("WARRAQ_CLUSTER", None)
    settings = product_settings({"WARRAQ_WORKERS": processes} if processes else None)
    set_up(log_format, settings)
    pools = Pools(local_refiner(settings), local_refiner(settings, tasks=SLICES))
    try:
        asyncio.run(_work(address, pools, host, port))
    finally:
        pools.close()


async def _work(address: str, pools: "Pools", host: str | None, port: int | None) -> None:
    from pipelines.workers.cluster.worker import work

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await work(address, pools, stop, host=host, port=port)
