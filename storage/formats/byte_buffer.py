"""A stream that a library writes to, and whose bytes are taken as they come: it cannot seek."""

import io
from collections.abc import Iterator
from typing import Any


class ByteBuffer(io.RawIOBase):
    """What is written is held until `take` gives it out."""

    def __init__(self) -> None:
        super().__init__()
        self._data = bytearray()
        self._position = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        length = len(self._data)
        self._data += data
        self._position += len(self._data) - length
        return len(self._data) - length

    def tell(self) -> int:
        """How many bytes were ever written."""
        return self._position

    def take(self) -> Iterator[bytes]:
        """What was written since the last time, in one piece; nothing where that is nothing."""
        if self._data:
            data, self._data = self._data, bytearray()
            yield bytes(data)
