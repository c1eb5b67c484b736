"""What a crawl tells those who watch it: a source was read, a page was settled."""

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.ingest.page import Kept


@dataclass(frozen=True, slots=True)
class SourceRead:
    """A feed, a sitemap, … was asked. `links` were found in it, `new` of them were not known,
    `newest` is the latest time among them. `problem` says in words what went wrong.
    """

    kind: str
    url: str
    status: int | None = None
    links: int = 0
    new: int = 0
    newest: str | None = None
    problem: str = ""


Event = SourceRead | Kept
Listener = Callable[[str, Event], None]  # the site's name, and what happened
