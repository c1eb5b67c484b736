"""Refinement on a cluster of Dask workers, and the version that both sides must share. `distributed`
is imported in this package alone, and when it is used: `pip install '.[cluster]'` installs it.
"""

import logging
import re
import socket
from functools import cache
from hashlib import sha256
from importlib.metadata import version as version_of
from pathlib import Path

import items
from pipelines.workers.pool import NoWorkers
from text.errors import UserFacingError


class ClusterMissing(UserFacingError):
    """The cluster cannot be used; the message is for a person."""


def require() -> None:
    """Raises ClusterMissing where the engine is not installed."""
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise ClusterMissing(
            "a cluster needs Dask, which is not installed here: pip install '.[cluster]'"
        ) from error
    # It adds log handlers of its own, and logs every connection.
    for name in ("distributed", "distributed.client", "tornado", "tornado.application"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.WARNING)


# What distributed can reach a scheduler by; `inproc` is for its own tests.
_SCHEMES = ("tls", "tcp", "wss", "ws", "ucx")


def address_problem(address: str) -> str:
    """Why no scheduler can be at `address`, for a person; empty where one may be. Waiting would not help."""
    scheme, separator, location = address.rpartition("://")
    if separator and scheme not in _SCHEMES:
        return (
            f"{scheme}:// is no address of a scheduler: it begins with one of {', '.join(_SCHEMES)}"
        )
    host, _, port = location.rpartition(":")
    if not (host and re.fullmatch("[0-9]{1,5}", port) and 0 < int(port) < 1 << 16):
        return f"{address!r} needs a host and a port, as in tls://10.0.0.1:8786"
    return ""


_ROOT = Path(items.__file__).parent
# The code that refines. What a site's file says travels with its pages.
_SOURCES = ("items.py", "pipelines/**/*.*", "storage/**/*.*", "text/**/*.py")
_SUFFIXES = (".py", ".sql", ".toml", ".txt", ".json")
# On whose versions a text, a date or a language depends.
_LIBRARIES = ("lxml", "trafilatura", "htmldate", "langdetect")


@cache
def version() -> str:
    """12 hex digits of the code, its rules and the libraries' versions."""
    digest = sha256()
    files = {file for glob in _SOURCES for file in _ROOT.glob(glob) if file.suffix in _SUFFIXES}
    for file in sorted(files):
        name, content = file.relative_to(_ROOT).as_posix(), file.read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    for library in _LIBRARIES:
        digest.update(f"{library} {version_of(library)}\n".encode())
    return digest.hexdigest()[:12]


def check_version(wanted: str) -> None:
    """Raises NoWorkers, which stops the caller and leaves the pages in the queue."""
    if wanted != version():
        raise NoWorkers(
            f"the worker on {socket.gethostname()} has another version of Warraq or of its libraries "
            f"({version()}, here {wanted}): install the same on both"
        )
