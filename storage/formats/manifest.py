"""A manifest names saved pages and what is known of each: its address, its charset, when it was fetched.
JSON lines, or a table with tabs; a line that is wrong gives an error in its place, and the rest goes on.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, BinaryIO

from storage.formats.documents import DocumentError, check_format
from storage.formats.import_files import STDIN, why_no_file
from text.charset import codec_of
from text.timestamps import format_utc, stored_time
from text.urls import canonicalise

COLUMNS = ("file", "url", "charset", "fetched")
_LIST = ", ".join(f"`{name}`" for name in COLUMNS)
# A path has 4 096 bytes, an address as many characters; what else stands there is not used.
_MAX_LINE_BYTES = 256 * 1024
_ADVICE = (
    f"a manifest is JSON lines, or a table with tabs whose first line names the columns: {_LIST}"
)

Warn = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """A saved page. `fetched` is ISO 8601 UTC; empty, as `url`: the manifest does not say."""

    path: Path
    url: str = ""
    charset: str | None = None
    fetched: str = ""


def read_manifest(path: Path, warn: Warn) -> Iterator[ManifestEntry | DocumentError]:
    """The pages of a manifest, in its order; `-` is standard input. Paths are relative to the
    manifest's folder. `warn` gets a sentence for each column that is not used.
    """
    if path == STDIN:
        yield from _Reader(Path("<stdin>"), Path(), warn).read(sys.stdin.buffer)
        return
    if problem := why_no_file(path):
        yield DocumentError(path, None, problem)
        return
    try:
        with path.open("rb") as file:
            yield from _Reader(path, path.parent, warn).read(file)
    except OSError as error:
        yield DocumentError(path, None, f"cannot be read: {error.strerror or error}")


class _Reader:
    def __init__(self, name: Path, folder: Path, warn: Warn) -> None:
        self.name, self.folder, self.warn = name, folder, warn
        self.columns: list[str] = []
        self.is_json: bool | None = None
        self.unused: set[str] = set()

    def read(self, file: BinaryIO) -> Iterator[ManifestEntry | DocumentError]:
        for number, line in _lines(file):
            try:
                if number == 1:
                    check_format(self.name, line)
                if entry := self._entry(line):
                    yield entry
            except ValueError as error:
                yield DocumentError(self.name, number, str(error))
            except DocumentError as error:
                yield error
                return
            if self.is_json is False and not self.columns:
                return  # without the names of its columns no line of a table can be read

    def _entry(self, line: bytes) -> ManifestEntry | None:
        """None for a blank line, and for the one with the names of the columns. Raises ValueError."""
        if len(line) > _MAX_LINE_BYTES:
            raise ValueError(f"longer than {_MAX_LINE_BYTES >> 10} KiB: name one page a line")
        text = _decoded(line)
        if not text.strip():
            return None
        if self.is_json is None:
            self.is_json = text.lstrip().startswith("{")
            if not self.is_json:
                self.columns = _column_names(text)
                self._warn_of(self.columns)
                return None
        fields = _object(text) if self.is_json else self._row(text)
        self._warn_of(fields)
        return _entry_of(fields, self.folder)

    def _row(self, text: str) -> dict[str, str]:
        cells = text.split("\t")
        if len(cells) > len(self.columns):
            raise ValueError(
                f"{len(cells)} cells, but {len(self.columns)} columns: a tab in a name needs JSON lines"
            )
        return dict(zip(self.columns, cells, strict=False))

    def _warn_of(self, names: Any) -> None:
        for name in names:
            if name not in COLUMNS and name not in self.unused and len(self.unused) < 100:
                self.unused.add(name)
                self.warn(f"{self.name}: `{name}` is not used; what is used: {_LIST}")


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Numbered from 1. Of a line that is too long, the beginning: one byte more than allowed."""
    number = 0
    while line := file.readline(_MAX_LINE_BYTES + 1):
        number += 1
        yield number, line
        while not line.endswith(b"\n") and (line := file.readline(_MAX_LINE_BYTES)):
            pass


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as error:
        message = f"not UTF-8: byte 0x{line[error.start]:02x}; save the manifest as UTF-8"
        raise ValueError(message) from None


def _column_names(text: str) -> list[str]:
    names = [name.strip().lower() for name in text.split("\t")]
    if "file" not in names:
        raise ValueError(f"no column `file`: {_ADVICE}")
    if twice := sorted(name for name in COLUMNS if names.count(name) > 1):
        raise ValueError(f"two columns `{twice[0]}`: remove one of them")
    return names


def _object(text: str) -> dict[str, Any]:
    try:
        fields = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise ValueError("nested too deep: a line is one object with texts") from None
    if not isinstance(fields, dict):
        raise ValueError(f"no JSON object: {_ADVICE}")
    return fields


def _entry_of(fields: Mapping[str, Any], folder: Path) -> ManifestEntry:
    file = _text(fields, "file", stripped=False)
    if not file.strip() or "\0" in file:
        raise ValueError("`file` is empty: name the saved page, relative to the manifest's folder")
    url, charset = _text(fields, "url"), _text(fields, "charset")
    if url and canonicalise(url) is None:
        raise ValueError(
            f"`url` is no address of the web: {url[:200]}; begin with http:// or https://"
        )
    if charset and codec_of(charset) is None:
        raise ValueError(f"`charset` is none that is known: {charset[:40]}; leave it empty")
    return ManifestEntry(folder / file, url, charset or None, _time(_text(fields, "fetched")))


def _text(fields: Mapping[str, Any], name: str, *, stripped: bool = True) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"`{name}` is {json.dumps(value)[:40]}: a text was expected")
    return value.strip() if stripped else value


def _time(text: str) -> str:
    """In UTC. A day alone is its last second: no age on the page counts from before it was fetched."""
    if not text:
        return ""
    stored = stored_time(text)
    if stored is None:
        raise ValueError(
            f"`fetched` is no time: {text[:40]}; write it as 2026-11-01T08:30:00Z, or leave it empty"
        )
    moment = datetime.fromisoformat(stored)
    if "T" not in stored:
        moment = datetime.combine(moment.date(), time(23, 59, 59))
    return format_utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
