"""What is refused, and the security headers: no foreign host names, no scripts from elsewhere, no robots,
no internal tables and none of datasette's pages about itself.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Request, Response, asgi_send
from datasette.views.base import DatasetteError

from browse.hooks import hookimpl
from text.language_codes import language_of

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
# In JSON as it is; the page has it in the reader's language.
UNCLEAR_ADDRESS = "A part of this address cannot be understood."
TAKES_TOO_LONG = (
    "Finding this takes too long: rarer words, or a shorter period, would do. "
    "Where the machine is busy, try again in a moment."
)
_RETRY_SECONDS = 10
_INTERNAL_PREFIXES = ("_", "sqlite_")
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
# Set by the application: other names under which a proxy passes requests on.
_other_hosts: set[str] = set()
_MAX_QUERY_BYTES, _MAX_PARAMETERS = 8_192, 100
# What datasette makes of parameters that it does not check: unknown columns, broken JSON, half a key.
_OF_THE_REQUEST = (
    *(ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, AssertionError),
    *(sqlite3.Error, DatasetteError),
)


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
            elif refusal := refuse(scope):
                status, sentence = refusal
                await asgi_send(with_headers(send), sentence + "\n", status)
            elif not trusted and is_introspection(scope["path"]):
                await asgi_send(with_headers(send), "Not found.\n", 404)
            else:
                await app(without_facets(with_codes(scope)), receive, with_headers(send))

        return guarded

    return wrap


def allow_hosts(names: Iterable[str]) -> None:
    """The names that are answered beside this machine's own, such as `warraq.example.org`."""
    _other_hosts.clear()
    _other_hosts.update(_without_port(name.strip().lower()) for name in names if name.strip())


def refuse(scope: AsgiScope) -> tuple[int, str] | None:
    """Status and sentence for a request that is not answered.

    A page elsewhere may have its own name resolve to this machine (DNS rebinding): the browser then
    takes the answers for that page's own, but it names the page's host.
    """
    if scope["method"] not in ("GET", "HEAD"):
        return 405, "Nothing is written here: GET and HEAD alone."
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    if len(hosts) != 1 or _without_port(hosts[0].lower()) not in _LOCAL_HOSTS | _other_hosts:
        return 421, "This host is not served here: `warraq browse --hostname NAME` would."
    query: bytes = scope["query_string"]
    if len(query) > _MAX_QUERY_BYTES or query.count(b"&") > _MAX_PARAMETERS:
        return 414, "The address is too long."
    raw: bytes = scope.get("raw_path") or b""
    if any(part in (scope["path"] + raw.decode("latin-1")) for part in ("\0", "\r", "\n", "%00")):
        return 400, "The address holds a control character."
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return 400, "The address is not UTF-8."
    return None


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and (port.isdecimal() or not port) else host


def with_codes(scope: AsgiScope) -> AsgiScope:
    """A language is found by any of its names: `?language=kmr` asks for `ku`."""
    query = scope["query_string"].decode("latin-1")
    if "language=" not in query:
        return scope
    pairs = [
        (name, (language_of(value) or value) if name == "language" else value)
        for name, value in parse_qsl(query, keep_blank_values=True)
    ]
    return scope | {"query_string": urlencode(pairs).encode()}


@hookimpl
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]] | None:
    """What a parameter, or a row's key, breaks inside datasette is the request's fault, and told so; so is
    a query that was ended by the limit of time. Anything else is ours, and stays an error 500.
    """
    if _was_interrupted(exception):
        return lambda: _respond(datasette, request, 503, TAKES_TOO_LONG, "Too slow")
    if not isinstance(exception, _OF_THE_REQUEST):
        return None
    if not request.query_string and not _lacks_keys(request, exception):
        return None
    # Datasette's own errors have a status; 500 is what it gives where it was given none.
    if isinstance(exception, DatasetteError) and exception.status != 500:
        return None
    return lambda: _respond(datasette, request, 400, UNCLEAR_ADDRESS, "Bad request")


def _was_interrupted(exception: Exception) -> bool:
    """In a page of ours, or in one of datasette's, which would show the query."""
    is_told = isinstance(exception, DatasetteError) and exception.title == "SQL Interrupted"
    return is_told or isinstance(exception, QueryInterrupted)


async def _respond(
    datasette: Datasette, request: Request, status: int, error: str, title: str
) -> Response:
    context = {"ok": False, "error": error, "status": status, "title": title}
    headers = {"Retry-After": str(_RETRY_SECONDS)} if status == 503 else {}
    if request.path.endswith(".json"):
        return Response.json(context, status=status, headers=headers)
    # As datasette renders its own: what the request says may be what broke it.
    template = datasette.jinja_env.select_template(["error.html"])
    own = {"urls": datasette.urls, "app_css_hash": datasette.app_css_hash()}
    body = await template.render_async(context | own | {"menu_links": list})
    return Response.html(body, status=status, headers=headers)


def _lacks_keys(request: Request, exception: Exception) -> bool:
    """Whether it is a row's address with fewer keys than the table has: `/warraq/related/1`."""
    is_row = request.path.count("/") == 3
    return is_row and isinstance(exception, (sqlite3.ProgrammingError, IndexError))


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
