"""Articles as RIS, for Zotero, EndNote and Mendeley: a tag and a value on each line."""

from collections.abc import Iterable, Iterator

from storage.article_rows import Row
from storage.formats.bibliography import Citation, citation
from storage.formats.corpus_facts import CorpusFacts


def write(rows: Iterable[Row], facts: CorpusFacts) -> Iterator[bytes]:
    """Nothing stands before the first record: some programs refuse a file that begins otherwise."""
    for row in rows:
        yield record(citation(row, facts)).encode()


def record(cited: Citation) -> str:
    lines = "".join(f"{tag}  - {value}\r\n" for tag, value in _lines(cited) if value)
    return f"TY  - NEWS\r\n{lines}ER  - \r\n\r\n"


def _lines(cited: Citation) -> Iterator[tuple[str, str]]:
    yield "ID", cited.key
    yield "TI", cited.title
    for name in cited.authors:
        yield "AU", name
    yield "T2", cited.outlet
    yield "PB", cited.outlet
    yield "SE", cited.section
    if cited.published:
        yield "PY", f"{cited.published.year:04d}"
        yield "DA", cited.published.strftime("%Y/%m/%d")
    yield "UR", cited.url
    yield "Y2", cited.seen.strftime("%Y/%m/%d") if cited.seen else ""
    yield "LA", cited.language
    for tag in cited.tags:
        yield "KW", tag
    yield "N1", cited.note
