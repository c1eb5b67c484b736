"""Articles as JSON lines: ours, which come back as they were, and other people's."""

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

# Set by our own export: the text is clean as it is.
CLEAN = "clean"
_COLUMNS = ("number", "id", *METADATA, "text", "found_by", "first_seen", "last_seen")
# Of other people's lines, what is not read may be of any kind.
_READ = {"url", "title", "section", "source", "published", "date", "language", "lang", "text"}
_KEPT = {*_COLUMNS} - {"number", "tags"}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def write(row: Row) -> str:
    """A row of `articles` as a line: what is known of it, and that it is clean."""
    said = {name: row[name] for name in _COLUMNS if row[name] is not None}
    if row["tags"]:
        said["tags"] = json.loads(row["tags"])
    return json.dumps(said | {CLEAN: True}, ensure_ascii=False) + "\n"


def read(path: Path) -> Iterator[Document | DocumentError]:
    """Each line as a document, or as what is wrong with it; blank lines are none."""
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
    """The lines of `stream`, each cut where it is longer than a document can be."""
    while line := stream.readline(LONGEST + 1):
        yield line
        while len(line) > LONGEST and not line.endswith(b"\n"):
            line = stream.readline(LONGEST + 1)


def document(line: bytes, path: Path, number: int, offset: int) -> Document:
    """Raises ValueError: what is wrong with the line."""
    said = _said(line)
    texts: Row = {name: said.get(name) or None for name in ("url", "title", "section", "source")}
    return Document(
        path=path,
        line=number,
        offset=offset,
        text=said["text"],
        **texts,
        published=said.get("published") or said.get("date") or None,
        language=said.get("language") or said.get("lang") or None,
        id=said["id"] if _is_id(said.get("id")) else None,
        kept=_kept(said) if said.get(CLEAN) is True else None,
        raw=line,
    )


def _said(line: bytes) -> dict[str, Any]:
    """The object on the line, what is read of it of the right kind. Raises ValueError."""
    if len(line) > LONGEST:
        raise ValueError(f"longer than {LONGEST // 1024**2} MB")
    try:
        said = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8: byte 0x{line[error.start]:02x}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise ValueError("not an article: nested too deep") from None
    if not isinstance(said, dict):
        raise ValueError("not an article: a JSON object was expected")
    _check_texts(said, _READ)
    if not (said.get("text") or "").strip():
        raise ValueError("`text` is missing or empty")
    return said


def _check_texts(said: dict[str, Any], names: set[str]) -> None:
    for name in sorted(names & said.keys()):
        if not isinstance(said[name], str | None):
            raise ValueError(f"`{name}` must be text")


def _kept(said: dict[str, Any]) -> ExportedArticle:
    """The article of a line that our export wrote. Raises ValueError where it is none of them."""
    _check_texts(said, _KEPT)
    tags, number = said.get("tags") or [], said.get("number")
    if not _is_id(said.get("id")):
        raise ValueError("`id` must be 16 hex digits in a clean article")
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ValueError("`tags` must be a list of texts")
    if number is not None and (type(number) is not int or not 0 <= number < 10**9):
        raise ValueError("`number` must be a whole number from 0 on")
    metadata: Row = {name: said.get(name) for name in METADATA if name != "tags"}
    article = Article(
        id=said["id"],
        **metadata,
        tags=tuple(tags),
        paragraphs=tuple(said["text"].split("\n\n")),
        number=number,
    )
    first, last = _time(said, "first_seen"), _time(said, "last_seen")
    return ExportedArticle(article, said.get("found_by") or "", first, last)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and IS_ID.fullmatch(value) is not None


def _time(said: dict[str, Any], name: str) -> str | None:
    time: str | None = said.get(name)
    if time is not None and not _TIME.fullmatch(time):
        raise ValueError(f"`{name}` must be a time such as 2026-11-01T06:00:00Z")
    return time
