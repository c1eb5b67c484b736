"""A running outlet: what it has published so far and what was asked of it. Safe in threads."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import unquote

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
