"""Reading a feed."""

from spiders.discovery.feeds import parse_feed
from spiders.events import SourceRead
from spiders.fetching.conditional import NOT_MODIFIED, validators_of
from spiders.sources.context import Desk


async def read_feed(desk: Desk, url: str) -> SourceRead:
    answer = await desk.changed(url)
    if answer is None:
        return SourceRead("feed", url, NOT_MODIFIED)
    links = parse_feed(answer.body, answer.url, desk.site)
    return desk.add(SourceRead("feed", url, answer.status), links, validators_of(url, answer))
