"""What is refused, and the security headers: no scripts from elsewhere, no robots, no internal tables
and none of datasette's pages about itself.
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

_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Sites do not learn who reads their stories here.
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
_INTERNAL_PREFIXES = ("_", "sqlite_")


@hookimpl
def permission_allowed(action: str, resource: Any) -> bool | None:
    """Deny internal tables by any URL and in any format; canned queries can still use them."""
    return (
        False
        if action == "view-table" and resource[1].lower().startswith(_INTERNAL_PREFIXES)
        else None
    )


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    trusted = bool(datasette.setting("default_allow_sql"))

    def wrap(app: App) -> App:
        async def guarded(scope: AsgiScope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
            elif not trusted and is_introspection(scope["path"]):
                await asgi_send(with_headers(send), "Not found.\n", 404)
            else:
                await app(without_facets(scope), receive, with_headers(send))

        return guarded

    return wrap


def is_introspection(path: str) -> bool:
    """Whether the page describes datasette, the machine and its paths instead of the news."""
    return path.startswith("/-/") and not path.startswith("/-/static/")


def without_facets(scope: AsgiScope) -> AsgiScope:
    """Drop the facets from the second page on: there they would count the remaining rows only."""
    query: bytes = scope["query_string"]
    if b"_next=" not in query or b"_nofacet=" in query:
        return scope
    return scope | {"query_string": query + b"&_nofacet=1"}


def with_headers(send: Send) -> Send:
    added = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]

    async def send_with_headers(message: Any) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *added]}
        await send(message)

    return send_with_headers


async def robots_txt(request: Request) -> Response:
    return Response.text("User-agent: *\nDisallow: /\n")
