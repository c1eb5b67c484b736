"""The chromium that renders pages: one for the process, started for the first page, with no network of its
own. What its pages ask for is fetched by `subrequests`; whatever goes past that leads to a port where
nothing listens.

`playwright` is imported here and in `rendering` alone, and when a page is rendered: `pip install
'warraq[render]'` installs it. It drives the browser through a pipe, so that the browser ends with this
process, also where that is killed.
"""

import asyncio
import importlib.util
import logging
import os
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# After so many pages a new one: what a browser leaks does not add up.
_PAGES_A_BROWSER = 200
_LOOK_SECONDS = 0.2
_START_SECONDS = 30.0
_OPTIONS = (
    # Every request goes to the proxy, those to this machine too; no name is resolved.
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    *("--disable-quic", "--disable-background-networking", "--disable-sync", "--disable-gpu"),
    *(
        "--disable-3d-apis",
        "--disable-dev-shm-usage",
        "--disable-component-update",
        "--no-first-run",
    ),
    *("--disable-client-side-phishing-detection", "--disable-domain-reliability", "--mute-audio"),
    *("--blink-settings=imagesEnabled=false", "--js-flags=--max-old-space-size=512"),
)


class RendererMissing(Exception):
    """Pages cannot be rendered on this machine; the message is for a person."""


class RenderingFailed(Exception):
    """The browser gave no page in its time and memory, or ended; it is started anew for the next."""


def require_renderer(setting: str) -> str:
    """The path of the browser: `setting` (WARRAQ_BROWSER), else the one that is installed. Raises
    RendererMissing.
    """
    if importlib.util.find_spec("playwright") is None:
        raise RendererMissing(
            "`render = true` needs playwright, which is not installed here: "
            "pip install 'warraq[render]'"
        )
    path = shutil.which(setting) if setting else next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        found = f"{setting} is none" if setting else "there is none on this machine"
        raise RendererMissing(
            f"`render = true` needs a chromium, and {found}: apt-get install chromium, "
            "or set WARRAQ_BROWSER to its path"
        )
    return path


