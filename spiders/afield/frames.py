"""What a crawl elsewhere and the worker that hosts it say to each other: a kind, a length, a pickle."""

import asyncio
import pickle
import struct
from typing import Any

_HEAD = struct.Struct(">cQ")

ASSIGNMENT = b"A"  # to the crawl, once
PAGE = b"P"  # to be refined: a number, the page, the site
REFINED = b"R"  # its answer: the number, the outcome
ENTRY = b"E"  # of the journal
RESULT = b"Z"  # how the crawl went, at its end


def frame(kind: bytes, thing: Any) -> bytes:
    return framed(kind, pickle.dumps(thing))


def framed(kind: bytes, pickled: bytes) -> bytes:
    return _HEAD.pack(kind, len(pickled)) + pickled


async def next_frame(stream: asyncio.StreamReader) -> tuple[bytes, bytes] | None:
    """Its kind, and still pickled; None at the end, even in the middle of one."""
    try:
        kind, length = _HEAD.unpack(await stream.readexactly(_HEAD.size))
        return kind, await stream.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
