"""One post of the WordPress REST interface as a Link: its times, names and exact body."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from items import Hints, Link, Site
from pipelines.dates.parse import parse
from spiders.discovery.titles import plain_text
from spiders.sources.link_filter import announced, picture

_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Post:
    """When a post is dated and was edited: UTC, and `local` as the site's own database has it."""

    id: int
    published: str | None
    modified: str | None
    local: str | None


def post_link(post: dict[str, Any], site: Site) -> Link | None:
    """Without a body in the answer (page builders may keep it elsewhere) the page is fetched."""
    content = post.get("content")
    content = content if isinstance(content, dict) else {}
    if content.get("protected"):
        return None
    html = content.get("rendered")
    html = html if isinstance(html, str) and html.strip() else None
    address = post.get("link")
    if not isinstance(address, str):
        return None
    return announced(site, address, site.homepage, "wordpress", _hints(post, site), html)


def _hints(post: dict[str, Any], site: Site) -> Hints:
    times = post_times(post, site)
    title = post.get("title")
    return Hints(
        title=plain_text(title.get("rendered") if isinstance(title, dict) else title),
        published=times.published,
        modified=times.modified,
        author=next(_names(post, "author"), None),
        sections=tuple(_terms(post, "category")),
        tags=tuple(_terms(post, "post_tag")),
        image=next(
            filter(None, map(picture, _values(post, "wp:featuredmedia", "source_url"))), None
        ),
    )


def post_times(post: dict[str, Any], site: Site) -> Post:
    def utc(name: str) -> str | None:
        return parse(str(post.get(f"{name}_gmt") or ""), "UTC") or parse(
            str(post.get(name) or ""), site.timezone
        )

    return Post(_number(post.get("id")), utc("date"), utc("modified"), _local(post.get("date")))


def _number(value: object) -> int:
    """0 for what no database counts to: it will come back in a URL."""
    return value if isinstance(value, int) and 0 < value < 2**63 else 0


def _local(value: object) -> str | None:
    """A plausible time in the one form that goes back into a question."""
    text = value if isinstance(value, str) else ""
    return text if _LOCAL.fullmatch(text) and parse(text, "UTC") else None


def _embedded(post: dict[str, Any], relation: str) -> Iterator[dict[str, Any]]:
    """Embedded objects; what may not be read is embedded as an error, with a `code`."""
    embedded = post.get("_embedded")
    groups = embedded.get(relation) if isinstance(embedded, dict) else None
    for group in groups if isinstance(groups, list) else []:
        for item in group if isinstance(group, list) else [group]:
            if isinstance(item, dict) and "code" not in item:
                yield item


def _values(post: dict[str, Any], relation: str, key: str) -> Iterator[object]:
    return (item.get(key) for item in _embedded(post, relation))


def _names(post: dict[str, Any], relation: str) -> Iterator[str]:
    return (name for value in _values(post, relation, "name") if (name := plain_text(value)))


def _terms(post: dict[str, Any], taxonomy: str) -> Iterator[str]:
    for term in _embedded(post, "wp:term"):
        name = plain_text(term.get("name"))
        if name and term.get("taxonomy") == taxonomy and term.get("slug") != "uncategorized":
            yield name
