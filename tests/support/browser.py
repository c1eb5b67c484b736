"""A real chromium, if the machine has one."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from demo.screenshots import BROWSER_OPTIONS, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


def missing() -> str | None:
    """Why browser tests cannot run on this machine; None if they can."""
    if importlib.util.find_spec("playwright") is None:
        return "playwright is not installed: `make test-browser` installs it"
    return None if chromium() else "no chromium on this machine (`apt-get install chromium`)"


@contextmanager
def browser() -> Iterator["Browser"]:
    if reason := missing():
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER_OPTIONS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class BrowserTab:
    """An open page. `faults`: errors on its console, dialogs, and requests to other addresses than
    the reader's.
    """

    page: "Page"
    base: str
    faults: list[str] = field(default_factory=list)

    def go(self, path: str) -> "Page":
        self.page.goto(self.base + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def look(self, phone: bool, dark: bool) -> None:
        """The page that is open, in another window and scheme."""
        self.page.set_viewport_size(PHONE if phone else DESKTOP)
        self.page.emulate_media(color_scheme="dark" if dark else "light")

    def serious_violations(self) -> list[tuple[str, str]]:
        """Rules of axe-core that the page breaks, with the element."""
        from axe_playwright_python.base import AXE_SCRIPT

        if not self.page.evaluate("Boolean(window.axe)"):
            self.page.evaluate(AXE_SCRIPT)
        violations = self.page.evaluate(
            "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)"
        )
        return [
            (violation["id"], violation["nodes"][0]["html"][:200])
            for violation in violations
            if violation["impact"] in ("serious", "critical")
        ]

    def overflow(self) -> int:
        width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(width))


@contextmanager
def open_tab(
    browser: "Browser",
    base: str,
    phone: bool = False,
    dark: bool = False,
    locale: str = "en-GB",
    zone: str = "Asia/Damascus",
) -> Iterator[BrowserTab]:
    context = browser.new_context(
        viewport=PHONE if phone else DESKTOP,
        color_scheme="dark" if dark else "light",
        timezone_id=zone,
        locale=locale,
    )
    tab = BrowserTab(context.new_page(), base)
    page, faults = tab.page, tab.faults
    page.on(
        "console", lambda message: faults.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.on(
        "request", lambda request: faults.append(request.url) if base not in request.url else None
    )
    try:
        yield tab
    finally:
        context.close()
