"""From a response, or a REST interface's body, to a Page; or what becomes of a URL without one: gone,
denied, rejected, or tried later.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from scrapy.http import Response

from items import Page, Reason, Site, http_reason
from pipelines.metadata.header_rights import header_rights
from pipelines.url_filter import is_left
from spiders.fetching.browser import RenderingFailed
from spiders.fetching.conditional import NOT_MODIFIED, validators_of
from spiders.fetching.errors import RequestRefused, describe_error
from spiders.fetching.fetch import fetched_of
from spiders.fetching.rendering import Renderer, encoded
from spiders.fetching.request_kinds import is_html
from spiders.fetching.site_rights import site_rights
from spiders.fetching.truncation import is_complete
from spiders.fetching.walls import Wall, wall_beyond, wall_in
from spiders.fetching.wire_headers import exchange_of
from storage.frontier import Queued
from text.timestamps import utc_now
from text.urls import canonicalise

OutcomeState = Literal["retry", "later", "walled", "gone", "denied", "rejected", "unchanged"]


@dataclass(frozen=True, slots=True)
class FetchOutcome:
    """`later`: after the site's Retry-After, without counting an attempt. `walled`: hours later, and
    never given up. `unchanged`: of a re-check.
    """

    state: OutcomeState
    reason: str
    detail: str = ""


_STATES: dict[Reason, OutcomeState] = {
    Reason.ROBOTS: "denied",
    Reason.RESTING: "later",
    Reason.HOME_PAGE: "gone",
    Reason.TDM_RESERVED: "denied",
}


# What a redirect that was not followed is refused for.
_NOT_FOLLOWED = (Reason.OFF_SITE, Reason.ROBOTS)


def outcome_of_error(error: BaseException, site: Site, asked: str, refused: str) -> FetchOutcome:
    """For a request that was refused or got no response. `asked`: the article's address, `refused`: the
    one at which it ended, after redirects.
    """
    reason, detail = describe_error(error)
    response = getattr(error, "response", None)
    if response is not None:
        if wall := wall_in(asked, response):
            return outcome_of_wall(wall, site)
        if response.status != 200:
            return outcome_of_status(response.status)
    is_left = isinstance(error, RequestRefused) and error.reason in _NOT_FOLLOWED
    if is_left and (wall := wall_beyond(asked, refused)):
        return outcome_of_wall(wall, site)
    if isinstance(error, RequestRefused) and error.reason in _STATES:
        return FetchOutcome(_STATES[error.reason], reason, detail)
    return FetchOutcome("rejected" if reason.is_final else "retry", reason, detail)


def outcome_of_wall(wall: Wall, site: Site) -> FetchOutcome:
    """Where the site's file has a login, that has ended or does not suffice: the page waits. Without one,
    a page for subscribers stays closed.
    """
    is_closed = wall.reason == Reason.LOGIN_WALL and not (site.cookies or site.headers)
    return FetchOutcome("rejected" if is_closed else "walled", wall.reason, wall.detail)


def outcome_of_status(status: int, *, resting: bool = False) -> FetchOutcome:
    """For a response that is no page; `resting`: it asks for no requests for a while."""
    reason, detail = http_reason(status), f"answers {status}"
    if resting:
        return FetchOutcome("later", reason, detail)
    if status in (404, 410):
        return FetchOutcome("gone", reason, detail)
    if 300 <= status < 400:
        return FetchOutcome(
            "rejected", Reason.REDIRECT, f"redirects to nowhere that is fetched ({status})"
        )
    return FetchOutcome("retry", reason, detail)


_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HTML = ("text/html", "application/xhtml+xml")
# X-Robots-Tag directives with a colon of their own: what stands before it is no robot.
_DIRECTIVES = {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}
# After so many attempts a page that breaks off elsewhere each time is taken.
_TRUNCATED_ATTEMPTS = 2
# In a request's meta: the length of the body that came for the one before it.
LENGTH = "warraq_length"


def page_from(response: Response, queued: Queued, site: Site) -> Page:
    fetched = utc_now()
    return Page(
        key=queued.link.url,
        url=canonicalise(response.url, site.homepage) or queued.link.url,
        body=response.body,
        fetched=fetched,
        charset=charset_in(_header(response, "Content-Type")),
        hints=queued.link.hints,
        exchange=exchange_of(response),
        rights=site_rights(response) + header_rights(_headers(response), fetched),
        validators=validators_of(
            response.request.url if response.request else response.url, fetched_of(response)
        ),
    )


async def rendered_page(renderer: Renderer, page: Page) -> Page | FetchOutcome:
    """The page with what the browser made of its body, and the body as its source. Raises
    RendererMissing.
    """
    content_type = f"text/html; charset={page.charset}" if page.charset else "text/html"
    try:
        rendered = await renderer.render(page.url, page.body, content_type)
    except RenderingFailed as error:
        return FetchOutcome("retry", Reason.NOT_RENDERED, f"the browser gave no page: {error}")
    return replace(page, body=encoded(rendered.html), charset="utf-8", source=page.body)


def charset_in(content_type: str) -> str | None:
    """The charset that a Content-Type header declares."""
    charset = _CHARSET.search(content_type)
    return charset[1] if charset else None


def page_of_fragment(queued: Queued) -> Page:
    """The page of a link whose REST interface gave the body."""
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
    """Why the response is no page to refine; None where it is one."""
    if wall := wall_in(queued.link.fetch_url, response):
        return outcome_of_wall(wall, site)
    if queued.is_recheck and response.status == NOT_MODIFIED:
        return FetchOutcome("unchanged", http_reason(NOT_MODIFIED), "not modified")
    if response.status not in (200, 203):
        return outcome_of_status(response.status)
    if is_presence_look(queued):
        return FetchOutcome("unchanged", "", "it is there")
    tags = [value.decode("latin-1") for value in response.headers.getlist("X-Robots-Tag")]
    if site.honour_noindex and says_noindex(tags, agent):
        return FetchOutcome("rejected", Reason.NOINDEX, "its X-Robots-Tag says noindex")
    url = canonicalise(response.url, site.homepage or None)
    if url and url != queued.link.url and is_left(site, url):
        return FetchOutcome("rejected", Reason.OFF_SITE, f"redirects to what is left out: {url}")
    if site.honour_tdm and _is_tdm_reserved(response):
        return FetchOutcome("rejected", Reason.TDM_RESERVED, "its header reserves it")
    if not response.body.strip():
        return FetchOutcome("retry", Reason.EMPTY, "answers with nothing")
    if not _header(response, "Content-Type").lower().startswith(_HTML) and not is_html(
        response.body
    ):
        return FetchOutcome("rejected", Reason.NOT_HTML, "not HTML, whatever its header says")
    if _is_truncated(response) and queued.attempts < _TRUNCATED_ATTEMPTS:
        return FetchOutcome("retry", Reason.TRUNCATED, "the page breaks off before its end")
    return None


def _is_tdm_reserved(response: Response) -> bool:
    return (site_rights(response) + header_rights(_headers(response), "")).is_tdm_reserved


def is_presence_look(queued: Queued) -> bool:
    """Whether the page matters only for being there: the article's text comes from an interface."""
    return queued.is_recheck and queued.link.found_by == "wordpress"


def should_refetch(response: Response, outcome: FetchOutcome | None) -> bool:
    """Whether a page breaks off and its Content-Length may have been wrong."""
    truncated = outcome is not None and outcome.reason == Reason.TRUNCATED
    return truncated and LENGTH not in response.meta and "partial" not in response.flags


def _is_truncated(response: Response) -> bool:
    """Without a length, only the end tag tells a complete page from a broken one; with one, a page of
    the same length as before has no end tag.
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
        if words & {Reason.NOINDEX, "none"}:
            return True
    return False


def _headers(response: Response) -> Iterator[tuple[str, str]]:
    for name, values in response.headers.items():
        for value in values:
            yield name.decode("latin-1"), value.decode("latin-1")


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1").strip()
