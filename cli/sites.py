"""`warraq sites` lists the sites and what is wrong with their files."""

import sys
from typing import TYPE_CHECKING

import click

from cli.main import Context
from items import SOURCE_KINDS
from spiders.site_folders import SHIPPED
from text.terminal import printable

if TYPE_CHECKING:
    from items import Site
    from spiders.site_files import LoadedSites


@click.command()
@click.option("--opml", is_flag=True, help="Print them as OPML, for feed readers.")
@click.pass_obj
def sites(context: Context, opml: bool) -> None:
    """List the sites and what is wrong with site files.

    The service polls those that were chosen: with `warraq add`, by their name where it is one of the
    catalogue that Warraq brings, or with a file of your own. Exits with 1 if a file is broken.
    """
    # What validates site files is imported when they are read, and not for `--help`.
    from spiders.site_files import load_sites

    loaded = load_sites(context.sites)
    if opml:
        from spiders.opml import opml_text  # brings Scrapy

        click.echo(opml_text(site for _, site in sorted(loaded.sites.items())), nl=False)
    else:
        _print_table(loaded)
    for error in loaded.errors:
        for problem in error.problems:
            click.echo(printable(f"{error.file}: {problem}"), err=True)
    sys.exit(1 if loaded.errors else 0)


def _print_table(loaded: "LoadedSites") -> None:
    from rich.text import Text

    from text.tables import Column, fitted_table, output_console, print_table

    columns = (
        Column("name"),
        Column("title", wraps=True, rank=2),
        Column("homepage"),
        Column("family", rank=3),
        Column("discovery", wraps=True, rank=1),
        Column("every", wraps=True),
        Column("file", rank=4),
    )
    rows = [
        [Text(printable(cell)) for cell in _cells(loaded, name, site)]
        for name, site in sorted(loaded.sites.items())
    ]
    console = output_console()
    print_table(console, fitted_table(columns, rows, console.width))


def _cells(loaded: "LoadedSites", name: str, site: "Site") -> tuple[str, ...]:
    file = loaded.files[name]
    return (
        name,
        site.title,
        site.homepage,
        site.family.name,
        _discovery(site),
        _interval(site, chosen=loaded.is_chosen(name)),
        file.name if file.parent == SHIPPED else str(file),
    )


def _discovery(site: "Site") -> str:
    named = [field for field in SOURCE_KINDS.values() if getattr(site, field)]
    return ", ".join(named) or "automatic"


def _interval(site: "Site", *, chosen: bool) -> str:
    if not site.enabled:
        return "switched off"
    if not chosen:
        return "not chosen"
    return f"{site.every:g} min" if site.every else "adaptive"
