"""The corpus as CSV, and the columns of every table of it."""

import csv
import io
from collections.abc import Iterable, Iterator

from storage.article_rows import Row
from storage.formats.corpus_facts import CorpusFacts
from storage.formats.csv_cells import harmless_cell

COLUMNS = (
    *("number", "id", "url", "site", "outlet", "section", "title", "source", "agency", "author"),
    *("published", "modified", "language", "tags", "image", "access", "gone_at", "reserved"),
    *("rights", "first_seen", "last_seen", "words", "text"),
)


def cells(row: Row, facts: CorpusFacts) -> list[str | int | None]:
    """The values of a row under COLUMNS, as the database has them."""
    row = {**row, "outlet": facts.outlet(row["site"])}
    return [row[name] for name in COLUMNS]


def write(rows: Iterable[Row], facts: CorpusFacts) -> Iterator[bytes]:
    """For spreadsheets: they know UTF-8 by the mark in front, and find no formula."""
    line = io.StringIO(newline="")
    writer = csv.writer(line, lineterminator="\n")
    line.write("\ufeff")
    writer.writerow(COLUMNS)
    yield line.getvalue().encode()
    for row in rows:
        line.seek(0)
        line.truncate()
        writer.writerow(map(harmless_cell, cells(row, facts)))
        yield line.getvalue().encode()
