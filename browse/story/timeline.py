"""One story at all outlets, in the order of time: who had it first, who took it over from whom, what
they changed of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal

from browse.live_database import ResultRow
from browse.story.word_diff import Words, words
from storage.duplicates.provenance import names
from storage.revisions import REPROCESSED

EntryKind = Literal["original", "copy", "variant", "contains", "revision", "gone", "back"]
Shares = Mapping[tuple[str, str], float]
"""Text in common of two texts, by their ids, from 0 to 1."""

_MAX_HEADLINE_CHARS = 400
_LEAST_SHARE = 0.2
# What one crawl finds, it finds in no order that says anything.
_SAME_CRAWL = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a text comes from, as far as it shows: `named`: it credits the outlet; `agency`: it credits
    the agency called `name`; `closest`: the earlier text with which it has most in common.
    """

    kind: Literal["named", "agency", "closest"]
    name: str | None = None
    site: str | None = None
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened to the story at an outlet. `key` is the text's, as addresses of comparisons have it;
    `time` is the outlet's own (`claimed`) or else Warraq's. `left` and `right`: keys of the texts that
    a change lies between. `seen_later`: Warraq saw it after one that gives a later time.
    """

    kind: EntryKind
    key: str
    time: datetime
    claimed: bool
    row: ResultRow
    seen_later: bool = False
    source: Source | None = None
    left: str = ""
    right: str = ""

    @property
    def is_publication(self) -> bool:
        return self.kind in ("original", "copy", "variant", "contains")


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline, with the words that the first one does not have as `added`, and who ran it."""

    text: str
    words: Words
    rows: list[ResultRow] = field(default_factory=list)


def moment(time: str | None) -> datetime | None:
    """A time in UTC; one without a zone is taken as UTC, as an import may have it."""
    try:
        parsed = datetime.fromisoformat(time or "")
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def publications(
    article: ResultRow, copies: Iterable[ResultRow], related: Iterable[ResultRow]
) -> list[Entry]:
    """The story and the texts that are like it, the earliest first."""
    entries = [
        _publication("original", f"story-{article['number']}", article),
        *(_publication("copy", f"copy-{row['id']}", row) for row in copies),
        *(_publication(row["kind"], f"story-{row['number']}", row) for row in related),
    ]
    return _with_order([entry for entry in sorted(entries, key=_order) if entry.time != _NEVER])


def changes(
    article: ResultRow,
    revisions: Sequence[ResultRow],
    of_copies: Iterable[ResultRow],
    absences: Iterable[ResultRow],
) -> list[Entry]:
    """What was changed, taken down and put back, in no order."""
    entries: list[Entry] = []
    key = f"story-{article['number']}"
    keys = [*(f"revision-{row['revision']}" for row in revisions), key]
    for row, (left, right) in zip(revisions, pairwise(keys), strict=True):
        time = _seen(row["valid_to"])
        entries.append(Entry("revision", key, time, False, article | row, left=left, right=right))
    for row in of_copies:
        own = f"copy-{row['id']}"
        right = own if row["is_last"] else f"{own}-{row['position'] + 1}"
        entry = Entry("revision", own, _seen(row["valid_to"]), False, row)
        entries.append(replace(entry, left=f"{own}-{row['position']}", right=right))
    for row in absences:
        entries.append(Entry("gone", key, _seen(row["gone_at"]), False, article | row))
        if row["back_at"]:
            entries.append(Entry("back", key, _seen(row["back_at"]), False, article | row))
    return [entry for entry in entries if entry.time != _NEVER]


def in_time(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=_order)


def with_sources(
    entries: Sequence[Entry], outlets: Mapping[str, str], shares: Shares
) -> list[Entry]:
    """`entries` are publications in time; `outlets` their outlets' names by site."""
    named = {site: names(title) or names(site) for site, title in outlets.items()}
    found: list[Entry] = []
    for entry in entries:
        found.append(replace(entry, source=_source(entry, found, named, shares)))
    return found


def headlines(entries: Sequence[Entry]) -> list[Headline]:
    """Different headlines, in the order in which they came."""
    found: dict[str, Headline] = {}
    first = ""
    for entry in entries:
        text = " ".join((entry.row["title"] or "")[:_MAX_HEADLINE_CHARS].split())
        if not text:
            continue
        first = first or text
        if text not in found:
            shown = [run for run in words(first, text) if run[0] != "removed"]
            found[text] = Headline(text, shown)
        found[text].rows.append(entry.row)
    return list(found.values())


def is_ours(entry: Entry) -> bool:
    """Whether a change is due to Warraq's rules, not to the site."""
    return entry.kind == "revision" and entry.row.get("cause") == REPROCESSED


_NEVER = datetime.max.replace(tzinfo=UTC)


def _publication(kind: EntryKind, key: str, row: ResultRow) -> Entry:
    claimed = moment(row["published"])
    return Entry(kind, key, claimed or _seen(row["first_seen"]), claimed is not None, row)


def _seen(time: str | None) -> datetime:
    return moment(time) or _NEVER


def _order(entry: Entry) -> tuple[datetime, bool, datetime, str]:
    return entry.time, not entry.is_publication, _seen(entry.row.get("first_seen")), entry.key


def _with_order(entries: Sequence[Entry]) -> list[Entry]:
    found: list[Entry] = []
    earliest = _NEVER
    for entry in reversed(entries):
        seen = _seen(entry.row["first_seen"])
        found.append(replace(entry, seen_later=seen - earliest > _SAME_CRAWL))
        earliest = min(earliest, seen)
    return found[::-1]


def _source(
    entry: Entry, earlier: Sequence[Entry], named: Mapping[str, frozenset[str]], shares: Shares
) -> Source | None:
    row = entry.row
    credits = names(row["agency"]) | names(row["source"])
    for other in earlier:
        site = other.row["site"]
        words_of_name = named.get(site or "", frozenset())
        if site != row["site"] and words_of_name and words_of_name <= credits:
            return Source("named", site=site)
    if row["agency"] and names(row["agency"]):
        return Source("agency", name=row["agency"])
    others = ((shares.get((row["id"], other.row["id"]), 0.0), other) for other in earlier)
    share, best = max(others, key=lambda pair: pair[0], default=(0.0, entry))
    return Source("closest", site=best.row["site"], share=share) if share >= _LEAST_SHARE else None


def shares_of(
    article: ResultRow, copies: Iterable[ResultRow], pairs: Iterable[ResultRow]
) -> Shares:
    """From the index of duplicates; what a copy was judged by, where it has no pair of its own."""
    judged = {(row["id"], article["id"]): row["containment"] for row in copies}
    both_ways = {key[::-1]: share for key, share in judged.items()}
    return both_ways | judged | {(row["id"], row["other"]): row["containment"] for row in pairs}


def outlets_of(entries: Iterable[Entry]) -> Iterator[str | None]:
    """Sites, each once, in the order in which they appear."""
    yield from dict.fromkeys(entry.row["site"] for entry in entries)
