"""The watches at work: what came is matched, and what was found is delivered. Nothing here waits: a round
begins what is due, notes what has ended, and is over.

A delivery is begun in one transaction and done in another; in between it is a process of its own, which
goes on when the service is killed and whose files say how it ended (`service/delivery_files.py`). So a
kill of the service at any instant neither loses a match nor tells of it twice. Where the machine fails
amid a command, nobody can know how far it came: it is run once more, with the same WARRAQ_DELIVERY and a
higher WARRAQ_ATTEMPT, for a command that must not repeat itself.
"""

import asyncio
import logging
import sqlite3
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from sqlite_utils import Database

from service.delivery_files import AttemptState, DeliveryFiles
from service.watch_messages import environment, payload, trial_payload
from storage.database import StorageError, open_database
from storage.watches import deliveries
from storage.watches.channels import Channel, keep_channels, read_channels
from storage.watches.deliveries import ChannelState
from storage.watches.matching import find_matches, is_pending
from text.counted import counted
from text.timestamps import utc_now

logger = logging.getLogger(__name__)

# Articles in a delivery: of a command, which reads all; of a message, which lists some.
_MOST = {"command": 100, "apprise": 500}
_SECONDS = 60.0
_AT_ONCE = 8
_STOP_SECONDS = 20.0
_LOST = "it was killed with the machine, and may have told of this already"
_SEND = (sys.executable, "-m", "service.apprise_message")


@dataclass(frozen=True, slots=True)
class WatchRound:
    """What a round did: `matches` found, articles `delivered`, deliveries `begun`, `failed` ones by
    their watch. `running` are under way; `busy`: another process is at the deliveries.
    """

    matches: int = 0
    delivered: int = 0
    begun: int = 0
    running: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    busy: bool = False


class WatchDeliveries:
    """Of one data folder. `seconds`: what a command may take."""

    def __init__(
        self, data: Path, *, seconds: float = _SECONDS, now: Callable[[], str] = utc_now
    ) -> None:
        self._data, self._seconds, self._now = data, seconds, now
        self.files = DeliveryFiles(data)

    def run_round(self, db: Database) -> WatchRound:
        """Raises StorageError and OSError."""
        matches = find_matches(db, self._now())
        with self.files.alone() as alone:
            if not alone:
                return WatchRound(matches, busy=True)
            channels = read_channels(self._data)
            delivered, failed = self._note_ended(db)
            begun = self._begin(db, channels)
            self._tidy(db)
            # One that has ended since it was looked at is noted by the next round.
            phases = [
                self.files.state(_attempt(state)).phase for state in deliveries.unfinished(db)
            ]
            running = len(phases) - phases.count("never")
        return WatchRound(matches, delivered, begun, running, tuple(failed))

    def _note_ended(self, db: Database) -> tuple[int, list[tuple[str, str]]]:
        delivered, failed = 0, []
        for state in deliveries.unfinished(db):
            attempt = self.files.state(_attempt(state))
            if attempt.phase == "ended" and attempt.code == "0":
                delivered += deliveries.finish(db, state, self._now())
            elif attempt.phase == "ended":
                deliveries.fail(db, state, attempt.in_words(), self._now())
                failed.append((state.watch, attempt.in_words()))
            elif attempt.phase == "lost":
                deliveries.repeat(db, state, _LOST, self._now())
                failed.append((state.watch, _LOST))
        return delivered, failed

    def _begin(self, db: Database, channels: dict[str, Channel]) -> int:
        for channel in deliveries.due_channels(db, self._now()):
            if channel in channels:
                deliveries.begin_delivery(db, channel, _MOST[channels[channel].kind])
        begun, room = 0, _AT_ONCE - len(self._running(db))
        for state in deliveries.attempts_due(db, self._now()):
            if begun < room and self.files.state(_attempt(state)).phase == "never":
                begun += self._start(db, state, channels.get(state.channel))
        return begun

    def _start(self, db: Database, state: ChannelState, channel: Channel | None) -> bool:
        assert state.delivery
        rows = list(deliveries.contents(db, state.delivery))
        if not rows:  # all of it was taken out
            deliveries.finish(db, state, self._now())
            return False
        if channel is None:
            trouble = "how it tells is not on record any more: make the watch again"
            deliveries.fail(db, state, trouble, self._now())
            return False
        message = payload(db, state.watch, state.parameters, state.delivery, state.attempt, rows)
        self._run(_attempt(state), channel, message)
        return True

    def _run(self, attempt: str, channel: Channel, message: dict[str, object]) -> None:
        if channel.kind == "command":
            words, extra = channel.target, environment(message)
        else:
            message = message | {"address": channel.target[0]}
            words, extra = _SEND, {}
        self.files.start(attempt, words, message, self._seconds, extra)

    def _running(self, db: Database) -> list[ChannelState]:
        states = deliveries.unfinished(db)
        return [state for state in states if self.files.state(_attempt(state)).phase == "running"]

    def _tidy(self, db: Database) -> None:
        """Files of what is done, after it is on record that it is."""
        self.files.forget_others(map(_attempt, deliveries.unfinished(db)))

    def test(self, watch: str, parameters: str, channel: Channel) -> AttemptState:
        """Send a test message by this channel, and wait for its end. Raises OSError."""
        with TemporaryDirectory(prefix="warraq-watch-") as folder:
            trial = WatchDeliveries(Path(folder), seconds=self._seconds)
            trial.files.folder.mkdir()
            trial._run("test", channel, trial_payload(watch, parameters, "test"))
            while (state := trial.files.state("test")).phase == "running":
                sleep(0.05)
        return state


