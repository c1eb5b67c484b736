"""Reads a section: its first page at each poll, the next ones as long as they have something new, and all
of them the first time, over as many crawls as that takes.

The cursor is kept with the links of every page, so that a crawl that is killed midway, or has found
more than it can take, leaves the rest to the next.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from items import Reason, Validators
from spiders.crawl_resources import SourceRead
from spiders.fetching.conditional import NOT_MODIFIED, validators_of
from spiders.fetching.errors import WrongFormat
from spiders.fetching.fetch import Fetched, Unreachable
from spiders.responses import charset_in
from spiders.sources.context import SourceContext, SourceProblem, sum_reads
from spiders.sources.section import ParsedSection, parse_section
from storage import http_validators
from text.timestamps import utc_now

# Of one crawl, a second each at the usual pace; the rest is due in the next.
_MAX_PAGES = 100
# Of one walk, in all crawls together: a pager without an end, as calendars have them.
_MAX_WALK = 5_000
# Pages in a row that this walk had before: past its end, a list may give its last page, or its first.
_MAX_KNOWN = 3
_KEPT_DIGESTS = 5
# Crawls in which a page answers with a server's error.
_MAX_FAILURES = 5
# Walks that are not at their end. Each crawl may leave one.
_MAX_WALKS = 20


@dataclass(frozen=True, slots=True)
class Walk:
    """From page to page of a list: `next` is still to be read. `deep`: it goes to the list's end, whether
    or not its pages have something new; `walked` counts its pages, `known` those in a row that it
    had before, `digests` are of the first and the last ones, `failures` of `next`.
    `by_script`: `next` stands for a script in the page. Field names are stored.
    """

    next: str
    deep: bool = False
    walked: int = 0
    known: int = 0
    digests: tuple[str, ...] = ()
    failures: int = 0
    by_script: bool = False


def read_walks(text: str | None) -> tuple[Walk, ...]:
    """What `write_walks` wrote, or a list of addresses alone; none for anything else."""
    try:
        saved = json.loads(text or "[]")
        walks = [Walk(item) if isinstance(item, str) else _walk(item) for item in saved]
    except (ValueError, TypeError, KeyError):
        return ()
    return tuple(walks)


def _walk(saved: dict[str, Any]) -> Walk:
    walk = Walk(**saved)
    if not isinstance(walk.next, str):
        raise TypeError("an address is a string")
    return replace(
        walk,
        walked=int(walk.walked),
        known=int(walk.known),
        digests=tuple(map(str, walk.digests)),
        failures=int(walk.failures),
        by_script=bool(walk.by_script),
    )


def write_walks(walks: Sequence[Walk]) -> str | None:
    return json.dumps([*map(asdict, walks)], separators=(",", ":")) if walks else None


def next_walk(walk: Walk, section: ParsedSection, new: int) -> Walk | None:
    """After the page `walk.next`, of whose links `new` were unknown; None at the walk's end."""
    digest = _digest([link.url for link in section.links])
    is_known = digest in walk.digests
    known, walked = walk.known + 1 if is_known else 0, walk.walked + 1
    goes_on = bool(new) or (walk.deep and bool(section.links))
    if not section.next_page or not goes_on or known >= _MAX_KNOWN or walked >= _MAX_WALK:
        return None
    digests = walk.digests if is_known else (*walk.digests, digest)
    kept = (*digests[:1], *digests[1:][-_KEPT_DIGESTS:])
    return Walk(section.next_page, walk.deep, walked, known, kept, by_script=section.by_script)


def _digest(urls: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(urls)).encode()).hexdigest()[:12]


def _joined(walk: Walk | None, others: Sequence[Walk]) -> tuple[Walk, ...]:
    """`walk` first. Of too many, and of two at one page, the last stay: the deep one was begun first."""
    walks = {other.next: other for other in filter(None, (walk, *others))}
    return (*list(walks.values())[: _MAX_WALKS - 1], *list(walks.values())[_MAX_WALKS - 1 :][-1:])


async def read_section(context: SourceContext, url: str) -> SourceRead:
    """On the first read, pages with nothing new do not end the walk: the site's feed may have listed the
    newest articles already.
    """
    is_first = http_validators.validators(context.session.database, url) is None
    walks = read_walks(context.validators(url).cursor)
    reads = [SourceRead("section", url, NOT_MODIFIED)]
    first = await context.get_list_if_changed(url)
    kept = validators_of(url, first) if first else context.validators(url)
    if first:
        read, walks = await _read(context, kept, first, Walk(url, is_first), walks)
        reads = [read]
    for _ in range(_MAX_PAGES - 1):
        if not walks or context.has_enough:
            break
        walk, *others = walks
        try:
            get = context.get_batch if walk.by_script else context.get_list
            page = await get(walk.next)
            read, walks = await _read(context, kept, page, walk, others)
            reads.append(read)
        except (SourceProblem, Unreachable, WrongFormat) as problem:
            if walk.by_script and not _passes(problem):
                reads.append(SourceRead("section", walk.next, note=_left(walk, problem)))
                walks = tuple(others)
                _save(context, kept, walks)
                continue
            if not isinstance(problem, SourceProblem):
                raise
            reads.append(SourceRead("section", walk.next, problem=str(problem)))
            walks = _joined(_later(walk, problem.status), others)
            _save(context, kept, walks)
            if walk.next in (other.next for other in walks):
                break
    return sum_reads(reads)


def _passes(problem: Exception) -> bool:
    """Whether it may be another time: a server's error, its pace, or no answer at all."""
    if isinstance(problem, SourceProblem):
        return problem.status >= 500 or problem.status == 429
    return isinstance(problem, Unreachable) and problem.reason not in (
        Reason.ROBOTS,
        Reason.PRIVATE_ADDRESS,
        Reason.NOT_WANTED,
    )


def _left(walk: Walk, problem: Exception) -> str:
    """Empty behind a batch that was read: what comes then is the list's end."""
    at = f"the list goes on by script, at {walk.next}"
    return "" if walk.walked > 1 else f"{at}, which is not followed: {problem}"


def _later(walk: Walk, status: int) -> Walk | None:
    """To be tried in the next crawl: what a server's error or its pace stopped."""
    more = (status >= 500 or status == 429) and walk.failures + 1 < _MAX_FAILURES
    return replace(walk, failures=walk.failures + 1) if more else None


async def _read(
    context: SourceContext, kept: Validators, page: Fetched, walk: Walk, others: Sequence[Walk]
) -> tuple[SourceRead, tuple[Walk, ...]]:
    charset = charset_in(page.headers.get("content-type", ""))
    section = await context.run(parse_section, page.body, charset, page.url, context.site)
    found = SourceRead("section", page.url, page.status, note=section.note)
    read = await context.add_all(found, section.links)
    walks = _joined(next_walk(walk, section, read.new), others)
    _save(context, kept, walks)
    return read, walks


def _save(context: SourceContext, kept: Validators, walks: Sequence[Walk]) -> None:
    after = replace(kept, cursor=write_walks(walks))
    context.session.recorder.save_validators(after, now=utc_now())
