"""When a page's article was published and modified: by its metadata, else by dates shown around the
title, else by htmldate's search. Every date that was read leaves a witness.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cached_property
from itertools import chain, islice
from urllib.parse import unquote, urlsplit

from pipelines.dates.day_order import day_comes_first, has_two_readings
from pipelines.dates.parse import DateContext, Moment, zone_of
from pipelines.metadata.date_search import date_in_data, search_body
from pipelines.metadata.other_articles import OtherArticles
from pipelines.metadata.shown_dates import ShownDate, ShownDates
from pipelines.metadata.title_context import TitleContext
from pipelines.metadata.witnesses import Field, Witness

_MAX_SHOWN_DATES = 40
_MAX_SHOWN_DAYS = 2  # different days; a page with more is a list
_MAX_DIFFERENCE = timedelta(days=2)
_MAX_VALUE_CHARS = 120
_SEARCH = "search of the body"
_LATER = "another day than beside the headline"

_YEAR_FIRST = (
    re.compile(r"(?<!\d)((?:19|20)\d\d)[/_.-](\d{1,2})[/_.-](\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)"),
    re.compile(r"/((?:19|20)\d\d)/(\d\d)(\d\d)/"),
    re.compile(r"/((?:19|20)\d\d)(\d\d)/(\d\d)/"),
)
_MONTH_BY_NAME = re.compile(r"/((?:19|20)\d\d)/([a-z]{3,9})/(\d{1,2})/", re.IGNORECASE)
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})[_.-](\d{1,2})[_.-]((?:19|20)\d\d)(?!\d)")
_MONTH = re.compile(r"/((?:19|20)\d\d)/(\d{1,2})/")

# A source's name, as `Witness` has it, and the text of the date.
Stated = tuple[str, str]


@dataclass(frozen=True, slots=True)
class DateCandidate:
    """A date that was read; `trust` is that of a shown date, 4 for what the metadata states."""

    source: str
    text: str
    moment: Moment
    trust: int = 4


class PageDates:
    """The dates of a page, of which the metadata states some, the most trusted first. Shown ones are
    read only where it has none. `witnesses` grows with every choice.
    """

    def __init__(
        self,
        context: TitleContext,
        url: str,
        times: DateContext,
        published: Iterable[Stated],
        modified: Iterable[Stated],
        others: OtherArticles,
    ) -> None:
        self.context, self.url, self.times, self.others = context, url, times, others
        self.stated = {"published": list(published), "modified": list(modified)}
        self.witnesses: list[Witness] = []
        self._moments: dict[str, Moment | None] = {}

    def published(self) -> Moment | None:
        """The first of the metadata's dates, else one shown, in the address, or anywhere in the
        body.
        """
        stated = list(self._read_all("published", self.stated["published"]))
        if stated:
            chosen = self._shown_before(stated) or stated[0]
        else:
            found = self._shown_or_in_address() or self._searched()
            if found is None:
                return None
            chosen = found
        timed = self._with_time(chosen.moment, stated)
        self._add_witness("published", chosen.source, chosen.text, "taken")
        if timed is not None:
            self._add_witness("published", timed.source, timed.text, "taken for its time of day")
        is_first = not stated or chosen is stated[0]
        verdict = "after a more trusted source" if is_first else _LATER
        for candidate in stated:
            if candidate not in (chosen, timed):
                self._add_witness("published", candidate.source, candidate.text, verdict)
        return (timed or chosen).moment

    def _shown_before(self, stated: list[DateCandidate]) -> DateCandidate | None:
        """The date beside the headline, where it alone stands there and contradicts what the metadata
        state first: an earlier day, for systems state that of the last change as the publication; a
        later one where the metadata state it as well. Of a later day that is the last change's the
        metadata know better.
        """
        first = stated[0].moment
        if _agree(first, self._in_address, _MAX_DIFFERENCE):
            return None
        shown = self._own_of(self._shown_dates.in_head())
        nearest = next(shown, None)
        if nearest is None or nearest.trust < 2:
            return None
        beside = nearest.moment
        # As for nearly all pages: the dates behind it need not be read.
        if _agree(beside, first, _MAX_DIFFERENCE):
            return None
        if any(c.moment.when.date() != beside.when.date() for c in shown):
            return None
        same = [s for s in stated[1:] if s.moment.when.date() == beside.when.date()]
        changes = self.times.each(text for _, text in self.stated["modified"])
        is_change = any(_agree(beside, change, _MAX_DIFFERENCE) for change in changes)
        is_true = beside.when < first.when or (same and not is_change)
        return (*same, nearest)[0] if is_true else None

    def _own_of(self, shown: Iterable[ShownDate]) -> Iterator[DateCandidate]:
        for date in shown:
            is_own = not date.other and date.kind != "modified"
            if is_own and (moment := self._read(date.text)):
                yield DateCandidate(date.place, date.text, moment, date.trust)

    def modified(self, published: Moment | None) -> Moment | None:
        """None if it is before the publication: then the date is of something else."""
        shown = ((d.place, d.text) for d in self._shown_own() if d.kind == "modified")
        chosen = next(self._read_all("modified", chain(self.stated["modified"], shown)), None)
        if chosen is None:
            return None
        is_before = published is not None and chosen.moment.when < published.when
        verdict = "before the publication" if is_before else "taken"
        self._add_witness("modified", chosen.source, chosen.text, verdict)
        return None if is_before else chosen.moment

    def _add_witness(self, field: Field, source: str, text: str, verdict: str) -> None:
        self.witnesses.append(Witness(field, source, text[:_MAX_VALUE_CHARS], verdict))

    def _read_all(self, field: Field, stated: Iterable[Stated]) -> Iterator[DateCandidate]:
        for source, text in stated:
            if moment := self._read(text):
                yield DateCandidate(source, text, moment)
            elif text:
                self._add_witness(field, source, text, "no date, or an impossible one")

    def _read(self, text: str) -> Moment | None:
        # Half of what metadata state is stated twice.
        if text not in self._moments:
            times = self._ordered if has_two_readings(text) else self.times
            self._moments[text] = times.read(text)
        return self._moments[text]

    @cached_property
    def _ordered(self) -> DateContext:
        """With the order of day and month that the page's other dates show."""
        stated = [text for texts in self.stated.values() for _, text in texts]
        texts = [*stated, *(date.text for date in self._shown_own())]
        certain = (text for text in texts if not has_two_readings(text))
        known = [moment.when.date() for moment in self.times.each(certain)]
        if self._in_address:
            known.append(self._in_address.when.date())
        first = day_comes_first(texts, known, month_in_address(self.url))
        return self.times if first is None else self.times.with_order(day_first=first)

    @cached_property
    def _in_address(self) -> Moment | None:
        return date_in_address(self.url, self.times)

    @cached_property
    def _shown_dates(self) -> ShownDates:
        return ShownDates(self.context, self.others)

    @cached_property
    def _shown(self) -> list[ShownDate]:
        return list(islice(self._shown_dates, _MAX_SHOWN_DATES))

    def _shown_own(self) -> Iterator[ShownDate]:
        """The page is not searched for them before the first is asked for."""
        for date in self._shown:
            if not date.other:
                yield date

    @cached_property
    def _candidates(self) -> list[DateCandidate]:
        """The shown dates of this article's publication."""
        candidates = []
        for date in self._shown:
            if date.other:
                self._add_witness("published", date.place, date.text, "of another article")
            elif date.kind != "modified" and (moment := self._read(date.text)):
                candidates.append(DateCandidate(date.place, date.text, moment, date.trust))
        return candidates

    def _with_time(self, moment: Moment, stated: list[DateCandidate]) -> DateCandidate | None:
        """For a day alone (or its midnight) the first candidate on the same day with a time. At night
        the day of a moment's own zone is not the site's: either will do.
        """
        if moment.timed and moment.when.time() != time():
            return None
        day, zone = moment.when.date(), zone_of(self.times.zone)
        for candidate in (*stated, *self._candidates):
            when = candidate.moment.when
            is_timed = candidate.moment.timed and when != moment.when
            if is_timed and day in (when.date(), when.astimezone(zone).date()):
                return candidate
        return None

    def _shown_or_in_address(self) -> DateCandidate | None:
        """The date that words call the publication, or that agrees with the address; else the
        address's; else what markup calls a date, or a bare date line if the page is no list.
        """
        candidates, in_address = self._candidates, self._in_address
        for most in (timedelta(days=1), _MAX_DIFFERENCE):
            for candidate in candidates:
                if candidate.trust == 3 or _agree(candidate.moment, in_address, most):
                    return candidate
        if in_address:
            return DateCandidate("address", self.url, in_address)
        return _likeliest(candidates) or self._in_side_box()

    def _in_side_box(self) -> DateCandidate | None:
        beside = islice(self._shown_dates.in_asides(), _MAX_SHOWN_DATES)
        candidates = list(self._own_of(beside))
        days = {candidate.moment.when.date() for candidate in candidates}
        return candidates[0] if candidates and len(days) <= _MAX_SHOWN_DAYS else None

    def _searched(self) -> DateCandidate | None:
        scripts = self.context.index.by_tag["script"]
        if moment := date_in_data(scripts, self.times):
            return DateCandidate("the page's data", moment.iso, moment)
        return self._searched_by_htmldate()

    def _searched_by_htmldate(self) -> DateCandidate | None:
        root, index = self.context.root, self.context.index
        moment = search_body(root, index, self.times, self.others)
        if moment is None:
            return None
        # Of pages that show the day of an update alone, every second was published on another.
        updates = self.times.each(d.text for d in self._shown_own() if d.kind == "modified")
        if moment.when.date() in {update.when.date() for update in updates}:
            self._add_witness("published", _SEARCH, moment.iso[:10], "the day of an update")
            return None
        return DateCandidate(_SEARCH, moment.iso[:10], moment)


