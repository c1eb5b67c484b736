"""What came of a slice of a foreign archive into the database, in one transaction."""

from collections import Counter

from sqlite_utils import Database

from items import Article, Rejected
from pipelines.ingest.web_archive import WarcSlice
from pipelines.workers.slices import Batch, Outcome
from storage import sites, slices
from storage.boilerplate.cleaning import clean_new
from storage.database import transaction
from storage.earlier import seen_again, store_seen

# What says more of the machine, or of the file, than of the page.
FAILURES = frozenset({"timeout", "crashed", "memory", "broken"})


def settle_captured(
    db: Database, work: str, part: WarcSlice, batch: Batch, now: str
) -> Counter[str]:
    """How many pages came to which end: a verdict of the database, or `-` and a reason. Nothing,
    where the slice has been settled before.
    """
    counts: Counter[str] = Counter()
    with transaction(db):
        if not slices.advance(db, work, part.offset, part.end):
            return counts
        for outcome in batch.outcomes:
            counts[_settle(db, part, outcome, now)] += 1
        for one in batch.again:
            known = seen_again(db, one.key, one.seen, one.before)
            counts["unchanged" if known else "-revisit"] += 1
        counts.update({f"-{reason}": count for reason, count in batch.passed.items()})
        slices.count(db, work, counts, now)
    return counts


def _settle(db: Database, part: WarcSlice, outcome: Outcome, now: str) -> str:
    article = outcome.result
    if isinstance(article, Rejected):
        return f"-{article.reason}"
    site = next((site for site in part.sites.values() if site.name == article.site), None)
    if site is None:
        _known_by_host(db, article, now)
    article = clean_new(db, article, outcome.fetched, site.text if site else ())
    return store_seen(db, article, outcome.key, outcome.fetched, now)


def _known_by_host(db: Database, article: Article, now: str) -> None:
    host = article.site or ""
    scheme = (article.url or "https:").partition(":")[0]
    sites.known_from_archive(db, host, f"{scheme}://{host}/", now)
