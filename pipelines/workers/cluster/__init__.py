"""What refines a page, as one word. A worker with another one would make other texts of the pages, and
nobody would see it.
"""

import socket
from functools import cache
from hashlib import sha256
from importlib.metadata import version as version_of
from pathlib import Path

import items
from pipelines.workers.pool import NoWorkers

_HOME = Path(items.__file__).parent
# Of the rooms below the one that asks, what refines; what a site's file says travels with its pages.
_OURS = ("items.py", "pipelines/**/*.*", "storage/**/*.py", "text/**/*.py")
_DATA = (".py", ".toml", ".txt", ".json")
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


def check(wanted: str) -> None:
    """Raises NoWorkers, which stops whoever asked, and leaves the pages in the queue."""
    if wanted != version():
        raise NoWorkers(
            f"the worker on {socket.gethostname()} has another version of Warraq or of its libraries "
            f"({version()}, here {wanted}): install the same on both"
        )
