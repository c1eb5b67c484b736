"""Reading a section page, and the pages after it as long as they bring something new."""

import json
from collections.abc import Sequence
from dataclasses import replace

from items import Validators
from spiders.discovery.look import Fetched
from spiders.discovery.sections import parse_section
from spiders.events import SourceRead
from spiders.fetching.conditional import NOT_MODIFIED, validators_of
from spiders.responses import charset_in
from spiders.sources.context import Desk, SourceProblem, total
from storage import http_validators
from text.timestamps import utc_now

_PAGES = 20


async def read_section(desk: Desk, url: str) -> SourceRead:
    """The cursor is the pages still to be read: a crawl that is killed on the way, or has found
    more than it can take, leaves them to the next crawl. The first time, pages that bring nothing
    new are passed: the site's feed may have named the newest already.
    """
    known = desk.known(url)
    deep = http_validators.validators(desk.visit.database, url) is None
    pending: list[str] = json.loads(known.cursor or "[]")
    reads = [SourceRead("section", url, NOT_MODIFIED)]
    if first := await desk.changed(url):
        known = validators_of(url, first)
        read, pending = _read(desk, known, first, pending, deep)
        reads = [read]
    for _ in range(_PAGES - 1):
        if not pending or desk.has_enough:
            break
        try:
            page = await desk.present(pending[0])
        except SourceProblem as problem:
            reads.append(SourceRead("section", pending[0], problem=str(problem)))
            pending = pending[1:]
        else:
            read, pending = _read(desk, known, page, pending[1:], deep)
            reads.append(read)
    if len(reads) > 1 or first:
        _keep(desk, known, pending if desk.has_enough else ())
    return total(reads)


def _read(
    desk: Desk, known: Validators, page: Fetched, pending: list[str], deep: bool
) -> tuple[SourceRead, list[str]]:
    charset = charset_in(page.headers.get("content-type", ""))
    found = parse_section(page.body, charset, page.url, desk.site)
    with desk.visit.ledger.together():
        read = desk.add(SourceRead("section", page.url, page.status), found.links)
        if (read.new or (deep and read.links)) and found.next_page:
            pending = [found.next_page, *pending]
        _keep(desk, known, pending)
    return read, pending


def _keep(desk: Desk, known: Validators, pending: Sequence[str]) -> None:
    cursor = json.dumps(list(pending)) if pending else None
    desk.visit.ledger.save(replace(known, cursor=cursor), now=utc_now())
