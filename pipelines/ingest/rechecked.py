"""How an address ended; and what a look at one whose article is stored means for it, where it brought no
page that is stored anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from items import Article, Reason
from storage import absences, rechecks
from storage.article_rows import Row, get_text
from storage.database import transaction

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


LookOutcome = Literal["unchanged", "missing", "unknown", "waiting"]

# A page that says it is not there, whatever its status says, and a redirect to the front page: that is how
# many systems answer for a deleted article. Other rejections tell of the page, not of its absence.
SOFT_404 = frozenset({Reason.ERROR_PAGE, Reason.HOME_PAGE})
# The text that an interface gave is edited where the interface says so: its page is looked at for being
# there, and not within the first hours.
_MIN_PRESENCE_HOURS = 24.0


def recheck_hours(hours: Sequence[float], *, fragment: bool) -> tuple[float, ...]:
    """After how many hours an article is looked at; `fragment`: an interface gave its text."""
    return tuple(after for after in hours if not fragment or after >= _MIN_PRESENCE_HOURS)


def record_look(
    db: Database,
    key: str,
    outcome: LookOutcome,
    reason: str,
    detail: str,
    hours: Sequence[float],
    now: str,
    retry_at: str | None = None,
) -> IngestResult | None:
    """None: it was no look at a stored article, or an announced change that is tried again. In one
    transaction.
    """
    with transaction(db):
        address = absences.stored_address(db, key)
        if address is None or (address["state"] == "queued" and outcome != "missing"):
            return None
        if outcome == "missing":
            absences.miss(db, address, reason, now)
            return IngestResult(key, "missing", reason, detail)
        if outcome == "unchanged":
            _confirm(db, address, hours, now)
            return IngestResult(key, "unchanged", reason, detail)
        rechecks.put_off(db, key, reason, now, retry_at)
        return IngestResult(key, "waiting", reason, detail)


def _confirm(db: Database, address: Row, hours: Sequence[float], now: str) -> None:
    article = get_text(db, address["article"])
    assert article is not None
    absences.confirm(db, address, now)
    wanted = recheck_hours(hours, fragment=address["found_by"] == "wordpress")
    rechecks.plan_recheck(db, address["url"], article, wanted, now)
