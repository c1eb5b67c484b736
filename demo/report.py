"""What `warraq demo` prints: what landed, what was cut, what was turned away, and what to type next."""

import json
import os
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from sqlite_utils import Database

from demo.expected import Verdict
from demo.newsroom import Newsroom
from text.terminal import printable

Rooms = Mapping[str, Newsroom]
ROWS = 12


def show_all(console: Console, db: Database, rooms: Rooms) -> None:
    console.print(landed(db, rooms), "", cuts(db, rooms), "")
    console.print(*refusals(db, rooms), *copies(db, rooms), sep="\n")
    console.print("", reading(db, rooms), "")


def grid(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", show_edge=False)
    for column in columns:
        number = column.startswith("#")
        table.add_column(column.lstrip("#"), justify="right" if number else "left", overflow="fold")
    return table


def cell(text: object) -> str:
    return escape(printable(str(text)))


def landed(db: Database, rooms: Rooms) -> Table:
    headings = ("site", "system", "found by", "#published", "#stored", "#copies", "#turned away")
    table = grid("What landed", *headings)
    for name, room in rooms.items():
        counts = [count(db, table, "site = ?", name) for table in ("articles", "copies")]
        away = count(db, "frontier", "site = ? AND state NOT IN ('done', 'queued')", name)
        published = len([one for one in room.printings() if not one.trap])
        cells = [name, room.outlet.system, found_by(db, name), published, *counts, away]
        table.add_row(*map(cell, cells))
    return table


def count(db: Database, table: str, where: str, *values: str) -> int:
    return int(db[table].count_where(where, values))


def found_by(db: Database, site: str) -> str:
    rows = db.execute("SELECT DISTINCT found_by FROM frontier WHERE site = ? ORDER BY 1", [site])
    return ", ".join(name for (name,) in rows.fetchall() if name)


def cuts(db: Database, rooms: Rooms) -> Table:
    """Lines taken out of the articles, by reason, each with one of them."""
    reasons: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for reason, text in removed(db, rooms):
        reasons[reason] += 1
        examples.setdefault(reason, text)
    table = grid("What was cut from the text, and why", "reason", "#lines", "such as")
    for reason, times in reasons.most_common():
        table.add_row(cell(reason), str(times), cell(shortened(examples[reason])))
    return table


def removed(db: Database, rooms: Rooms) -> Iterable[tuple[str, str]]:
    query = "SELECT reason, removed_lines.text FROM removed_lines JOIN articles ON number = article"
    for name in rooms:
        yield from db.execute(f"{query} WHERE site = ?", [name]).fetchall()
        for row in db["copies"].rows_where("site = ? AND removed IS NOT NULL", [name]):
            yield from ((reason, text) for _, reason, text in json.loads(row["removed"]))


def shortened(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[:most].rstrip() + "…"


def refusals(db: Database, rooms: Rooms) -> list[Table]:
    """Addresses that were found and are no article, with the reason of each."""
    table = grid("What was turned away, and why", "state", "reason", "address")
    query = "state NOT IN ('done', 'queued') AND site = ?"
    for name in rooms:
        for row in db["frontier"].rows_where(query, [name], order_by="state, reason, url"):
            table.add_row(cell(row["state"]), cell(row["reason"]), cell(row["url"]))
    return [table] if table.row_count else []


def copies(db: Database, rooms: Rooms) -> list[Table]:
    heading = "\nWire stories that several sites carry: one is kept, the others are on record"
    table = grid(heading, "copy on", "of", "#alike", "title")
    for row in db["copies"].rows_where(order_by="original, url"):
        if row["site"] in rooms:
            alike = f"{row['jaccard']:.2f}"
            table.add_row(cell(row["site"]), f"no. {row['original']}", alike, cell(row["title"]))
    return [table] if table.row_count else []


def reading(db: Database, rooms: Rooms) -> Panel:
    """The article that most was cut from, as its reader sees it."""
    marks = ", ".join("?" * len(rooms))
    row = next(
        db.query(
            f"SELECT * FROM articles WHERE site IN ({marks}) ORDER BY "  # noqa: S608 - marks
            "(SELECT count(*) FROM removed_lines WHERE article = number) DESC LIMIT 1",
            list(rooms),
        ),
        None,
    )
    if row is None:
        return Panel("nothing is stored")
    return Panel(
        Group(*article(row)),
        title=f"no. {row['number']}, as it is kept",
        subtitle=cell(row["published"]),
        width=84,
    )


def article(row: Mapping[str, Any]) -> Iterable[Text | Padding]:
    lines = [(row["section"], "dim"), (row["title"], "bold"), (row["source"], "dim")]
    lines += [(paragraph, "") for paragraph in row["text"].split("\n\n")]
    shown = [(text, style) for text, style in lines if text][:ROWS]
    for text, style in shown:
        yield Padding(Text(printable(text), style=style, justify="right"), (0, 0, 1, 0))


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
