"""Lists that go on by script, as themes and frameworks have them: what the first page holds, and what the
server answers to a script. Each has 20 articles, five at a time.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from web_server import Answer, Page, ReceivedRequest, Web

COUNT, BATCH = 20, 5


def article_path(number: int) -> str:
    return f"/2026/11/{number:02}/council-approves-road-plan-{number}"


def headline(number: int) -> str:
    return f"Council approves the road plan number {number}"


def entries(first: int) -> str:
    """The HTML of five entries."""
    return "".join(
        f'<article class="card"><h2><a href="{article_path(n)}">{headline(n)}</a></h2></article>'
        for n in range(first, min(first + BATCH, COUNT + 1))
    )


def items(first: int, address: str = "url") -> list[dict[str, object]]:
    return [
        {
            "id": n,
            address: article_path(n),
            "title": headline(n),
            "published_at": "2026-11-02T10:00:00Z",
        }
        for n in range(first, min(first + BATCH, COUNT + 1))
    ]


def first_page(after: str, head: str = "") -> str:
    menu = "".join(f'<a href="/{name}">{name}</a>' for name in ("politics", "sport", "about-us"))
    return (
        f"<!doctype html><html><head><title>News</title>{head}</head><body><nav>{menu}</nav>"
        f'<main id="posts">{entries(1)}</main>{after}<footer><a href="/contact">Contact</a></footer>'
        "</body></html>"
    )


Reply = Callable[[dict[str, str]], str]


@dataclass(frozen=True)
class ScriptList:
    """`after`: below the entries of the first page. `reply` to the parameters of a request at `path`.
    `requests`: those that a walk to the list's end takes, the first page not counted.
    """

    after: str
    path: str
    reply: Reply
    head: str = ""
    requests: int = 3
    headers: Mapping[str, str] = field(default_factory=dict)


def _page(asked: dict[str, str], name: str = "page") -> int:
    return (int(asked.get(name) or 1) - 1) * BATCH + 1


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _by_cursor(asked: dict[str, str]) -> str:
    first = int(asked["cursor"].removeprefix("c")) if asked.get("cursor") else 1
    following = first + BATCH
    more = following <= COUNT
    return _json(
        {
            "data": {"items": items(first, "link")},
            "pageInfo": {"hasNextPage": more, "endCursor": f"c{following}" if more else None},
        }
    )


def _next_data(asked: dict[str, str]) -> str:
    return _json({"pageProps": {"posts": items(_page(asked), "href"), "page": asked["page"]}})


def _with_next(asked: dict[str, str]) -> str:
    page = int(asked["page"])
    following = f"/wp/latest?page={page + 1}" if page < 4 else None
    return _json({"results": items(_page(asked), "permalink"), "links": {"next": following}})


def _totals(asked: dict[str, str]) -> str:
    return _json({"totalPages": 4, "list": [{"post": item} for item in items(_page(asked))]})


_BUTTON = '<button class="load-more" {}>Load more</button>'
_AJAX = "/wp-admin/admin-ajax.php"
# Four requests: the last, behind the end, is empty.
LISTS = {
    "json_page": ScriptList(
        _BUTTON.format('data-url="/api/articles" data-page="1"'),
        "/api/articles",
        lambda asked: _json({"articles": items(_page(asked))}),
        requests=4,
    ),
    "json_offset": ScriptList(
        '<div id="infinite-scroll" data-endpoint="/api/list?offset=5&amp;limit=5"></div>',
        "/api/list",
        lambda asked: _json(items(int(asked["offset"]) + 1)),
        requests=4,
    ),
    "json_next": ScriptList(
        '<a class="more-posts" data-next-url="/wp/latest?page=2" href="#">المزيد</a>',
        "/wp/latest",
        _with_next,
    ),
    "json_total": ScriptList(
        "<script>const url = '/api/news?page=' + page; fetch(url).then(draw);</script>",
        "/api/news",
        _totals,
    ),
    "cursor": ScriptList(
        '<div class="infinite" data-api-url="/api/feed?cursor=" data-cursor="c6"></div>',
        "/api/feed",
        _by_cursor,
    ),
    "template": ScriptList(
        "<script>async function more(page) {"
        " const answer = await fetch(`/ajax/articles?page=${page}&section=1`); }</script>",
        "/ajax/articles",
        lambda asked: _json({"html": entries(_page(asked))}),
        requests=4,
    ),
    "fragment": ScriptList(
        _BUTTON.format('data-href="/fragments/latest?page=2"'),
        "/fragments/latest",
        lambda asked: entries(_page(asked)),
        requests=4,
        headers={"Content-Type": "text/html; charset=utf-8"},
    ),
    "htmx": ScriptList(
        '<div hx-get="/part/news?page=2" hx-trigger="revealed" hx-swap="outerHTML"></div>',
        "/part/news",
        lambda asked: (
            entries(_page(asked))
            + (
                f'<div hx-get="/part/news?page={int(asked["page"]) + 1}" hx-trigger="revealed"></div>'
                if int(asked["page"]) < 4
                else ""
            )
        ),
        requests=4,  # a last batch that names no other is followed by its number
        headers={"Content-Type": "text/html; charset=utf-8"},
    ),
    "admin_ajax": ScriptList(
        _BUTTON.format(f'data-url="{_AJAX}?action=load_posts&amp;paged=2"'),
        _AJAX,
        lambda asked: (
            entries(_page(asked, "paged")) if asked.get("action") == "load_posts" else "0"
        ),
        requests=4,
        headers={"Content-Type": "text/html; charset=utf-8"},
    ),
    "admin_ajax_json": ScriptList(
        _BUTTON.format(f'data-ajax-url="{_AJAX}" data-action="load_posts" data-page="1"'),
        _AJAX,
        lambda asked: (
            _json({"success": True, "data": {"html": entries(_page(asked))}})
            if asked.get("action") == "load_posts"
            else "0"
        ),
        requests=4,
    ),
    "next": ScriptList(
        "",
        "/_next/data/b-1/index.json",
        _next_data,
        head='<script id="__NEXT_DATA__" type="application/json">'
        + _json(
            {"buildId": "b-1", "page": "/", "props": {"pageProps": {"page": 1, "totalPages": 4}}}
        )
        + "</script>",
        requests=4,
    ),
    "link": ScriptList(
        '<a class="load-more-link" href="/more.json?start=5">+</a>',
        "/more.json",
        lambda asked: _json({"d": {"rows": items(int(asked["start"]) + 1)}}),
        requests=4,
    ),
}


def publish_list(web: Web, script_list: ScriptList) -> None:
    """The list at `/`, what it leads to, and its articles."""
    web.pages["/"] = first_page(script_list.after, script_list.head)
    headers = script_list.headers or {"Content-Type": "application/json"}

    def answer(asked: ReceivedRequest) -> Answer:
        query = parse_qs(urlsplit(asked.path).query)
        parameters = {name: values[0] for name, values in query.items()}
        return Answer(script_list.reply(parameters), headers=headers)

    def known(path: str) -> Page | None:
        return answer if urlsplit(path).path == script_list.path else None

    web.pages = _Pages(web.pages, known)
    for number in range(1, COUNT + 1):
        web.pages[article_path(number)] = (
            f"<!doctype html><html><body><h1>{headline(number)}</h1><p>Text {number}.</p></body></html>"
        )


class _Pages(dict[str, Page]):
    """Pages by path, or by what their query asks for."""

    def __init__(self, pages: dict[str, Page], known: Callable[[str], Page | None]) -> None:
        super().__init__(pages)
        self._known = known

    def get(self, path: str, default: object = None) -> Page:
        return super().get(path) or self._known(path) or default  # type: ignore[return-value]
