"""What a shell completes of a command's arguments: names of sites, without reading more than their files."""

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from spiders.site_folders import catalogue, operator_folders, site_names
from text.settings_file import data_folder


def complete_sites(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Of the catalogue and the operator's folders, but for those that stand on the line already."""
    options = ctx.find_root().params
    folders = [Path(folder) for folder in options.get("folders") or ()]
    folders = folders or operator_folders(data=data_folder(options.get("data")))
    typed = ctx.params.get(parameter.name or "") or ()
    names = {*site_names(folders)} - {*([typed] if isinstance(typed, str) else typed)}
    return _beginning(names, incomplete)


def complete_catalogue(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Of the catalogue; elsewhere of files, as `warraq add` takes a list of subscriptions too."""
    return _beginning({*catalogue()}, incomplete) or [CompletionItem(incomplete, type="file")]


def _beginning(names: set[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in sorted(names) if name.startswith(incomplete)]
