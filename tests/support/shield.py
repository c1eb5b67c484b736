"""Hides the settings of the person who runs the tests: environment variables and dotfiles."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

_PREFIXES = ("WARRAQ_", "SCRAPY_", "DATASETTE_", "DASK_", "XDG_", "LC_", "WATCHDOG_", "TLDEXTRACT_")
_NAMES = {
    "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE",
    "TTY_INTERACTIVE", "LANG", "LANGUAGE", "TZ", "NETRC", "WGETRC", "SYSTEM_WGETRC",
    "NOTIFY_SOCKET", "JOURNAL_STREAM", "INVOCATION_ID", "LISTEN_FDS", "LISTEN_PID",
}  # fmt: skip
# The path of the browser for the tests, which is not a setting of the product.
_VISIBLE = {"WARRAQ_CHROMIUM"}


def _hidden(name: str) -> bool:
    if name.lower().endswith("_proxy"):
        return True
    return (name.startswith(_PREFIXES) or name in _NAMES) and name not in _VISIBLE


@contextmanager
def shielded() -> Iterator[None]:
    """Applies to this process and those it starts. HOME is an empty folder, since Scrapy, Dask, wget
    and others read settings there.
    """
    before = dict(os.environ)
    for name in filter(_hidden, before):
        del os.environ[name]
    with tempfile.TemporaryDirectory(prefix="warraq-home-") as home:
        os.environ |= {"HOME": home, "TZ": "UTC", "LC_ALL": "C.UTF-8"}
        # Arrow's own pool keeps 90 MB of the memory that the exports to Parquet have freed.
        os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
        time.tzset()
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
            time.tzset()
