"""From a response, or from what an interface gave, to a Page; or what becomes of an address that gave
none: gone, denied, turned away, or tried later.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from scrapy.http import Response

from items import Page, Site
from spiders.fetching.errors import RequestRefused, describe_error
from spiders.fetching.request_kinds import is_html
from spiders.fetching.truncation import is_complete
from spiders.fetching.wire_headers import exchange_of
from storage.frontier import Queued
from text.timestamps import utc_now
from text.urls import canonicalise

# Nothing that waiting would change.
_FINAL = {"scheme", "off_site", "not_wanted", "too_large", "redirect_loop", "bad_url"}

OutcomeState = Literal["retry", "later", "gone", "denied", "rejected"]


@dataclass(frozen=True, slots=True)
class FetchOutcome:
    """`later`: come back when the site has rested, without counting an attempt."""

    state: OutcomeState
    reason: str
    detail: str = ""


def outcome_of_error(error: BaseException) -> FetchOutcome:
    """For a request that was refused or brought no answer."""
    reason, detail = describe_error(error)
    response = getattr(error, "response", None)
    if response is not None and response.status != 200:
        return outcome_of_status(response.status)
    if isinstance(error, RequestRefused) and error.reason in ("robots", "resting", "home_page"):
        states: dict[str, OutcomeState] = {
            "robots": "denied",
            "resting": "later",
            "home_page": "gone",
        }
        return FetchOutcome(states[error.reason], reason, detail)
    return FetchOutcome("rejected" if reason in _FINAL else "retry", reason, detail)


def outcome_of_status(status: int, *, resting: bool = False) -> FetchOutcome:
    """For an answer that is no page; `resting`: with it the site asked to be left alone."""
    reason, detail = f"http_{status}", f"answers {status}"
    if resting:
        return FetchOutcome("later", reason, detail)
    if status in (404, 410):
        return FetchOutcome("gone", reason, detail)
    if 300 <= status < 400:
        return FetchOutcome(
            "rejected", "redirect", f"redirects to nowhere that is fetched ({status})"
        )
    return FetchOutcome("retry", reason, detail)


_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HTML = ("text/html", "application/xhtml+xml")
# X-Robots-Tag directives that have a colon themselves, so that it does not name a robot.
_DIRECTIVES = {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}
# A page that breaks off somewhere else each time is believed in the end.
_DOUBTS = 2
# In a request's meta: what came for the one before it.
LENGTH = "warraq_length"


def page_from(response: Response, queued: Queued, site: Site) -> Page:
    return Page(
        key=queued.link.url,
        url=canonicalise(response.url, site.homepage) or queued.link.url,
        body=response.body,
        fetched=utc_now(),
        charset=charset_in(_header(response, "Content-Type")),
        hints=queued.link.hints,
        exchange=exchange_of(response),
    )


def charset_in(content_type: str) -> str | None:
    """What a Content-Type header declares."""
    charset = _CHARSET.search(content_type)
    return charset[1] if charset else None


def page_of_fragment(queued: Queued) -> Page:
    """The page of a link whose interface gave the body."""
    link = queued.link
    return Page(
        key=link.url,
        url=link.url,
        body=(link.html or "").encode("utf-8", "replace"),
        fetched=utc_now(),
        charset="utf-8",
        fragment=True,
        hints=link.hints,
    )


def outcome_of_response(
    response: Response, queued: Queued, site: Site, agent: str
) -> FetchOutcome | None:
    """Why the answer is not a page to refine; None where it is."""
    if response.status not in (200, 203):
        return outcome_of_status(response.status)
    tags = [value.decode("latin-1") for value in response.headers.getlist("X-Robots-Tag")]
    if site.honour_noindex and says_noindex(tags, agent):
        return FetchOutcome("rejected", "noindex", "its X-Robots-Tag says noindex")
    if not response.body.strip():
        return FetchOutcome("retry", "empty", "answers with nothing")
    if not _header(response, "Content-Type").lower().startswith(_HTML) and not is_html(
        response.body
    ):
        return FetchOutcome("rejected", "not_html", "not HTML, whatever its header says")
    if _is_doubtful(response) and queued.attempts < _DOUBTS:
        return FetchOutcome("retry", "truncated", "the page breaks off before its end")
    return None


def should_refetch(response: Response, fate: FetchOutcome | None) -> bool:
    """Whether a page without an end came with a length that may have been wrong."""
    doubted = fate is not None and fate.reason == "truncated"
    return doubted and LENGTH not in response.meta and "partial" not in response.flags


def _is_doubtful(response: Response) -> bool:
    """Without a length, only the page's own end tells a whole answer from a broken one; with one,
    a page that comes the same again has no end.
    """
    if is_complete(response.body):
        return False
    return "partial" in response.flags or response.meta.get(LENGTH) != len(response.body)


def says_noindex(tags: Iterable[str], agent: str) -> bool:
    """Whether X-Robots-Tag headers ask this robot, or every robot, not to index."""
    for tag in tags:
        name, colon, rest = tag.partition(":")
        robot = name.strip().lower()
        named = bool(colon) and "," not in name and robot not in _DIRECTIVES
        if named and robot != agent.lower():
            continue
        words = {word.strip().lower() for word in (rest if named else tag).split(",")}
        if words & {"noindex", "none"}:
            return True
    return False


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1").strip()
