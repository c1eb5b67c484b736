"""A running outlet: what it has published so far, and each request and its answer. Safe in threads."""

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
    """Its pages are made from `printings` at every request, so an edit shows at once."""

    def __init__(self, outlet: Outlet, printings: Iterable[Printing]) -> None:
        self.outlet = outlet
        self.base = ""
        self._printings = {printing.path: printing for printing in printings}
        self._asked: Counter[str] = Counter()
        self._lock = Lock()

    def printings(self) -> list[Printing]:
        """The newest first."""
        with self._lock:
            found = list(self._printings.values())
        return sorted(found, key=lambda printing: (printing.published, printing.id), reverse=True)

    def listed(self) -> list[Printing]:
        """What the site's own lists show: all but what a password protects."""
        return [printing for printing in self.printings() if printing.trap != "protected"]

    def at(self, path: str) -> Printing | None:
        with self._lock:
            return self._printings.get(path)

    def numbered(self, number: str) -> Printing | None:
        return next((one for one in self.printings() if str(one.id) == number), None)

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
            self._asked[unquote(target)] += 1

    def asked(self) -> Counter[str]:
        """How often each target (decoded, with its query) was asked for."""
        with self._lock:
            return Counter(self._asked)

    def article_requests(self) -> int:
        """How many requests were for the page of an article, with a campaign or without."""
        paths = {printing.path for printing in self.printings()}
        asked = self.asked().items()
        return sum(times for target, times in asked if target.split("?utm_")[0] in paths)

    def forget_requests(self) -> None:
        with self._lock:
            self._asked.clear()


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
