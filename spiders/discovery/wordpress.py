"""The WordPress REST interface: what to ask of `wp/v2/posts`, and what its answers say.

https://developer.wordpress.org/rest-api/reference/posts/
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from items import Link, Site
from spiders.autodiscovery import NotThisKind
from spiders.discovery.titles import plain_text
from spiders.sources.wordpress_api import Post, post_link, post_times
from text.charset import decode

# `_embed` finds nothing to embed unless `_links` is among the fields.
_FIELDS = "id,date,date_gmt,modified,modified_gmt,link,title,content,_links,_embedded"
_EMBED = "author,wp:term,wp:featuredmedia"
_PAST_THE_LAST_PAGE = "rest_post_invalid_page_number"


@dataclass(frozen=True, slots=True)
class Answer:
    """`posts` are all that were sent, `links` those to take; `pages` is the number of pages of
    this question, where the server says it.
    """

    links: list[Link]
    posts: tuple[Post, ...] = ()
    pages: int | None = None


def posts_url(
    root: str,
    *,
    page: int = 1,
    per_page: int = 100,
    after: str | None = None,
    before: str | None = None,
    modified_after: str | None = None,
    exclude: tuple[int, ...] = (),
    orderby: str = "date",
    order: str = "desc",
) -> str:
    """The request below `root` (`…/wp-json/`, or `…?rest_route=/` without pretty permalinks).

    The three limits are exclusive. With a `Z` they are UTC, without a zone the site's local time.
    """
    query = {
        "per_page": per_page, "page": page, "orderby": orderby, "order": order,
        "after": after, "before": before, "modified_after": modified_after,
        "exclude": ",".join(map(str, exclude)), "_fields": _FIELDS, "_embed": _EMBED,
    }  # fmt: skip
    given = urlencode({k: v for k, v in query.items() if v}, safe=":,")
    return f"{root}wp/v2/posts{'&' if '?' in root else '?'}{given}"


def parse_posts(body: bytes, site: Site) -> list[Link]:
    """The articles of a successful answer; NotThisKind: closed, or no REST interface."""
    return read_answer(200, {}, body, site).links


def read_answer(status: int, headers: Mapping[str, str], body: bytes, site: Site) -> Answer:
    """Header names in lower case. A page past the last is an empty answer."""
    found = _json(status, body)
    if isinstance(found, dict) and found.get("code") == _PAST_THE_LAST_PAGE:
        return Answer([], pages=0)
    if status != 200 or not isinstance(found, list):
        raise NotThisKind(_refusal(status, found))
    posts = [post for post in found if isinstance(post, dict)]
    links = {link.url: link for post in posts if (link := post_link(post, site))}
    pages = headers.get("x-wp-totalpages", "")
    times = tuple(post_times(post, site) for post in posts)
    return Answer(list(links.values()), times, int(pages) if pages.isdecimal() else None)


def _json(status: int, body: bytes) -> Any:
    text = decode(body, "utf-8").lstrip("\ufeff")
    # Some servers print their warnings before the answer.
    for candidate in (text, text[text.find("[{") :] if "[{" in text else ""):
        try:
            return json.loads(candidate)
        except (ValueError, RecursionError):
            continue
    kind = "an HTML page" if "<" in text[:500] else "no JSON"
    raise NotThisKind(f"the WordPress REST interface answered {status} with {kind}")


def _refusal(status: int, found: Any) -> str:
    message = (
        plain_text(found.get("message") or found.get("code")) if isinstance(found, dict) else ""
    )
    said = f": {message}" if message else ""
    return f"the WordPress REST interface is closed (HTTP {status}){said}"
