"""A configured datasette over `warraq.db`: its tables, settings, canned queries and plugins."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from datasette.app import Datasette
from datasette.plugins import pm
from datasette.views import base

from browse import (
    access,
    data_words,
    load_limits,
    outlets,
    routes,
    template_filters,
    translation,
    watches_page,
)
from browse.exports import download_names, feeds
from browse.live_database import DATABASE, LiveDatabase
from browse.search import found_words
from browse.story import citation, event_weights
from storage.database import FILE
from storage.formats.csv_cells import HarmlessWriter

_TIME = "UTC"

TABLES: dict[str, dict[str, Any]] = {
    "articles": {
        "title": "Stories",
        "sort_desc": "published",
        # Those with an index; `number` is the order of arrival.
        "sortable_columns": ["number", "published", "site"],
        "label_column": "title",
        "columns": {
            "number": "position in the corpus",
            "id": "64 bits of SHA-256 of the canonical URL",
            "source": "the source line as printed in the text",
            "agency": "the wire service credited",
            "text": "the body: paragraphs separated by a blank line",
            "kinds": "what each paragraph is, in runs; empty: paragraphs all",
            "access": "teaser: what a paywall leaves; free: the page says it is whole",
            "first_seen": _TIME,
            "last_seen": _TIME,
            "refined_by": "the version of Warraq that made the text of its page; empty: unknown",
            "gone_at": "since when it is no longer on its site; empty: it is there",
            "reserved": "uses that the site reserves: tdm-reservation, noai, ai-train, …",
            "rights": "what the site declares of the page's use: where, and when it was read",
        },
    },
    "absences": {
        "title": "Absences",
        "description": "When a story was gone from its site, and when it came back.",
    },
    "corpus": {
        "title": "Corpus",
        "description": "Every story as one document: section, title, source line, paragraphs.",
        "size": 20,
    },
    "copies": {
        "title": "Copies",
        "description": "The same story elsewhere: recorded, but not part of the corpus.",
        "facets": ["site", "kind"],
        "label_column": "title",
        "size": 20,
    },
    "related": {
        "title": "Related stories",
        "description": "Pairs of similar stories that are both in the corpus.",
    },
    "revisions": {
        "title": "Revisions",
        "description": "Earlier texts of stories. The story's page shows what changed.",
        "sort_desc": "valid_to",
        "size": 10,
    },
    "removed_lines": {
        "title": "Removed lines",
        "description": "Lines of the pages that are not in the texts, with position and reason.",
        "size": 50,
    },
    "crawls": {"title": "Crawls", "sort_desc": "started", "facets": ["site", "outcome"]},
    "sites": {"title": "Sites", "size": 100, "label_column": "name"},
    "boilerplate": {
        "title": "Recurring lines",
        "description": "Lines that a site repeats in its stories, and that are cut from them.",
    },
    "tombstones": {
        "title": "Forgotten stories",
        "description": "What was taken out for good: it is not fetched or imported again.",
    },
    "frontier": {
        "title": "Frontier",
        "description": "Every known URL and its state.",
        "facets": ["state"],
    },
}

HERE = Path(__file__).parent
_PLUGINS = (
    found_words,
    feeds,
    access,
    outlets,
    routes,
    template_filters,
    data_words,
    translation,
    # Innermost, so that a refusal has the headers and the language of any answer.
    load_limits,
    watches_page,
    citation,
    download_names,
    event_weights,
)

_SETTINGS = {
    "default_page_size": 30,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 3000,
    # A facet that takes longer is left out, and the page says so.
    "facet_time_limit_ms": 150,
    "default_facet_size": 12,
    "suggest_facets": False,
    "truncate_cells_html": 200,
    # The database is being written to: no page may be cached.
    "default_cache_ttl": 0,
    # For each of three connections: the upper pages of the indexes stay in memory.
    "cache_size_kb": 32_000,
}


def application(folder: Path, *, trusted: bool = False, hosts: Iterable[str] = ()) -> Datasette:
    """`trusted`: whoever reaches the port may run SQL, download the file and stream tables as CSV.
    `hosts`: names that are answered beside this machine's own.

    The file is opened read-only, never as immutable, which would give stale answers.
    """
    # With rich it prints the local variables of every frame, the texts of stories among them.
    pm.get_plugin("datasette.handle_exception").rich = None
    # A table's CSV is opened in spreadsheets, as the export is.
    base.csv = SimpleNamespace(writer=HarmlessWriter)
    access.allow_hosts(hosts)
    for plugin in _PLUGINS:
        if not pm.is_registered(plugin):
            pm.register(plugin, name=plugin.__name__)
    permissions = dict.fromkeys(
        ("default_allow_sql", "allow_download", "allow_csv_stream"), trusted
    )
    path = str(folder / FILE)
    reader = Datasette(
        [path],
        metadata=_metadata(),
        template_dir=str(HERE / "templates"),
        static_mounts=[("assets", str(HERE / "static"))],
        settings=_SETTINGS | permissions,
    )
    # In the place of datasette's own, which counts the rows of all tables.
    reader.remove_database(DATABASE)
    reader.add_database(LiveDatabase(reader, path=path), name=DATABASE)
    return reader


def canned_queries() -> dict[str, dict[str, Any]]:
    """Every query by name: title, description, sql."""
    files = sorted((HERE / "queries").glob("*.toml"))
    return {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in files}


def _metadata() -> dict[str, Any]:
    return {
        "title": "Warraq",
        "databases": {DATABASE: {"tables": TABLES, "queries": canned_queries()}},
    }
