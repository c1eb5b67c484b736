"""A request and its answer, as the sites see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """`path` is decoded; `headers` have lower-case names."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]

    @classmethod
    def read(cls, target: str, headers: Mapping[str, str]) -> "Request":
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        lowered = {name.lower(): value for name, value in headers.items()}
        return cls(unquote(parts.path), query, lowered)


@dataclass(frozen=True, slots=True)
class Response:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def html(text: str, status: int = 200, *, charset: str = "utf-8", said: bool = True) -> Response:
    """A page; `said` is whether the header declares the charset."""
    kind = f"text/html; charset={charset}" if said else "text/html"
    return Response(status, text.encode(charset), {"Content-Type": kind})


def xml(text: str, kind: str = "text/xml") -> Response:
    return Response(200, text.encode(), {"Content-Type": f"{kind}; charset=UTF-8"})


def moved(where: str) -> Response:
    return Response(301, b"", {"Location": where, "Content-Type": "text/html; charset=UTF-8"})


def conditional(request: Request, answer: Response, modified: datetime) -> Response:
    """RFC 9110: If-None-Match rules where it is sent, else If-Modified-Since."""
    etag = f'"{sha256(answer.body).hexdigest()[:24]}"'
    stamp = format_datetime(modified, usegmt=True)
    headers = {**answer.headers, "ETag": etag, "Last-Modified": stamp}
    if is_fresh(request, etag, modified):
        return Response(304, b"", headers)
    return Response(answer.status, answer.body, headers)


def is_fresh(request: Request, etag: str, modified: datetime) -> bool:
    if "if-none-match" in request.headers:
        return etag in request.headers["if-none-match"]
    since = request.headers.get("if-modified-since")
    return since is not None and parsedate_to_datetime(since) >= modified
