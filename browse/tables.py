"""How datasette shows each table: search, order, facets, and what its columns mean."""

from typing import Any

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
        "sort_desc": "replaced",
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
