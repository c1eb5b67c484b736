"""kill -9 of the service at random instants while articles come in, by its crawls and by another process,
that a watch finds and a command tells of: how often each article was told.

usage: python -m tests.faults.watch_kills [--rounds 20] [--seed 1] [--power]

`--power`: what the service has started is killed with it, commands too, as where the machine fails. A
command that was under way is run once more then, with the same WARRAQ_DELIVERY.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from items import Article
from service.delivery_files import DeliveryFiles
from storage.articles import store
from storage.database import open_database
from storage.selection import Selection
from storage.watches import deliveries
from storage.watches.channels import Channel, add_channels
from storage.watches.matching import is_pending
from storage.watches.rows import NewChannel, add_watch
from tests.faults.kills import unsound
from text.timestamps import utc_now
from text.urls import article_id

sys.path.append(str(Path(__file__).parents[1] / "support"))
from daemon import Daemon
from waiting import until
from web_server import Web, article, publish, serve

# Slow at both ends, so that kills fall before, between and after the lines.
_COMMAND = """#!/bin/sh
sleep 0.4
for id in $WARRAQ_ARTICLES; do
    echo "$WARRAQ_DELIVERY $WARRAQ_ATTEMPT $id" >> "$(dirname "$0")/told"
    sleep 0.05
done
sleep 0.4
"""
_MADE_AT = "2026-01-01T00:00:00Z"


@dataclass(slots=True)
class WatchKills:
    """`where` a kill fell. Of the articles: `once`, `repeated`, `never` told; `within_deliveries`: more
    than once in one attempt, or in two deliveries, which no command could know from a repetition.
    """

    kills: int = 0
    where: Counter[str] = field(default_factory=Counter)
    articles: int = 0
    once: int = 0
    repeated: int = 0
    never: int = 0
    within_deliveries: int = 0
    attempts: int = 0
    problems: list[str] = field(default_factory=list)


def play(rounds: int, folder: Path, seed: int, *, power: bool = False) -> WatchKills:
    chance, report = random.Random(seed), WatchKills()
    daemon = Daemon(folder, WATCHDOG_USEC="200000")
    with serve() as web, closing(daemon):
        _prepare(daemon, web)
        published = imported = 0
        for _ in range(rounds):
            daemon.start("news")
            daemon.hear("READY")
            deadline = time.monotonic() + chance.uniform(0.5, 5.0)
            while time.monotonic() < deadline:
                published, imported = published + 1, imported + 1
                _publish(web, published)
                _import(daemon, imported)
                time.sleep(chance.uniform(0.0, 0.8))
            _kill(daemon, folder, report, power=power)
        daemon.start("news")
        try:
            until(lambda: _is_over(daemon, published + imported), "all is told")
        except TimeoutError:
            report.problems.append(f"not all is told: {_state(daemon, published + imported)}")
        daemon.stop()
        _count(daemon, published + imported, report)
    return report


def _prepare(daemon: Daemon, web: Web) -> None:
    daemon.site(
        "news",
        f'homepage = "{web.url}/"\nfeeds = ["/feed"]\nallow_private = true\n'
        "delay = 0\nconcurrency = 4\nevery = 0.005\n",
    )
    command = daemon.folder / "tell"
    command.write_text(_COMMAND)
    command.chmod(0o700)
    with open_database(daemon.data) as db:
        [key] = add_channels(daemon.data, [Channel("command", (str(command),))])
        add_watch(
            db, "news", Selection(search="خبر"), _MADE_AT, channels=[NewChannel(key, "command")]
        )


def _publish(web: Web, count: int) -> None:
    publish(web, range(count))
    # Texts that are no copies of each other.
    web.pages |= {
        f"/news/{n}": article(n, words=" ".join(f"كلمة{n}حرف{k}" for k in range(60)))
        for n in range(count)
    }


def _import(daemon: Daemon, number: int) -> None:
    url = f"https://other.example/{number}"
    text = " ".join(f"سطر{number}جزء{k}" for k in range(60))
    made = Article(
        id=article_id(url), url=url, site="other", title=f"خبر {number}", paragraphs=(text,)
    )
    with open_database(daemon.data) as db:
        store(db, made, found_by="import", now=utc_now())


def _kill(daemon: Daemon, folder: Path, report: WatchKills, *, power: bool) -> None:
    daemon.kill()
    report.where[_place(daemon)] += 1
    report.kills += 1
    if power:
        _kill_started(folder)


def _kill_started(folder: Path) -> None:
    """Processes with the folder in their command lines: this run's own, in groups of their own."""
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (
                entry.name != str(os.getpid())
                and str(folder).encode() in (entry / "cmdline").read_bytes()
            ):
                os.kill(int(entry.name), signal.SIGKILL)


