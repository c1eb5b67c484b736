"""`warraq demo`: serve the demo's sites, crawl them, and check what was stored."""

import sys
from pathlib import Path

import click

from cli.main import Context
from demo.site_files import FIRST_PORT, PortTaken


@click.command()
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="Same as `warraq --data`."
)
@click.option("--keep-serving", is_flag=True, help="Keep the sites running until Ctrl-C.")
@click.option(
    "--port",
    type=click.IntRange(1024, 65000),
    default=FIRST_PORT,
    show_default=True,
    help="The first site's port.",
)
@click.pass_obj
def demo(context: Context, data: Path | None, keep_serving: bool, port: int) -> None:
    """Crawl six small local news sites and show what was stored.

    All of it stays in the folder `demo` of the data folder, apart from your own corpus.

    Exits with 1 if an article is missing or differs, or if there is one too many, and names it.
    """
    # Imported when it runs: `warraq demo --help` does not wait for Scrapy.
    from cli.demo_run import keep_serving_until_interrupted, run_demo, served
    from storage.database import StorageError
    from text.tables import output_console

    console = output_console()
    # A database of its own: its stories are nobody's corpus, and no story of one's own is their copy.
    context = Context((data or context.data) / "demo")
    try:
        with served(context.data / "sites", port) as rooms:
            succeeded = run_demo(console, context, rooms)
            if keep_serving:
                keep_serving_until_interrupted(console, rooms)
    except (PortTaken, StorageError, OSError) as error:
        raise click.ClickException(str(error)) from error
    sys.exit(0 if succeeded else 1)
