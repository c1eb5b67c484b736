"""What pages of all kinds read of a request and say in a response: the parameters of the address, whole
addresses of paths, and answers that are not sent to who has them already.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import parse_qsl

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response


def request_parameters(request: Request) -> list[tuple[str, str]]:
    """The parameters of the address in their order, without empty ones."""
    return parse_qsl(request.query_string)


def absolute_addresses(datasette: Datasette, request: Request | None) -> Callable[[str], str]:
    """What makes a whole address of a path of the reader's."""

    def absolute(path: str) -> str:
        return str(datasette.absolute_url(request, datasette.urls.path(path)))

    return absolute


def conditional(
    request: Request, body: str, media_type: str, changed: str | None = None
) -> Response:
    """The answer, or 304 if the reader has it already. `changed`: RFC 3339, by our own clock."""
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    moment = datetime.fromisoformat(changed) if changed else None
    if moment:
        headers["Last-Modified"] = format_datetime(moment, usegmt=True)
    if _is_known(request, tag, moment):
        return Response("", 304, headers, media_type)
    return Response(body, 200, headers, media_type)


def _is_known(request: Request, tag: str, changed: datetime | None) -> bool:
    """RFC 9110: the date counts only where no tag is given."""
    if given := request.headers.get("if-none-match"):
        tags = {part.strip().removeprefix("W/") for part in given.split(",")}
        return tag in tags or "*" in tags
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since") or "")
        return changed is not None and changed <= since
    except (ValueError, TypeError, OverflowError):
        return False
