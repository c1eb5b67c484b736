"""What becomes of an article's address when no page came: gone, denied, turned away, or later."""

from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from pipelines.ingest.page import Kept, Verdict
from spiders.fetching.errors import Refused, in_words
from storage import frontier

# Nothing that waiting would change.
_FINAL = {"scheme", "off_site", "not_wanted", "too_large", "redirect_loop", "bad_url"}

State = Literal["retry", "later", "gone", "denied", "rejected"]


@dataclass(frozen=True, slots=True)
class Fate:
    """`later`: come back when the site has rested, without counting an attempt."""

    state: State
    reason: str
    detail: str = ""


_VERDICTS: dict[State, Verdict] = {
    "retry": "failed",
    "later": "waiting",
    "gone": "rejected",
    "denied": "rejected",
    "rejected": "rejected",
}


def of_error(error: BaseException) -> Fate:
    """For a request that was refused or brought no answer."""
    reason, detail = in_words(error)
    response = getattr(error, "response", None)
    if response is not None and response.status != 200:
        return of_status(response.status)
    if isinstance(error, Refused) and error.reason in ("robots", "resting", "home_page"):
        states: dict[str, State] = {"robots": "denied", "resting": "later", "home_page": "gone"}
        return Fate(states[error.reason], reason, detail)
    return Fate("rejected" if reason in _FINAL else "retry", reason, detail)


def of_status(status: int, *, resting: bool = False) -> Fate:
    """For an answer that is no page; `resting`: with it the site asked to be left alone."""
    reason, detail = f"http_{status}", f"answers {status}"
    if resting:
        return Fate("later", reason, detail)
    if status in (404, 410):
        return Fate("gone", reason, detail)
    if 300 <= status < 400:
        return Fate("rejected", "redirect", f"redirects to nowhere that is fetched ({status})")
    return Fate("retry", reason, detail)


def settle(db: Database, key: str, fate: Fate, *, now: str, rested: str | None = None) -> Kept:
    """Write the fate down; `rested` is when a resting site may be asked again."""
    if fate.state == "retry":
        frontier.retry(db, key, fate.reason, now=now)
    elif fate.state == "later":
        frontier.settle(db, key, "queued", reason=fate.reason, now=now, retry_at=rested)
    else:
        frontier.settle(db, key, fate.state, reason=fate.reason, now=now)
    return Kept(key, _VERDICTS[fate.state], fate.reason, fate.detail)
