"""What a site offers: asked of its pages once, so that no one has to configure it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fetched:
    """An HTTP answer of any status: `url` is the final one, header names are lower-case."""

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Unreachable(Exception):
    """No HTTP answer at all; the message says why in words (refused address, timeout, TLS, …)."""


# A fetch gives a Fetched for every HTTP status, and raises Unreachable where there is no answer.
Fetch = Callable[[str], Awaitable[Fetched]]
