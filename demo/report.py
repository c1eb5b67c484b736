"""What `warraq demo` prints: stored articles, removed lines, rejected pages, and the next commands."""

import json
import os
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from sqlite_utils import Database

from demo.expected import CheckResult
from demo.newsroom import Newsroom
from text.terminal import printable

Rooms = Mapping[str, Newsroom]
MAX_LINES = 12


def print_tables(console: Console, db: Database, rooms: Rooms) -> None:
    console.print(stored(db, rooms), "", removed_lines(db, rooms), "")
    console.print(*rejected(db, rooms), *copies(db, rooms), sep="\n")
    console.print("", sample_article(db, rooms), "")


def grid(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", show_edge=False)
    for column in columns:
        number = column.startswith("#")
        table.add_column(column.lstrip("#"), justify="right" if number else "left", overflow="fold")
    return table


def cell(text: object) -> str:
    return escape(printable(str(text)))


def stored(db: Database, rooms: Rooms) -> Table:
    headings = ("site", "system", "found by", "#published", "#stored", "#copies", "#rejected")
    table = grid("Stored", *headings)
    for name, room in rooms.items():
        counts = [count(db, table, "site = ?", name) for table in ("articles", "copies")]
        rejections = count(db, "frontier", "site = ? AND state NOT IN ('done', 'queued')", name)
        published = len([printing for printing in room.printings() if not printing.trap])
        cells = [name, room.outlet.system, found_by(db, name), published, *counts, rejections]
        table.add_row(*map(cell, cells))
    return table


def count(db: Database, table: str, where: str, *values: str) -> int:
    return int(db[table].count_where(where, values))


def found_by(db: Database, site: str) -> str:
    rows = db.execute("SELECT DISTINCT found_by FROM frontier WHERE site = ? ORDER BY 1", [site])
    return ", ".join(name for (name,) in rows.fetchall() if name)


def removed_lines(db: Database, rooms: Rooms) -> Table:
    """Removed lines by reason, with an example of each."""
    reasons: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for reason, text in removed_texts(db, rooms):
        reasons[reason] += 1
        examples.setdefault(reason, text)
    table = grid("Lines removed from the text, by reason", "reason", "#lines", "example")
    for reason, lines in reasons.most_common():
        table.add_row(cell(reason), str(lines), cell(shorten(examples[reason])))
    return table


def removed_texts(db: Database, rooms: Rooms) -> Iterable[tuple[str, str]]:
    query = "SELECT reason, removed_lines.text FROM removed_lines JOIN articles ON number = article"
    for name in rooms:
        yield from db.execute(f"{query} WHERE site = ?", [name]).fetchall()
        for row in db["copies"].rows_where("site = ? AND removed IS NOT NULL", [name]):
            yield from ((reason, text) for _, reason, text in json.loads(row["removed"]))


def shorten(text: str, max_chars: int = 60) -> str:
    return text if len(text) <= max_chars else text[:max_chars].rstrip() + "…"


def rejected(db: Database, rooms: Rooms) -> list[Table]:
    """Pages that were found but not stored, with the reasons."""
    table = grid("Pages not stored", "state", "reason", "address")
    query = "state NOT IN ('done', 'queued') AND site = ?"
    for name in rooms:
        for row in db["frontier"].rows_where(query, [name], order_by="state, reason, url"):
            table.add_row(cell(row["state"]), cell(row["reason"]), cell(row["url"]))
    return [table] if table.row_count else []


def copies(db: Database, rooms: Rooms) -> list[Table]:
    heading = (
        "\nWire stories on several sites: one version is stored, the others are recorded as copies"
    )
    table = grid(heading, "copy on", "original", "#similarity", "title")
    for row in db["copies"].rows_where(order_by="original, url"):
        if row["site"] in rooms:
            similarity = f"{row['jaccard']:.2f}"
            table.add_row(
                cell(row["site"]), f"no. {row['original']}", similarity, cell(row["title"])
            )
    return [table] if table.row_count else []


def sample_article(db: Database, rooms: Rooms) -> Panel:
    """The article with the most removed lines, as stored."""
    placeholders = ", ".join("?" * len(rooms))
    row = next(
        db.query(
            f"SELECT * FROM articles WHERE site IN ({placeholders}) ORDER BY "  # noqa: S608 - placeholders
            "(SELECT count(*) FROM removed_lines WHERE article = number) DESC LIMIT 1",
            list(rooms),
        ),
        None,
    )
    if row is None:
        return Panel("nothing is stored")
    return Panel(
        Group(*article(row)),
        title=f"no. {row['number']}, as stored",
        subtitle=cell(row["published"]),
        width=84,
    )


def article(row: Mapping[str, Any]) -> Iterable[Text | Padding]:
    lines = [(row["section"], "dim"), (row["title"], "bold"), (row["source"], "dim")]
    lines += [(paragraph, "") for paragraph in row["text"].split("\n\n")]
    visible = [(text, style) for text, style in lines if text][:MAX_LINES]
    for text, style in visible:
        yield Padding(Text(printable(text), style=style, justify="right"), (0, 0, 1, 0))


MAX_PROBLEMS = 40


def print_summary(console: Console, check: CheckResult, new: int) -> None:
    if check.problems:
        console.print(f"[bold red]{len(check.problems)} differences from what was published:[/]")
        for problem in check.problems[:MAX_PROBLEMS]:
            console.print(f"  {cell(problem)}", soft_wrap=True)
        if (more := len(check.problems) - MAX_PROBLEMS) > 0:
            console.print(f"  … and {more} more")
        return
    console.print(
        f"[bold green]All {check.expected} articles are stored as published[/]: {check.stored} as "
        f"articles, {check.copies} as copies, without a line of boilerplate. "
        f"{new} of them {'is' if new == 1 else 'are'} new in this run.\n"
    )


def print_next_commands(console: Console, data: Path, sites: Sequence[Path] = ()) -> None:
    folder = shlex.quote(str(data))
    warraq = program() if folder == "data" else f"{program()} --data {folder}"
    warraq += "".join(f" --sites {shlex.quote(str(site))}" for site in sites)
    query = "select number, site, title from articles limit 5"
    console.print("Next commands:")
    for command, description in (
        (f"{warraq} status", "how each site is doing"),
        (f"{warraq} export texts", "every article as a text file, in the folder texts"),
        (f'sqlite3 {folder}/warraq.db "{query}"', "the rows in the database"),
        (f"{warraq} demo --keep-serving", "keeps the sites running: visit them with a browser"),
        (f"{warraq} add https://a-news-site.example/", "adds a site of your own"),
    ):
        console.print(f"  [bold]{escape(command)}[/]\n      {escape(description)}", soft_wrap=True)


def program() -> str:
    """The command as it can be typed here: `make demo` runs a program that is not on the PATH."""
    path = Path(sys.argv[0])
    on_path = shutil.which("warraq") or path.name != "warraq"
    return "warraq" if on_path else shlex.quote(os.path.relpath(path))
