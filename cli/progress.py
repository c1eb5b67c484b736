"""How far a long piece of work has come: a bar on a terminal, else a line now and then."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

# Seconds between two lines in a log.
_PATIENCE = 10.0

Advance = Callable[[float, str], None]


@contextmanager
def progress(title: str, total: float) -> Iterator[Advance]:
    """Yields a function to call with how much of `total` is done, and a word on it."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _in_lines(title, total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[word]}"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(title, total=total, word="")
        yield lambda done, word: bar.update(task, completed=done, word=word)


def _in_lines(title: str, total: float) -> Advance:
    began = said = time.monotonic()
    first: float | None = None

    def advance(done: float, word: str) -> None:
        nonlocal said, first
        # What an earlier run has done says nothing of how fast this one is.
        first = done if first is None else first
        if time.monotonic() - said >= _PATIENCE:
            said = time.monotonic()
            left = _left(said - began, done - first, total - done)
            click.echo(f"{title}: {done / total if total else 1:.0%}, {word}{left}", err=True)

    return advance


def _left(seconds: float, done: float, rest: float) -> str:
    if done <= 0:
        return ""
    minutes = seconds / done * rest / 60
    return f", {minutes:.0f} min left" if minutes >= 1 else ", less than a minute left"
