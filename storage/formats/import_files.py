"""Files and folders to import, read one document at a time; one that is wrong gives an error in its
place, and the rest goes on.
"""

import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from storage.formats import json_lines, seed_text
from storage.formats.documents import Document, DocumentError

SUFFIXES = (".txt", ".jsonl", ".jsonl.gz")
# JSON lines from standard input.
STDIN = Path("-")
_KINDS: dict[Callable[[int], bool], str] = {
    stat.S_ISDIR: "a folder",
    stat.S_ISFIFO: "a pipe",
    stat.S_ISSOCK: "a socket",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
}


def find_files(
    paths: Sequence[Path], suffixes: tuple[str, ...] = SUFFIXES
) -> Iterator[Path | DocumentError]:
    """The files to read: those of `paths`, and those in its folders that end in one of `suffixes`, by
    name.
    """
    for path in paths:
        if not path.is_dir():
            problem = _why_not_read(path)
            yield DocumentError(path, None, problem) if problem else path
            continue
        found = list(files_in(path, suffixes))
        yield from found
        if not found:
            yield DocumentError(path, None, f"holds no {', no '.join(suffixes)}")


def files_in(folder: Path, suffixes: tuple[str, ...]) -> Iterator[Path | DocumentError]:
    """The files of a folder and its folders by name, and what of it cannot be read. Hidden files, and
    what is no file (a pipe of such a name), are passed over.
    """
    errors: list[OSError] = []
    found = [
        Path(parent, name)
        for parent, _, names in os.walk(folder, onerror=errors.append)
        for name in names
        if name.lower().endswith(suffixes) and not name.startswith(".")
    ]
    for error in errors:
        where = Path(os.fsdecode(error.filename or folder))
        yield DocumentError(where, None, f"cannot be read: {error.strerror or error}")
    yield from (path for path in sorted(found) if path.is_file())


def read(path: Path) -> Iterator[Document | DocumentError]:
    """The documents of one file."""
    suffix = path.name.lower()
    try:
        if path == STDIN and sys.stdin is None:
            yield DocumentError(path, None, "standard input is closed")
        elif path == STDIN:
            yield from json_lines.read_stream(sys.stdin.buffer, Path("<stdin>"))
        elif problem := _why_not_read(path):
            yield DocumentError(path, None, problem)
        elif suffix.endswith(".txt"):
            yield seed_text.read(path)
        else:
            yield from json_lines.read(path)
    except DocumentError as error:
        yield error
    except OSError as error:
        yield DocumentError(path, None, f"cannot be read: {error.strerror or error}")


def why_no_file(path: Path) -> str | None:
    """Why `path`, which exists, is no file that can be read from beginning to end. To open a pipe would
    wait for whoever writes into it.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        return f"cannot be read: {getattr(error, 'strerror', None) or error}"
    if stat.S_ISREG(mode):
        return None
    kind = next((name for is_kind, name in _KINDS.items() if is_kind(mode)), "something else")
    return f"is {kind}, no file"


def _why_not_read(path: Path) -> str | None:
    if path == STDIN:
        return None
    if not path.name.lower().endswith(SUFFIXES) and path.is_file():
        return f"is none of {', '.join(SUFFIXES)}"
    problem = why_no_file(path)
    is_other_kind = problem and problem.endswith("no file")
    return f"{problem}: `-` reads JSON lines from standard input" if is_other_kind else problem
