"""Files and folders that have their name from when they are finished; a kill leaves what was there."""

import filecmp
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.database import StorageError


def write_file(dest: Path, parts: Iterable[bytes]) -> None:
    """Write the parts beside `dest`, and rename what is on the disk. Raises OSError."""
    with _unfinished(dest) as part:
        with part.open("wb") as file:
            file.writelines(parts)
        _sync(part)
        part.replace(dest)
        _sync(dest.parent)


def write_folder(
    dest: Path,
    files: Iterable[tuple[str, Iterable[bytes]]],
    is_ours: Callable[[str], bool],
    *,
    replace: bool,
) -> None:
    """Write files by their paths. Those of `dest` that `is_ours`, and that differ or are none of these,
    go only with `replace`; others stay. Raises OSError, StorageError.
    """
    with _unfinished(dest) as part:
        part.mkdir()
        for name, parts in files:
            path = part / name
            path.parent.mkdir(exist_ok=True)
            with path.open("wb") as file:
                file.writelines(parts)
        os.sync()  # once, instead of an fsync for each of a hundred thousand files
        _place(part, dest, is_ours, replace=replace)


def _place(part: Path, dest: Path, is_ours: Callable[[str], bool], *, replace: bool) -> None:
    """Give the finished folder its name; move file by file into a folder that is not empty."""
    if not dest.is_dir() or not any(dest.iterdir()):
        part.replace(dest)
        return
    lost = [
        path
        for path in _files(dest)
        if is_ours(path.relative_to(dest).as_posix())
        and _differs(path, part / path.relative_to(dest))
    ]
    if lost and not replace:
        raise StorageError(
            f"{dest} holds other texts, which would be lost ({len(lost)}, such as {lost[0].name}): "
            "choose an empty folder, or add --replace."
        )
    for path in lost:
        path.unlink()
    for path in _files(part):
        target = dest / path.relative_to(part)
        target.parent.mkdir(exist_ok=True)
        path.replace(target)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _differs(path: Path, written: Path) -> bool:
    return not written.exists() or not filecmp.cmp(path, written, shallow=False)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _unfinished(dest: Path) -> Iterator[Path]:
    """A temporary name beside `dest`; what still has it at the end is removed."""
    part = dest.parent / f".{dest.name}.{os.getpid()}.part"
    try:
        yield part
    finally:
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)
