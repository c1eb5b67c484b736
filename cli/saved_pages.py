"""The saved pages that `warraq extract` is given: in files, in folders, in web archives and by a manifest.
They are read one at a time; what cannot be read is a sentence in its place.
"""

import gzip
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from items import Page
from pipelines.site_lookup import host_of
from storage.formats.documents import DocumentError
from storage.formats.import_files import STDIN, files_in, why_no_file
from storage.formats.manifest import ManifestEntry, read_manifest
from storage.warc.captures import LARGEST_PAGE, WHOLE, Capture, capture
from storage.warc.open import ENDINGS, open_warc, size_of
from storage.warc.split import Span, WarcError, check_warc, spans
from text.timestamps import format_utc

PAGE_ENDINGS = (".html.gz", ".htm.gz", ".html", ".htm", ".xhtml", ".gz")
_MAGIC = b"WARC/"
_MEGABYTES = LARGEST_PAGE >> 20
# Above it nobody wants to know how many lines there are before the first page.
_MAX_COUNTED_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class SavedPage:
    """`name` is what a message calls the page, `file` where it stands, `stem` the name, without an
    ending, that a file made of it has: the page's own, or its address for one in a web archive.
    """

    name: str
    file: Path
    stem: str
    page: Page


@dataclass(slots=True)
class SavedPages:
    """The pages of a command line, those of the manifest first: what it names is not read again with
    a folder. `url` is the address of a single file; `warn` gets what is no page's fault. `done` counts
    inputs, a web archive by its bytes.
    """

    warn: Callable[[str], None]
    files: tuple[Path, ...]
    manifest: Path | None = None
    url: str = ""
    done: float = 0.0
    _named: set[Path] = field(default_factory=set)

    def count(self) -> int | None:
        """How many inputs there are; None: not known beforehand."""
        listed = _count_lines(self.manifest) if self.manifest else 0
        return None if listed is None else listed + sum(1 for _ in self._inputs())

    def __iter__(self) -> Iterator[SavedPage | str]:
        if self.manifest:
            for entry in read_manifest(self.manifest, self.warn):
                yield from [str(entry)] if isinstance(entry, DocumentError) else self._entry(entry)
                self.done += 1
        for item in self._inputs():
            if isinstance(item, str):
                yield item
            elif not (self._named and item.resolve() in self._named):
                yield from self._pages(ManifestEntry(item, self.url, fetched=_written(item)))
            self.done += 1

    def _inputs(self) -> Iterator[Path | str]:
        for path in self.files:
            if not path.is_dir():
                yield path
                continue
            found = list(files_in(path, (*PAGE_ENDINGS, *ENDINGS)))
            yield from (str(page) if isinstance(page, DocumentError) else page for page in found)
            if not found:
                yield f"{path}: holds no {', no '.join((*PAGE_ENDINGS[:5], *ENDINGS))}"

    def _entry(self, entry: ManifestEntry) -> Iterator[SavedPage | str]:
        if self.files:
            with suppress(OSError, RuntimeError):
                self._named.add(entry.path.resolve())
        if is_warc(entry.path) and entry.url:
            yield f"{entry.path}: a web archive knows its pages' addresses: leave `url` empty"
        else:
            yield from self._pages(entry)

    def _pages(self, entry: ManifestEntry) -> Iterator[SavedPage | str]:
        if is_warc(entry.path):
            yield from self._archive(entry.path)
            return
        try:
            yield _read_page(entry)
        except (OSError, EOFError, ValueError, zlib.error) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            yield f"{entry.path}: unreadable: {reason}"

    def _archive(self, path: Path) -> Iterator[SavedPage | str]:
        skipped: Counter[str] = Counter()
        before = self.done
        try:
            if problem := why_no_file(path):
                raise WarcError(problem)
            with open_warc(str(path)) as file:
                check_warc(file)
                size = size_of(file)
                for span in spans(file, 0, size, WHOLE):
                    yield from _record(path, span, skipped)
                    self.done = before + span.end / size
        except (OSError, WarcError) as error:
            yield f"{path}: unreadable: {error}"
        self.done = before
        if skipped:
            reasons = ", ".join(f"{count} {reason}" for reason, count in skipped.most_common())
            self.warn(f"{path}: {skipped.total()} responses are no pages: {reasons}")


def is_warc(path: Path) -> bool:
    """By its name."""
    return path.name.lower().endswith(ENDINGS)


def _record(path: Path, span: Span, skipped: Counter[str]) -> Iterator[SavedPage | str]:
    found = capture(span)
    if isinstance(found, Capture) and not host_of(found.url):
        skipped["bad_address"] += 1
    elif isinstance(found, Capture):
        page = Page(found.url, found.url, found.body, found.fetched, found.charset)
        yield SavedPage(found.url, path, found.url.partition("://")[2], page)
    elif found == "broken":
        yield f"{path}: broken record at byte {span.offset}: {span.problem or 'no head or no date'}"
    elif found:
        skipped[found if isinstance(found, str) else "unchanged"] += 1


def _read_page(entry: ManifestEntry) -> SavedPage:
    """Raises OSError, EOFError, ValueError, zlib.error."""
    path, name = entry.path, str(entry.path)
    if problem := why_no_file(path):
        raise ValueError(problem)
    with path.open("rb") as file:
        body = file.read(LARGEST_PAGE + 1)
    if body.startswith(b"\x1f\x8b"):
        with gzip.open(path) as file:
            body = file.read(LARGEST_PAGE + 1)
    if body.startswith(_MAGIC):
        raise ValueError("is a web archive: let its name end in .warc or .warc.gz")
    if len(body) > LARGEST_PAGE:
        raise ValueError(f"more than {_MEGABYTES} MB: too large for an article")
    # A front page's address names the site of a saved page, not the page: many a corpus has no other.
    url = "" if is_front_page(entry.url) else entry.url
    page = Page(entry.url or name, url, body, entry.fetched, entry.charset)
    return SavedPage(name, path, page_stem(path), page)


def is_front_page(url: str) -> bool:
    parts = urlsplit(url) if host_of(url) else None
    return parts is not None and parts.path in ("", "/") and not parts.query


def _written(path: Path) -> str:
    """When the file was written last, ISO 8601 UTC; empty where that is not known."""
    with suppress(OSError, OverflowError, ValueError):
        return format_utc(datetime.fromtimestamp(path.stat().st_mtime, UTC))
    return ""


def page_stem(path: Path) -> str:
    """The file's name without the ending of a page."""
    name = path.name
    ending = next((ending for ending in PAGE_ENDINGS if name.lower().endswith(ending)), "")
    return name[: len(name) - len(ending)] if ending else name


def _count_lines(path: Path) -> int | None:
    if path == STDIN:
        return None
    try:
        if why_no_file(path) or path.stat().st_size > _MAX_COUNTED_BYTES:
            return None
        with path.open("rb") as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    except OSError:
        return None
