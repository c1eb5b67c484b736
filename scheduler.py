"""The service: one process and one loop that polls every site in its time, until it is told to stop.

The parts are in `service/`; here they are put together.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlite_utils import Database

from service.alerts import SuspectAlerts
from service.configuration import Configuration
from service.crawl_pool import CrawlPool, CrawlPools
from service.disk_space import DiskSpace
from service.maintenance import Maintenance
from service.polls import Poll, Polls
from service.status_file import StatusFile
from service.systemd import notify, reloading, watchdog
from spiders.fetching.reactor import run_on_reactor
from storage.database import open_database
from storage.maintenance import end_killed_crawls
from text.timestamps import utc_now

_ROUNDS = 4


async def all_within(seconds: float, *ends: Awaitable[object]) -> bool:
    """Whether all of `ends` came in time."""
    tasks = [asyncio.ensure_future(end) for end in ends]
    _, left = await asyncio.wait(tasks, timeout=seconds)
    return not left


async def cancel_remaining() -> None:
    """What is left, a request that no one waits for any more, would complain of being dropped."""
    for _ in range(_ROUNDS):  # an end may begin another task
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.sleep(0)
        if left:
            await asyncio.wait(left, timeout=0.5)


logger = logging.getLogger(__name__)

_BEAT = 5.0
_UPKEEP = 300

Reload = Callable[[Configuration], Configuration]
OnPoll = Callable[[Poll], None]


def serve(data: Path, chosen: Configuration, again: Reload, watch: OnPoll | None = None) -> None:
    """Until SIGTERM or SIGINT; SIGHUP calls `again`, `watch` is told of every poll that has ended.
    Raises AlreadyRunning, StorageError and OSError.
    """
    presence = StatusFile(data)
    try:
        with open_database(data) as database:
            run_on_reactor(Service(data, database, presence, chosen, again, watch).run())
    finally:
        presence.close()


class Service:
    def __init__(
        self,
        data: Path,
        database: Database,
        presence: StatusFile,
        chosen: Configuration,
        again: Reload,
        watch: OnPoll | None = None,
    ) -> None:
        self.chosen = chosen
        self.scheduler = AsyncIOScheduler(timezone=UTC)
        self.crews = CrawlPools(CrawlPool(chosen.settings, database))
        self.polls = Polls(self.scheduler, database, self.crews.crawl, self._ended)
        self.disk = DiskSpace(data, chosen.options.floor)
        self.upkeep = Maintenance(data)
        self.alarm = SuspectAlerts(database)
        self._database = database
        self._presence = presence
        self._reload_configuration = again
        self._watch = watch
        self._since = utc_now()
        self._stop_requested = asyncio.Event()

    async def run(self) -> None:
        self._listen()
        end_killed_crawls(self._database, utc_now())
        self.scheduler.start()
        self.scheduler.add_job(self._run_maintenance, "interval", seconds=_UPKEEP, coalesce=True)
        self._use_configuration(self.chosen)
        self._heartbeats = asyncio.create_task(self._heartbeat())
        logger.info("polling %d sites", len(self.polls.sites))
        notify("READY=1", self._status())
        fault = await self._until_stopped()
        await self._stop()
        if fault:
            raise fault

    async def _until_stopped(self) -> BaseException | None:
        """Or until it looks after itself no more, by a fault of ours: that ends it, for systemd to
        start it anew, rather than leave it deaf.
        """
        told = asyncio.create_task(self._stop_requested.wait())
        await asyncio.wait({told, self._heartbeats}, return_when=asyncio.FIRST_COMPLETED)
        if not self._heartbeats.done():
            return None
        logger.error("the service looks after itself no more: %r", self._heartbeats.exception())
        self._stop_requested.set()
        return self._heartbeats.exception()

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop_requested.set)

    def _use_configuration(self, chosen: Configuration) -> None:
        self.chosen = chosen
        self.disk.floor = chosen.options.floor
        self.polls.use_sites(chosen.sites, chosen.options.bounds, chosen.options.crawls)
        self._check_disk()

    def _reload(self) -> None:
        """Sites and settings as they are now; crawls that run end as they began."""
        notify(*reloading())
        self._use_configuration(self._reload_configuration(self.chosen))
        self.crews.use_settings(self.chosen.settings)
        logger.info("read again: polling %d sites", len(self.polls.sites))
        notify("READY=1", self._status())

    def _ended(self, poll: Poll) -> None:
        self.alarm.check(poll.site, self.chosen.options.on_suspect)
        if self._watch:
            self._watch(poll)

    async def _run_maintenance(self) -> None:
        self.crews.rotate_archives()
        await self.upkeep.run_due(self.chosen.options)

    def _check_disk(self) -> None:
        if self._stop_requested.is_set() or not self.disk.check():
            return
        if self.disk.full:
            logger.error("nothing is fetched: %s", self.disk.full)
            self.polls.pause(self.disk.full)
            self._ending = asyncio.ensure_future(self.crews.stop())
        else:
            logger.info("there is room on the disk again: polls go on")
            self.polls.resume()

    async def _heartbeat(self) -> None:
        """Fed from the loop: while it hangs, no word reaches systemd."""
        while True:
            self._check_disk()
            notify("WATCHDOG=1", self._status())
            self._presence.write(
                since=self._since,
                beat=utc_now(),
                sites=len(self.polls.sites),
                crawling=sorted(self.polls.crawling),
                held=self.polls.pause_reason,
                cluster=self.crews.report(),
            )
            await asyncio.sleep(min(_BEAT, (watchdog() or 2 * _BEAT) / 2))

    def _status(self) -> str:
        crawling, suspect = len(self.polls.crawling), len(self.alarm.suspects)
        words = f"{len(self.polls.sites)} sites, {crawling} being crawled, {suspect} suspect"
        return f"STATUS={words}" + (
            f"; {self.polls.pause_reason}" if self.polls.pause_reason else ""
        )

    async def _stop(self) -> None:
        """A second signal is left to its default: a kill loses nothing either."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.remove_signal_handler(number)
        logger.info("stopping: %d crawls come to their end", len(self.polls.crawling))
        self.polls.pause("stopping")
        notify("STOPPING=1", self._status())
        ends = self.upkeep.stop(), self.crews.stop(), self.polls.drained()
        if not await all_within(self.chosen.options.stop, *ends):
            names = ", ".join(sorted(self.polls.crawling)) or "upkeep"
            logger.warning("not at an end in time, and due again: %s", names)
        self.scheduler.shutdown()
        self.crews.close()
        await cancel_remaining()
        logger.info("stopped")
