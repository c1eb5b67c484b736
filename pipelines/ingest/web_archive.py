"""A slice of a web archive from anywhere: cut at its records, read for news, and its pages into the
database in one transaction.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO
from urllib.parse import urlsplit

from sqlite_utils import Database

from items import Article, Page, Reason, Rejected, Rights, Site
from pipelines.ingest.captured_pages import joined_pages
from pipelines.metadata.header_rights import header_rights
from pipelines.rights import tdm_file
from pipelines.rights.tdm_file import TdmRule, read_tdm_file, tdm_statements
from pipelines.site_lookup import SiteLookup, host_of, is_in_domains, site_from_host
from pipelines.workers.slices import PAGES, PageInSlice, SliceBatch, SliceResult, UnchangedCapture
from storage import frontier_states, job_progress, sites
from storage.backfill import confirm_capture, store_capture
from storage.boilerplate.apply import clean_new
from storage.canonical_claims import settle_url
from storage.database import transaction
from storage.prepared_articles import prepare
from storage.tombstones import tombstone_of
from storage.warc.captures import (
    WHOLE,
    Capture,
    Revisit,
    TooLargeError,
    capture,
    decode_body,
)
from storage.warc.open import open_warc
from storage.warc.record_heads import RecordHead, http_head, warc_head
from storage.warc.split import Span, spans
from text.limits import MAX_URL_CHARS
from text.timestamps import is_before
from text.urls import article_id, canonicalise

# Bytes of a slice: records that are no pages are little work, but not none. A small file is cut into some
# as well, or one core would read it alone while the others wait for the next file.
_MAX_BYTES, _LEAST_BYTES = 32 * 1024 * 1024, 512 * 1024
_SLICES = 16
# Bytes of a record that are read where only its head is looked at.
_HEAD_BYTES = 8 * 1024
# Of an archive; each slice takes them along.
_MAX_TDM_FILES = 200


@dataclass(frozen=True, slots=True)
class ImportFilter:
    """What an import takes; empty: everything. `since` is an ISO date in the site's time zone:
    of publication, or where a page says none, of the answer.
    """

    languages: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    since: str | None = None


@dataclass(frozen=True, slots=True)
class TdmCapture:
    """The rules of an origin's `tdmrep.json`, as it was fetched at `fetched` (ISO 8601 UTC)."""

    rules: tuple[TdmRule, ...]
    fetched: str


@dataclass(frozen=True, slots=True)
class WarcSlice:
    """The records of `file` that begin at `offset` or behind it, and before `end`. `sites`: the
    configured ones that occur there, by host; `tdm_files`: by origin, those that stand before it.
    """

    file: str
    offset: int
    end: int
    wanted: ImportFilter = field(default_factory=ImportFilter)
    sites: Mapping[str, Site] = field(default_factory=dict)
    tdm_files: Mapping[str, TdmCapture] = field(default_factory=dict)

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
        return PageInSlice(span.offset, self._page(taken, key), site)

    def _page(self, taken: Capture, key: str) -> Page:
        rights = header_rights(taken.headers, taken.fetched) if taken.headers else Rights()
        if file := self.tdm_files.get(_origin(taken.url)):
            stated = tdm_statements(file.rules, taken.url, file.fetched)
            rights = Rights(stated, (tdm_file.SOURCE,)) + rights
        return Page(key, key, taken.body, taken.fetched, taken.charset, rights=rights)

    def refine(self, item: PageInSlice) -> Article | Rejected:
        # Its libraries take a second to load, and the process that cuts does not need them.
        from pipelines.ingest.news_filter import refine_foreign

        configured = host_of(item.page.url) in self.sites
        result = refine_foreign(item.page, item.site, configured=configured)
        if isinstance(result, Rejected):
            return result
        wanted = self._filter(_under_own_address(result, item.page), item)
        return wanted if isinstance(wanted, Rejected) else prepare(wanted)

    def _filter(self, article: Article, item: PageInSlice) -> Article | Rejected:
        wanted, page = self.wanted, item.page
        start = item.site.start_of(wanted.since) if wanted.since else None
        language = article.language or ""
        if wanted.languages and not {language, language.partition("-")[0]} & wanted.languages:
            return Rejected(page.key, Reason.OTHER_LANGUAGE, language)
        if is_before(article.published or page.fetched, start):
            return Rejected(page.key, Reason.TOO_OLD, f"published {article.published}")
        return article

    def split_single(self) -> Iterator[tuple[SliceResult, "WarcSlice"]]:
        with open_warc(self.file) as file:
            for span in spans(file, self.offset, self.end, _HEAD_BYTES):
                head = None if span.problem else warc_head(span.data)
                url = (head.url if head else "") or f"{self.file} at {span.offset}"
                when = (head.date if head else None) or ""
                unknown = SliceResult(span.offset, url, when, Rejected(url, Reason.CRASHED))
                yield unknown, replace(self, offset=span.offset, end=span.offset + 1)


def _under_own_address(article: Article, page: Page) -> Article:
    """A later page often declares the first one's address, and would be stored as its newer text."""
    if not article.first_page:
        return article
    return replace(article, id=article_id(page.key), url=page.key)


