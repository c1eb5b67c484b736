"""A real chromium, where the machine has one."""

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
DESK = {"width": 1280, "height": 900}


def missing() -> str | None:
    """Why there can be no browser test here."""
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
class Visit:
    """A page that is open, and what it did: `faults` are errors of its console and requests that
    left the reader's own address.
    """

    page: "Page"
    base: str
    faults: list[str] = field(default_factory=list)

    def go(self, path: str) -> "Page":
        self.page.goto(self.base + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def overflow(self) -> int:
        width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(width))


@contextmanager
def visiting(
    browser: "Browser", base: str, phone: bool = False, dark: bool = False
) -> Iterator[Visit]:
    context = browser.new_context(
        viewport=PHONE if phone else DESK,
        color_scheme="dark" if dark else "light",
        timezone_id="Asia/Damascus",
        locale="en-GB",
    )
    visit = Visit(context.new_page(), base)
    page, faults = visit.page, visit.faults
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    # A dialog that nobody waits for is dismissed.
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.on("request", lambda asked: faults.append(asked.url) if base not in asked.url else None)
    try:
        yield visit
    finally:
        context.close()
