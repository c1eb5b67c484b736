"""Inputs made of seeds: a structure-aware mutator (tokens of HTML, XML, JSON, HTTP and WARC, and the
elements they open and close) and one of bytes, as plain edits that Hypothesis draws.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

# A tag's name, its attributes' parts, quoted values, entities, words, runs of white space, a sign.
_TOKEN = re.compile(
    rb"</?[A-Za-z!?][\w:.-]*|/?>|\"[^\"<>\n]*\"|'[^'<>\n]*'|&#?\w{1,12};|\s+|[^\s<>\"'&{}\[\],:=]+|."
    rb"|\n",
    re.DOTALL,
)
_OPENING = re.compile(rb"<([A-Za-z][\w:.-]*)\Z")
_BRACKETS = {b"{": b"}", b"[": b"]"}
# An input stays in the size of a page: what grows without bound is found by `growth`.
_MAX_BYTES = 200_000
_MAX_REGION = 4_000  # tokens


def _utf8(*words: str) -> tuple[bytes, ...]:
    return tuple(word.encode("utf-8", "surrogatepass") for word in words)


HOSTILE_WORDS = (
    # Controls, bidi and other format characters, raw and as entities, JSON and percent escapes.
    *_utf8("\0", "\x1b[31m", "\x07", "\x85", "\x9b2J", "\u202e", "\u2066x\u2069", "\u200f", "\u061c"),
    *_utf8("\ufeff", "\u200b", "\u2060", "\u206a", "\u180e", "\U000e0041", "\u2028", "\ufffe", "\ufdd0"),
    *(b"&#0;", b"&#27;", b"&#x1b;[2J", b"&#155;", b"&#8238;", b"&#x202e;", b"&#65279;", b"&#x61c;"),
    *(b"\\u001b", b"\\u202e", b"\\u0000", b"\\ud83d", b"\\udc00", b"%00", b"%1b", b"%0d%0a", b"%e2%80%ae"),
    # Lone surrogates, in every way that they come.
    *(b"&#55357;", b"&#xdc00;", b"&#xd83d;&#xde00;", b"\xed\xa0\xbd", b"&amp;#55357;", b"%ed%a0%bd"),
    *(b"&#1114112;", b"&#99999999999999999999;", b"&#x;", b"&;", b"&nosuch;", b"&amp;amp;lt;"),
    # Marks, ligatures and digits of other scripts, what changes its length when it is folded.
    *_utf8("\u0301" * 40, "e\u0301\u0327", "ا" + "\u064b" * 30, "ﷺ", "۝", "İ", "ß", "²", "٣", "①", "᠋"),
    # Numbers and times.
    *(b"9" * 400, b"9" * 4301, b"-1", b"1e999", b"NaN", b"0x10", b"18446744073709551616", b"+999999999"),
    *(b"2026-13-45", b"0000-00-00", b"9999-12-31T23:59:59-14:00", b"0001-01-01T00:00:00+14:00"),
    *(b"2024-02-30T25:61:61Z", b"Mon, 99999999999999999999 Jan 2020 00:00:00 GMT", b"253402300800"),
    *_utf8("30 شباط 2024", "32 مارس 2023", "١٣/١٣/٢٠٢٣", "منذ 999 ساعة", "24:00", "29 اسفند 1403"),
    # Markup.
    *(b"<", b">", b"\"", b"'", b"&", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?", b"<!DOCTYPE x [", b"</"),
    *(b"</html>", b"</body>", b"<p>", b"</p>", b"<br>", b"<script>", b"</script>", b"<title>", b"<table>"),
    *(b"<item>", b"</channel>", b"<url>", b"<loc>", b"<base href='http://['>", b"<svg>", b"<template>"),
    *(b" " + b"a='b' " * 50, b"<b>" * 60, b"<div class='related'>" * 30, b"<h1>x</h1>" * 20),
    *(b"<meta charset=utf-16>", b"<meta charset=iso-2022-kr>", b"<meta charset='x-user-defined'>"),
    # JSON, HTTP, WARC.
    *(b"null", b"{}", b"[]", b"true", b"[" * 200, b'{"a":' * 100, b"\\", b"\r\n\r\n", b"\n", b"\r", b"\t"),
    *(b"Content-Length: 99999999999999", b"Content-Length: -1", b"Transfer-Encoding: chunked"),
    *(b"Content-Encoding: gzip", b"Content-Encoding: br, deflate", b"WARC/1.1\r\n", b"\x1f\x8b\x08"),
    # Addresses.
    *(b"http://[", b"//[::1", b"http://[::1]:99999/", b"http://a:b@c/", b"javascript:alert(1)", b"data:,"),
    *_utf8("http://℀x/", "http://ex.org\u202e/", "https://xn--/", "http://.", "///", "..", "/../../"),
    *(b"http://ex.org:0/", b"http://ex.org:x/", b"%", b"%zz", b"?", b"#", b"&", b";", b"@", b"://", b"*", b"$"),
    # Other encodings.
    *(b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x1b$B", b"\x80", b"\xc7\xe1", b"\xff" * 9, b"\xf4\x90\x80\x80"),
    *(b"=", b"+", b"- ", b"%s", b"{{7*7}}", b"' OR 1=1 --", b"\\N", b"", b" ", b"a" * 3000, b" " * 3000),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edit:
    """`at` and `to` are places in the document, as parts of 65 536."""

    kind: str
    at: int
    to: int
    count: int
    word: bytes


STRUCTURED = (
    "delete",
    "duplicate",
    "move",
    "swap",
    "nest",
    "splice",
    "replace",
    "insert",
    "repeat",
)
BYTES = ("overwrite", "cut", "flip", "stuff")


# Words most often, then structure: most changed bytes only change a letter.
_KINDS = STRUCTURED + ("replace", "insert") * 3 + BYTES
_MAX_NUMBER = (1 << 48) - 1


def edit(number: int) -> Edit:
    """The edit of this number. Drawn as one number each, edits take a quarter of the time."""
    draw = random.Random(number)
    word = draw.choice(HOSTILE_WORDS) if draw.random() < 0.9 else draw.randbytes(draw.randrange(7))
    at, to = draw.randrange(1 << 16), draw.randrange(1 << 16)
    return Edit(draw.choice(_KINDS), at, to, draw.randrange(1, 41), word)


def edits() -> st.SearchStrategy[Edit]:
    return st.builds(edit, st.integers(0, _MAX_NUMBER))


def inputs(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """A seed with up to eight edits."""
    seed = st.sampled_from(seeds)
    return st.builds(mutate, seed, seed, st.lists(edits(), max_size=8))


def mutate(body: bytes, other: bytes, changes: Sequence[Edit]) -> bytes:
    """`body` after the changes; `splice` takes a piece of `other`."""
    for change in changes:
        if change.kind in BYTES:
            body = _bytes(body, change)
        else:
            body = b"".join(_structured(_TOKEN.findall(body), other, change))
        body = body[:_MAX_BYTES]
    return body


def _structured(tokens: list[bytes], other: bytes, change: Edit) -> list[bytes]:
    start, end = region(tokens, change.at)
    piece, place = tokens[start:end], change.to * len(tokens) >> 16
    match change.kind:
        case "delete":
            return tokens[:start] + tokens[end:]
        case "duplicate":
            return tokens[:end] + piece * min(change.count, 5) + tokens[end:]
        case "move":
            rest = tokens[:start] + tokens[end:]
            return rest[:place] + piece + rest[place:]
        case "swap":
            second, last = region(tokens, change.to)
            if second < end:
                return tokens[:second] + tokens[start:]
            between = tokens[end:second]
            return tokens[:start] + tokens[second:last] + between + piece + tokens[last:]
        case "nest":
            closed = tokens.index(b">", start) + 1 if b">" in tokens[start:end] else start + 1
            return tokens[:start] + tokens[start:closed] * change.count + tokens[start:]
        case "splice":
            theirs = _TOKEN.findall(other)
            first, last = region(theirs, change.to)
            return tokens[:start] + theirs[first:last] + tokens[end:]
        case "replace":
            return [*tokens[:start], change.word, *tokens[end:]]
        case "repeat":
            return tokens[:start] + piece[:8] * change.count + tokens[start:]
        case _:
            return [*tokens[:start], change.word, *tokens[start:]]


def region(tokens: Sequence[bytes], at: int) -> tuple[int, int]:
    """The element, object or list that begins at the place, else the token there."""
    start = at * len(tokens) >> 16
    if start >= len(tokens):
        return start, start
    token = tokens[start]
    opening = _OPENING.match(token)
    if opening:
        close = b"</" + opening[1]
    elif token in _BRACKETS:
        close = _BRACKETS[token]
    else:
        return start, start + 1
    depth = 0
    for place in range(start, min(len(tokens), start + _MAX_REGION)):
        depth += (tokens[place] == token) - (tokens[place] == close)
        if depth == 0:
            end = place + 1
            return start, end + (opening is not None and tokens[end : end + 1] == [b">"])
    return start, start + 1


def _bytes(body: bytes, change: Edit) -> bytes:
    start, end = change.at * len(body) >> 16, change.to * len(body) >> 16
    if change.kind == "overwrite":
        return body[:start] + change.word + body[start + len(change.word) :]
    if change.kind == "cut":
        return body[:start] if start >= end else body[:start] + body[end:]
    if change.kind == "flip" and body:
        flipped = body[start : start + 1] or body[-1:]
        return body[:start] + bytes([flipped[0] ^ 1 << change.count % 8]) + body[start + 1 :]
    return body[:start] + change.word * change.count + body[start:]


def repeated(seed: bytes, change: Edit, size: int) -> bytes:
    """The seed with one piece of it, or the word, as often as makes `size` bytes."""
    tokens = _TOKEN.findall(seed)
    start, end = region(tokens, change.at)
    piece = b"".join(tokens[start : min(end, start + 30)])
    if change.count % 2 or not piece:
        piece = change.word or b"x"
    head, tail = b"".join(tokens[:start]), b"".join(tokens[start:])
    return head[:4000] + piece * (size // len(piece)) + tail[:4000]
