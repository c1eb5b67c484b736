"""Takes the README's screenshots: runs `warraq demo`, then `warraq browse` in a chromium.

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
from pathlib import Path
from typing import Any

# The browser sends no requests of its own and keeps no profile.
BROWSER_OPTIONS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
_ROOT = Path(__file__).parents[1]
_SIZE = {"width": 1200, "height": 800}
_PAGES = {
    "front": "/",
    "story": "/warraq/articles/{story}?cut=1",
    "search": "/search?q=مدينة",
    "plots": "/plots",
}


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
        with _serve(warraq) as url:
            _take_screenshots(browser, url, folder)
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


def _take_screenshots(executable: str, url: str, folder: Path) -> None:
    # Not a dependency of the program: only this script needs it.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=BROWSER_OPTIONS)
        page = browser.new_page(viewport=_SIZE, locale="en-GB", timezone_id="UTC")
        story = _story(page.request, url)
        for name, path in _PAGES.items():
            page.goto(url + path.format(story=story))
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{name}.png")
        browser.close()


def _story(request: Any, url: str) -> int:
    """Of the stories with copies, the one with the most removed lines."""
    data = f"{url}/warraq/{{}}.json?_shape=array&_size=1000"
    originals = {row["original"] for row in request.get(data.format("copies")).json()}
    articles = (row["article"] for row in request.get(data.format("removed_lines")).json())
    return int(Counter(number for number in articles if number in originals).most_common(1)[0][0])


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]) if sys.argv[1:] else _ROOT / "docs"))
