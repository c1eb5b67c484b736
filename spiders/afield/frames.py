"""Pickled things through a pipe, each with its length before it."""

import asyncio
import pickle
import struct
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">Q")


def packed(thing: Any) -> bytes:
    data = pickle.dumps(thing)
    return _LENGTH.pack(len(data)) + data


def read(stream: BinaryIO) -> Any:
    """Raises EOFError."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    return pickle.loads(stream.read(_LENGTH.unpack(head)[0]))  # noqa: S301 - our own process


async def next_frame(stream: asyncio.StreamReader) -> bytes | None:
    """Still pickled; None at the end, even in the middle of one."""
    try:
        head = await stream.readexactly(_LENGTH.size)
        return await stream.readexactly(_LENGTH.unpack(head)[0])
    except asyncio.IncompleteReadError:
        return None
