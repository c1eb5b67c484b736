"""What channels have still to deliver. A delivery is some matches of one channel that go out together:
it has an id from its first attempt until one succeeds, and a channel has one at a time.
"""

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from storage.article_rows import Row, get_text
from storage.database import transaction
from text.timestamps import add_seconds

# Of what is under way, in the data folder: a file of each attempt's articles, one of how far it came.
FOLDER = "deliveries"
# Seconds after the first failure of a delivery, twice as long after each further one, up to the last.
_FIRST_PAUSE, _LONGEST_PAUSE = 30, 6 * 3600

_CHANNEL = (
    "channel, name AS watch, parameters, kind, due_at, delivery, attempt, delivered, delivered_at, "
    "trouble, (SELECT count(*) FROM _watch_outbox AS post WHERE post.channel = _watch_channels.channel) "
    "AS waiting"
)
CHANNELS_SQL = (
    f"SELECT {_CHANNEL} FROM _watch_channels JOIN _watches USING (watch) ORDER BY name, channel"  # noqa: S608
)
# What is due later than any pause is long was planned by a clock that was wrong.
_IS_DUE = "(due_at <= :now OR due_at > :farthest)"
_DUE = f"""
SELECT channel FROM _watch_channels WHERE {_IS_DUE} AND delivery IS NULL AND EXISTS (
    SELECT 1 FROM _watch_outbox AS post WHERE post.channel = _watch_channels.channel)
ORDER BY due_at, channel
"""  # noqa: S608
_FARTHEST = 2 * 86_400


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How a channel is doing: `waiting` matches, the `delivery` that is not done and its last attempt,
    what it has delivered. `trouble`: why the last attempt failed.
    """

    channel: str
    watch: str
    parameters: str
    kind: str
    due_at: str
    delivery: str | None
    attempt: int
    delivered: int
    delivered_at: str | None
    trouble: str | None
    waiting: int


def channel_states(db: Database) -> list[ChannelState]:
    """Of all watches, by their names."""
    return [ChannelState(**row) for row in db.query(CHANNELS_SQL)]


def unfinished(db: Database) -> list[ChannelState]:
    """The channels with a delivery that was begun and is not done."""
    return [state for state in channel_states(db) if state.delivery]


def due_channels(db: Database, now: str) -> list[str]:
    """The channels that can begin a delivery."""
    return [channel for (channel,) in db.execute(_DUE, _moments(now)).fetchall()]


def is_due(db: Database, now: str) -> bool:
    """Whether a delivery can begin, is under way, or is to be tried again."""
    sql = f"SELECT 1 FROM _watch_channels WHERE {_IS_DUE} AND delivery IS NOT NULL LIMIT 1"  # noqa: S608
    return bool(due_channels(db, now)) or db.execute(sql, _moments(now)).fetchone() is not None


def attempts_due(db: Database, now: str) -> list[ChannelState]:
    """Of the unfinished ones, those that may be tried now."""
    sql = f"SELECT channel FROM _watch_channels WHERE {_IS_DUE}"  # noqa: S608
    channels = {channel for (channel,) in db.execute(sql, _moments(now)).fetchall()}
    return [state for state in unfinished(db) if state.channel in channels]


def _moments(now: str) -> dict[str, str]:
    return {"now": now, "farthest": add_seconds(now, _FARTHEST)}


def begin_delivery(db: Database, channel: str, most: int) -> None:
    """Put up to so many matches into a delivery, the oldest first."""
    with transaction(db):
        row = db.execute(
            "SELECT deliveries FROM _watch_channels WHERE channel = ? AND delivery IS NULL",
            [channel],
        ).fetchone()
        if row is None:
            return
        delivery = f"{channel}-{row[0] + 1}"
        db.execute(
            "UPDATE _watch_outbox SET delivery = :delivery WHERE channel = :channel AND match IN "
            "(SELECT match FROM _watch_outbox WHERE channel = :channel ORDER BY match LIMIT :most)",
            {"delivery": delivery, "channel": channel, "most": most},
        )
        db.execute(
            "UPDATE _watch_channels SET delivery = ?, attempt = 1, deliveries = deliveries + 1 "
            "WHERE channel = ?",
            [delivery, channel],
        )


def contents(db: Database, delivery: str) -> Iterator[Row]:
    """The texts of a delivery, articles or copies, with the number of their match. What was taken out
    meanwhile is not among them.
    """
    sql = (
        "SELECT match, article FROM _watch_outbox JOIN _watch_matches USING (match) "
        "WHERE delivery = ? ORDER BY match"
    )
    for match, article in db.execute(sql, [delivery]).fetchall():
        if row := get_text(db, article):
            yield row | {"match": match}


def finish(db: Database, state: ChannelState, now: str) -> int:
    """The delivery has succeeded; returns how many articles it had."""
    with transaction(db):
        sql = "DELETE FROM _watch_outbox WHERE channel = ? AND delivery = ?"
        count = db.execute(sql, [state.channel, state.delivery]).rowcount
        pace = _pace(db, state.watch)
        db.execute(
            "UPDATE _watch_channels SET delivery = NULL, attempt = 0, trouble = NULL, "
            "delivered = delivered + ?, delivered_at = ?, due_at = ? WHERE channel = ? AND delivery = ?",
            [count, now, add_seconds(now, pace), state.channel, state.delivery],
        )
    return count


def fail(db: Database, state: ChannelState, trouble: str, now: str) -> None:
    """The attempt has failed: the next one, of the same matches, is due after a pause."""
    pause = min(_FIRST_PAUSE * 2 ** min(state.attempt - 1, 20), _LONGEST_PAUSE)
    _next_attempt(db, state, trouble, add_seconds(now, pause))


def repeat(db: Database, state: ChannelState, trouble: str, now: str) -> None:
    """How the attempt ended is not known: the next one is due now."""
    _next_attempt(db, state, trouble, now)


def _next_attempt(db: Database, state: ChannelState, trouble: str, due_at: str) -> None:
    with transaction(db):
        db.execute(
            "UPDATE _watch_channels SET attempt = attempt + 1, trouble = ?, due_at = ? "
            "WHERE channel = ? AND delivery = ? AND attempt = ?",
            [trouble, due_at, state.channel, state.delivery, state.attempt],
        )


def _pace(db: Database, watch: str) -> int:
    row: Any = db.execute("SELECT pace FROM _watches WHERE name = ?", [watch]).fetchone()
    return int(row[0]) if row else 0


def failing(db: Database) -> list[ChannelState]:
    """The channels whose last attempt failed."""
    return [state for state in channel_states(db) if state.trouble]


def forget_articles(db: Database, ids: str) -> None:
    """`ids` is a JSON list. What a command complained of may quote what it was told. In a transaction."""
    db.execute(
        "UPDATE _watch_channels SET trouble = 'the last attempt failed' WHERE trouble IS NOT NULL "
        "AND channel IN (SELECT channel FROM _watch_outbox JOIN _watch_matches USING (match) "
        "WHERE article IN (SELECT value FROM json_each(?)))",
        [ids],
    )
    sql = "DELETE FROM _watch_matches WHERE article IN (SELECT value FROM json_each(?))"
    db.execute(sql, [ids])


def erase_files(data: Path, ids: Collection[str]) -> None:
    """Overwrite and delete what was written of these articles for a command or a message. One that runs
    has read it, or fails and is tried again without them. Raises OSError.
    """
    for file in (data / FOLDER).glob("*.json"):
        with suppress(FileNotFoundError):
            content = file.read_bytes()
            if not any(id_.encode() in content for id_ in ids):
                continue
            _overwrite(file, len(content))
            file.unlink()
            state = file.with_suffix(".state")
            _overwrite_errors(state)


def _overwrite(file: Path, size: int) -> None:
    with file.open("r+b") as stream:
        stream.write(b" " * size)
        stream.flush()
        os.fsync(stream.fileno())


def _overwrite_errors(state: Path) -> None:
    """Of an attempt that has ended: its code stays."""
    lines = state.read_bytes().splitlines(keepends=True)
    kept = [
        b" ".join(line.split(b" ", 2)[:2]) + b" \n" if line.startswith(b"ended ") else line
        for line in lines
    ]
    if kept != lines:
        size = sum(map(len, lines))
        with state.open("r+b") as stream:
            stream.write(b"".join(kept).ljust(size, b" "))
            stream.flush()
            os.fsync(stream.fileno())
