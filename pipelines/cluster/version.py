"""What refines a page, as one word. A worker with another one would make other texts of the pages, and
nobody would see it.
"""

import socket
from functools import cache
from hashlib import sha256
from importlib.metadata import version as version_of
from pathlib import Path

import items
import pipelines
from pipelines.workers import NoWorkers

_OURS = (".py", ".toml", ".txt", ".json")
# Of whose judgement a text, a date or a language depends.
_THEIRS = ("lxml", "trafilatura", "htmldate", "langdetect")


@cache
def version() -> str:
    """12 hex digits: of the code, its rules and the libraries that judge."""
    digest = sha256()
    home = Path(pipelines.__path__[0])
    files = (file for file in home.rglob("*") if file.suffix in _OURS)
    named = {file.relative_to(home).as_posix(): file for file in files}
    named["items.py"] = Path(items.__file__)
    for name, file in sorted(named.items()):
        content = file.read_bytes()
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
