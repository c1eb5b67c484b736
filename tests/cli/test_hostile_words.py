"""Hostile words in every column and every answer: no command shows what would act on a terminal."""

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from reader import stock
from web_server import Answer, Web

from cli.main import COMMANDS, warraq
from storage.database import open_database, transaction
from storage.selection import Selection
from storage.watches.channels import Channel, add_channels
from storage.watches.rows import NewChannel, add_watch
from text.terminal import printable

HOSTILE = "\x1b[2J\x1b]0;x\x07\x9b31m\u202e\u2066\u200e\ufeff\U000e0041\r\b\x00[bold red]x[/bold red]{x}%s"
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
# Whose direction ends where it began.
ISOLATED = re.compile("\u2068([^\u2066-\u2069\n]*)\u2069")
# What is not run here, and where its words are looked at.
ELSEWHERE = {
    "demo": "its own stories",
    "run": "tests/text/test_printable_output.py",
    "worker": "tests/text/test_printable_output.py",
    "browse": "tests/browse/test_browse_safety.py",
}
# Columns in which the program's own words or numbers stand; a stranger has no way into them.
OWN_COLUMNS = frozenset(
    ("id", "site", "article", "original", "outcome", "state", "kind", "reason", "cause", "name")
)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WARRAQ_SITES", "WARRAQ_DATA"):
        monkeypatch.setenv(name, "")  # the commands set it; restored after the test
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "settings")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The demo's corpus with hostile words at the front of each text of its rows."""
    data = tmp_path / "data"
    stock(data).close()
    with open_database(data) as db, transaction(db):
        for table in ("articles", "copies", "revisions", "removed_lines", "crawls", "boilerplate"):
            for column in db.table(table).columns:
                if (
                    column.type == "TEXT"
                    and column.name not in OWN_COLUMNS
                    and not _is_time(db, table, column.name)
                ):
                    quoted = f"[{column.name}]"
                    db.execute(
                        f"UPDATE OR IGNORE {table} SET {quoted} = ? || {quoted} WHERE {quoted} IS NOT NULL",
                        [HOSTILE.replace("\x00", "")],
                    )
        _add_watch(data, db)
    return data


def _add_watch(data: Path, db: Any) -> None:
    """One that has found all of it, and cannot tell."""
    words = HOSTILE.replace("\x00", "")
    [key] = add_channels(data, [Channel("command", ("/bin/false", words))])
    made = "2026-11-01T06:00:00Z"
    channels = [NewChannel(key, "command")]
    watch = add_watch(db, "hostile", Selection(search=words), made, channels=channels)
    db.execute(
        "INSERT INTO _watch_matches (watch, article, found_at, silent) SELECT ?, id, ?, 0 FROM articles",
        [watch.watch, made],
    )
    db.execute(
        "INSERT INTO _watch_outbox (channel, match) SELECT ?, match FROM _watch_matches", [key]
    )
    db.execute("UPDATE _watch_channels SET trouble = ?", [words])


def _is_time(db: Any, table: str, column: str) -> bool:
    values = db.execute(
        f"SELECT [{column}] FROM {table} WHERE [{column}] IS NOT NULL LIMIT 20"
    ).fetchall()
    return bool(values) and all(re.match(r"\d{4}-\d\d-\d\dT", str(value)) for (value,) in values)


