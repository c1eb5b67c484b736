"""Alerts for sites that turn suspect: in the log, and by the operator's command."""

import asyncio
import logging
import os
import shlex

from sqlite_utils import Database

from storage import poll_plan
from text.terminal import printable

_HOOK_SECONDS = 60.0

logger = logging.getLogger(__name__)


class SuspectAlerts:
    """One alert when a site turns suspect, and a line in the log when it is as usual again."""

    def __init__(self, database: Database) -> None:
        self.suspects = poll_plan.suspects(database)
        self._database = database
        self._hooks: set[asyncio.Task[None]] = set()

    def check(self, site: str, command: str) -> None:
        """After each crawl of `site`; `command` may be empty."""
        reason = poll_plan.health(self._database, site)["suspect_reason"]
        if reason and site not in self.suspects:
            logger.warning(
                "%s is suspect: %s",
                site,
                printable(reason),
                extra={"site": site, "suspect": reason},
            )
            if command:
                self._hooks.add(task := asyncio.create_task(run_hook(command, site, reason)))
                task.add_done_callback(self._hooks.discard)
        elif site in self.suspects and not reason:
            logger.info("%s is as usual again", site, extra={"site": site})
        if reason:
            self.suspects[site] = reason
        else:
            self.suspects.pop(site, None)

    async def drained(self) -> None:
        """Waits for the commands that run."""
        if self._hooks:
            await asyncio.wait(self._hooks)


async def run_hook(command: str, site: str, reason: str) -> None:
    """Without a shell: the site and the reason, which quotes the web, are in the environment."""
    environment = os.environ | {"WARRAQ_SITE": site, "WARRAQ_REASON": printable(reason)}
    try:
        process = await asyncio.create_subprocess_exec(
            *shlex.split(command),
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
    except (OSError, ValueError) as error:
        logger.error("the hook %s cannot be run: %s", command, error)
        return
    try:
        _, stderr = await asyncio.wait_for(process.communicate(), _HOOK_SECONDS)
    except TimeoutError:
        process.kill()
        logger.error("the hook %s took more than %.0f s and was killed", command, _HOOK_SECONDS)
        return
    if process.returncode:
        message = printable(stderr.decode(errors="replace"))[-200:].strip()
        logger.error("the hook %s ended with %d: %s", command, process.returncode, message)
