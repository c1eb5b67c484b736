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
from rich.text import Text
from sqlite_utils import Database

from demo.expected import CheckResult
from demo.newsroom import Newsroom
from text.counted import counted
from text.tables import Column, broken, fitted_table, print_table, print_wrapped
from text.terminal import printable, shorten

Rooms = Mapping[str, Newsroom]
MAX_LINES = 12
MAX_CHARS = 60
PANEL_WIDTH = 84


def print_tables(console: Console, db: Database, rooms: Rooms) -> None:
    width = console.width
    for table in (
        stored(db, rooms, width),
        removed_lines(db, rooms, width),
        *rejected(db, rooms, width),
        *copies(db, rooms, width),
    ):
        print_table(console, table)
        console.print()
    console.print(sample_article(db, rooms, width))
    console.print()


def titled(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[object]], width: int
) -> Group:
    texts = [[Text(printable(str(value))) for value in row] for row in rows]
    return Group(*broken(Text(title, "bold"), width), fitted_table(columns, texts, width))


def stored(db: Database, rooms: Rooms, width: int) -> Group:
    columns = [Column("site"), Column("system", wraps=True), Column("found by", wraps=True)]
    columns += [Column(name, right=True) for name in ("published", "stored", "copies", "rejected")]
    rows = []
    for name, room in rooms.items():
        counts = [count(db, table, "site = ?", name) for table in ("articles", "copies")]
        rejections = count(db, "frontier", "site = ? AND state NOT IN ('done', 'queued')", name)
        published = len([printing for printing in room.printings() if not printing.trap])
        found = found_by(db, name)
        rows.append([name, room.outlet.system, found, published, *counts, rejections])
    return titled("Stored", columns, rows, width)


def count(db: Database, table: str, where: str, *values: str) -> int:
    return int(db[table].count_where(where, values))


def found_by(db: Database, site: str) -> str:
    rows = db.execute("SELECT DISTINCT found_by FROM frontier WHERE site = ? ORDER BY 1", [site])
    return ", ".join(name for (name,) in rows.fetchall() if name)


def removed_lines(db: Database, rooms: Rooms, width: int) -> Group:
    """Removed lines by reason, with an example of each."""
    reasons: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for reason, text in removed_texts(db, rooms):
        reasons[reason] += 1
        examples.setdefault(reason, text)
    columns = [Column("reason"), Column("lines", right=True), Column("example", wraps=True)]
    rows = [
        (reason, lines, shorten(examples[reason], MAX_CHARS))
        for reason, lines in reasons.most_common()
    ]
    return titled("Lines removed from the text, by reason", columns, rows, width)


def removed_texts(db: Database, rooms: Rooms) -> Iterable[tuple[str, str]]:
    query = "SELECT reason, removed_lines.text FROM removed_lines JOIN articles ON number = article"
    for name in rooms:
        yield from db.execute(f"{query} WHERE site = ?", [name]).fetchall()
        for row in db["copies"].rows_where("site = ? AND removed IS NOT NULL", [name]):
            yield from ((reason, text) for _, reason, text in json.loads(row["removed"]))


def rejected(db: Database, rooms: Rooms, width: int) -> list[Group]:
    """Pages that were found but not stored, with the reasons."""
    query = "state NOT IN ('done', 'queued') AND site = ?"
    rows = [
        (row["state"], row["reason"], row["url"])
        for name in rooms
        for row in db["frontier"].rows_where(query, [name], order_by="state, reason, url")
    ]
    columns = [Column("state"), Column("reason"), Column("address")]
    return [titled("Pages not stored", columns, rows, width)] if rows else []


def copies(db: Database, rooms: Rooms, width: int) -> list[Group]:
    title = (
        "Wire stories on several sites: one version is stored, the others are recorded as copies"
    )
    rows = [
        (row["site"], f"no. {row['original']}", f"{row['jaccard']:.2f}", row["title"])
        for row in db["copies"].rows_where(order_by="original, url")
        if row["site"] in rooms
    ]
    columns = [Column("copy on"), Column("original"), Column("similarity", right=True, rank=1)]
    columns.append(Column("title", wraps=True))
    return [titled(title, columns, rows, width)] if rows else []


def sample_article(db: Database, rooms: Rooms, width: int) -> Panel:
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
        subtitle=escape(printable(str(row["published"]))),
        width=min(width, PANEL_WIDTH),
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
        heading = f"{counted(len(check.problems), 'difference')} from what was published:"
        print_wrapped(console, heading, "bold red")
        for problem in check.problems[:MAX_PROBLEMS]:
            print_wrapped(console, printable(problem), indent=2)
        if (more := len(check.problems) - MAX_PROBLEMS) > 0:
            console.print(f"  … and {more} more")
        return
    sentence = Text.assemble(
        (f"All {check.expected} articles are stored as published", "bold green"),
        f": {check.stored} as articles, {check.copies} as copies, without a line of boilerplate. "
        f"{new} of them {'is' if new == 1 else 'are'} new in this run.",
    )
    print_wrapped(console, sentence)
    console.print()


def print_next_commands(console: Console, data: Path) -> None:
    folder = shlex.quote(str(data))
    warraq = f"{program()} --data {folder}"
    own = shlex.quote(str(data.parent))
    again = program() if own == "data" else f"{program()} --data {own}"
    query = "select number, site, title from articles limit 5"
    console.print("Next commands:")
    for command, description in (
        (f"{warraq} browse", "the stories in a browser: read, search, plot"),
        (f"{warraq} status", "how each site is doing"),
        (f"{warraq} export texts", "every article as a text file, in the folder texts"),
        (f'sqlite3 {folder}/warraq.db "{query}"', "the rows in the database"),
        (f"{again} demo --keep-serving", "keeps the sites running: visit them with a browser"),
        (
            f"{again} add https://a-news-site.example/",
            "adds a site of your own, in a corpus of its own",
        ),
    ):
        console.print(Text(f"  {command}", "bold"), soft_wrap=True)  # in one piece, to be copied
        print_wrapped(console, description, indent=6)


def program() -> str:
    """The command as it can be typed here: `make demo` runs a program that is not on the PATH."""
    path = Path(sys.argv[0])
    on_path = shutil.which("warraq") or path.name != "warraq"
    return "warraq" if on_path else shlex.quote(os.path.relpath(path))
