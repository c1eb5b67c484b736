"""Where `warraq extract` writes articles: on standard output, into a file a page, or into one file."""

import gzip
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from text.terminal import printable, printable_lines

if TYPE_CHECKING:
    from cli.saved_pages import SavedPage

# No character that a shell, a URL or another system's disk reads as something else, and none unseen.
_UNSAFE = re.compile(
    r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]'
)
_RESERVED = re.compile(r"(?i)con|prn|aux|nul|com\d|lpt\d")
# Of the 255 that disks allow, with room for a number and an ending.
_MAX_NAME_BYTES = 200

# Takes an article's text, or its fields, and the page that it was made of.
Write = Callable[[str | dict[str, Any], "SavedPage"], None]


@contextmanager
def article_writer(output: Path | None, output_format: str) -> Iterator[Write]:
    """What writes an article in the format `text`, `json` or `jsonl`: into the folder `output`, for
    `jsonl` into the file of that name, and without one on standard output. Raises OSError.
    """
    if output is None:
        yield _on_stdout(output_format)
    elif output_format == "jsonl":
        opened = gzip.open if output.name.endswith(".gz") else open
        with opened(output, "wt", encoding="utf-8") as file:
            yield lambda content, saved: print(_json_line(content, saved), file=file)
    else:
        output.mkdir(parents=True, exist_ok=True)
        yield _into_folder(output, output_format)


def _on_stdout(output_format: str) -> Write:
    def write(content: str | dict[str, Any], saved: "SavedPage") -> None:
        text = _rendered(content, saved, output_format)
        click.echo(printable_lines(text) if sys.stdout.isatty() else text)

    return write


def _into_folder(folder: Path, output_format: str) -> Write:
    taken: dict[str, int] = {}

    def write(content: str | dict[str, Any], saved: "SavedPage") -> None:
        name = free_name(saved.stem, "json" if output_format == "json" else "txt", taken)
        text = _rendered(content, saved, output_format)
        (folder / name).write_text(text, "utf-8", errors="replace")
        is_of_a_file = saved.name == str(saved.file)
        if is_of_a_file and name.rpartition(".")[0] != saved.stem:
            click.echo(printable(f"{saved.name}: written as {name}"), err=True)

    return write


def _rendered(content: str | dict[str, Any], saved: "SavedPage", output_format: str) -> str:
    if isinstance(content, str):
        return content
    if output_format == "jsonl":
        return _json_line(content, saved)
    return json.dumps(content, ensure_ascii=False, indent=1)


def _json_line(content: str | dict[str, Any], saved: "SavedPage") -> str:
    assert isinstance(content, dict)
    file = str(saved.file).encode("utf-8", "replace").decode()
    return json.dumps({"file": file} | content, ensure_ascii=False)


def free_name(stem: str, ending: str, taken: dict[str, int]) -> str:
    """A file name for the article of a page called `stem`, which no other of this run has, whatever the
    case of its letters. Its characters are safe on any disk and as an argument. `taken` are the names
    given so far, each with the number that the next page of that name may have.
    """
    stem = _UNSAFE.sub("_", stem.encode("utf-8", "replace").decode()).lstrip("-. ").rstrip(". ")
    stem = stem.encode()[:_MAX_NAME_BYTES].decode("utf-8", "ignore") or "page"
    if _RESERVED.fullmatch(stem.partition(".")[0]):
        stem = f"_{stem}"
    first = name = f"{stem}.{ending}"
    number = taken.get(_folded(first), 1)
    while _folded(name) in taken:
        name = f"{stem}-{number}.{ending}"
        number += 1
    taken[_folded(name)] = 2
    taken[_folded(first)] = max(number, 2)
    return name


def _folded(name: str) -> str:
    """What is one name on disks that know no case, or but one form of `é`."""
    return unicodedata.normalize("NFC", name).casefold()
