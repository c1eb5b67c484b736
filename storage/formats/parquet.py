"""The corpus as one Parquet file, for pandas, DuckDB or Spark."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from storage.article_rows import Row, unpacked_kinds
from storage.database import StorageError
from storage.formats.byte_buffer import ByteBuffer
from storage.formats.corpus_facts import CorpusFacts, tags_of

# A row group is in memory until it is written: at most so many articles, or characters of text.
_MAX_ARTICLES, _MAX_CHARS = 5_000, 4_000_000
_TEXTS = (
    *("id", "url", "site", "outlet", "section", "title", "source", "agency", "author", "language"),
    *("image", "access", "reserved", "rights", "found_by", "text"),
)
_TIMES = ("published", "modified", "first_seen", "last_seen", "gone_at")
_REPEATED = ["site", "section", "agency", "author", "language", "found_by"]


def write(rows: Iterable[Row], facts: CorpusFacts) -> Iterator[bytes]:
    """The file's first bytes at once, then each group of rows. Raises StorageError where pyarrow is not
    installed.
    """
    pa, parquet = _pyarrow()
    schema = _schema(pa)
    options = {"compression": "zstd", "use_dictionary": _REPEATED}
    buffer = ByteBuffer()
    with parquet.ParquetWriter(buffer, schema, **options) as writer:
        yield from buffer.take()
        for group in _groups(rows):
            values = [_value(row, facts) for row in group]
            writer.write_table(pa.Table.from_pylist(values, schema=schema))
            yield from buffer.take()
    yield from buffer.take()


def _schema(pa: Any) -> Any:
    """Times to the second, UTC; `tags` is a list, and so is `kinds`, of each paragraph of `text`."""
    time = pa.timestamp("s", tz="UTC")
    return pa.schema(
        [
            pa.field("number", pa.int64(), nullable=False),
            *(pa.field(name, pa.string()) for name in _TEXTS),
            pa.field("tags", pa.list_(pa.string())),
            pa.field("words", pa.int32()),
            pa.field("kinds", pa.list_(pa.string())),
            *(pa.field(name, time) for name in _TIMES),
        ]
    )


def _value(row: Row, facts: CorpusFacts) -> Row:
    times = {name: _moment(row[name]) for name in _TIMES}
    count = row["text"].count("\n\n") + 1
    kinds = unpacked_kinds(row["kinds"], count) or ("paragraph",) * count
    outlet = facts.outlet(row["site"])
    return {**row, **times, "outlet": outlet, "tags": tags_of(row), "kinds": kinds}


def _moment(time: str | None) -> datetime | None:
    """An imported time may have no zone, and is read as UTC."""
    try:
        moment = datetime.fromisoformat(time or "")
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    group: list[Row] = []
    size = 0
    for row in rows:
        group.append(row)
        size += len(row["text"])
        if len(group) >= _MAX_ARTICLES or size >= _MAX_CHARS:
            yield group
            group, size = [], 0
    if group:
        yield group


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        message = "Parquet is written by pyarrow: pip install 'warraq[parquet]'."
        raise StorageError(message) from None
    return pyarrow, parquet
