"""Posts cut out of a REST response that holds many: each becomes `null`, so that the places of the others
stay as they are, byte by byte.
"""

import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from storage.archive.erasures import member_of_length
from storage.archive.pointer import digest_of
from storage.warc.record_heads import warc_head
from text.urls import article_id, canonicalise

IsGone = Callable[[set[str]], bool]  # of the ids that a post's article may have
_SPACE = re.compile(r"[ \t\r\n]*+")
_NULL = "null"


@dataclass(frozen=True, slots=True)
class PostSpan:
    """A post in the text of a response: its place in the list, from where to where it stands."""

    part: int
    start: int
    end: int
    post: object


def post_spans(text: str) -> Iterator[PostSpan]:
    """Raises ValueError and RecursionError where the text is no JSON list."""
    decoder, position, part = json.JSONDecoder(), _skip(text, 0), 0
    if text[position : position + 1] != "[":
        raise ValueError("not a list of posts")
    position = _skip(text, position + 1)
    while text[position : position + 1] not in ("]", ""):
        post, end = decoder.raw_decode(text, position)
        yield PostSpan(part, position, end, post)
        position, part = _skip(text, end), part + 1
        if text[position : position + 1] == ",":
            position = _skip(text, position + 1)


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def ids_of_post(post: object, homepage: str | None) -> set[str]:
    """The ids that an article of the post's address may have."""
    address = post.get("link") if isinstance(post, dict) else None
    if not isinstance(address, str):
        return set()
    urls = {canonicalise(address), canonicalise(address, homepage)}
    return {article_id(url) for url in urls if url}


def without_posts(body: bytes, homepage: str | None, is_gone: IsGone) -> bytes:
    """The response without the posts of which `is_gone` holds; the same bytes where there is none, or
    where it is no list of posts.
    """
    try:
        text = body.decode("utf-8")
        gone = [span for span in post_spans(text) if is_gone(ids_of_post(span.post, homepage))]
    except (ValueError, RecursionError):
        return body
    return _cut(text, gone).encode() if gone else body


def without_forgotten(body: bytes, homepage: str, ids: frozenset[str]) -> bytes:
    """The same for articles with these ids; for a worker."""
    return without_posts(body, homepage, lambda found: not ids.isdisjoint(found))


def _cut(text: str, gone: list[PostSpan]) -> str:
    parts, position = [], 0
    for span in gone:
        parts += [text[position : span.start], _NULL]
        position = span.end
    return "".join([*parts, text[position:]])


@dataclass(frozen=True, slots=True)
class RewrittenResponse:
    """The record of a response without some of its posts, and the digest of its new payload. Without a
    `member` nothing of it is left that could be kept.
    """

    member: bytes | None
    digest: str = ""


def rewritten_response(
    member: bytes, homepage: str | None, is_gone: IsGone, needed: set[int]
) -> RewrittenResponse | None:
    """None: nothing of it goes. `member`: the record as it is in its file, whose length it keeps;
    `needed`: the places of posts that rows point to. Raises ValueError where it is damaged.
    """
    record = _unpacked(member)
    head_end = record.index(b"\r\n\r\n") + 4
    block = record[head_end:].removesuffix(b"\r\n\r\n")
    head, http, body = record[:head_end], *_http_parts(record[:head_end], block)
    cut = without_posts(body, homepage, is_gone)
    if cut is body:
        return None
    # What is shorter takes less room, unless by a rare chance: then more of it goes.
    for left in (cut, _only(cut, needed)):
        content = _record(head, http, left)
        if smaller := member_of_length(content, len(member)):
            return RewrittenResponse(smaller, digest_of(left))
    return RewrittenResponse(None)


def _unpacked(member: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(member)
    except zlib.error as error:
        raise ValueError(str(error)) from error


def _http_parts(head: bytes, block: bytes) -> tuple[bytes, bytes]:
    fields = warc_head(head)
    if fields is None or not fields.get("content-type").startswith("application/http"):
        return b"", block
    http, end, body = block.partition(b"\r\n\r\n")
    return http + end, body


def _only(body: bytes, needed: set[int]) -> bytes:
    text = body.decode()
    return _cut(text, [span for span in post_spans(text) if span.part not in needed]).encode()


def _record(head: bytes, http: bytes, body: bytes) -> bytes:
    http = _with_field(http, b"Content-Length", len(body))
    head = _with_field(head, b"Content-Length", len(http) + len(body))
    head = _with_field(head, b"WARC-Block-Digest", digest_of(http + body))
    head = _with_field(head, b"WARC-Payload-Digest", digest_of(body))
    return head + http + body + b"\r\n\r\n"


def _with_field(head: bytes, name: bytes, value: str | int) -> bytes:
    """The head with another value in a field that it has."""
    pattern = rb"(?im)^(" + name + rb":)[^\r\n]*"
    return re.sub(pattern, lambda match: match[1] + f" {value}".encode(), head)