def _origin(url: str) -> str:
    parts = urlsplit(url[:MAX_URL_CHARS])
    return f"{parts.scheme}://{parts.netloc}".lower()


def _tdm_capture(span: Span, head: RecordHead) -> TdmCapture | None:
    """The well-known file in a record; one that is longer than a head is not read."""
    response = http_head(span.data, head.body)
    if response is None or response[0] != 200 or head.date is None or span.size > len(span.data):
        return None
    try:
        stored = span.data[response[1].body : max(response[1].body, span.size - 4)]
        rules = read_tdm_file(decode_body(stored, response[1], tdm_file.MAX_BYTES))
    except TooLargeError:
        return None
    return TdmCapture(rules, head.date) if rules is not None else None


def cut_archive(
    file: BinaryIO, name: str, start: int, end: int, wanted: ImportFilter, hosts: SiteLookup
) -> Iterator[WarcSlice]:
    """The slices from `start` to `end`, in order. Reads all of it: .9 ms for a page of 240 kB."""
    offset, pages, sites = start, 0, dict[str, Site]()
    tdm_files: dict[str, TdmCapture] = {}
    most = min(max((end - start) // _SLICES, _LEAST_BYTES), _MAX_BYTES)
    for span in spans(file, start, end, _HEAD_BYTES):
        if pages >= PAGES or span.offset - offset >= most:
            yield WarcSlice(name, offset, span.offset, wanted, sites, dict(tdm_files))
            offset, pages, sites = span.offset, 0, {}
        head = None if span.problem else warc_head(span.data)
        if head is not None and head.kind in ("response", "resource"):
            pages += 1
            is_tdm_file = head.url.endswith(tdm_file.PATH) and len(tdm_files) < _MAX_TDM_FILES
            if is_tdm_file and (found := _tdm_capture(span, head)):
                tdm_files[_origin(head.url)] = found
            if site := hosts.site_of(head.url):
                sites[host_of(head.url)] = site
    if offset < end:
        yield WarcSlice(name, offset, end, wanted, sites, tdm_files)


# Reasons that say more of the machine, or of the file, than of the page.
FAILURES = frozenset({Reason.TIMEOUT, Reason.CRASHED, Reason.MEMORY, Reason.BROKEN})


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """Pages by what became of them: `stored` by outcome (`new`, `revised`, `unchanged`, `copy`,
    `earlier`), `rejected` by reason.
    """

    stored: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "ImportCounts") -> "ImportCounts":
        return ImportCounts(self.stored + other.stored, self.rejected + other.rejected)

    def __bool__(self) -> bool:
        return bool(self.stored or self.rejected)

    def total(self) -> int:
        return self.stored.total() + self.rejected.total()

    def by_name(self) -> Counter[str]:
        """In one counter, as a job's progress holds them."""
        return self.stored + Counter(
            {f"rejected: {reason}": count for reason, count in self.rejected.items()}
        )


def ingest_slice(
    db: Database, job: str, part: WarcSlice, batch: SliceBatch, now: str
) -> ImportCounts:
    """In one transaction with the job's progress. No counts where the slice was ingested before."""
    results, joined = joined_pages(batch.results)
    counts = ImportCounts(rejected=Counter(batch.skipped) + Counter({Reason.LATER_PAGE: joined}))
    with transaction(db):
        if not job_progress.advance(db, job, part.offset, part.end):
            return ImportCounts()
        for result in results:
            if isinstance(result.result, Rejected):
                counts.rejected[result.result.reason] += 1
            elif reason := _why_left_out(db, result.key, result.result):
                counts.rejected[reason] += 1
            else:
                counts.stored[_store(db, part, result, result.result, now)] += 1
        for unchanged in batch.unchanged:
            if confirm_capture(db, unchanged.key, unchanged.seen, unchanged.before):
                counts.stored["unchanged"] += 1
            else:
                counts.rejected["revisit"] += 1
        job_progress.count_for_job(db, job, counts.by_name(), now)
    return counts


def _why_left_out(db: Database, key: str, article: Article) -> Reason | None:
    """Why an article is left out: it was taken out, or is but a part of one that a crawl has stored
    whole.
    """
    if tombstone_of(db, key, article.id, article.url, article.address):
        return Reason.FORGOTTEN
    if article.first_page and frontier_states.is_later_page(db, key):
        return Reason.LATER_PAGE
    onward = canonicalise(article.next_page, key) if article.next_page else None
    return Reason.INCOMPLETE if onward and frontier_states.is_later_page(db, onward) else None


def _store(db: Database, part: WarcSlice, result: SliceResult, article: Article, now: str) -> str:
    site = next((site for site in part.sites.values() if site.name == article.site), None)
    if site is None:
        host = article.site or ""
        scheme = (article.url or "https:").partition(":")[0]
        sites.known_from_archive(db, host, f"{scheme}://{host}/", now)
    article = settle_url(db, article, now)
    article = clean_new(db, article, result.fetched, site.text if site else ())
    return store_capture(db, article, result.key, result.fetched, now)
