"""`warraq import` of web archives: what it says while it reads, and at the end."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from sqlite_utils import Database

from cli.progress import progress
from commands.slice_workers import slice_refiner
from pipelines.ingest.web_archive import Wanted
from pipelines.ingest.web_archive_run import Import, opened, turned_away
from pipelines.site_lookup import Hosts
from pipelines.workers.pool import NoWorkers
from spiders.site_file import load_sites
from text.terminal import plain


@dataclass(slots=True)
class _Complaints:
    """Said at once, on standard error; how many."""

    count: int = 0

    def __call__(self, problem: str) -> None:
        self.count += 1
        click.echo(plain(problem), err=True)


@dataclass(frozen=True, slots=True)
class Read:
    """`counts` are of pages by verdict, and of problems as `failed`."""

    counts: Counter[str]
    interrupted: bool


def import_archives(
    db: Database,
    names: Sequence[str],
    wanted: Wanted,
    sites: Sequence[Path] | None,
    *,
    again: bool,
) -> Read:
    complaints = _Complaints()
    hosts = Hosts(load_sites(sites).sites.values())
    files = list(opened(names, wanted, complaints))
    refiner = slice_refiner()
    try:
        with progress("importing", sum(file.size for file in files)) as told:
            run = Import(db, wanted, hosts, told, complaints, again)
            asyncio.run(run.all(refiner, files))
    except NoWorkers as error:
        raise click.ClickException(str(error)) from error
    finally:
        refiner.close()
    _say(run)
    return Read(run.counts + Counter(failed=complaints.count), run.interrupted)


def _say(run: Import) -> None:
    if away := turned_away(run.counts):
        said = ", ".join(f"{count} {reason}" for reason, count in away.most_common())
        click.echo(f"Turned away: {said}")
    if run.known:
        click.echo(f"Read before: {run.known} files; --again reads them again.")
    if run.interrupted:
        click.echo("Interrupted: the next run goes on from here.")