def _attempt(state: ChannelState) -> str:
    return f"{state.delivery}.{state.attempt}"


def keep_channels_of(db: Database, data: Path) -> None:
    """Forget how watches told that are gone. Raises StorageError."""
    keep_channels(data, {state.channel for state in deliveries.channel_states(db)})


def has_work(db: Database, now: str) -> bool:
    """Whether a round would find something to do. Takes some 50 µs."""
    return is_pending(db) or deliveries.is_due(db, now)


def run_until_idle(
    db: Database, watching: WatchDeliveries, pause: Callable[[], None]
) -> list[WatchRound]:
    """Rounds, with a `pause` between two, until nothing is under way or due."""
    rounds = [watching.run_round(db)]
    while rounds[-1].running or rounds[-1].begun or rounds[-1].delivered:
        pause()
        rounds.append(watching.run_round(db))
    return rounds


class ServiceWatches:
    """The rounds of a service, one at a time, in a thread with a connection of its own."""

    def __init__(self, data: Path, database: Database) -> None:
        self._data, self._database = data, database
        self._watching = WatchDeliveries(data)
        self._round: asyncio.Task[None] | None = None

    def run_due(self) -> None:
        """On the event loop: begins a round where there is something to do and none is under way."""
        if self._round is not None and not self._round.done():
            return
        if has_work(self._database, utc_now()):
            self._round = asyncio.create_task(asyncio.to_thread(self._do))

    async def stop(self) -> None:
        """Waits for the round, and some time for what it has begun: systemd kills what is left."""
        if self._round is not None:
            await asyncio.wait([self._round])
        deadline = monotonic() + _STOP_SECONDS
        while self._watching.files.children() and monotonic() < deadline:
            await asyncio.sleep(0.1)

    def _do(self) -> None:
        try:
            with open_database(self._data, create=False) as db:
                _log(self._watching.run_round(db))
        except (StorageError, sqlite3.OperationalError, OSError) as error:
            logger.error("watches: %s", error)
        except Exception:  # a bug
            logger.exception("watches")


def _log(done: WatchRound) -> None:
    if done.matches:
        logger.info("watches: %s", counted(done.matches, "match", "matches"))
    if done.delivered:
        logger.info("watches: told of %s", counted(done.delivered, "article"))
    for line in failure_lines(done.failed):
        logger.warning("watches: %s", line)


def failure_lines(failed: Iterable[tuple[str, str]]) -> list[str]:
    """Of pairs of a watch and a reason."""
    return [f"{watch} could not tell, and tries again: {reason}" for watch, reason in failed]