class RenderBrowser:
    """At most one page at a time. `memory`: bytes of the browser's processes together, above which it is
    killed.
    """

    def __init__(self, path: str, memory: int, *, sandbox: bool = True) -> None:
        self.path = path
        self.memory = memory
        # Chromium has none for root.
        self.sandbox = sandbox and os.geteuid() != 0
        self.starts = 0
        self.peak = 0
        self._turn = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._pid = 0
        self._pages = 0
        self._blocked: socket.socket | None = None

    @asynccontextmanager
    async def context(self, user_agent: str, seconds: float) -> AsyncIterator["BrowserContext"]:
        """A context without any state, to be left within `seconds`. Raises RenderingFailed."""
        async with self._turn:
            try:
                async with asyncio.timeout(_START_SECONDS):
                    browser = await self._running()
                async with asyncio.timeout(seconds), self._watched():
                    context = await browser.new_context(
                        user_agent=user_agent,
                        service_workers="block",
                        accept_downloads=False,
                        permissions=[],
                    )
                    yield context
                    await context.close()
            except RendererMissing:
                raise
            except asyncio.CancelledError:
                await self.stop()
                raise
            except Exception as error:
                too_large = self._pid == 0 and not isinstance(error, TimeoutError)
                await self.stop()
                reason = (
                    f"not within {seconds:.0f} s"
                    if isinstance(error, TimeoutError)
                    else f"more than {self.memory >> 20} MiB"
                    if too_large
                    else str(error).partition("\n")[0][:200]
                )
                raise RenderingFailed(reason) from error

    async def _running(self) -> "Browser":
        if self._browser and self._browser.is_connected() and self._pages < _PAGES_A_BROWSER:
            self._pages += 1
            return self._browser
        await self.stop()
        return await self._start()

    async def _start(self) -> "Browser":
        from playwright.async_api import Error, async_playwright

        self._playwright = await async_playwright().start()
        try:
            self._browser = await self._playwright.chromium.launch(
                executable_path=self.path,
                args=[*_OPTIONS, f"--proxy-server=http://127.0.0.1:{self._blocked_port()}"],
                chromium_sandbox=self.sandbox,
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
                timeout=_START_SECONDS * 1000,
            )
            session = await self._browser.new_browser_cdp_session()
            processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
            await session.detach()
        except Error as error:
            await self.stop()
            message = str(error).partition("\n")[0][:200]
            hint = "; WARRAQ_BROWSER_SANDBOX=off starts it unconfined" if self.sandbox else ""
            raise RendererMissing(f"{self.path} does not start: {message}{hint}") from error
        self._pid = next(int(p["id"]) for p in processes if p["type"] == "browser")
        self._pages, self.starts = 1, self.starts + 1
        return self._browser

    def _blocked_port(self) -> int:
        """A port of this machine that nobody else gets, and where connections are refused."""
        if self._blocked is None:
            self._blocked = socket.socket()
            self._blocked.bind(("127.0.0.1", 0))
        return int(self._blocked.getsockname()[1])

    @asynccontextmanager
    async def _watched(self) -> AsyncIterator[None]:
        watch = asyncio.ensure_future(self._watch())
        try:
            yield
        finally:
            watch.cancel()

    async def _watch(self) -> None:
        while self._pid:
            used = await asyncio.to_thread(private_bytes, self._pid)
            self.peak = max(self.peak, used)
            if used > self.memory:
                self._kill()
            await asyncio.sleep(_LOOK_SECONDS)

    def _kill(self) -> None:
        """With all its processes: a page that never ends would not hear a request to close."""
        pid, self._pid = self._pid, 0
        for process in (*process_tree(pid),) if pid else ():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    async def stop(self) -> None:
        """Ends the browser and what drives it."""
        self._kill()
        browser, self._browser = self._browser, None
        playwright, self._playwright = self._playwright, None
        for close in filter(None, (browser and browser.close, playwright and playwright.stop)):
            with suppress(Exception):
                async with asyncio.timeout(5):
                    await close()
        if self._blocked:
            self._blocked.close()
            self._blocked = None


def process_tree(pid: int) -> Iterator[int]:
    """The process and its descendants, as Linux tells them."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            stat = (folder / "stat").read_text("latin-1")
            parent = int(stat.rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(folder.name))
    waiting = [pid]
    while waiting:
        waiting += children.get(waiting[0], [])
        yield waiting.pop(0)


def private_bytes(pid: int) -> int:
    """The memory that the process and its descendants share with no file."""
    return sum(map(_private_bytes_of, process_tree(pid)))


def _private_bytes_of(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text("latin-1").splitlines()
    except OSError:
        return 0
    kilobytes = (line.split()[1] for line in lines if line.startswith(("RssAnon:", "RssShmem:")))
    return 1024 * sum(map(int, kilobytes))


class _Shared:
    """The process's browser, and how many crawls use it."""

    def __init__(self) -> None:
        self.browser: RenderBrowser | None = None
        self.users = 0


_shared = _Shared()


def acquire_browser(settings: "BaseSettings") -> RenderBrowser:
    """To be given back by `release_browser`. Raises RendererMissing."""
    path = require_renderer(settings["WARRAQ_BROWSER"])
    if _shared.browser is None:
        memory = settings.getint("WARRAQ_RENDER_MEMORY_MB") * 1_000_000
        sandbox = settings.getbool("WARRAQ_BROWSER_SANDBOX")
        _shared.browser = RenderBrowser(path, memory, sandbox=sandbox)
    _shared.users += 1
    return _shared.browser


async def release_browser() -> None:
    """The browser ends with the last crawl that uses it."""
    _shared.users -= 1
    if _shared.users == 0 and _shared.browser:
        browser, _shared.browser = _shared.browser, None
        await browser.stop()
