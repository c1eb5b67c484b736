"""`warraq add`: sites to poll, from an address, the catalogue or a list of subscriptions."""

import sys
from dataclasses import replace
from pathlib import Path

import click

from cli.completion import complete_catalogue
from cli.contact import ask_for_contact
from cli.main import Context
from spiders.site_folders import catalogue, own_folder
from text.urls import canonicalise

_OPML_SUFFIXES = (".opml", ".xml")


@click.command()
@click.argument("url", shell_complete=complete_catalogue)
@click.option("--name", help="The site's name. [the host's]")
@click.option("--allow-private", is_flag=True, help="The site may be on a private network.")
@click.option("--sites", "folder", type=click.Path(path_type=Path), help="Write the file there.")
@click.pass_obj
def add(
    context: Context, url: str, name: str | None, allow_private: bool, folder: Path | None
) -> None:
    """Probe the site of URL, say what it offers, and write its site file.

    URL may be the site's home, a section or an article, or the name of an OPML file: then each site
    in it is added. The name of a site of the catalogue (`warraq sites`), such as sana, chooses that.
    """
    ask_for_contact()
    target = folder or (context.sites or [own_folder(data=context.data)])[0]
    if folder:
        context = replace(context, given=(*context.given, "--sites", str(folder)))
    if url in catalogue():
        _choose(context, url, target)
        return
    # Imported where a site is probed: it brings Scrapy.
    from cli.new_site import add_all, add_site, subscription_of

    if url.lower().endswith(_OPML_SUFFIXES) and Path(url).is_file():
        sys.exit(1 if add_all(context, Path(url), target, allow_private=allow_private) else 0)
    url = url if "://" in url else f"https://{url}"
    if canonicalise(url) is None:
        raise click.BadParameter("expected an http or https URL", param_hint="URL")
    add_site(context, subscription_of(url, name), target, allow_private=allow_private)


def _choose(context: Context, name: str, folder: Path) -> None:
    from cli.catalogue import choose  # brings what validates site files

    site = choose(name, folder)
    click.echo(f"see what it gives: {context.command('check', site.name)}")
