"""What the reader of a source gets: the site, requests under the crawl's rules, validators, and a way
to add links to the frontier.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from items import Link, Site, Validators
from pipelines.workers.pool import T
from spiders.crawl_resources import SourceRead
from spiders.crawl_session import CrawlSession
from spiders.fetching.conditional import NOT_MODIFIED, headers_for, updated_validators
from spiders.fetching.fetch import Fetched, Unreachable
from spiders.fetching.truncation import is_complete
from storage import http_validators
from text.gzip_members import is_gzip
from text.timestamps import is_before, utc_now

# Links that are added at once, and their HTML, which is compressed: some 10 ms on the loop.
_MAX_LINKS, _MAX_CHARS = 100, 250_000

SourceFetch = Callable[[str, Mapping[str, str]], Awaitable[Fetched]]
# A web page as a browser shows it; anything else as it is. Raises Unreachable.
RenderSource = Callable[[Fetched], Awaitable[Fetched]]


class SourceProblem(Exception):
    """A source responds, but not with what it should hold; the message is for a person."""

    def __init__(self, message: str, status: int = 200) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class SourceContext:
    """`request` sends one under all the crawl's rules, and raises Unreachable. `render`: of a site that
    is drawn by scripts.
    """

    session: CrawlSession
    site: Site
    request: SourceFetch
    render: RenderSource | None = None

    async def get_if_changed(self, url: str) -> Fetched | None:
        """What is at `url`, or None for 304. Raises SourceProblem for another status than 200."""
        known = self.validators(url)
        response = await self.request(url, headers_for(known))
        if response.status != NOT_MODIFIED:
            return await self._complete(url, response)
        if (updated := updated_validators(known, response)) != known:
            self.session.recorder.save_validators(updated, now=utc_now())
        return None

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Fetched:
        """What is at `url`, changed or not."""
        return await self._complete(url, await self.request(url, headers or {}))

    async def get_batch(self, url: str) -> Fetched:
        """What a script would add to a list: by this header servers tell its requests from a page's."""
        return await self.get(url, {"X-Requested-With": "XMLHttpRequest"})

    async def get_list_if_changed(self, url: str) -> Fetched | None:
        """A web page's list. What scripts draw changes while their page stays as it is: of such a one
        the answer is never None.
        """
        return await self.get_list(url) if self.render else await self.get_if_changed(url)

    async def get_list(self, url: str) -> Fetched:
        """The same, changed or not."""
        page = await self.get(url)
        return await self.render(page) if self.render else page

    async def _complete(self, url: str, response: Fetched) -> Fetched:
        """A body that breaks off is requested once more: the rest of the list would be lost, since it
        is not sent before it changes. Where the second has the same length, it has no end tag.
        """
        if await self._is_complete(_checked(response).body):
            return response
        second = _checked(await self.request(url, {}))
        same = len(second.body) == len(response.body)
        if not same and not await self._is_complete(second.body):
            raise Unreachable("the answer broke off before its end")
        return second

    async def _is_complete(self, body: bytes) -> bool:
        # 8 MB of gzip can take a second to unpack.
        return await self.run(is_complete, body) if is_gzip(body) else is_complete(body)

    async def run(self, function: Callable[..., T], *arguments: Any, patience: float = 1) -> T:
        """What a module's function makes of a document, in a worker: nothing of a stranger's is parsed
        on the loop. Raises WorkerLost, and what the function raises.
        """
        return await self.session.refiner.run(function, *arguments, patience=patience)

    def validators(self, url: str) -> Validators:
        """What was kept of the last response; without fields for a URL that has none."""
        return http_validators.validators(self.session.database, url) or Validators(url)

    def add(self, read: SourceRead, links: Sequence[Link], *validators: Validators) -> SourceRead:
        """Adds the links and what is kept of their document in one transaction; `read` with its counts."""
        wanted = [link for link in links if not is_before(_time(link), self.session.since)]
        new = self.session.recorder.add(self.site.name, wanted, validators, now=utc_now())
        self.session.counts["queued"] += new
        return replace(read, links=len(links), new=new, newest=_newest(links))

    async def add_all(
        self, read: SourceRead, links: Iterable[Link], *validators: Validators
    ) -> SourceRead:
        """The same for a long list, without holding the loop: the validators come with its last links,
        so that after a kill the document is read once more.
        """
        batches = link_batches(links)
        batch, reads = next(batches), []
        for following in batches:
            reads.append(self.add(read, batch))
            await asyncio.sleep(0)
            batch = following
        return sum_reads([*reads, self.add(read, batch, *validators)])

    @property
    def has_enough(self) -> bool:
        """Whether as many pages are queued as this crawl may take."""
        return self.session.counts["queued"] >= self.session.options.limit


def link_batches(links: Iterable[Link]) -> Iterator[list[Link]]:
    """What is added in one transaction. One batch at least; no link is looked at before its batch is wanted."""
    batch: list[Link] = []
    chars = 0
    for link in links:
        size = len(link.html or "")
        if batch and (len(batch) == _MAX_LINKS or chars + size > _MAX_CHARS):
            yield batch
            batch, chars = [], 0
        batch.append(link)
        chars += size
    yield batch


def sum_reads(reads: Sequence[SourceRead]) -> SourceRead:
    """Several documents as one source: the first, which the site's file names."""
    return replace(
        reads[0],
        links=sum(read.links for read in reads),
        new=sum(read.new for read in reads),
        newest=max((read.newest for read in reads if read.newest), default=None),
        problem="; ".join(read.problem for read in reads if read.problem),
        note="; ".join(dict.fromkeys(read.note for read in reads if read.note)),
    )


def _checked(response: Fetched) -> Fetched:
    if response.status != 200:
        raise SourceProblem(f"answers {response.status}", response.status)
    return response


def _newest(links: Sequence[Link]) -> str | None:
    return max(filter(None, map(_time, links)), default=None)


def _time(link: Link) -> str | None:
    """The latest time known of the article."""
    return max(filter(None, (link.hints.published, link.hints.modified)), default=None)
