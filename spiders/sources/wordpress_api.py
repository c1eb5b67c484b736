"""The WordPress REST interface: requests for `wp/v2/posts`, and their responses as links with hints.
https://developer.wordpress.org/rest-api/reference/posts/
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from items import Hints, Link, Site
from pipelines.dates.parse import parse_date
from spiders.fetching.errors import WrongFormat
from spiders.sources.feed import strip_markup
from spiders.sources.link_filter import image_url, wanted_link
from text.charset import decode
from text.limits import MAX_POSTS_A_RESPONSE

_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Post:
    """When a post is dated and was edited: UTC, and `local` as the site's own database has it."""

    id: int
    published: str | None
    modified: str | None
    local: str | None


_MAX_HTML_CHARS = 1 << 20
_MAX_DIGITS = 9
_MAX_FIELD_CHARS = 2_000
# Authors, or terms, that a post has at most.
_MAX_EMBEDDED = 200


def post_link(post: dict[str, Any], site: Site) -> Link | None:
    """Without `html` where the response has no body (page builders may keep it elsewhere)."""
    content = post.get("content")
    content = content if isinstance(content, dict) else {}
    if content.get("protected"):
        return None
    html = content.get("rendered")
    # A longer one is fetched as a page.
    html = html if isinstance(html, str) and len(html) <= _MAX_HTML_CHARS and html.strip() else None
    address = post.get("link")
    if not isinstance(address, str):
        return None
    return wanted_link(site, address, site.homepage, "wordpress", _hints(post, site), html)


def _hints(post: dict[str, Any], site: Site) -> Hints:
    times = post_times(post, site)
    title = post.get("title")
    return Hints(
        title=strip_markup(title.get("rendered") if isinstance(title, dict) else title),
        published=times.published,
        modified=times.modified,
        author=next(_names(post, "author"), None),
        sections=tuple(_terms(post, "category")),
        tags=tuple(_terms(post, "post_tag")),
        image=next(
            filter(None, map(image_url, _values(post, "wp:featuredmedia", "source_url"))), None
        ),
    )


def post_times(post: dict[str, Any], site: Site) -> Post:
    def utc(name: str) -> str | None:
        return parse_date(str(post.get(f"{name}_gmt") or ""), "UTC") or parse_date(
            str(post.get(name) or ""), site.timezone
        )

    return Post(_number(post.get("id")), utc("date"), utc("modified"), _local(post.get("date")))


def _number(value: object) -> int:
    """0 for what is no id of a database: it goes into URLs."""
    return value if isinstance(value, int) and 0 < value < 2**63 else 0


def _local(value: object) -> str | None:
    """A plausible time in the one form that may go into a request."""
    text = value if isinstance(value, str) else ""
    return text if _LOCAL.fullmatch(text) and parse_date(text, "UTC") else None


def _embedded(post: dict[str, Any], relation: str) -> Iterator[dict[str, Any]]:
    """Embedded objects. What may not be read is embedded as an error, with a `code`."""
    embedded = post.get("_embedded")
    groups = embedded.get(relation) if isinstance(embedded, dict) else None
    for group in groups[:_MAX_EMBEDDED] if isinstance(groups, list) else []:
        for item in group[:_MAX_EMBEDDED] if isinstance(group, list) else [group]:
            if isinstance(item, dict) and "code" not in item:
                yield item


def _values(post: dict[str, Any], relation: str, key: str) -> Iterator[object]:
    return (item.get(key) for item in _embedded(post, relation))


def _names(post: dict[str, Any], relation: str) -> Iterator[str]:
    return (name for value in _values(post, relation, "name") if (name := strip_markup(value)))


def _terms(post: dict[str, Any], taxonomy: str) -> Iterator[str]:
    for term in _embedded(post, "wp:term"):
        name = strip_markup(term.get("name"))
        if name and term.get("taxonomy") == taxonomy and term.get("slug") != "uncategorized":
            yield name


# `_embed` embeds nothing unless `_links` is among the fields.
_FIELDS = "id,date,date_gmt,modified,modified_gmt,link,title,content,_links,_embedded"
_EMBED = "author,wp:term,wp:featuredmedia"
_PAST_THE_LAST_PAGE = "rest_post_invalid_page_number"


@dataclass(frozen=True, slots=True)
class PostsPage:
    """`posts` are all that were sent, `links` those to take; `pages` is the number of pages
    of this query, where the server declares it.
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

    The three time limits are exclusive: UTC with a `Z`, else the site's local time.
    """
    query = {
        "per_page": per_page, "page": page, "orderby": orderby, "order": order,
        "after": after, "before": before, "modified_after": modified_after,
        "exclude": ",".join(map(str, exclude)), "_fields": _FIELDS, "_embed": _EMBED,
    }  # fmt: skip
    arguments = urlencode({k: v for k, v in query.items() if v}, safe=":,")
    return f"{root}wp/v2/posts{'&' if '?' in root else '?'}{arguments}"


def parse_response(status: int, headers: Mapping[str, str], body: bytes, site: Site) -> PostsPage:
    """Header names in lower case. A page past the last is empty. Raises WrongFormat where the
    interface is closed, or is none.
    """
    content = _json(status, body)
    if isinstance(content, dict) and content.get("code") == _PAST_THE_LAST_PAGE:
        return PostsPage([], pages=0)
    if status != 200 or not isinstance(content, list):
        raise WrongFormat(_refusal(status, content))
    posts = [post for post in content[:MAX_POSTS_A_RESPONSE] if isinstance(post, dict)]
    links = {link.url: link for post in posts if (link := post_link(post, site))}
    pages = headers.get("x-wp-totalpages", "")[:_MAX_DIGITS]
    times = tuple(post_times(post, site) for post in posts)
    return PostsPage(list(links.values()), times, int(pages) if pages.isdecimal() else None)


def parse_root(body: bytes) -> Mapping[str, Any]:
    """What a REST root says of its site: the fields that autodiscovery looks at; empty for no root."""
    try:
        about = json.loads(decode(body, "utf-8"))
    except (ValueError, RecursionError):
        return {}
    about = about if isinstance(about, dict) else {}
    spaces = about.get("namespaces")
    fields = {name: about.get(name) for name in ("name", "timezone_string", "gmt_offset")}
    short = {name: value for name, value in fields.items() if len(str(value)) <= _MAX_FIELD_CHARS}
    return short | {
        "namespaces": [s for s in ("wp/v2",) if isinstance(spaces, list) and s in spaces]
    }


def _json(status: int, body: bytes) -> Any:
    text = decode(body, "utf-8").lstrip("\ufeff")
    # Some servers print warnings before the JSON.
    for candidate in (text, text[text.find("[{") :] if "[{" in text else ""):
        try:
            return json.loads(candidate)
        except (ValueError, RecursionError):
            continue
    kind = "an HTML page" if "<" in text[:500] else "no JSON"
    raise WrongFormat(f"the WordPress REST interface answered {status} with {kind}")


def _refusal(status: int, content: Any) -> str:
    message = (
        strip_markup(content.get("message") or content.get("code"))
        if isinstance(content, dict)
        else ""
    )
    suffix = f": {message}" if message else ""
    return f"the WordPress REST interface is closed (HTTP {status}){suffix}"
