"""When a page's article appeared and was changed: the most trusted date that can be true."""

import re
from collections.abc import Iterable, Iterator
from datetime import time, timedelta
from functools import cached_property
from itertools import chain, islice
from urllib.parse import unquote, urlsplit

from pipelines.dates.parse import Moment, zone_of
from pipelines.dates.times import Times
from pipelines.metadata.date_search import search_body
from pipelines.metadata.page_elements import Vicinity
from pipelines.metadata.shown_dates import Shown, shown_dates

_MOST = 40  # dates shown that are looked at
_IN_PATH = (
    re.compile(r"(?<!\d)((?:19|20)\d\d)[/_.-](\d{1,2})[/_.-](\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)"),
)
_FEW_DAYS = 2
_NEAR = timedelta(days=2)


class PageDates:
    """The dates of one page; what is shown is looked at only where the markup states nothing."""

    def __init__(self, vicinity: Vicinity, url: str, times: Times) -> None:
        self.vicinity, self.url, self.times = vicinity, url, times

    def published(self, stated: Iterable[str]) -> Moment | None:
        """From what the markup states, else what is shown, the address, and all of the page."""
        stated = list(stated)
        found = next(self.times.each(stated), None) or self._shown_or_in_address()
        found = found or search_body(self.vicinity.root, self.times)
        return self._with_time(found, stated) if found else None

    def modified(self, stated: Iterable[str], after: Moment | None) -> Moment | None:
        """Not before the article appeared: such a date belongs to something else."""
        found = next(self.times.each(chain(stated, self._texts("modified"))), None)
        return found if found and (after is None or found.when >= after.when) else None

    @cached_property
    def _shown(self) -> list[Shown]:
        return list(islice(shown_dates(self.vicinity), _MOST))

    def _texts(self, says: str | None) -> Iterator[str]:
        yield from (shown.text for shown in self._shown if (shown.says == "modified") == bool(says))

    def _with_time(self, found: Moment, stated: Iterable[str]) -> Moment:
        """A day alone (or its midnight) takes the time from a source that names the same day."""
        if found.timed and found.when.time() != time():
            return found
        zone = zone_of(self.times.zone)
        day = found.when.astimezone(zone).date()
        for moment in self.times.each(chain(stated, self._texts(None))):
            if moment.timed and moment.when.astimezone(zone).date() == day:
                return moment
        return found

    def _shown_or_in_address(self) -> Moment | None:
        """What words call the publication; else the address, unless a shown date agrees; else
        what markup calls a date, or a bare date line if the page is no list of dates.
        """
        in_address = date_in_address(self.url, self.times)
        found = [
            (shown.trust, moment)
            for shown in self._shown
            if shown.says != "modified" and (moment := self.times.read(shown.text))
        ]
        for trust, moment in found:
            if trust == 3 or _agree(moment, in_address):
                return moment
        return in_address or _likeliest(found)


def _agree(moment: Moment, other: Moment | None) -> bool:
    return other is not None and abs(moment.when - other.when) <= _NEAR


def _likeliest(found: list[tuple[int, Moment]]) -> Moment | None:
    days = {moment.when.date() for _, moment in found}
    ranked = [moment for least in (2, 1) for trust, moment in found if trust >= least]
    if ranked and (found[0][0] >= 2 or len(days) <= _FEW_DAYS):
        return ranked[0]
    return None


def date_in_address(url: str, times: Times) -> Moment | None:
    """`/2023/06/21/`, `/2023-06-21-`, `/20230621`."""
    try:
        path = unquote(urlsplit(url[:2000]).path)
    except ValueError:
        return None
    matches = (match for pattern in _IN_PATH for match in pattern.finditer(path))
    days = ("-".join((m[1], m[2].zfill(2), m[3].zfill(2))) for m in matches)
    return next(times.each(days), None)
