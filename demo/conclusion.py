"""The end of what `warraq demo` prints: whether all is well, and what to type next."""

import os
import shlex
import shutil
import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from demo.report import cell
from demo.verdict import Verdict

MOST = 40


def conclude(console: Console, verdict: Verdict, new: int) -> None:
    if verdict.problems:
        console.print(f"[bold red]{len(verdict.problems)} things are not as published:[/]")
        for problem in verdict.problems[:MOST]:
            console.print(f"  {cell(problem)}", soft_wrap=True)
        if (more := len(verdict.problems) - MOST) > 0:
            console.print(f"  … and {more} more")
        return
    console.print(
        f"[bold green]All {verdict.expected} articles are home[/]: {verdict.stored} stored, "
        f"{verdict.copies} held as copies, no line of boilerplate in any of them. "
        f"{new} of them {'is' if new == 1 else 'are'} new in this run.\n"
    )


def show_next(console: Console, data: Path) -> None:
    folder = shlex.quote(str(data))
    warraq = program() if folder == "data" else f"{program()} --data {folder}"
    query = "select number, site, title from articles limit 5"
    console.print("What to type next:")
    for command, use in (
        (f"{warraq} status", "how each site is doing"),
        (f"{warraq} export texts", "every article as a text file, in the folder texts"),
        (f'sqlite3 {folder}/warraq.db "{query}"', "the rows themselves"),
        (f"{warraq} demo --keep-serving", "the sites stay up: visit them with a browser"),
        (f"{warraq} add https://a-news-site.example/", "a site of your own"),
    ):
        console.print(f"  [bold]{escape(command)}[/]\n      {escape(use)}", soft_wrap=True)


def program() -> str:
    """As it can be typed here: `make demo` runs a program that is not on the PATH."""
    here = Path(sys.argv[0])
    on_path = shutil.which("warraq") or here.name != "warraq"
    return "warraq" if on_path else shlex.quote(os.path.relpath(here))
