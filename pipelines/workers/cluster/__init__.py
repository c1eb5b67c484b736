"""Refinement on a cluster of Dask workers, and the version that both sides must share. Only what is in
here imports `distributed`, and only when it is used: it comes with `pip install '.[cluster]'`.
"""

import logging
import socket
from functools import cache
from hashlib import sha256
from importlib.metadata import version as version_of
from pathlib import Path

import items
from pipelines.workers.pool import NoWorkers


class ClusterMissing(Exception):
    """The cluster cannot be used; the message is for a person."""


def require() -> None:
    """Raises ClusterMissing where the engine is not installed."""
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise ClusterMissing(
            "a cluster needs Dask, which is not installed here: pip install '.[cluster]'"
        ) from error
    # It brings log handlers of its own, and tells of every connection.
    for name in ("distributed", "distributed.client", "tornado", "tornado.application"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.WARNING)


_HOME = Path(items.__file__).parent
# Of the rooms below the one that asks, what refines; what a site's file says travels with its pages.
_OURS = ("items.py", "pipelines/**/*.*", "storage/**/*.*", "text/**/*.py")
_DATA = (".py", ".sql", ".toml", ".txt", ".json")
# Of whose judgement a text, a date or a language depends.
_THEIRS = ("lxml", "trafilatura", "htmldate", "langdetect")


@cache
def version() -> str:
    """12 hex digits: of the code, its rules and the libraries that judge."""
    digest = sha256()
    files = {file for pattern in _OURS for file in _HOME.glob(pattern) if file.suffix in _DATA}
    for file in sorted(files):
        name, content = file.relative_to(_HOME).as_posix(), file.read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    for library in _THEIRS:
        digest.update(f"{library} {version_of(library)}\n".encode())
    return digest.hexdigest()[:12]


def check_version(wanted: str) -> None:
    """Raises NoWorkers, which stops whoever asked, and leaves the pages in the queue."""
    if wanted != version():
        raise NoWorkers(
            f"the worker on {socket.gethostname()} has another version of Warraq or of its libraries "
            f"({version()}, here {wanted}): install the same on both"
        )
