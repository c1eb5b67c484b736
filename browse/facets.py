"""The facets of the stories: site, language, section, and the newest days."""

from typing import Any

from datasette.database import QueryInterrupted
from datasette.facets import Facet
from datasette.utils import path_with_added_args, path_with_removed_args

from browse.hooks import hookimpl

# What is counted of a story, by the name of the filter that narrows a list to it.
_FACETS = {
    "site": "site",
    "language": "language",
    "section": "section",
    "published__date": "substr(published, 1, 10)",
}
_ORDER = {"published__date": "value DESC"}
_COUNT = (
    "SELECT '{name}' AS facet, {what} AS value, count(*) AS count FROM ({sql}) "
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
        found: dict[str, list[Any]] = {name: [] for name in _FACETS}
        try:
            for question in self._questions():
                for name, value, count in await self._ask(question):
                    found[name].append((value, count))
        except QueryInterrupted:
            return [], ["facets"]
        return [self._facet(name, values) for name, values in found.items()], []

    def _questions(self) -> list[str]:
        """One question of an index for each; of a search one for all, since the search itself
        would be made for each.
        """
        if "_search" not in self.request.args:
            return [self._count(name, what, self.sql) for name, what in _FACETS.items()]
        columns = ", ".join(f"{what} AS {name}" for name, what in _FACETS.items())
        counts = [self._count(name, name, "SELECT * FROM hits") for name in _FACETS]
        every = " UNION ALL ".join(f"SELECT * FROM ({count})" for count in counts)  # noqa: S608
        return [f"WITH hits AS MATERIALIZED (SELECT {columns} FROM ({self.sql})) {every}"]  # noqa: S608

    def _count(self, name: str, what: str, sql: str) -> str:
        order, limit = _ORDER.get(name, "count DESC, value"), self.get_facet_size() + 1
        return _COUNT.format(name=name, what=what, sql=sql, order=order, limit=limit)

    async def _ask(self, question: str) -> Any:
        limit = self.ds.setting("facet_time_limit_ms")
        return await self.ds.execute(
            self.database, question, self.params, truncate=False, custom_time_limit=limit
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
