"""Files and folders to import, read one document at a time; one that is wrong gives an error in its
place, and the rest goes on.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from storage.formats import json_lines, seed_text
from storage.formats.documents import Document, DocumentError

SUFFIXES = (".txt", ".jsonl", ".jsonl.gz")


def find_files(paths: Sequence[Path]) -> Iterator[Path | DocumentError]:
    """The files to read: those of `paths`, and those in its folders, by name."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        files = [file for file in sorted(path.rglob("*")) if _is_document(file)]
        yield from files
        if not files:
            yield DocumentError(path, None, f"holds no {', no '.join(SUFFIXES)}")


def read(path: Path) -> Iterator[Document | DocumentError]:
    """The documents of one file."""
    suffix = path.name.lower()
    try:
        if suffix.endswith(".txt"):
            yield seed_text.read(path)
        elif suffix.endswith(SUFFIXES):
            yield from json_lines.read(path)
        else:
            problem = (
                f"is none of {', '.join(SUFFIXES)}" if path.exists() else "there is no such file"
            )
            yield DocumentError(path, None, problem)
    except DocumentError as error:
        yield error
    except OSError as error:
        yield DocumentError(path, None, f"cannot be read: {error.strerror or error}")


def _is_document(path: Path) -> bool:
    hidden = path.name.startswith(".")
    return not hidden and path.name.lower().endswith(SUFFIXES) and path.is_file()
