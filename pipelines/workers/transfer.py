"""What is large on its way into a worker and out of it. The pool's threads pickle and unpickle under the
interpreter's lock: 50 MB of a body, or its 50 000 links, would hold the event loop for 100 to 200 ms.
"""

import asyncio
import os
import pickle
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

# From there on a file is cheaper than a pipe, which takes 64 kB at a time: .12 ms for 219 kB, not .24.
_LARGE_BYTES = 64 << 10
# Below that, writing the file takes less than a way to a thread and back.
_LONG_BYTES = 1 << 20
# Files that are kept for the next pages, of at most `_LONG_BYTES` each: memory that is there already is
# written in 16 µs, new memory for 219 kB in 92.
_KEPT_FILES = 16
_kept: list[int] = []
# Items in a part: 200 links take 1 ms.
_PART = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SharedBytes:
    """The first `size` bytes of a file of the main process's memory, which has no name."""

    path: str
    size: int

    def read(self) -> bytes:
        with Path(self.path).open("rb", buffering=0) as file:
            return file.read(self.size)


@asynccontextmanager
async def shared_bytes(arguments: Sequence[Any]) -> AsyncIterator[list[Any]]:
    """The arguments of a call with `SharedBytes` in the place of large bytes, to be read until the end of
    the block.
    """
    files: list[tuple[int, int]] = []
    try:
        yield [
            await _share(argument, files)
            if isinstance(argument, bytes) and len(argument) > _LARGE_BYTES
            else argument
            for argument in arguments
        ]
    finally:
        for file, size in files:
            _keep_or_close(file, size)


def _keep_or_close(file: int, size: int) -> None:
    if size < _LONG_BYTES and len(_kept) < _KEPT_FILES:
        _kept.append(file)
    else:
        os.close(file)


async def _share(data: bytes, files: list[tuple[int, int]]) -> SharedBytes:
    """Appends to `files` what is to be closed, and the bytes written to it."""
    is_long = len(data) >= _LONG_BYTES
    file = _kept.pop() if _kept and not is_long else os.memfd_create("warraq")
    files.append((file, len(data)))
    if is_long:
        # The system call runs without the interpreter's lock.
        await asyncio.to_thread(_write, file, data)
    else:
        _write(file, data)
    return SharedBytes(f"/proc/{os.getpid()}/fd/{file}", len(data))


def _write(file: int, data: bytes) -> None:
    """From the file's beginning."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.pwrite(file, rest, len(data) - len(rest)) :]


def read_shared(arguments: Sequence[Any]) -> list[Any]:
    """The arguments as they were given to `shared_bytes`; in the worker."""
    return [
        argument.read() if isinstance(argument, SharedBytes) else argument for argument in arguments
    ]


class PackedList(Generic[T]):
    """A long list as a worker returns it: pickled in parts, each unpickled when it is reached."""

    def __init__(self, items: Sequence[T]) -> None:
        self._parts = tuple(
            pickle.dumps(items[first : first + _PART]) for first in range(0, len(items), _PART)
        )

    def __iter__(self) -> Iterator[T]:
        for part in self._parts:
            yield from pickle.loads(part)  # noqa: S301 - what was pickled here

    async def unpack(self) -> list[T]:
        """All of it, without holding the loop."""
        items: list[T] = []
        for item in self:
            items.append(item)
            if len(items) % _PART == 0:
                await asyncio.sleep(0)
        return items
