"""Opening `warraq.db`, and the one way to write to it. Its tables are in `migrations`."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlite_utils import Database

from storage.migrations import is_foreign, make_tables, migrations, unknown_migrations
from storage.search import index_backlog
from text.errors import UserFacingError

FILE = "warraq.db"
BUSY_SECONDS = 30.0
# The write-ahead log is cut to this after a burst; SQLite's default never shortens it.
LOG_BYTES = 64 * 1024 * 1024
# An article changes some 40 pages, most of them of the index of duplicates and far apart. SQLite's
# defaults (2 MB of cache, a checkpoint after 4 MB) copy the same page for every few articles: with
# these, articles are stored twice as fast, and one in 200 waits for a checkpoint, not one in 25.
# Measured by `benchmarks/growth.py`.
_CACHE_KB = 32 * 1024
_LOG_PAGES = 8000
# A page takes some sixty different statements, and a crawl has others.
_CACHED_STATEMENTS = 512


class StorageError(UserFacingError):
    """The database or an export cannot be read or written; the message is for a person."""


class DatabaseGone(StorageError):
    """The file was deleted, moved or replaced while it was open: what is written reaches nobody."""


# The files of an open database as they were when it was opened: device and inode.
_Identity = tuple[int, int]
_opened: "WeakKeyDictionary[Database, dict[Path, _Identity]]" = WeakKeyDictionary()

_MEANINGS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the file or its folder cannot be written",
    sqlite3.SQLITE_PERM: "the file or its folder cannot be written",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened or created there",
    sqlite3.SQLITE_IOERR: "the disk failed to read or write",
    sqlite3.SQLITE_CORRUPT: "the file is damaged",
    sqlite3.SQLITE_NOTADB: "the file is not a database",
    sqlite3.SQLITE_BUSY: f"another process has held it for {BUSY_SECONDS:.0f} seconds",
}


def folder_of(db: Database) -> Path:
    """The folder of an open database."""
    return _path(db).parent


def open_database(folder: Path, *, create: bool = True) -> Database:
    """The database of `folder`, migrated to the current tables. Raises StorageError."""
    path = folder / FILE
    with clear_errors(path):
        if not create and not path.exists():
            raise StorageError(f"There is no database at {path} yet: crawl or import first.")
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            path,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            cached_statements=_CACHED_STATEMENTS,
        )
        try:
            return _prepared(connection, path)
        except BaseException:
            connection.close()
            raise


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """All or nothing; joins a transaction that is already open.

    `BEGIN IMMEDIATE`: a deferred transaction that turns into a writer fails at once with
    "database is locked" beside another writer, whatever the busy timeout.
    """
    if db.conn.in_transaction:
        yield
        return
    check_file(db)
    with clear_errors(db):
        db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.conn.execute("COMMIT")
        except BaseException:
            # A full disk may have ended the transaction already.
            if db.conn.in_transaction:
                db.conn.execute("ROLLBACK")
            raise


@contextmanager
def savepoint(db: Database) -> Iterator[None]:
    """All or nothing of what is written inside, in a transaction that goes on without it. Raises
    StorageError where it cannot.
    """
    with clear_errors(db):
        db.conn.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            # A full disk may have ended the transaction already.
            if db.conn.in_transaction:
                db.conn.execute("ROLLBACK TO part")
                db.conn.execute("RELEASE part")
            raise
        db.conn.execute("RELEASE part")


def check_file(db: Database) -> None:
    """Raises DatabaseGone where a file of the open database is not the one at its path any more. SQLite
    goes on writing into what has no name. Takes 3 µs.
    """
    for path, identity in _opened.get(db, {}).items():
        now = _identity(path)
        if now != identity:
            raise DatabaseGone(
                f"{path} was {'replaced' if now else 'deleted'} while it was open: nothing more is "
                "written, and what is not stored yet is fetched or read again."
            )


def _identity(path: Path) -> _Identity | None:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StorageError(f"{path} cannot be used: {error.strerror}.") from error
    return status.st_dev, status.st_ino


def _prepared(connection: sqlite3.Connection, path: Path) -> Database:
    db = Database(connection, execute_plugins=False)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
    if is_foreign(db):
        raise StorageError(f"{path} is a database of another program.")
    if newer := unknown_migrations(db):
        raise StorageError(
            f"{path} was written by a newer version of Warraq (it has {', '.join(newer)}): "
            "use that version, or another data folder."
        )
    _log_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
    if migrations.pending(db):
        with transaction(db):
            make_tables(db)
    files = (path.absolute(), path.absolute().with_name(f"{path.name}-wal"))
    _opened[db] = {file: identity for file in files if (identity := _identity(file))}
    index_backlog(db, lambda: transaction(db))
    return db


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Write-ahead logging. SQLite does not wait for other processes to change the mode."""
    deadline = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


@contextmanager
def clear_errors(where: Path | Database) -> Iterator[None]:
    """Raise what is wrong with the file as a StorageError; other errors pass unchanged."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        meaning = _MEANINGS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if meaning is None:
            raise
        raise StorageError(f"{_path(where)}: {meaning}.") from error
    except OSError as error:
        if not isinstance(where, Path):
            raise
        raise StorageError(f"{where.parent} cannot be used: {error.strerror}.") from error


def _path(where: Path | Database) -> Path:
    if isinstance(where, Path):
        return where
    return Path(where.conn.execute("PRAGMA database_list").fetchone()[2])
