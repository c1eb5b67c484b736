"""What a site without configured sources announces its articles with: found out once, kept in the
database, and found out again when none of it can be read any more.
"""

import json
from dataclasses import replace
from typing import Any

from spiders.autodiscovery.probe import ProbeResult, probe
from spiders.fetching.fetch import Fetched
from spiders.sources.context import SourceContext, SourceProblem
from storage.site_state import SOURCES, load_state
from text.timestamps import add_seconds, utc_now

_SECONDS = 30 * 24 * 3600.0

SourceRef = tuple[str, str]  # a source's kind and address


async def discover(desk: SourceContext) -> tuple[SourceContext, list[SourceRef]]:
    """The sources, and the desk to read them at: of a host that holds more than the site, only
    the site's folder is taken. Raises Unreachable for the homepage, and SourceProblem where it
    leads to nothing.
    """
    known = _remembered(desk) or await _look(desk)
    take = desk.site.take or tuple(known["take"])
    jobs = [(kind, url) for kind, url in known["jobs"]]
    return replace(desk, site=replace(desk.site, take=take)), jobs


def forget(desk: SourceContext) -> None:
    _remember(desk, None)


async def _look(desk: SourceContext) -> dict[str, Any]:
    async def fetch(url: str) -> Fetched:
        return await desk.request(url, {})

    findings = await probe(desk.site.homepage, fetch)
    jobs = _jobs(findings)
    if not jobs:
        raise SourceProblem("; ".join(("nothing announces its articles", *findings.tried)))
    found = {"at": utc_now(), "jobs": jobs, "take": findings.take}
    _remember(desk, json.dumps(found))
    return found


def _jobs(findings: ProbeResult) -> list[SourceRef]:
    return [
        *([("wordpress", findings.wordpress)] if findings.wordpress else []),
        *(("feed", url) for url in findings.feeds),
        *(("sitemap", url) for url in findings.sitemaps),
        *(("section", url) for url in findings.sections),
    ]


def _remembered(desk: SourceContext) -> dict[str, Any] | None:
    saved = load_state(desk.session.database, desk.site.name, SOURCES)
    found: dict[str, Any] | None = json.loads(saved) if saved else None
    return found if found and add_seconds(found["at"], _SECONDS) > utc_now() else None


def _remember(desk: SourceContext, value: str | None) -> None:
    desk.session.recorder.save_state(desk.site.name, SOURCES, value, now=utc_now())
