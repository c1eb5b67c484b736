"""A backfill of ten years through each kind of source, killed again and again.

usage: python -m benchmarks.backfill [--articles 5000] [--kills 5] [--kind sitemap] [--delay 0.005]

What must hold: every article is there once; what was stored, or read of a source, is not requested again,
but for what was under way at a kill; no more requests than the pace allows.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.data.archive_site import ArchiveSite
from benchmarks.polls import free_port
from storage.database import open_database

KINDS = {
    "wordpress": 'wordpress = "/wp-json/"',
    "feed": 'feeds = ["/feed/"]',
    "sitemap": 'sitemaps = ["/sitemap.xml"]',
    "section": 'sections = ["/news/"]',
    "archive": 'archives = ["/archive/{year}/{month}/"]',
}
# Pages of a crawl in flight (`WARRAQ_PAGES_IN_FLIGHT`): they, and a page of a source, are lost in a kill.
_IN_FLIGHT = 16
_PATIENCE = 3600.0
_SINCE = "2011-01-01"


@dataclass(slots=True)
class Report:
    """`requests` by address; `rate` is the most in any crawl, a second."""

    kind: str
    seconds: float = 0.0
    kills: int = 0
    stored: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    rate: float = 0.0
    problems: list[str] = field(default_factory=list)

    def line(self) -> str:
        articles = sum(n for path, n in self.requests.items() if _is_article(path))
        others = self.requests.total() - articles
        return (
            f"{self.kind:10} {self.stored.total():6} stored, {articles} requests of articles "
            f"({self.repeated(articles=True)} repeated), {others} of lists "
            f"({self.repeated(articles=False)} repeated), {self.kills} kills, {self.seconds:.0f} s, "
            f"at most {self.rate:.0f}/s"
        )

    def repeated(self, *, articles: bool) -> int:
        return sum(
            n - 1
            for path, n in self.requests.items()
            if _is_article(path) == articles and path != "/robots.txt"
        )


def _is_article(path: str) -> bool:
    return path.startswith("/news/1")


def run(
    kind: str, folder: Path, *, articles: int, kills: int, delay: float, chance: random.Random
) -> Report:
    """One site with one kind of source, crawled back to 2011 by as many crawls as the kills make of it."""
    folder.mkdir(parents=True)
    port, log, report = free_port(), folder / "requests", Report(kind)
    site = ArchiveSite(f"http://127.0.0.1:{port}", articles, years=10)
    _write_site(folder / "sites", site, KINDS[kind], delay)
    log.touch()
    command = [sys.executable, "-m", "benchmarks.data.archive_site"]
    server = subprocess.Popen([*command, str(port), str(articles), "10", str(log)])
    began = time.monotonic()
    try:
        expected = _expected_requests(kind, articles)
        for at in sorted(chance.uniform(0, 0.95 * expected) for _ in range(kills)):
            report.kills += _crawl_and_kill(folder, log, at, chance.uniform(0, 0.3))
        if code := _start(folder).wait(_PATIENCE):
            report.problems.append(f"the last crawl ended with {code}")
    finally:
        server.terminate()
        server.wait()
    report.seconds = time.monotonic() - began
    _judge(report, folder, site, delay)
    return report


def _expected_requests(kind: str, articles: int) -> float:
    """With a REST interface no page of an article is requested."""
    return articles / 100 if kind == "wordpress" else articles


def _write_site(folder: Path, site: ArchiveSite, source: str, delay: float) -> None:
    folder.mkdir()
    lines = (f'homepage = "{site.base}/"', 'language = "ar"', source, f"delay = {delay}")
    text = "\n".join((*lines, "concurrency = 8", "allow_private = true", ""))
    (folder / "years.toml").write_text(text, "utf-8")


def _start(folder: Path) -> "subprocess.Popen[bytes]":
    places = ["--data", str(folder / "data"), "--sites", str(folder / "sites")]
    with (folder / "crawl.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "cli", *places, "crawl", "years", "--since", _SINCE],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _crawl_and_kill(folder: Path, log: Path, at: float, later: float) -> int:
    """SIGKILL once the server had `at` requests, and a moment `later`; 0 where the crawl was faster."""
    process = _start(folder)
    while process.poll() is None and log.read_bytes().count(b"\n") < at:
        time.sleep(0.02)
    time.sleep(later)
    killed = process.poll() is None
    if killed:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return int(killed)


def _judge(report: Report, folder: Path, site: ArchiveSite, delay: float) -> None:
    with open_database(folder / "data") as db:
        for table in ("articles", "copies"):
            report.stored.update(url for (url,) in db.execute(f"SELECT url FROM {table}"))
    lines = [line.split(" ") for line in (folder / "requests").read_text("utf-8").splitlines()]
    report.requests.update(path for _, path in lines)
    _check_articles(report, {site.address(n) for n in range(site.articles)})
    _check_requests(report)
    times = [float(when) for when, _ in lines]
    report.rate = max(_rates(times), default=0.0)
    if delay and report.rate > _SLACK / delay:
        report.problems.append(f"{report.rate:.1f} requests a second, {1 / delay:.1f} are allowed")


def _check_articles(report: Report, expected: set[str]) -> None:
    if missing := expected - report.stored.keys():
        report.problems.append(f"{len(missing)} are missing, such as {min(missing)}")
    if other := report.stored.keys() - expected:
        report.problems.append(f"{len(other)} are too many, such as {min(other)}")
    twice = [url for url, count in report.stored.items() if count > 1]
    if twice:
        report.problems.append(f"{len(twice)} are there twice, such as {twice[0]}")


def _check_requests(report: Report) -> None:
    for articles, room in ((True, _IN_FLIGHT), (False, 1)):
        repeated, most = report.repeated(articles=articles), room * report.kills
        if repeated > most:
            what = "articles" if articles else "lists"
            report.problems.append(
                f"{repeated} requests of {what} were repeated, of {most} at most"
            )


# Requests over which a rate is taken, and how much a busy server may press them together.
_WINDOW, _SLACK = 100, 1.25


def _rates(times: list[float]) -> list[float]:
    """Requests a second in all stretches of _WINDOW; a pause between two crawls only lowers it."""
    return [_WINDOW / (last - first) for first, last in zip(times, times[_WINDOW:], strict=False)]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--delay", type=float, default=0.005)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder, failed = Path(tempfile.mkdtemp(prefix="warraq-backfill-")), False
    for kind in options.kind or KINDS:
        report = run(
            kind,
            folder / kind,
            articles=options.articles,
            kills=options.kills,
            delay=options.delay,
            chance=random.Random(options.seed),
        )
        print(report.line(), *(f"  {problem}" for problem in report.problems), sep="\n", flush=True)
        failed = failed or bool(report.problems)
    if failed:
        print(f"what it left is in {folder}")
    else:
        shutil.rmtree(folder)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
