"""A running outlet: what it has published so far, its requests and responses. Thread-safe."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from demo.expected import Printing
from demo.outlets import Outlet


class Newsroom:
    """Pages are rendered from `printings` at every request, so an edit is visible at once."""

    def __init__(self, outlet: Outlet, printings: Iterable[Printing]) -> None:
        self.outlet = outlet
        self.base = ""
        self._printings = {printing.path: printing for printing in printings}
        self._requests: Counter[str] = Counter()
        self._lock = Lock()

    def printings(self) -> list[Printing]:
        """Newest first."""
        with self._lock:
            printings = list(self._printings.values())
        return sorted(
            printings, key=lambda printing: (printing.published, printing.id), reverse=True
        )

    def listed(self) -> list[Printing]:
        """What the site's lists show: everything but password-protected articles."""
        return [printing for printing in self.printings() if printing.trap != "protected"]

    def at(self, path: str) -> Printing | None:
        with self._lock:
            return self._printings.get(path)

    def numbered(self, number: str) -> Printing | None:
        return next((printing for printing in self.printings() if str(printing.id) == number), None)

    def modified(self) -> datetime:
        return max(printing.modified for printing in self.printings())

    def publish(self, printing: Printing) -> Printing:
        with self._lock:
            self._printings[printing.path] = printing
        return printing

    def edit(self, path: str, *, modified: datetime, **changes: Any) -> Printing:
        """Change what is printed at `path`: any field of Printing."""
        with self._lock:
            self._printings[path] = replace(self._printings[path], modified=modified, **changes)
            return self._printings[path]

    def count(self, target: str) -> None:
        with self._lock:
            self._requests[unquote(target)] += 1

    def request_counts(self) -> Counter[str]:
        """Requests by target, decoded and with the query."""
        with self._lock:
            return Counter(self._requests)

    def article_requests(self) -> int:
        """The number of requests for article pages, with a campaign or without."""
        paths = {printing.path for printing in self.printings()}
        counts = self.request_counts().items()
        return sum(count for target, count in counts if target.split("?utm_")[0] in paths)

    def forget_requests(self) -> None:
        with self._lock:
            self._requests.clear()


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


def html(
    text: str, status: int = 200, *, charset: str = "utf-8", declared: bool = True
) -> Response:
    """A page; `declared`: the header names the charset."""
    content_type = f"text/html; charset={charset}" if declared else "text/html"
    return Response(status, text.encode(charset), {"Content-Type": content_type})


def xml(text: str, media_type: str = "text/xml") -> Response:
    return Response(200, text.encode(), {"Content-Type": f"{media_type}; charset=UTF-8"})


def moved(location: str) -> Response:
    return Response(301, b"", {"Location": location, "Content-Type": "text/html; charset=UTF-8"})


def conditional(request: Request, response: Response, modified: datetime) -> Response:
    """Answer 304 if the client's copy is fresh (RFC 9110): If-None-Match takes precedence."""
    etag = f'"{sha256(response.body).hexdigest()[:24]}"'
    stamp = format_datetime(modified, usegmt=True)
    headers = {**response.headers, "ETag": etag, "Last-Modified": stamp}
    if is_fresh(request, etag, modified):
        return Response(304, b"", headers)
    return Response(response.status, response.body, headers)


def is_fresh(request: Request, etag: str, modified: datetime) -> bool:
    if "if-none-match" in request.headers:
        return etag in request.headers["if-none-match"]
    since = request.headers.get("if-modified-since")
    return since is not None and parsedate_to_datetime(since) >= modified
