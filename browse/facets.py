"""Facets of the stories: site, language, section and the newest days."""

from typing import Any

from datasette.database import QueryInterrupted
from datasette.facets import Facet
from datasette.utils import path_with_added_args, path_with_removed_args

from browse.hooks import hookimpl

# SQL of the counted value, by the name of the filter that selects it.
_FACETS = {
    "site": "site",
    "language": "language",
    "section": "section",
    "published__date": "substr(published, 1, 10)",
}
_ORDER = {"published__date": "value DESC"}
_COUNT_SQL = (
    "SELECT '{name}' AS facet, {value} AS value, count(*) AS count FROM ({sql}) "
    "WHERE value IS NOT NULL GROUP BY value ORDER BY {order} LIMIT {limit}"
)


@hookimpl
def register_facet_classes() -> list[type[Facet]]:
    return [StoryFacets]


class StoryFacets(Facet):  # type: ignore[misc]
    type = "column"

    async def suggest(self) -> list[Any]:
        return []

    async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
        if self.table != "articles":
            return [], []
        counts: dict[str, list[Any]] = {name: [] for name in _FACETS}
        try:
            for query in self._queries():
                for name, value, count in await self._execute(query):
                    counts[name].append((value, count))
        except QueryInterrupted:
            return [], ["facets"]
        return [self._facet(name, values) for name, values in counts.items()], []

    def _queries(self) -> list[str]:
        """A query per facet, answered from an index. With a search, a single query for all facets:
        otherwise every one of them would repeat the search.
        """
        if "_search" not in self.request.args:
            return [self._count(name, value, self.sql) for name, value in _FACETS.items()]
        columns = ", ".join(f"{value} AS {name}" for name, value in _FACETS.items())
        counts = [self._count(name, name, "SELECT * FROM hits") for name in _FACETS]
        union = " UNION ALL ".join(f"SELECT * FROM ({count})" for count in counts)  # noqa: S608
        return [f"WITH hits AS MATERIALIZED (SELECT {columns} FROM ({self.sql})) {union}"]  # noqa: S608

    def _count(self, name: str, value: str, sql: str) -> str:
        order, limit = _ORDER.get(name, "count DESC, value"), self.get_facet_size() + 1
        return _COUNT_SQL.format(name=name, value=value, sql=sql, order=order, limit=limit)

    async def _execute(self, query: str) -> Any:
        limit = self.ds.setting("facet_time_limit_ms")
        return await self.ds.execute(
            self.database, query, self.params, truncate=False, custom_time_limit=limit
        )

    def _facet(self, name: str, values: list[Any]) -> dict[str, Any]:
        size = self.get_facet_size()
        return {
            "name": name,
            "type": self.type,
            "hideable": False,
            "toggle_url": "",
            "results": [self._value(name, value, count) for value, count in values[:size]],
            "truncated": len(values) > size,
        }

    def _value(self, name: str, value: str, count: int) -> dict[str, Any]:
        selected = (name, value) in self.get_querystring_pairs()
        change = path_with_removed_args if selected else path_with_added_args
        path = self.ds.urls.path(change(self.request, {name: value}))
        return {
            "value": value,
            "label": value,
            "count": count,
            "toggle_url": self.ds.absolute_url(self.request, path),
            "selected": selected,
        }
