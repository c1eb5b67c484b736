"""Articles as JSON lines: of our own exports, which come back as they were, and of other programs."""

import gzip
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, cast

from items import Article
from storage.article_rows import METADATA, Row, unpacked_kinds
from storage.formats.corpus_facts import CorpusFacts
from storage.formats.documents import (
    Document,
    DocumentError,
    ExportedArticle,
    check_format,
    too_long,
)
from storage.formats.record_fields import RecordFields, is_id
from text.limits import GZIP_RATIO_FROM, MAX_DOCUMENT_BYTES, MAX_GZIP_RATIO

# Set by our own export: the text is clean.
CLEAN = "clean"
_COLUMNS = (
    *("number", "id", *METADATA, "text", "found_by", "first_seen", "last_seen"),
    *("gone_at", "reserved", "rights", "refined_by"),
)
_READ = {*_COLUMNS, "kinds", "date", "lang", CLEAN}
_LINES = ("site", "section", "title", "source", "agency", "author")
_GZIP = b"\x1f\x8b"
# Digits that `int` takes in any version of Python; a longer number is none of a field that is read.
_MAX_DIGITS = 300


def write(rows: Iterable[Row], facts: CorpusFacts) -> Iterator[bytes]:
    """A line for each row; the facts stand in no line."""
    return (line(row).encode() for row in rows)


def line(row: Row) -> str:
    """A row of `articles` as a line, without its empty columns, marked as clean."""
    fields = {name: row[name] for name in _COLUMNS if row[name] is not None}
    if row["tags"]:
        fields["tags"] = json.loads(row["tags"])
    if row["rights"]:
        fields["rights"] = json.loads(row["rights"])
    if kinds := unpacked_kinds(row["kinds"], row["text"].count("\n\n") + 1):
        fields["kinds"] = kinds
    return json.dumps(fields | {CLEAN: True}, ensure_ascii=False) + "\n"


def read(path: Path) -> Iterator[Document | DocumentError]:
    """Each line as a document or as an error; blank lines are skipped. A file that grows is read as far
    as it went when it was opened.
    """
    with path.open("rb") as file:
        yield from read_stream(file, path)


def read_stream(file: IO[bytes], path: Path) -> Iterator[Document | DocumentError]:
    """The same of an open file; `path` is its name in messages."""
    size = _size(file)
    start = file.peek(16) if hasattr(file, "peek") else b""
    check_format(path, start)
    packed = start.startswith(_GZIP)
    if packed and size is None:
        raise DocumentError(path, None, "is compressed: unpack it first, as by `zcat FILE | …`")
    lines = _lines(cast(IO[bytes], gzip.GzipFile(fileobj=file)) if packed else file)
    number = unpacked = 0
    while packed or size is None or unpacked < size:
        number += 1
        try:
            line, length = next(lines, (b"", 0))
            if not length:
                return
            unpacked += length
            offset = 0 if size is None else file.tell()
            if packed and unpacked > max(GZIP_RATIO_FROM, MAX_GZIP_RATIO * (offset or unpacked)):
                message = f"unpacks to over {MAX_GZIP_RATIO} times its size; not read any further"
                yield DocumentError(path, number, message)
                return
            if length > MAX_DOCUMENT_BYTES:
                yield DocumentError(path, number, too_long())
            elif line.strip():
                yield document(line, path, number, offset)
        except ValueError as error:
            yield DocumentError(path, number, str(error))
        except (OSError, EOFError, zlib.error) as error:
            yield DocumentError(path, number, f"the file is damaged from here on: {error}")
            return


def _size(file: IO[bytes]) -> int | None:
    """None of what has no end yet, a pipe."""
    if not file.seekable():
        return None
    position = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(position)
    return size


def _lines(stream: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """The lines of `stream` and their lengths; of one that exceeds the longest document no byte is kept."""
    while line := stream.readline(MAX_DOCUMENT_BYTES + 1):
        length, part = len(line), line
        while length > MAX_DOCUMENT_BYTES and part and not part.endswith(b"\n"):
            line = b""
            part = stream.readline(1 << 16)
            length += len(part)
        yield line, length


def document(line: bytes, path: Path, number: int, offset: int) -> Document:
    """Raises ValueError, whose message says what is wrong with the line."""
    fields = RecordFields(_parse(line))
    common = {"path": path, "line": number, "offset": offset, "raw": line, "text": fields.text()}
    read = _exported if fields.values.get(CLEAN) is True else _foreign
    return replace(read(fields, common), left_out=tuple(fields.left_out))


def _foreign(fields: RecordFields, common: dict[str, Any]) -> Document:
    given = fields.values.get("id")
    return Document(
        **common,
        url=fields.address("url"),
        title=fields.line("title"),
        site=fields.line("site"),
        section=fields.line("section"),
        source=fields.line("source"),
        agency=fields.line("agency"),
        author=fields.line("author"),
        published=fields.time("published") or fields.time("date"),
        language=fields.language("language") or fields.language("lang"),
        id=given if is_id(given) else None,
    )


def _exported(fields: RecordFields, common: dict[str, Any]) -> Document:
    """A line that our export wrote. Raises ValueError."""
    lines: Row = {name: fields.line(name, clean=True) for name in _LINES}
    paragraphs = tuple(common["text"].split("\n\n"))
    article = Article(
        id=fields.id(),
        url=fields.address("url"),
        **lines,
        published=fields.time("published"),
        modified=fields.time("modified"),
        language=fields.language("language"),
        tags=fields.tags(),
        image=fields.image("image"),
        access=fields.one_of("access", ("free", "teaser")),
        paragraphs=paragraphs,
        number=fields.number(),
        kinds=fields.kinds(len(paragraphs)),
        rights=fields.rights(),
    )
    found_by = fields.line("found_by") or ""
    first, last = fields.instant("first_seen"), fields.instant("last_seen")
    kept = ExportedArticle(
        article,
        found_by,
        first,
        last,
        fields.instant("gone_at"),
        fields.version("refined_by"),
    )
    return Document(**common, url=article.url, id=article.id, kept=kept)


def _parse(line: bytes) -> dict[str, Any]:
    """The object on the line. Raises ValueError."""
    try:
        fields = json.loads(line.decode("utf-8-sig"), object_pairs_hook=_object, parse_int=_integer)
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8: byte 0x{line[error.start]:02x}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise ValueError("not an article: nested too deep") from None
    if not isinstance(fields, dict):
        raise ValueError("not an article: a JSON object was expected")
    return fields


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError where a field that is read stands twice: which of them is meant, nobody knows."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted(name for name in _READ if names.count(name) > 1)
        if twice:
            raise ValueError(f"`{twice[0]}` stands there twice")
    return fields


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MAX_DIGITS else float("inf")
