"""The service: one process and one event loop that polls every site, until it is stopped. Its parts
are in `service/`.
"""

import asyncio
import logging
import math
import shutil
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import UTC
from pathlib import Path
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlite_utils import Database

from service.alerts import SuspectAlerts
from service.configuration import Configuration
from service.crawl_pool import CrawlPool, CrawlPools
from service.disk_space import DiskSpace
from service.maintenance import Maintenance
from service.metrics import ServiceMetrics
from service.metrics_server import MessageCounter, MetricsServer, measure_lag
from service.polls import Poll, Polls
from service.status_file import StatusFile
from service.systemd import notify, reloading, watchdog
from service.watches import ServiceWatches
from spiders.fetching.reactor import run_on_reactor
from storage.database import DatabaseGone, check_file, open_database
from storage.maintenance import end_killed_crawls
from text.counted import counted
from text.timestamps import utc_now

# A task that is cancelled may start another one.
_CANCEL_ROUNDS = 4


async def all_within(seconds: float, *awaitables: Awaitable[object]) -> bool:
    """Whether all of them are done in time."""
    tasks = [asyncio.ensure_future(awaitable) for awaitable in awaitables]
    _, pending = await asyncio.wait(tasks, timeout=seconds)
    return not pending


async def cancel_remaining() -> None:
    """A task that is pending when the loop closes, such as a request, logs that it was destroyed."""
    for _ in range(_CANCEL_ROUNDS):
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.sleep(0)
        if tasks:
            await asyncio.wait(tasks, timeout=0.5)


logger = logging.getLogger(__name__)

_HEARTBEAT_SECONDS = 5.0
_MAINTENANCE_SECONDS = 300
# A service whose loop has not come round for this long is not well.
_MAX_SILENCE = 60.0

Reload = Callable[[Configuration], Configuration]
OnPoll = Callable[[Poll], None]


def serve(
    data: Path, configuration: Configuration, reload: Reload, on_poll: OnPoll | None = None
) -> None:
    """Until SIGTERM or SIGINT; SIGHUP calls `reload`. `on_poll` is called after each poll.
    Raises AlreadyRunning, StorageError and OSError.
    """
    status_file = StatusFile(data)
    try:
        with open_database(data) as database:
            service = Service(data, database, status_file, configuration, reload, on_poll)
            run_on_reactor(service.run())
    finally:
        status_file.close()


