"""One crawl of a site at a time, over all processes: a lease ends by time, or with its owner."""

import os
import socket
from contextlib import suppress
from pathlib import Path

from sqlite_utils import Database

from storage.article_rows import Row, get_one
from storage.database import transaction
from storage.sites import ensure
from text.timestamps import add_seconds, utc_now

# A crawl renews its lease five times within this; one that is killed blocks its site no longer.
SECONDS = 300.0


def acquire(db: Database, site: str, owner: str, seconds: float, now: str) -> bool:
    """Whether `owner` now has the site, until `seconds` after `now`."""
    with transaction(db):
        lease = _lease(db, site, now)
        if lease and lease["owner"] != owner and _holds(lease, now):
            return False
        ensure(db, site)
        db.execute(
            "INSERT OR REPLACE INTO _leases (site, owner, host, pid, expires) "
            "VALUES (?, ?, ?, ?, ?)",
            [site, owner, _host(), os.getpid(), add_seconds(now, seconds)],
        )
    return True


def renew(db: Database, site: str, owner: str, seconds: float, now: str) -> bool:
    """Extend a lease. False: it had run out, and another owner has the site."""
    return acquire(db, site, owner, seconds, now)


def release(db: Database, site: str, owner: str) -> None:
    with transaction(db):
        db.execute("DELETE FROM _leases WHERE site = ? AND owner = ?", [site, owner])


def holder(db: Database, site: str, now: str | None = None) -> str | None:
    """The owner that is crawling the site."""
    now = now or utc_now()
    lease = _lease(db, site, now)
    return str(lease["owner"]) if lease and _holds(lease, now) else None


def _lease(db: Database, site: str, now: str) -> Row | None:
    """One that ends later than it could is of a clock that was wrong: it ends a lease's length from now,
    unless its owner renews it.
    """
    lease, latest = get_one(db, "_leases", "site", site), add_seconds(now, SECONDS)
    if lease and lease["expires"] > latest:
        with transaction(db):
            db.execute(
                "UPDATE _leases SET expires = ? WHERE site = ? AND owner = ?",
                [latest, site, lease["owner"]],
            )
        lease |= {"expires": latest}
    return lease


def _holds(lease: Row, now: str) -> bool:
    if lease["expires"] <= now:
        return False
    return lease["host"] != _host() or _is_alive(lease["pid"])


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _host() -> str:
    """The machine, and the process namespace on it: a container's pids mean nothing outside."""
    namespace = ""
    with suppress(OSError):
        namespace = str(Path("/proc/self/ns/pid").readlink())
    return f"{socket.gethostname()} {namespace}".strip()
