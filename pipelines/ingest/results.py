"""How an address ended."""

from dataclasses import dataclass
from typing import Literal

from items import Article

IngestOutcome = Literal[
    "new", "revised", "unchanged", "copy", "rejected", "failed", "waiting", "missing"
]


@dataclass(frozen=True, slots=True)
class IngestResult:
    """`key` is the frontier's, `reason` a word, `detail` a sentence.

    `waiting`: it comes back later. `missing`: its article is stored, and its page is not there.
    """

    key: str
    outcome: IngestOutcome
    reason: str = ""
    detail: str = ""
    article: Article | None = None