class Service:
    def __init__(
        self,
        data: Path,
        database: Database,
        status_file: StatusFile,
        configuration: Configuration,
        reload: Reload,
        on_poll: OnPoll | None = None,
    ) -> None:
        self.configuration = configuration
        self.scheduler = AsyncIOScheduler(timezone=UTC)
        self.pools = CrawlPools(CrawlPool(configuration.settings, database))
        self.polls = Polls(self.scheduler, database, self.pools.crawl, self._poll_ended)
        self.disk = DiskSpace(data, configuration.options.floor)
        self.maintenance = Maintenance(data)
        self.alerts = SuspectAlerts(database)
        self.watches = ServiceWatches(data, database)
        self.metrics = ServiceMetrics(data, self._live_metrics)
        self.metrics_server = MetricsServer(self.metrics, self._health)
        self._database = database
        self._status_file = status_file
        self._reload_configuration = reload
        self._on_poll = on_poll
        self._since = utc_now()
        self._beat = time.monotonic()
        self._maintenance_due = time.monotonic() + _MAINTENANCE_SECONDS
        self._stop_requested = asyncio.Event()

    async def run(self) -> None:
        self._handle_signals()
        end_killed_crawls(self._database, utc_now())
        self.scheduler.start()
        self._use_configuration(self.configuration)
        self._heartbeats = asyncio.create_task(self._heartbeat())
        measuring = asyncio.create_task(measure_lag(self.metrics))
        logging.getLogger().addHandler(counter := MessageCounter(self.metrics))
        logger.info("polling %s", counted(len(self.polls.sites), "site"))
        notify("READY=1", self._status())
        error = await self._until_stopped()
        logging.getLogger().removeHandler(counter)
        measuring.cancel()
        await self._stop()
        if error:
            raise error

    def _check_clock(self) -> None:
        self.polls.check_clock()
        # Its timer was set by how far away the next job was then.
        self.scheduler.wakeup()

    async def _until_stopped(self) -> BaseException | None:
        """Or until the heartbeat dies, of a bug or since the database is gone, which is returned: the
        service ends and systemd restarts it, rather than running on without a watchdog or a look at
        the disk, or writing into a file that nobody can open.
        """
        requested = asyncio.create_task(self._stop_requested.wait())
        await asyncio.wait({requested, self._heartbeats}, return_when=asyncio.FIRST_COMPLETED)
        if not self._heartbeats.done():
            return None
        error = self._heartbeats.exception()
        if isinstance(error, DatabaseGone):
            logger.error("the service ends: %s", error)
        else:
            logger.error("the service's heartbeat failed: %r", error)
        self._stop_requested.set()
        return error

    def _handle_signals(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop_requested.set)

    def _use_configuration(self, configuration: Configuration) -> None:
        self.configuration, options = configuration, configuration.options
        self.disk.floor = options.floor
        self.polls.use_sites(configuration.sites, options.bounds, options.crawls)
        self.metrics_server.use(options.metrics)
        self._check_disk()

    def _reload(self) -> None:
        """Read sites and settings; crawls that run keep those they began with."""
        notify(*reloading())
        self._use_configuration(self._reload_configuration(self.configuration))
        self.pools.use_settings(self.configuration.settings)
        logger.info("reloaded: polling %s", counted(len(self.polls.sites), "site"))
        notify("READY=1", self._status())

    def _poll_ended(self, poll: Poll) -> None:
        self.alerts.check(poll.site, self.configuration.options.on_suspect)
        self.metrics.lateness.observe(max((poll.started - poll.due).total_seconds(), 0.0))
        self.metrics.polls.labels(poll.result.outcome if poll.result else "failed").inc()
        if self._on_poll:
            self._on_poll(poll)

    def _maintain(self) -> None:
        """By the clock that nobody sets."""
        if not self.polls.pause_reason and time.monotonic() >= self._maintenance_due:
            self._maintenance_due = time.monotonic() + _MAINTENANCE_SECONDS
            self._maintaining = asyncio.create_task(self._run_maintenance())

    async def _run_maintenance(self) -> None:
        self.pools.rotate_archives()
        await self.maintenance.run_due(self.configuration.options)

    def _check_disk(self) -> None:
        if self._stop_requested.is_set() or not self.disk.check():
            return
        if self.disk.full:
            logger.error("nothing is fetched: %s", self.disk.full)
            self.polls.pause(self.disk.full)
            self._stopping_crawls = asyncio.ensure_future(self.pools.stop())
        else:
            logger.info("there is room on the disk again: polls resume")
            self.polls.resume()

    async def _heartbeat(self) -> None:
        """On the event loop: while that hangs, systemd's watchdog is not fed."""
        while True:
            self._beat = time.monotonic()
            check_file(self._database)
            self._check_clock()
            self._maintain()
            self._check_disk()
            if not self.polls.pause_reason:
                self.watches.run_due()
            notify("WATCHDOG=1", self._status())
            self._status_file.write(
                since=self._since,
                beat=utc_now(),
                sites=len(self.polls.sites),
                crawling=sorted(self.polls.crawling),
                held=self.polls.pause_reason,
                cluster=self.pools.report(),
            )
            await asyncio.sleep(min(_HEARTBEAT_SECONDS, (watchdog() or math.inf) / 2))

    def _live_metrics(self) -> dict[str, float]:
        return {
            "sites": len(self.polls.sites),
            "crawling": len(self.polls.crawling),
            "held": bool(self.polls.pause_reason),
            "worker_restarts": self.pools.lost_workers(),
            "disk_free_bytes": shutil.disk_usage(self.disk.folder).free,
        }

    def _health(self) -> dict[str, Any]:
        """For another thread, while the loop may hang."""
        silence = time.monotonic() - self._beat
        held = self.polls.pause_reason
        if silence > _MAX_SILENCE:
            held = f"the event loop has not come round for {silence:.0f} s"
        return {"ok": not held, "since": self._since, "sites": len(self.polls.sites), "held": held}

    def _status(self) -> str:
        crawling, suspect = len(self.polls.crawling), len(self.alerts.suspects)
        status = (
            f"{counted(len(self.polls.sites), 'site')}, {crawling} being crawled, {suspect} suspect"
        )
        if self.polls.pause_reason:
            status += f"; {self.polls.pause_reason}"
        return f"STATUS={status}"

    async def _stop(self) -> None:
        """A second signal has its default effect: a kill loses nothing either."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.remove_signal_handler(number)
        logger.info("stopping; %s to be finished", counted(len(self.polls.crawling), "crawl"))
        self.polls.pause("stopping")
        notify("STOPPING=1", self._status())
        stopping = (
            *(self.maintenance.stop(), self.watches.stop()),
            *(self.pools.stop(), self.polls.drained()),
        )
        if not await all_within(self.configuration.options.stop, *stopping):
            names = ", ".join(sorted(self.polls.crawling)) or "maintenance"
            logger.warning("not finished in time, and due again: %s", names)
        self.metrics_server.close()
        self.scheduler.shutdown()
        self.pools.close()
        await cancel_remaining()
        logger.info("stopped")
