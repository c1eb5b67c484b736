"""A datasette over `warraq.db`, configured: what is shown of each table, what is refused, and with
whose help.
"""

import tomllib
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.plugins import pm

from browse import access, atom, facets, routes, search, template_filters
from storage.database import FILE

_WHEN = "UTC"

TABLES: dict[str, dict[str, Any]] = {
    "articles": {
        "title": "Stories",
        "sort_desc": "published",
        # Those that an index sorts; `number` is the order of arrival.
        "sortable_columns": ["number", "published", "site"],
        "label_column": "title",
        "columns": {
            "number": "its place in the corpus",
            "id": "64 bits of SHA-256 of the canonical address",
            "source": "the source line, as it stands in the text",
            "agency": "the wire service that is credited",
            "text": "the body: paragraphs, one blank line between any two",
            "first_seen": _WHEN,
            "last_seen": _WHEN,
        },
    },
    "corpus": {
        "title": "Corpus",
        "description": "Every story as one document: section, title, source line, paragraphs.",
        "size": 20,
    },
    "copies": {
        "title": "Copies",
        "description": "The same story elsewhere: out of the corpus, on the record.",
        "facets": ["site", "kind"],
        "label_column": "title",
        "size": 20,
    },
    "related": {"description": "Stories that are near one another and both in the corpus."},
    "revisions": {
        "title": "Revisions",
        "description": "Texts that stories had before. The story's page shows what changed.",
        "sort_desc": "valid_to",
        "size": 10,
    },
    "removed_lines": {
        "title": "Removed lines",
        "description": "What cleaning took out, where it stood, and why.",
        "size": 50,
    },
    "crawls": {"title": "Crawls", "sort_desc": "started", "facets": ["site", "outcome"]},
    "sites": {"title": "Sites", "size": 100, "label_column": "name"},
    "frontier": {
        "title": "Frontier",
        "description": "Every address that is known, and what became of it.",
        "facets": ["state"],
    },
}

HERE = Path(__file__).parent
DATABASE = "warraq"
_PLUGINS = (search, atom, access, facets, routes, template_filters)

_SETTINGS = {
    "default_page_size": 30,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 3000,
    # What takes longer is left out, and the page says so.
    "facet_time_limit_ms": 150,
    "default_facet_size": 12,
    "suggest_facets": False,
    "truncate_cells_html": 200,
    # Pages of a database that is being written to.
    "default_cache_ttl": 0,
    # Three readers, this much each: the upper pages of the indexes stay in memory.
    "cache_size_kb": 32_000,
}


def application(folder: Path, *, trusted: bool = False) -> Datasette:
    """`trusted`: whoever reaches it may run SQL, take the file, and stream whole tables as CSV.

    The file is opened read-only, never as immutable: that would answer from a stale snapshot.
    """
    # It prints every local variable of every frame, the texts of stories among them.
    pm.get_plugin("datasette.handle_exception").rich = None
    for plugin in _PLUGINS:
        if not pm.is_registered(plugin):
            pm.register(plugin, name=plugin.__name__)
    powers = dict.fromkeys(("default_allow_sql", "allow_download", "allow_csv_stream"), trusted)
    return Datasette(
        [str(folder / FILE)],
        metadata=_metadata(),
        template_dir=str(HERE / "templates"),
        static_mounts=[("assets", str(HERE / "static"))],
        settings=_SETTINGS | powers,
    )


def canned_queries() -> dict[str, dict[str, Any]]:
    """Every query by name: title, description, sql."""
    files = sorted((HERE / "queries").glob("*.toml"))
    return {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in files}


def _metadata() -> dict[str, Any]:
    return {
        "title": "Warraq",
        "databases": {DATABASE: {"tables": TABLES, "queries": canned_queries()}},
    }
