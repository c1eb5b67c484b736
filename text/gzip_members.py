"""Gzip as its format has it (RFC 1952, 2.2): one member after the other, which are one document.

Servers that compress in pieces, and programs that append to a file, write several.
"""

import zlib

_MAGIC = b"\x1f\x8b"
# What follows a member is copied once more for each: small pieces keep that linear.
_CHUNK = 4096
# Of a member with nothing in it there are 400 000 in 8 MB.
_MAX_MEMBERS = 10_000


def is_gzip(body: bytes) -> bool:
    return body.startswith(_MAGIC)


def gunzip(body: bytes, most: int) -> tuple[bytes, bool]:
    """The first `most` bytes of all members, and whether none of them breaks off before that. What
    follows the last (zeros, as tapes have them) is no member. Raises zlib.error for a first member
    that is damaged; of a later one, what precedes it is given.
    """
    parts: list[bytes] = []
    at, room = 0, most
    for number in range(_MAX_MEMBERS):
        try:
            member, at, is_whole = _member(body, at, room)
        except zlib.error:
            if number == 0:
                raise
            return b"".join(parts), False
        parts.append(member)
        room -= len(member)
        if room <= 0 or not is_whole:
            return b"".join(parts), is_whole or room <= 0
        if body[at : at + 2] != _MAGIC:
            break
    return b"".join(parts), True


def _member(body: bytes, at: int, most: int) -> tuple[bytes, int, bool]:
    """Up to `most` bytes of the member at `at`, where the next begins, and whether it has its end."""
    packed, parts, room = zlib.decompressobj(wbits=31), list[bytes](), most
    while at < len(body) and room > 0 and not packed.eof:
        chunk = body[at : at + _CHUNK]
        parts.append(packed.decompress(chunk, room))
        room -= len(parts[-1])
        at += len(chunk) - len(packed.unused_data) - len(packed.unconsumed_tail)
    return b"".join(parts), at, packed.eof
