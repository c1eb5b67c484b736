"""The floor under every pace: when each host was last asked by this process, and when it may be again,
whichever crawl asks and whatever its scheduler says. By the monotonic clock.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

# Hosts that may be asked at once are forgotten beyond this number.
_MAX_HOSTS = 4096
# Seconds. A Crawl-delay of hours is a way to say no; at this pace a crawl still ends.
MAX_CRAWL_DELAY = 600.0
_NEVER = float("-inf")


@dataclass(slots=True)
class _Host:
    """`last`: when the last request leaves or has left, `delay`: what its crawl keeps after it.
    `crawl_delay`: of its robots.txt. `closed`: until when it gets no requests, `why`: a
    sentence, empty where an earlier process closed it.
    """

    last: float = _NEVER
    delay: float = 0.0
    crawl_delay: float = 0.0
    closed: float = _NEVER
    why: str = ""


class HostPace:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._hosts: dict[str, _Host] = {}

    def book(self, host: str, delay: float) -> float:
        """Seconds until the next request to `host` may leave, which is reckoned to leave then. `delay`:
        what the asking crawl keeps from one request to the next.
        """
        known, now = self._host(host), self.clock()
        leaves = max(now, known.last + max(delay, known.delay, known.crawl_delay))
        known.last, known.delay = leaves, delay
        return leaves - now

    def delay_of(self, host: str) -> float:
        """Seconds that are kept between two requests to `host`, as far as it is known."""
        known = self._hosts.get(host, _Host())
        return max(known.delay, known.crawl_delay)

    def wait_left(self, host: str) -> float:
        """Seconds until a further request to `host` may leave."""
        known = self._hosts.get(host, _Host())
        return max(known.last + max(known.delay, known.crawl_delay) - self.clock(), 0.0)

    def wait_at_least(self, host: str, seconds: float) -> None:
        """What an earlier process has left of its delay; not where this one knows better."""
        known = self._host(host)
        if known.last == _NEVER:
            known.last, known.delay = self.clock() + seconds, 0.0

    def keep_crawl_delay(self, host: str, seconds: float) -> None:
        self._host(host).crawl_delay = min(max(seconds, 0.0), MAX_CRAWL_DELAY)

    def close(self, host: str, seconds: float, why: str = "") -> None:
        """No requests to `host` for so many seconds, unless they have been closed for longer."""
        known, until = self._host(host), self.clock() + seconds
        if until > known.closed:
            known.closed, known.why = until, why

    def why_closed(self, host: str) -> str:
        return self._hosts.get(host, _Host()).why

    def closed_for(self, host: str) -> float:
        """Seconds; 0 or less: it may be asked."""
        return self._hosts.get(host, _Host()).closed - self.clock()

    def forget(self) -> None:
        self._hosts.clear()

    def _host(self, host: str) -> _Host:
        if host not in self._hosts and len(self._hosts) >= _MAX_HOSTS:
            self._hosts = {
                name: known
                for name, known in self._hosts.items()
                if self.wait_left(name) > 0 or self.closed_for(name) > 0
            }
        return self._hosts.setdefault(host, _Host())


# Of this process: two sites may be on one host, and crawls follow each other.
pace = HostPace()
