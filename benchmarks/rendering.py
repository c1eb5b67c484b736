"""What a page costs that a browser renders, beside the same page written by its server.

usage: python -m benchmarks.rendering [--pages 13] [--script-kb 300]
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

from items import Site
from pipelines.workers.pool import LocalRefiner
from spiders.crawl_resources import PRELOAD
from spiders.fetching.browser import RendererMissing, private_bytes, require_renderer
from spiders.project_settings import product_settings
from spiders.runner import crawl_sites

_SENTENCE = (
    "The council of town {} approved a plan on Monday to repair the roads of its northern quarters."
)
_SHELL = (
    '<!doctype html><html><head><meta charset="utf-8"><title>News</title>'
    '<script src="/bundle.js" defer></script></head><body><div id="root"></div></body></html>'
)
_SCRIPT = """
const root = document.getElementById("root");
fetch("/api" + location.pathname).then(a => a.json()).then(html => { root.innerHTML = html; });
"""


def _body(number: int) -> str:
    if number == 0:
        return ""
    paragraphs = "".join(f"<p>{_SENTENCE.format(number)} ({n})</p>" for n in range(12))
    return f'<article><h1>Road works in town {number}</h1><time datetime="2026-11-02">2 November 2026</time>{paragraphs}</article>'


@dataclass
class BenchmarkSite:
    """`drawn`: its pages are drawn by a script of `script_bytes`, else written by the server."""

    pages: int
    drawn: bool
    script_bytes: int
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str) -> tuple[str, str] | None:
        self.asked.append(path)
        if path == "/bundle.js":
            return "text/javascript", _SCRIPT + "//" + "x" * self.script_bytes
        if path.startswith("/api"):
            return "application/json", json.dumps(self._content(path.removeprefix("/api")))
        if path != "/" and not path.startswith("/2026/"):
            return None
        page = _SHELL if self.drawn else _SHELL.replace("<div", self._content(path) + "<div")
        return "text/html; charset=utf-8", page

    def _content(self, path: str) -> str:
        if path == "/":
            numbers = range(1, self.pages + 1)
            return "".join(
                f'<h2><a href="/2026/11/02/road-works-in-town-{n}">Road works begin in town {n}</a></h2>'
                for n in numbers
            )
        return _body(int(path.rpartition("-")[2]))


@contextmanager
def _served(site: BenchmarkSite) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, text = site.answer(self.path) or ("text/plain", "")
            body = text.encode()
            self.send_response(200 if text else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """The figures say it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextmanager
def _peak_memory(found: list[int]) -> Iterator[None]:
    """The most that this process and all below it held, without what they share with files."""
    ended = Event()

    def watch() -> None:
        while not ended.wait(0.1):
            found.append(private_bytes(os.getpid()))

    thread = Thread(target=watch)
    thread.start()
    yield
    ended.set()
    thread.join()


def measure(pages: int, script_bytes: int, *, drawn: bool, refiner: LocalRefiner) -> list[str]:
    """A row of the table."""
    site, memory = BenchmarkSite(pages, drawn, script_bytes), list[int]()
    with _served(site) as url, tempfile.TemporaryDirectory() as folder, _peak_memory(memory):
        began, cpu = time.monotonic(), _cpu()
        configured = Site(
            "bench", url, sections=(url,), allow_private=True, delay=0.0, render=drawn
        )
        [result] = crawl_sites([configured], Path(folder), refiner=refiner)
        seconds, used = time.monotonic() - began, _cpu() - cpu
    name = "rendered" if drawn else "plain"
    return [
        name,
        f"{result.counts.get('new', 0)} of {pages}",
        f"{seconds / pages:.2f}",
        f"{used / pages:.2f}",
        f"{len(site.asked) / pages:.1f}",
        f"{max(memory) / 1e6:.0f}",
    ]


def _cpu() -> float:
    """Of this process and of those below it that have ended."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=13)
    parser.add_argument("--script-kb", type=int, default=300)
    options = parser.parse_args()
    try:
        require_renderer(product_settings()["WARRAQ_BROWSER"])
    except RendererMissing as reason:
        print(reason)
        return 1
    print(
        "| crawl | articles | seconds a page | CPU seconds a page | requests a page | MB at most |"
    )
    print("|---|---|---|---|---|---|")
    refiner = LocalRefiner(1, preload=PRELOAD)
    try:
        for drawn in (False, True):
            row = measure(options.pages, options.script_kb * 1000, drawn=drawn, refiner=refiner)
            print("| " + " | ".join(row) + " |", flush=True)
    finally:
        refiner.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
