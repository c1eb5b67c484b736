"""What every subcommand is given: where the database lives and where the sites are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from sqlite_utils import Database

from storage.database import StorageError, clear_errors, open_database


@dataclass(frozen=True, slots=True)
class Context:
    """`sites`: the operator's own folders; None where the environment says it."""

    data: Path
    sites: list[Path] | None = None


@contextmanager
def database(context: Context, *, create: bool = False) -> Iterator[Database]:
    """The database of the data folder; what is wrong with it ends the command with a sentence."""
    try:
        with open_database(context.data, create=create) as db, clear_errors(db):
            yield db
    except StorageError as error:
        raise click.ClickException(str(error)) from error
