"""Articles as JSON lines: of our own exports, which come back as they were, and of other programs."""

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from items import Article
from storage.article_rows import IS_ID, METADATA, Row
from storage.formats.documents import LONGEST, Document, DocumentError, ExportedArticle

# Set by our own export: the text is clean.
CLEAN = "clean"
_COLUMNS = ("number", "id", *METADATA, "text", "found_by", "first_seen", "last_seen")
# Other fields of other programs' lines may be of any type.
_TEXT_FIELDS = {
    *("url", "title", "section", "source", "published", "date"),
    *("language", "lang", "text"),
}
_EXPORTED_TEXT_FIELDS = {*_COLUMNS} - {"number", "tags"}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def write(row: Row) -> str:
    """A row of `articles` as a line, without its empty columns, marked as clean."""
    fields = {name: row[name] for name in _COLUMNS if row[name] is not None}
    if row["tags"]:
        fields["tags"] = json.loads(row["tags"])
    return json.dumps(fields | {CLEAN: True}, ensure_ascii=False) + "\n"


def read(path: Path) -> Iterator[Document | DocumentError]:
    """Each line as a document or as an error; blank lines are skipped."""
    with path.open("rb") as file:
        zipped = path.name.lower().endswith(".gz")
        lines = _lines(cast(IO[bytes], gzip.GzipFile(fileobj=file)) if zipped else file)
        number = 0
        while True:
            number += 1
            try:
                line = next(lines, None)
                if line is None:
                    return
                if line.strip():
                    yield document(line, path, number, file.tell())
            except ValueError as error:
                yield DocumentError(path, number, str(error))
            except (OSError, EOFError, zlib.error) as error:
                yield DocumentError(path, number, f"the file is damaged from here on: {error}")
                return


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """The lines of `stream`, each cut where it exceeds the longest document."""
    while line := stream.readline(LONGEST + 1):
        yield line
        while len(line) > LONGEST and not line.endswith(b"\n"):
            line = stream.readline(LONGEST + 1)


def document(line: bytes, path: Path, number: int, offset: int) -> Document:
    """Raises ValueError, whose message says what is wrong with the line."""
    fields = _parse(line)
    texts: Row = {name: fields.get(name) or None for name in ("url", "title", "section", "source")}
    return Document(
        path=path,
        line=number,
        offset=offset,
        text=fields["text"],
        **texts,
        published=fields.get("published") or fields.get("date") or None,
        language=fields.get("language") or fields.get("lang") or None,
        id=fields["id"] if _is_id(fields.get("id")) else None,
        kept=_exported_article(fields) if fields.get(CLEAN) is True else None,
        raw=line,
    )


def _parse(line: bytes) -> dict[str, Any]:
    """The object on the line; the fields that are read are texts. Raises ValueError."""
    if len(line) > LONGEST:
        raise ValueError(f"longer than {LONGEST // 1024**2} MB")
    try:
        fields = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8: byte 0x{line[error.start]:02x}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise ValueError("not an article: nested too deep") from None
    if not isinstance(fields, dict):
        raise ValueError("not an article: a JSON object was expected")
    _check_texts(fields, _TEXT_FIELDS)
    if not (fields.get("text") or "").strip():
        raise ValueError("`text` is missing or empty")
    return fields


def _check_texts(fields: dict[str, Any], names: set[str]) -> None:
    for name in sorted(names & fields.keys()):
        if not isinstance(fields[name], str | None):
            raise ValueError(f"`{name}` must be text")


def _exported_article(fields: dict[str, Any]) -> ExportedArticle:
    """The article of a line that our export wrote. Raises ValueError where a field is not as written."""
    _check_texts(fields, _EXPORTED_TEXT_FIELDS)
    tags, number = fields.get("tags") or [], fields.get("number")
    if not _is_id(fields.get("id")):
        raise ValueError("`id` must be 16 hex digits in a clean article")
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ValueError("`tags` must be a list of texts")
    if number is not None and (type(number) is not int or not 0 <= number < 10**9):
        raise ValueError("`number` must be a whole number from 0 on")
    metadata: Row = {name: fields.get(name) for name in METADATA if name != "tags"}
    article = Article(
        id=fields["id"],
        **metadata,
        tags=tuple(tags),
        paragraphs=tuple(fields["text"].split("\n\n")),
        number=number,
    )
    first, last = _time(fields, "first_seen"), _time(fields, "last_seen")
    return ExportedArticle(article, fields.get("found_by") or "", first, last)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and IS_ID.fullmatch(value) is not None


def _time(fields: dict[str, Any], name: str) -> str | None:
    time: str | None = fields.get(name)
    if time is not None and not _TIME.fullmatch(time):
        raise ValueError(f"`{name}` must be a time such as 2026-11-01T06:00:00Z")
    return time
