"""The names of all settings, so that a mistyped one is not passed over in silence."""

import logging
import os

from text.suggestions import did_you_mean
from text.terminal import printable

SETTINGS = frozenset(
    f"WARRAQ_{name}"
    for name in (
        *("ARCHIVE", "ARCHIVE_FILE_MB", "ARCHIVE_MB", "BACKUP", "BACKUPS", "BROWSE_HOSTS"),
        *("BROWSER", "BROWSER_SANDBOX", "RENDER_MEMORY_MB", "RENDER_SECONDS"),
        *(
            "CHROMIUM",
            "CLUSTER",
            "CONTACT",
            "CRAWLS",
            "DATA",
            "DISK_FLOOR_MB",
            "LOG_LEVEL",
            "METRICS",
        ),
        *(
            "ON_SUSPECT",
            "PAGES_IN_FLIGHT",
            "PAGE_SECONDS",
            "POLL_LEAST",
            "POLL_MOST",
            "PROXY",
            "REFINE",
        ),
        *("SETTINGS", "SITES", "STOP_SECONDS", "TIMEOUT", "WORKERS", "WORKER_MEMORY_MB"),
        # What a command that WARRAQ_ON_SUSPECT names is told, and one of a watch.
        *("SITE", "REASON", "WATCH", "DELIVERY", "ATTEMPT", "ARTICLES"),
        # Of earlier versions: `settings.py` says what replaces them.
        *("CLUSTER_CRAWLS", "CLUSTER_LEASE"),
    )
)

# Addresses with secrets, to which watches refer: any number of them.
_NAMED_BY_WATCHES = "WARRAQ_NOTIFY_"

logger = logging.getLogger(__name__)
_warned: set[str] = set()


def warn_of_unknown_settings() -> None:
    """Once a process for each `WARRAQ_…` in the environment that is no setting."""
    unknown = {name for name in os.environ if name.startswith("WARRAQ_")} - SETTINGS - _warned
    _warned.update(unknown)
    for name in sorted(unknown):
        if name.startswith(_NAMED_BY_WATCHES):
            continue
        hint = did_you_mean(name, SETTINGS) or "deploy/settings lists them"
        logger.warning("%s is no setting of Warraq: %s", printable(name)[:80], hint)