def _agree(moment: Moment, other: Moment | None, most: timedelta) -> bool:
    return other is not None and abs(moment.when - other.when) < most


def _likeliest(candidates: list[DateCandidate]) -> DateCandidate | None:
    days = {candidate.moment.when.date() for candidate in candidates}
    ranked = [c for least in (2, 1) for c in candidates if c.trust >= least]
    if ranked and (candidates[0].trust >= 2 or len(days) <= _MAX_SHOWN_DAYS):
        return ranked[0]
    return None


def date_in_address(url: str, times: DateContext) -> Moment | None:
    """`/2023/06/21/`, `/2023-06-21-`, `/20230621`, `/2023/0621/`, `/202306/21/`, `/2023/jun/21/`;
    `/21-06-2023-` where its order is certain.
    """
    path = _path(url)
    matches = (match for pattern in _YEAR_FIRST for match in pattern.finditer(path))
    days = ["-".join((m[1], m[2].zfill(2), m[3].zfill(2))) for m in matches]
    days += [f"{m[3]} {m[2]} {m[1]}" for m in _MONTH_BY_NAME.finditer(path)]
    for match in _YEAR_LAST.finditer(path):
        first, second = int(match[1]), int(match[2])
        if max(first, second) > 12 or first == second:
            day, month = max(first, second), min(first, second)
            days.append(f"{match[3]}-{month:02}-{day:02}")
    return next(times.each(days), None)


def month_in_address(url: str) -> tuple[int, int] | None:
    """Year and month."""
    match = _MONTH.search(_path(url))
    return (int(match[1]), int(match[2])) if match else None


def _path(url: str) -> str:
    try:
        return unquote(urlsplit(url[:2000]).path)
    except ValueError:
        return ""
