"""The formats that the corpus is written in: for the command, its help and the reader, from one place."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Literal, cast

from storage.article_rows import Row
from storage.database import StorageError
from storage.formats.corpus_facts import CorpusFacts

# The bytes of a file as its rows arrive, the first of them before the first row: to be written to
# anything, a socket too.
Writer = Callable[[Iterable[Row], CorpusFacts], Iterator[bytes]]
# The files of a folder by their paths, in the order in which they are made; each is read to its end
# before the next one is asked for.
FolderWriter = Callable[[Iterable[Row], CorpusFacts], Iterator[tuple[str, Iterable[bytes]]]]
FormatName = Literal[
    "txt", "jsonl", "csv", "xlsx", "parquet", "warc", "md", "tei", "hf", "bib", "ris"
]


@dataclass(frozen=True, slots=True)
class FileFormat:
    """`endings`: of its files, the usual one first; a folder is one file as a ZIP. `packs`: the name may
    end in `.gz`, and the file is compressed. `needs`: a module that has to be installed, by an extra
    of the same name as the format. `purpose`: for what, in a line. `needs_count`: CorpusFacts has to
    have one. `needs_archive`: it is made of the archive's files, and only by an export.
    """

    name: FormatName
    title: str
    endings: tuple[str, ...]
    media_type: str
    purpose: str
    module: str
    shape: Literal["file", "folder"] = "file"
    packs: bool = False
    needs: str | None = None
    needs_count: bool = False
    needs_archive: bool = False

    @property
    def is_binary(self) -> bool:
        """Whether it is nothing to read on a terminal."""
        return self.name in ("xlsx", "parquet", "warc") or self.shape == "folder"

    def check(self) -> None:
        """Raises StorageError where what it needs is not installed."""
        if self.needs and find_spec(self.needs) is None:
            message = f"{self.title} is written by {self.needs}: pip install 'warraq[parquet]'."
            raise StorageError(message)

    def write(self, rows: Iterable[Row], facts: CorpusFacts) -> Iterator[bytes]:
        """The bytes of one file; of a folder's ZIP. Rows are taken as bytes are asked for. Raises
        StorageError, before the first byte.
        """
        self.check()
        if self.shape == "folder":
            from storage.formats import zip_stream

            return zip_stream.write(self.files(rows, facts))
        return cast(Writer, import_module(self.module).write)(rows, facts)

    def files(
        self, rows: Iterable[Row], facts: CorpusFacts
    ) -> Iterator[tuple[str, Iterable[bytes]]]:
        """The paths and contents of a folder's files. Raises StorageError."""
        self.check()
        return cast(FolderWriter, import_module(self.module).files)(rows, facts)

    def is_file_name(self, path: str) -> bool:
        """Of a folder: whether a path in it is one that `files` gives."""
        return bool(import_module(self.module).is_name(path))


_TEXT = "; charset=utf-8"
_HERE = "storage.formats."
FORMATS: dict[str, FileFormat] = {
    entry.name: entry
    for entry in (
        FileFormat(
            "csv",
            "CSV",
            (".csv",),
            "text/csv" + _TEXT,
            "spreadsheets, R, pandas",
            _HERE + "csv_table",
            packs=True,
        ),
        FileFormat(
            "xlsx",
            "Excel",
            (".xlsx",),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "Excel, LibreOffice: dates and numbers as such, a filter",
            _HERE + "workbook",
        ),
        FileFormat(
            "jsonl",
            "JSON lines",
            (".jsonl",),
            "application/x-ndjson",
            "programs; all fields, and can be imported again",
            _HERE + "json_lines",
            packs=True,
        ),
        FileFormat(
            "parquet",
            "Parquet",
            (".parquet",),
            "application/vnd.apache.parquet",
            "pandas, DuckDB, Spark: small, typed, fast",
            _HERE + "parquet",
            needs="pyarrow",
        ),
        FileFormat(
            "txt",
            "Text files",
            (".txt.zip",),
            "application/zip",
            "corpus tools (AntConc, Sketch Engine): a file for each article",
            _HERE + "seed_text",
            shape="folder",
        ),
        FileFormat(
            "md",
            "Markdown",
            (".md",),
            "text/markdown" + _TEXT,
            "reading, notes (Obsidian), language models",
            _HERE + "markdown",
            packs=True,
        ),
        FileFormat(
            "tei",
            "TEI",
            (".tei.xml", ".tei"),
            "application/tei+xml",
            "digital humanities (TXM, oXygen): text with its structure and header",
            _HERE + "tei",
            packs=True,
        ),
        FileFormat(
            "hf",
            "Hugging Face",
            (".hf.zip",),
            "application/zip",
            "machine learning: Parquet shards and a data set card",
            _HERE + "hugging_face",
            shape="folder",
            needs="pyarrow",
            needs_count=True,
        ),
        FileFormat(
            "bib",
            "BibTeX",
            (".bib",),
            "application/x-bibtex" + _TEXT,
            "citing in LaTeX, JabRef",
            _HERE + "bibtex",
            packs=True,
        ),
        FileFormat(
            "ris",
            "RIS",
            (".ris",),
            "application/x-research-info-systems" + _TEXT,
            "citing in Zotero, EndNote, Mendeley",
            _HERE + "ris",
            packs=True,
        ),
        FileFormat(
            "warc",
            "WARC",
            (".warc",),
            "application/warc",
            "evidence: the pages as they were fetched",
            _HERE + "warc",
            packs=True,
            needs_archive=True,
        ),
    )
}


def format_of(file_name: str) -> FileFormat | None:
    """By the ending of a file's name, `.gz` behind it left out; None: no format has it."""
    name = file_name.lower().removesuffix(".gz")
    endings = {ending: entry for entry in FORMATS.values() for ending in entry.endings}
    return next((entry for ending, entry in endings.items() if name.endswith(ending)), None)
