"""The sources of a site whose file names none: discovered once, kept in the database, and discovered
anew after 30 days or when none of them can be read any more.
"""

import json
from dataclasses import replace
from functools import partial
from typing import Any

from items import sources_of
from spiders.autodiscovery.probe import probe
from spiders.fetching.fetch import Fetched
from spiders.sources.context import SourceContext, SourceProblem
from spiders.sources.read import DiscoveredSources
from storage.sites import SOURCES, load_state
from text.timestamps import add_seconds, utc_now

_SECONDS = 30 * 24 * 3600.0


async def discover(context: SourceContext) -> DiscoveredSources:
    """The sources, and the context to read them in: of a host that holds more than the site, only
    its folder, or its edition, is taken. Raises Unreachable for the homepage, and SourceProblem where it
    leads to nothing.
    """
    known = _remembered(context) or await _probe(context)
    site = context.site
    if not (site.take or site.within):
        site = replace(site, within=tuple(known["within"]), leave=(*site.leave, *known["leave"]))
    return DiscoveredSources(
        context=replace(context, site=site),
        sources=[(kind, url) for kind, url in known["jobs"]],
        forget=partial(forget, context),
    )


def forget(context: SourceContext) -> None:
    _remember(context, None)


async def _probe(context: SourceContext) -> dict[str, Any]:
    async def fetch(url: str) -> Fetched:
        response = await context.request(url, {})
        return await context.render(response) if context.render else response

    result = await probe(context.site.homepage, fetch, context.session.refiner)
    sources = sources_of(result)
    if not sources:
        raise SourceProblem("; ".join(("nothing announces its articles", *result.tried)))
    found = {"at": utc_now(), "jobs": sources, "within": result.within, "leave": result.leave}
    _remember(context, json.dumps(found))
    return found


def _remembered(context: SourceContext) -> dict[str, Any] | None:
    saved = load_state(context.session.database, context.site.name, SOURCES)
    found: dict[str, Any] | None = json.loads(saved) if saved else None
    if found is None or "within" not in found:  # discovered by an earlier version
        return None
    return found if add_seconds(found["at"], _SECONDS) > utc_now() else None


def _remember(context: SourceContext, value: str | None) -> None:
    context.session.recorder.save_state(context.site.name, SOURCES, value, now=utc_now())
