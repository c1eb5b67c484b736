"""Asking one address after another, and writing down what came of each for a person to read."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from items import Exchange, Link, Site
from text.terminal import plain

# Twice what a site with nothing to find costs.
_MOST_QUESTIONS = 60


@dataclass(frozen=True, slots=True)
class Fetched:
    """An HTTP answer of any status: `url` is the final one, header names are lower-case.
    `exchange` is for the archive.
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    exchange: Exchange | None = field(default=None, compare=False, repr=False)


class Unreachable(Exception):
    """No HTTP answer at all; the message says why in words (refused address, timeout, TLS, …)."""


# A fetch gives a Fetched for every HTTP status, and raises Unreachable where there is no answer.
Fetch = Callable[[str], Awaitable[Fetched]]


@dataclass(slots=True)
class Look:
    """`site` is as much as is known of the site; no address is asked twice."""

    fetch: Fetch
    site: Site
    found: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    answers: dict[str, Fetched | None] = field(default_factory=dict)

    async def get(self, url: str) -> Fetched | None:
        """A good answer; of any other it is written down why it is none."""
        if url not in self.answers:
            self.answers[url] = await self._ask(url)
        return self.answers[url]

    async def _ask(self, url: str) -> Fetched | None:
        if len(self.answers) >= _MOST_QUESTIONS:
            return None
        try:
            answer = await self.fetch(url)
        except Unreachable as reason:
            self.miss(url, str(reason))
            return None
        if answer.status != 200:
            self.miss(url, f"answers {answer.status}")
            return None
        return answer

    def miss(self, url: str, reason: str) -> None:
        self.tried.append(plain(f"{place(url)}: {reason}"))

    def hit(self, what: str, url: str, links: list[Link]) -> None:
        times = [time for link in links if (time := link.hints.published or link.hints.modified)]
        newest = f", the newest of {max(times)[:10]}" if times else ""
        number = "1 article" if len(links) == 1 else f"{len(links)} articles"
        self.found.append(plain(f"{what} {url}: {number}{newest}"))


def place(url: str) -> str:
    """The path of an address on the site, for a list of many."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
