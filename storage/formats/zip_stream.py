"""Files as one ZIP, written as they are made to what cannot seek. Equal files give equal bytes."""

import zipfile
from collections.abc import Iterable, Iterator

from storage.formats.byte_buffer import ByteBuffer

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first time that a ZIP knows
_RIGHTS = 0o644
_LEVEL = 3


def write(files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """The bytes of a ZIP of these paths and contents. A file of any length: sizes have 64 bits."""
    return archive(files, is_long=True)


def archive(files: Iterable[tuple[str, Iterable[bytes]]], *, is_long: bool) -> Iterator[bytes]:
    """`is_long`: a file may have more than 2 GiB; some programs do not read that everywhere."""
    buffer = ByteBuffer()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, parts in files:
            info = zipfile.ZipInfo(path, _LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            # What the archive's own level says counts only for files that are named by a text.
            info._compresslevel = _LEVEL  # type: ignore[attr-defined]
            info.external_attr = _RIGHTS << 16
            with packed.open(info, "w", force_zip64=is_long) as file:
                yield from buffer.take()
                for part in parts:
                    file.write(part)
                    yield from buffer.take()
            yield from buffer.take()
    yield from buffer.take()
