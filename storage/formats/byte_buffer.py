"""A stream that a library writes to, and whose bytes are taken as they come: it cannot seek."""

import io
from collections.abc import Iterator
from typing import Any


class ByteBuffer(io.RawIOBase):
    """What is written is held until `take` gives it out; no more of it than one write is copied."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._position += len(part)
        return len(part)

    def tell(self) -> int:
        """How many bytes were ever written."""
        return self._position

    def take(self) -> Iterator[bytes]:
        """What was written since the last time, in one piece; nothing where that is nothing."""
        if self._parts:
            data = b"".join(self._parts)
            self._parts.clear()
            yield data
