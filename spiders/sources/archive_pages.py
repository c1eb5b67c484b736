"""Date archives: a page of a site for each month, such as `/2026/11/`, with pages of its own. The latest
months are read at each poll, the earlier ones once, back to where there are none.
"""

import json
import re
from dataclasses import asdict, dataclass, replace

from items import Site, Validators
from spiders.crawl_resources import SourceRead
from spiders.sources.context import SourceContext, SourceProblem, sum_reads
from spiders.sources.section_pages import read_section, read_walks
from text.limits import FIRST_ARCHIVE_YEAR, MAX_ARCHIVE_MONTHS_A_CRAWL
from text.timestamps import utc_now

# An address with `{year}` and `{month}` in it, two digits the month.
_YEAR, _MONTH = "{year}", "{month}"
_DATED = re.compile(
    r"(?P<before>[/=])(?P<year>(?:19|20)\d\d)(?P<between>[/-]?)(?P<month>0[1-9]|1[0-2])(?=/?$)"
)
# Months in a row without an article: the outlet did not exist yet.
_MAX_EMPTY = 6


@dataclass(frozen=True, slots=True)
class ArchiveCursor:
    """`month`: the earlier month to be read next, as 2026-10, `None` before the first read; `empty`:
    months in a row that had no article. Field names are stored.
    """

    month: str | None = None
    empty: int = 0
    done: bool = False


def read_archive_cursor(text: str | None) -> ArchiveCursor:
    """What `write_archive_cursor` wrote; a new cursor for anything else."""
    try:
        saved = ArchiveCursor(**json.loads(text or "{}"))
        if saved.month is not None:
            earlier_month(saved.month)
        return replace(saved, empty=int(saved.empty), done=bool(saved.done))
    except (ValueError, TypeError, AttributeError):
        return ArchiveCursor()


def write_archive_cursor(cursor: ArchiveCursor) -> str:
    return json.dumps(asdict(cursor), separators=(",", ":"))


def archive_pattern(address: str) -> str | None:
    """The address of a month's page, with `{year}` and `{month}` for the two; None for another address."""
    match = _DATED.search(address)
    if match is None:
        return None
    return f"{address[: match.start()]}{match['before']}{_YEAR}{match['between']}{_MONTH}{address[match.end() :]}"


def month_address(pattern: str, month: str) -> str:
    year, _, number = month.partition("-")
    return pattern.replace(_YEAR, year).replace(_MONTH, number)


def earlier_month(month: str) -> str:
    """Of `2026-01`, `2025-12`."""
    year, _, number = month.partition("-")
    index = int(year) * 12 + int(number) - 2
    return f"{index // 12:04}-{index % 12 + 1:02}"


async def read_archive(context: SourceContext, pattern: str) -> SourceRead:
    """The latest two months, then the earlier ones from where the last crawl left them."""
    current = utc_now()[:7]
    last = earlier_month(current)
    latest = [await _month(context, pattern, month) for month in (current, last)]
    reads = [SourceRead("archive", pattern), *latest]
    cursor = read_archive_cursor(context.validators(pattern).cursor)
    cursor = cursor if cursor.month else replace(cursor, month=earlier_month(last))
    for _ in range(MAX_ARCHIVE_MONTHS_A_CRAWL):
        if cursor.done or cursor.month is None or context.has_enough:
            break
        read = await _month(context, pattern, cursor.month)
        reads.append(read)
        if _is_unfinished(context, month_address(pattern, cursor.month)):
            break
        cursor = after_month(cursor, read.links, context.site)
        kept = Validators(pattern, cursor=write_archive_cursor(cursor))
        context.session.recorder.save_validators(kept, now=utc_now())
    return replace(sum_reads(reads), status=200)


async def _month(context: SourceContext, pattern: str, month: str) -> SourceRead:
    """A month without articles has no page."""
    url = month_address(pattern, month)
    try:
        return replace(await read_section(context, url), kind="archive")
    except SourceProblem as problem:
        if problem.status in (404, 410):
            return SourceRead("archive", url, problem.status)
        raise


def _is_unfinished(context: SourceContext, url: str) -> bool:
    return bool(read_walks(context.validators(url).cursor))


def after_month(cursor: ArchiveCursor, links: int, site: Site) -> ArchiveCursor:
    """The cursor after the month that it names, which has `links`."""
    assert cursor.month
    empty = 0 if links else cursor.empty + 1
    month = earlier_month(cursor.month)
    first = (site.since or f"{FIRST_ARCHIVE_YEAR}-01")[:7]
    return ArchiveCursor(month, empty, done=empty >= _MAX_EMPTY or month < first)
