"""What a file says of its articles beside their rows: outlets by their names, the selection, the day."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from typing import Any

from sqlite_utils import Database

from storage.article_rows import Row
from storage.selection import EVERYTHING, SEARCHED, Selection, conditions, parameters
from text.timestamps import utc_now


@dataclass(frozen=True, slots=True)
class Outlet:
    """A site as its readers know it."""

    title: str | None = None
    homepage: str | None = None


@dataclass(frozen=True, slots=True)
class CorpusFacts:
    """`outlets` by site. `made_at`: ISO 8601 UTC. `count`: how many articles are selected; None: it was
    not asked for, and only formats with `needs_count` do.
    """

    selection: Selection = EVERYTHING
    outlets: Mapping[str, Outlet] = field(default_factory=dict)
    made_at: str = field(default_factory=utc_now)
    count: int | None = None

    def outlet(self, site: str | None) -> str | None:
        """The outlet's name; its site where it has none."""
        return getattr(self.outlets.get(site or ""), "title", None) or site

    @property
    def day(self) -> date:
        return date.fromisoformat(self.made_at[:10])

    @property
    def software(self) -> str:
        return f"Warraq {version('warraq')}"

    def choices(self) -> Iterator[tuple[str, str]]:
        """What selects, as an address has it, and what is left out."""
        chosen = parameters(self.selection)
        if self.selection.without_gone:
            chosen.append(("without", "gone"))
        if self.selection.without_reserved:
            chosen.append(("without", "reserved"))
        return iter(dict.fromkeys(chosen))


def facts_of(
    db: Database, selection: Selection = EVERYTHING, *, counted: bool = False
) -> CorpusFacts:
    """`counted`: with the count, which reads an index or, for a period, the table."""
    outlets = {
        name: Outlet(title, homepage) for name, title, homepage in db.execute(SITES).fetchall()
    }
    count = count_selected(db, selection) if counted else None
    return CorpusFacts(selection, outlets, count=count)


# For whoever reads through another connection.
SITES = "SELECT name, title, homepage FROM sites"


def count_selected(db: Database, selection: Selection) -> int:
    sql, values = count_query(selection)
    return int(db.execute(sql, values).fetchone()[0])


def count_query(selection: Selection) -> tuple[str, dict[str, Any]]:
    """The statement that counts the selected articles, and its named values."""
    sql, values = conditions(selection)
    if len(sql) == 1 and sql[0].startswith(SEARCHED):
        # Of 100 000 articles 5 ms instead of 100: no article is looked up.
        return "SELECT count(*) FROM _search WHERE _search MATCH :search", values
    return f"SELECT count(*) FROM articles WHERE {' AND '.join(sql) or 'true'}", values  # noqa: S608


def tags_of(row: Row) -> list[str]:
    return list(json.loads(row["tags"] or "[]"))
