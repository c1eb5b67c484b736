"""Progress of long commands: a bar on a terminal, otherwise a line every ten seconds; none with --quiet."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

# Seconds between two lines.
_LINE_INTERVAL = 10.0

Advance = Callable[[float, str], None]


def is_quiet() -> bool:
    """Whether only what went wrong is to be told: --quiet, or $WARRAQ_LOG_LEVEL."""
    return os.environ.get("WARRAQ_LOG_LEVEL", "").upper() in ("WARNING", "ERROR", "CRITICAL")


@contextmanager
def progress(title: str, total: float) -> Iterator[Advance]:
    """Yield a function that takes how much of `total` is done and a word about it."""
    if is_quiet():
        yield lambda done, word: None
        return
    # Imported when something goes on: a command's help draws no bar.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _line_progress(title, total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[word]}"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(title, total=total, word="")
        yield lambda done, word: bar.update(task, completed=done, word=word)


def _line_progress(title: str, total: float) -> Advance:
    began = printed = time.monotonic()
    first: float | None = None

    def advance(done: float, word: str) -> None:
        nonlocal printed, first
        # Work of an earlier run does not count towards the speed of this one.
        first = done if first is None else first
        if time.monotonic() - printed >= _LINE_INTERVAL:
            printed = time.monotonic()
            left = _time_left(printed - began, done - first, total - done)
            click.echo(f"{title}: {done / total if total else 1:.0%}, {word}{left}", err=True)

    return advance


def _time_left(seconds: float, done: float, remaining: float) -> str:
    if done <= 0:
        return ""
    minutes = seconds / done * remaining / 60
    return f", {minutes:.0f} min left" if minutes >= 1 else ", less than a minute left"
