"""A corpus whose every field attacks whoever reads it, and the addresses of the reader's own pages."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from hostile_rows import HOSTILE
from reader import BIDI, EVIL, hostile, stock
from sqlite_utils import Database
from storage_samples import LATER, NOW, article, rows
from takedowns import crawl_story, prose

from browse.routes import register_routes
from items import Article, Site
from storage import sites
from storage.archive.pointer import archive_folder
from storage.archive.warc_file import WarcWriter
from storage.articles import store
from storage.database import transaction
from storage.selection import Selection
from storage.watches import deliveries
from storage.watches.channels import Channel, add_channels
from storage.watches.matching import find_matches
from storage.watches.rows import NewChannel, add_watch
from text.urls import article_id

OUTLET = f"evil/../{EVIL}%2e%0d?#"
WATCH = "خبث"
_MISSING = "987654321"
_GROUP = re.compile(r"\(\?P<(\w+)>([^()]*)\)(\??)")


def hostile_corpus(folder: Path) -> dict[str, list[str]]:
    """Fill the folder. What the groups of the routes' addresses can stand for in it."""
    with stock(folder) as db:
        add_watch(db, WATCH, Selection(search=f"خبث {EVIL}", sites=(OUTLET,)), NOW)
        keys = add_channels(folder, [Channel("command", (EVIL, EVIL))])
        channels = [NewChannel(keys[0], "command")]
        add_watch(db, "all", Selection(search="خبث"), NOW, channels=channels)
        _crawl_evil(db, folder)
        for number, text in enumerate(HOSTILE.values()):
            store(db, _of_fields(number, text), now=NOW)
        for name in (OUTLET, EVIL):
            with transaction(db):
                title = f"{EVIL}{BIDI}\n"
                sites.describe(db, Site(name, "javascript:alert(1)", title=title))
        find_matches(db, LATER)
        deliveries.begin_delivery(db, keys[0], 5)
        deliveries.fail(db, deliveries.unfinished(db)[0], f"{EVIL}{BIDI}", LATER)
        numbers = [
            str(n) for (n,) in rows(db, "SELECT number FROM articles WHERE url LIKE '%evil%'")
        ]
        copies = [id for (id,) in rows(db, "SELECT id FROM copies")]
    return {
        "number": [*numbers[:2], "0", _MISSING],
        "id": [*copies, "0" * 16],
        "name": [WATCH, "all", OUTLET, EVIL, "news", "nosuch"],
    }


def _crawl_evil(db: Database, folder: Path) -> None:
    """Its page in the archive, a revision, and a copy with a headline of its own."""
    writer = WarcWriter(archive_folder(folder), {"software": "test"})
    evil = replace(hostile(), url="https://evil.example/1", site=OUTLET)
    # Long enough to have copies.
    evil = replace(evil, paragraphs=(*prose(1), *evil.paragraphs[:1], *evil.paragraphs[2:]))
    crawl_story(db, writer, evil)
    changed = (*evil.paragraphs, f"{EVIL} {BIDI}")
    crawl_story(db, writer, replace(evil, paragraphs=changed), LATER)
    copy = replace(
        evil, id=article_id("https://copy.example/1"), url="https://copy.example/1", site=EVIL
    )
    crawl_story(db, writer, replace(copy, title=f"{EVIL} نسخة {BIDI}"), LATER)
    writer.finish()


def _of_fields(number: int, text: str) -> Article:
    """A story whose short fields are the text."""
    fields = dict.fromkeys(("title", "section", "source", "agency", "author", "language"), text)
    words = " ".join(f"ن{number}ص{n}" for n in range(60))
    paragraphs = (f"{text} {words}",)
    return article(700 + number, **fields, tags=(text,), paragraphs=paragraphs)


def route_addresses(parts: dict[str, list[str]]) -> Iterator[str]:
    """Addresses of each route, its groups filled with these; a group that is not known fails."""
    for pattern, _ in register_routes():
        literal = pattern.removeprefix("^").removesuffix("$")
        groups = [_fillings(match, parts) for match in _GROUP.finditer(literal)]
        pieces = [re.sub(r"\\(.)", r"\1", piece) for piece in _GROUP.split(literal)[::4]]
        for chosen in itertools.product(*groups):
            path = "".join(itertools.chain(*itertools.zip_longest(pieces, chosen, fillvalue="")))
            assert re.fullmatch(pattern.removeprefix("^").removesuffix("$"), path), path
            yield path


def _fillings(match: re.Match[str], parts: dict[str, list[str]]) -> list[str]:
    name, alternatives, _ = match.groups()
    if name in parts:
        return [quote(part, safe="") for part in parts[name]]
    assert name == "ending", f"what stands for {name} in {match.string}?"
    if "[" in alternatives:
        return [".json", ".nosuch"]
    return [ending.replace("\\", "") for ending in alternatives.split("|")]