def leaves(command: click.Command, *path: str) -> Iterator[tuple[str, ...]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from leaves(inner, *path, name)
    else:
        yield path


def lines_of(data: Path, tmp_path: Path, web: Web) -> dict[tuple[str, ...], list[list[str]]]:
    """The command lines that are tried, by command."""
    page = tmp_path / "page.html"
    page.write_bytes(_article().encode("utf-8", "surrogatepass"))
    records = tmp_path / "records.jsonl"
    records.write_text(
        json.dumps({"url": f"https://ex.org/{HOSTILE}", "text": HOSTILE, "title": HOSTILE})
        + "\n"
        + json.dumps(
            {
                "text": f"{HOSTILE} " + "words of a story " * 20,
                "title": HOSTILE,
                "published": HOSTILE,
                "author": HOSTILE,
            }
        )
        + f"\n{HOSTILE}\n"
    )
    with open_database(data) as db:
        number, identity = db.execute("SELECT number, id FROM articles LIMIT 1").fetchone()
        site = db.execute("SELECT site FROM articles LIMIT 1").fetchone()[0]
        two = [row[0] for row in db.execute("SELECT id FROM articles LIMIT 2")]
    return {
        ("status",): [[], ["--format", "json"]] if _takes("status", "--format") else [[]],
        ("sites",): [[]],
        ("add",): [[f"{web.url}/", "--allow-private", "--dry-run"]]
        if _takes("add", "--dry-run")
        else [[f"{web.url}/", "--allow-private"]],
        ("check",): [["hostile"]],
        ("crawl",): [["hostile"], [HOSTILE.replace("\x00", "")]],
        ("show",): [
            [str(number)],
            [identity, "--removed"],
            [identity, "--why"],
            [identity, "--versions"],
            [HOSTILE.replace("\x00", "")],
        ],
        ("watch", "add"): [
            ["w", HOSTILE.replace("\x00", ""), "--site", HOSTILE.replace("\x00", "")],
            [HOSTILE.replace("\x00", ""), "x"],
            ["v", "x", "--command", HOSTILE.replace("\x00", "")],
            ["u", "x", "--notify", HOSTILE.replace("\x00", "")],
        ],
        ("watch", "list"): [[]],
        ("watch", "show"): [["hostile"], [HOSTILE.replace("\x00", "")]],
        ("watch", "test"): [["hostile"], [HOSTILE.replace("\x00", "")]],
        ("watch", "run"): [[]],
        ("watch", "remove"): [["hostile"], [HOSTILE.replace("\x00", "")]],
        ("boilerplate",): [[site]],
        ("archive",): [[]],
        ("archive", "check"): [[]],
        ("duplicates", "clusters"): [[]],
        ("duplicates", "explain"): [two],
        ("duplicates", "rebuild"): [[]],
        ("import",): [[str(records)]],
        ("export",): [[str(tmp_path / "out.csv")]],
        ("reprocess",): [["--dry-run"]],
        ("forget",): [
            [identity, "--dry-run"],
            [HOSTILE.replace("\x00", ""), "--dry-run"],
            [str(number), "--yes", "--reason", HOSTILE.replace("\x00", "")],
        ],
        ("remove",): [["hostile"], [HOSTILE.replace("\x00", "")], ["hostile", "--yes"]],
        ("extract",): [[str(page)], [str(page), "--explain"], ["--manifest", str(records)]],
    }


def _takes(name: str, option: str) -> bool:
    command = warraq.get_command(click.Context(warraq), name)
    assert command is not None
    return any(option in parameter.opts for parameter in command.params)


def _article() -> str:
    words = "The council of the town voted to rebuild the wall along the market before autumn. "
    body = "".join(f"<p>{HOSTILE} {words * 3}</p>" for _ in range(5))
    return f"<html><head><title>{HOSTILE} title</title></head><body><article><h1>{HOSTILE} title</h1>{body}</article></body></html>"


@pytest.fixture
def hostile_site(web: Web) -> Web:
    words = HOSTILE.replace("\r", "").replace("\x00", "")
    link = f"{web.url}/a/2026/11/11/a-long-story-{words}"
    item = f"<item><title>{words}</title><link>{link}</link></item>".replace("\x1b", "&#27;")
    feed = f"<rss><channel><title>x</title>{item}</channel></rss>"
    web.pages |= {
        "/robots.txt": f"Sitemap: {web.url}/{words}.xml\nSitemap: http://[{words}\n",
        "/": f"<html><head><title>{words}</title></head><body><a href='/{words}'>{words}</a></body></html>",
        "/feed": Answer(feed, headers={"Content-Type": "application/rss+xml"}),
    }
    return web


def run(data: Path, sites: Path, arguments: list[str]) -> Result:
    return CliRunner().invoke(warraq, ["--data", str(data), "--sites", str(sites), *arguments])


@pytest.mark.slow
def test_every_command_is_looked_at_here_or_elsewhere(
    folder: Path, tmp_path: Path, web: Web
) -> None:
    tried = {line[0] for line in lines_of(folder, tmp_path, web)} | set(ELSEWHERE)
    assert tried == set(COMMANDS)
    assert {path for path in leaves(warraq) if path[0] not in ELSEWHERE} <= set(
        lines_of(folder, tmp_path, web)
    )


@pytest.mark.slow
def test_no_command_shows_what_acts_on_a_terminal(
    folder: Path, tmp_path: Path, hostile_site: Web
) -> None:
    sites = tmp_path / "sites"
    sites.mkdir()
    (sites / "hostile.toml").write_text(
        f'homepage = "{hostile_site.url}/"\nfeeds = ["/feed"]\nallow_private = true\ndelay = 0\n'
    )
    (sites / "broken.toml").write_text(f"title = '''{printable(HOSTILE)}\u202e''''\n")
    shown = ""
    for command, lines in lines_of(folder, tmp_path, hostile_site).items():
        for line in lines:
            result = run(folder, sites, [*command, *line])
            output = ISOLATED.sub(r"\1", result.output)
            found = FORBIDDEN.findall(output)
            assert not found, (command, line, found[:5])
            assert not any(unicodedata.category(c) in {"Cs", "Co"} for c in output), command
            assert "Traceback" not in output, (command, line)
            shown += output
    # The words came through, less what is forbidden.
    assert "[bold red]x[/bold red]" in shown
