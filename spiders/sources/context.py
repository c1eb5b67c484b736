"""Where a crawl's sources are read: asking, adding what was found to the frontier, reporting."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from items import Link, Site, Validators
from spiders.crawl_resources import SourceRead
from spiders.crawl_session import CrawlSession
from spiders.fetching.conditional import NOT_MODIFIED, headers_for
from spiders.fetching.fetch import Fetched, Unreachable
from spiders.fetching.truncation import is_complete
from storage import http_validators
from text.timestamps import is_before, utc_now

SourceFetch = Callable[[str, Mapping[str, str]], Awaitable[Fetched]]


class SourceProblem(Exception):
    """A source answered, but not with what it should hold; the message is for a person."""

    def __init__(self, message: str, status: int = 200) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class SourceContext:
    """`ask` sends a request under all the crawl's rules, and raises Unreachable."""

    session: CrawlSession
    site: Site
    request: SourceFetch

    async def get_if_changed(self, url: str) -> Fetched | None:
        """What is at `url`, or None when it is what it was. Raises SourceProblem for an error."""
        answer = await self.request(url, headers_for(self.validators(url)))
        return None if answer.status == NOT_MODIFIED else await self._whole(url, answer)

    async def get(self, url: str) -> Fetched:
        """What is at `url`, changed or not."""
        return await self._whole(url, await self.request(url, {}))

    async def _whole(self, url: str, answer: Fetched) -> Fetched:
        """One without an end is asked for once more: of half a list, the rest would be lost, since
        it is not sent again before it changes. What comes the same again has no end.
        """
        if is_complete(_expected(answer).body):
            return answer
        second = _expected(await self.request(url, {}))
        if not is_complete(second.body) and len(second.body) != len(answer.body):
            raise Unreachable("the answer broke off before its end")
        return second

    def validators(self, url: str) -> Validators:
        """What was kept of the last time."""
        return http_validators.validators(self.session.database, url) or Validators(url)

    def add(self, read: SourceRead, links: Sequence[Link], *kept: Validators) -> SourceRead:
        """New addresses and what is kept of their document, in one transaction."""
        wanted = [link for link in links if not is_before(_time(link), self.session.since)]
        new = self.session.recorder.add(self.site.name, wanted, kept, now=utc_now())
        self.session.counts["queued"] += new
        return replace(read, links=len(links), new=new, newest=_newest(links))

    @property
    def has_enough(self) -> bool:
        """Whether this crawl cannot take more than it has found already."""
        return self.session.counts["queued"] >= self.session.options.limit


def sum_reads(reads: Sequence[SourceRead]) -> SourceRead:
    """Several documents as the one source that the site's file names, which is the first."""
    return replace(
        reads[0],
        links=sum(read.links for read in reads),
        new=sum(read.new for read in reads),
        newest=max((read.newest for read in reads if read.newest), default=None),
        problem="; ".join(read.problem for read in reads if read.problem),
    )


def _expected(answer: Fetched) -> Fetched:
    if answer.status != 200:
        raise SourceProblem(f"answers {answer.status}", answer.status)
    return answer


def _newest(links: Sequence[Link]) -> str | None:
    return max(filter(None, map(_time, links)), default=None)


def _time(link: Link) -> str | None:
    """The latest time known of the article."""
    return max(filter(None, (link.hints.published, link.hints.modified)), default=None)