def _place(daemon: Daemon) -> str:
    """What the kill interrupted, as the next start will find it."""
    with open_database(daemon.data) as db:
        states = deliveries.unfinished(db)
        if not states:
            return "articles not looked at" if is_pending(db) else "nothing under way"
        [state] = states
    phase = DeliveryFiles(daemon.data).state(f"{state.delivery}.{state.attempt}").phase
    has_told = any(line.startswith(f"{state.delivery} ") for line in _lines(daemon))
    names = {
        "never": "delivery begun, its command not run",
        "running": "command run, has told" if has_told else "command run, has not told",
        "ended": "command ended, not on record",
        "lost": "command killed",
    }
    return names[phase]


def _lines(daemon: Daemon) -> list[str]:
    file = daemon.folder / "told"
    return file.read_text().splitlines() if file.exists() else []


def _is_over(daemon: Daemon, published: int) -> bool:
    with open_database(daemon.data) as db:
        [stored] = db.execute("SELECT count(*) FROM articles").fetchone()
        [state] = deliveries.channel_states(db)
        return bool(
            stored == published and not is_pending(db) and not state.waiting and not state.delivery
        )


def _state(daemon: Daemon, published: int) -> str:
    with open_database(daemon.data) as db:
        [stored] = db.execute("SELECT count(*) FROM articles").fetchone()
        states = deliveries.channel_states(db)
    return f"{stored} of {published} stored; {states}; {daemon.log_text()[-2000:]}"


def _count(daemon: Daemon, published: int, report: WatchKills) -> None:
    lines = [tuple(line.split()) for line in _lines(daemon)]
    times = Counter(article for _, _, article in lines)
    with open_database(daemon.data) as db:
        wanted = {id_ for (id_,) in db.execute("SELECT id FROM articles").fetchall()}
        matched = db.execute("SELECT article FROM _watch_matches WHERE NOT silent").fetchall()
        report.problems += unsound(db)
    report.articles, report.attempts = published, len({line[:2] for line in lines})
    report.once = sum(times[article] == 1 for article in wanted)
    report.repeated = sum(times[article] > 1 for article in wanted)
    report.never = len(wanted - times.keys())
    in_attempts = sum(count - 1 for count in Counter(lines).values())
    of_deliveries = Counter(article for _, article in {(line[0], line[2]) for line in lines})
    report.within_deliveries = in_attempts + sum(count - 1 for count in of_deliveries.values())
    if sorted(id_ for (id_,) in matched) != sorted(wanted):
        report.problems.append("the feed has not each article once")
    if left := [file.name for file in (daemon.data / "deliveries").glob("*.*")]:
        report.problems.append(f"files are left: {left}")
    words = ("Traceback", "internal error", "database is locked")
    report.problems += [f"the log says: {word}" for word in words if word in daemon.log_text()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--power", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="warraq-watches-") as folder:
        report = play(chosen.rounds, Path(folder), chosen.seed, power=chosen.power)
    print(report)
    wrong = report.never or report.within_deliveries or (report.repeated and not chosen.power)
    return min(len(report.problems) + wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
