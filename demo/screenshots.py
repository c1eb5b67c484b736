"""The README's pictures: `warraq demo`, then `warraq browse`, seen through a chromium.

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

# Nothing of the browser's own goes out, and no profile is kept.
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
_ROOT = Path(__file__).parents[1]
_SIZE = {"width": 1200, "height": 800}
_PAGES = {
    "front": "/",
    "story": "/warraq/articles/{story}?cut=1",
    "search": "/warraq/search?q=مدينة",
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
        with _reading(warraq) as url:
            _shoot(browser, url, folder)
    return 0


@contextmanager
def _reading(warraq: list[str]) -> Iterator[str]:
    command = [*warraq, "browse", "--port", "0"]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            said = process.stdout.readline() if process.stdout else ""
            found = re.search(r"http://[\d.:]+", said)
            if found is None:
                raise RuntimeError(f"warraq browse said {said!r}")
            yield found[0]
        finally:
            process.terminate()


def _shoot(executable: str, url: str, folder: Path) -> None:
    # Only here is it needed, and it is no dependency of the program.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=QUIET)
        page = browser.new_page(viewport=_SIZE, locale="en-GB", timezone_id="UTC")
        story = _story(page.request, url)
        for name, path in _PAGES.items():
            page.goto(url + path.format(story=story))
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{name}.png")
        browser.close()


def _story(request: Any, url: str) -> int:
    """A story that ran elsewhere too, of those the one that most lines were cut from."""
    data = f"{url}/warraq/{{}}.json?_shape=array&_size=1000"
    ran = {row["original"] for row in request.get(data.format("copies")).json()}
    cuts = (row["article"] for row in request.get(data.format("removed_lines")).json())
    return int(Counter(number for number in cuts if number in ran).most_common(1)[0][0])


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]) if sys.argv[1:] else _ROOT / "docs"))
