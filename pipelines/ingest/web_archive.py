"""A slice of anyone's web archive: cut at its records, read for what is news, and its pages into the
database in one transaction.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from sqlite_utils import Database

from items import Article, Page, Rejected, Site
from pipelines.site_lookup import SiteLookup, host_of, is_in_domains, site_from_host
from pipelines.workers.slices import PAGES, PageInSlice, SliceBatch, SliceResult, UnchangedCapture
from storage import job_progress, sites
from storage.backfill import confirm_capture, store_capture
from storage.boilerplate.apply import clean_new
from storage.database import transaction
from storage.warc.captures import WHOLE, Capture, Revisit, capture
from storage.warc.open import open_warc
from storage.warc.record_heads import warc_head
from storage.warc.split import Span, spans
from text.urls import canonicalise

# Bytes of the file: records that are no pages are little work, but not none.
_LONGEST = 32 * 1024 * 1024
_HEADS = 8 * 1024


@dataclass(frozen=True, slots=True)
class ImportFilter:
    """What an import takes; empty is everything. `since` is an ISO date: of publication, or where a
    page says none, of the answer.
    """

    languages: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    since: str | None = None


@dataclass(frozen=True, slots=True)
class WarcSlice:
    """The records of `file` that begin from `offset` to before `end`; `sites` are the configured
    ones that are met there, by host.
    """

    file: str
    offset: int
    end: int
    wanted: ImportFilter = field(default_factory=ImportFilter)
    sites: Mapping[str, Site] = field(default_factory=dict)

    def read(self) -> Iterator[PageInSlice | UnchangedCapture | str]:
        with open_warc(self.file) as file:
            for span in spans(file, self.offset, self.end, WHOLE):
                yield self._found(span)

    def _found(self, span: Span) -> PageInSlice | UnchangedCapture | str:
        taken = capture(span)
        if isinstance(taken, str):
            return taken
        host = host_of(taken.url)
        if not host:
            return "bad_address"
        if self.wanted.hosts and not is_in_domains(host, self.wanted.hosts):
            return "other_host"
        site = self.sites.get(host) or site_from_host(taken.url)
        key = canonicalise(taken.url, site.homepage)
        if key is None:
            return "bad_address"
        if isinstance(taken, Revisit):
            return UnchangedCapture(key, taken.fetched, taken.before)
        return PageInSlice(span.offset, _page(taken, key), site)

    def refine(self, found: PageInSlice) -> Article | Rejected:
        # Its libraries take a second to load, and the process that cuts does not need them.
        from pipelines.ingest.news_filter import refine_foreign

        configured = host_of(found.page.url) in self.sites
        result = refine_foreign(found.page, found.site, configured=configured)
        return result if isinstance(result, Rejected) else self._chosen(result, found.page)

    def _chosen(self, article: Article, page: Page) -> Article | Rejected:
        wanted = self.wanted
        language = article.language or ""
        if wanted.languages and not {language, language.partition("-")[0]} & wanted.languages:
            return Rejected(page.key, "other_language", language)
        if wanted.since and (article.published or page.fetched) < wanted.since:
            return Rejected(page.key, "too_old", f"published {article.published}")
        return article

    def split_single(self) -> Iterator[tuple[SliceResult, "WarcSlice"]]:
        with open_warc(self.file) as file:
            for span in spans(file, self.offset, self.end, _HEADS):
                head = None if span.problem else warc_head(span.data)
                url = (head.url if head else "") or f"{self.file} at {span.offset}"
                when = (head.date if head else None) or ""
                unknown = SliceResult(span.offset, url, when, Rejected(url, "crashed"))
                yield unknown, replace(self, offset=span.offset, end=span.offset + 1)


def _page(taken: Capture, key: str) -> Page:
    return Page(key, key, taken.body, taken.fetched, taken.charset)


def cut_archive(
    file: BinaryIO, name: str, start: int, end: int, wanted: ImportFilter, hosts: SiteLookup
) -> Iterator[WarcSlice]:
    """The slices from `start`, in order. Reads the whole stretch: .9 ms for a page of 240 kB."""
    offset, pages, sites = start, 0, dict[str, Site]()
    for span in spans(file, start, end, _HEADS):
        if pages >= PAGES or span.offset - offset >= _LONGEST:
            yield WarcSlice(name, offset, span.offset, wanted, sites)
            offset, pages, sites = span.offset, 0, {}
        head = None if span.problem else warc_head(span.data)
        if head is not None and head.kind in ("response", "resource"):
            pages += 1
            if site := hosts.site_of(head.url):
                sites[host_of(head.url)] = site
    if offset < end:
        yield WarcSlice(name, offset, end, wanted, sites)


# What says more of the machine, or of the file, than of the page.
FAILURES = frozenset({"timeout", "crashed", "memory", "broken"})


def ingest_slice(
    db: Database, work: str, part: WarcSlice, batch: SliceBatch, now: str
) -> Counter[str]:
    """How many pages came to which end: a verdict of the database, or `-` and a reason. Nothing,
    where the slice has been settled before.
    """
    counts: Counter[str] = Counter()
    with transaction(db):
        if not job_progress.advance(db, work, part.offset, part.end):
            return counts
        for outcome in batch.results:
            counts[_settle(db, part, outcome, now)] += 1
        for one in batch.unchanged:
            known = confirm_capture(db, one.key, one.seen, one.before)
            counts["unchanged" if known else "-revisit"] += 1
        counts.update({f"-{reason}": count for reason, count in batch.skipped.items()})
        job_progress.count_for_job(db, work, counts, now)
    return counts


def _settle(db: Database, part: WarcSlice, outcome: SliceResult, now: str) -> str:
    article = outcome.result
    if isinstance(article, Rejected):
        return f"-{article.reason}"
    site = next((site for site in part.sites.values() if site.name == article.site), None)
    if site is None:
        _known_by_host(db, article, now)
    article = clean_new(db, article, outcome.fetched, site.text if site else ())
    return store_capture(db, article, outcome.key, outcome.fetched, now)


def _known_by_host(db: Database, article: Article, now: str) -> None:
    host = article.site or ""
    scheme = (article.url or "https:").partition(":")[0]
    sites.known_from_archive(db, host, f"{scheme}://{host}/", now)
