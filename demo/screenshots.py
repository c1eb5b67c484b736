"""Takes the screenshots of the docs: runs `warraq demo`, then `warraq browse` in a chromium.

`python -m demo.screenshots [FOLDER]` (`docs/` by default).
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from demo.coverage import store_coverage
from storage.database import open_database
from text.timestamps import utc_now

# The browser sends no requests of its own and keeps no profile.
BROWSER_OPTIONS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
_ROOT = Path(__file__).parents[1]
_HEIGHTS = {1200: 800, 390: 844}


@dataclass(frozen=True, slots=True)
class Screenshot:
    """`width` of the window in pixels, `height` where it is not its usual one. In the address `{story}` is
    a story with copies and cuts, `{event}` one of several about an event,
    and `{copy}` the key of a copy of `{story}`.
    """

    address: str
    file: str
    width: int = 1200
    height: int = 0
    scheme: Literal["light", "dark"] = "light"
    language: str = "ar"


SCREENSHOTS = [
    Screenshot("/", "front"),
    Screenshot("/warraq/articles/{story}", "story", height=1500),
    Screenshot("/search?q=مدينة", "search"),
    Screenshot("/plots", "plots"),
    Screenshot("/counts?q=قال&q=مدينة&by=week", "counts", height=860),
    Screenshot("/outlets/waha", "outlet", height=1000),
    Screenshot("/warraq/articles/{event}/event", "event", height=900),
    Screenshot("/watches", "watches"),
    Screenshot(
        "/warraq/articles/{story}/compare?left=story-{story}&right={copy}", "compare", height=900
    ),
    Screenshot("/", "front-phone", width=390, scheme="dark"),
]
# With these a locale's months and digits.
_LOCALES = {"ar": "ar-SY", "en": "en-GB", "fa": "fa-IR", "fr": "fr-FR"}


def chromium() -> str | None:
    return os.environ.get("WARRAQ_CHROMIUM") or shutil.which("chromium")


def main(folder: Path) -> int:
    browser = chromium()
    if browser is None:
        sys.stderr.write("There is no chromium on this machine (apt-get install chromium).\n")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        warraq = [sys.executable, "-m", "cli", "--data", data]
        subprocess.run([*warraq, "demo"], cwd=_ROOT, stdout=subprocess.DEVNULL)  # noqa: S603
        # Where the demo keeps its corpus.
        with open_database(Path(data) / "demo", create=False) as db:
            event = store_coverage(db, utc_now())
        with _serve([*warraq[:-1], f"{data}/demo"]) as url:
            _take_screenshots(browser, url, event, folder)
    return 0


@contextmanager
def _serve(warraq: list[str]) -> Iterator[str]:
    command = [*warraq, "browse", "--port", "0"]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            line = process.stdout.readline() if process.stdout else ""
            url = re.search(r"http://[\d.:]+", line)
            if url is None:
                raise RuntimeError(f"warraq browse printed {line!r}")
            yield url[0]
        finally:
            process.terminate()


def _take_screenshots(executable: str, url: str, event: int, folder: Path) -> None:
    # Not a dependency of the program: only this script needs it.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=BROWSER_OPTIONS)
        places = _places(playwright.request.new_context(), url) | {"event": event}
        for shot in SCREENSHOTS:
            context = browser.new_context(
                viewport={"width": shot.width, "height": shot.height or _HEIGHTS[shot.width]},
                color_scheme=shot.scheme,
                locale=_LOCALES[shot.language],
                timezone_id="UTC",
            )
            # As a reader sets it, by the switch.
            page = context.new_page()
            page.goto(f"{url}/language?to={shot.language}")
            page.goto(url + shot.address.format(**places))
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{shot.file}.png")
            context.close()
        browser.close()


def _places(request: Any, url: str) -> dict[str, Any]:
    """`story`: of the stories with copies, the one with the most removed lines; `copy`: the copy of it
    that has least of it.
    """
    data = f"{url}/warraq/{{}}.json?_shape=array&_size=1000"
    copies = sorted(request.get(data.format("copies")).json(), key=lambda row: row["containment"])
    originals = {row["original"] for row in copies}
    articles = (row["article"] for row in request.get(data.format("removed_lines")).json())
    [(story, _lines)] = Counter(number for number in articles if number in originals).most_common(1)
    copy = next(row["id"] for row in copies if row["original"] == story)
    return {"story": story, "copy": f"copy-{copy}"}


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]) if sys.argv[1:] else _ROOT / "docs"))
