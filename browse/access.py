"""What is refused, and what browsers are told: no scripts from elsewhere, no robots, no inner
tables, and none of datasette's pages about itself.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response, asgi_send

from browse.hooks import hookimpl

AsgiScope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[AsgiScope, Receive, Send], Awaitable[None]]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    # A site need not know who reads its stories here.
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
_INNER = ("_", "sqlite_")


@hookimpl
def permission_allowed(action: str, resource: Any) -> bool | None:
    """Index tables are nobody's, by any URL and in any format; queries of ours still use them."""
    return False if action == "view-table" and resource[1].lower().startswith(_INNER) else None


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    trusted = bool(datasette.setting("default_allow_sql"))

    def wrap(app: App) -> App:
        async def guarded(scope: AsgiScope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
            elif not trusted and is_inside(scope["path"]):
                await asgi_send(with_headers(send), "Not here.\n", 404)
            else:
                await app(without_facets(scope), receive, with_headers(send))

        return guarded

    return wrap


def is_inside(path: str) -> bool:
    """Whether the page is about datasette, the machine and its paths, not about the news."""
    return path.startswith("/-/") and not path.startswith("/-/static/")


def without_facets(scope: AsgiScope) -> AsgiScope:
    """On a second page they would count what follows, not what was found."""
    query: bytes = scope["query_string"]
    if b"_next=" not in query or b"_nofacet=" in query:
        return scope
    return scope | {"query_string": query + b"&_nofacet=1"}


def with_headers(send: Send) -> Send:
    ours = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *ours]}
        await send(message)

    return sending


async def robots_txt(request: Request) -> Response:
    return Response.text("User-agent: *\nDisallow: /\n")
