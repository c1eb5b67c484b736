"""Documents into the database: refined unless they were exported by us, some at a time."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from sqlite_utils import Database

from items import Article
from pipelines.refine_text import refine_text
from storage.archive.archive import Archive
from storage.archive.page_rows import PageOutcome
from storage.archive.pointer import Pointer
from storage.article_rows import Row, article_from, get, get_one
from storage.articles import IMPORT, store
from storage.database import transaction
from storage.formats.documents import Document, DocumentError, ExportedArticle
from storage.formats.import_records import insert_document, write_document
from storage.formats.seed_text import render
from storage.revisions import is_earlier_text
from text.normalise import normalise_article, split_lines
from text.urls import canonicalise

# Articles a transaction. Refining them, the slow part, is done before it begins.
_BATCH = 50


@dataclass(frozen=True, slots=True)
class RefinedDocument:
    """An article ready to be stored, and how it was found and when."""

    document: Document
    article: Article
    found_by: str
    first_seen: str
    last_seen: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of some documents. `counts` is by verdict; `offset` is of the last of them."""

    counts: Counter[str]
    errors: list[DocumentError]
    offset: int


def import_documents(
    db: Database,
    documents: Iterable[Document | DocumentError],
    now: str,
    archive: Archive | None = None,
) -> Iterator[Imported]:
    """Store the documents, and keep them in the archive as they were read; each result is committed
    when it is given out.
    """
    waiting = iter(documents)
    while batch := list(islice(waiting, _BATCH)):
        yield _import(db, batch, now, archive)


def _import(
    db: Database, batch: list[Document | DocumentError], now: str, archive: Archive | None
) -> Imported:
    results = [_entry(db, each, now) for each in batch]
    entries = [result for result in results if isinstance(result, RefinedDocument)]
    errors = [result for result in results if isinstance(result, DocumentError)]
    counts = Counter(unchanged=results.count(None), failed=len(errors))
    records = _archived(db, entries, now, archive) if archive else [None] * len(entries)
    with transaction(db):
        counts.update(_store(db, *stored, now) for stored in zip(entries, records, strict=True))
    offsets = [document.offset for document in batch if isinstance(document, Document)]
    return Imported(counts, errors, max(offsets, default=0))


def _archived(
    db: Database, entries: list[RefinedDocument], now: str, archive: Archive
) -> list[Pointer | None]:
    """Their new records, which are on the disk before a row points to them."""
    write = partial(write_document, archive.writer, db)
    records = [write(entry.document, entry.article.id, now) for entry in entries]
    archive.writer.sync()
    return records


def _store(db: Database, entry: RefinedDocument, record: Pointer | None, now: str) -> str:
    url = entry.article.url
    stored = store(
        db,
        entry.article,
        key=canonicalise(url) if url else None,
        found_by=entry.found_by,
        now=entry.first_seen,
        last_seen=entry.last_seen,
    )
    if record:
        outcome = PageOutcome(
            stored.outcome,
            site=entry.article.site,
            article=entry.article.id,
            number=stored.number,
            found_by=entry.found_by,
        )
        insert_document(db, entry.document, record, outcome, now)
    return stored.outcome


def _entry(
    db: Database, document: Document | DocumentError, now: str
) -> RefinedDocument | DocumentError | None:
    """None: the database has nothing to learn from the document."""
    if isinstance(document, DocumentError):
        return document
    if not document.kept and _is_stored_already(db, document):
        return None
    article = normalise_article(
        document.kept.article if document.kept else refine_document(document)
    )
    if not article.paragraphs:
        return DocumentError(document.path, document.line, "no article: cleaning left nothing")
    stored = get_one(db, "articles", "id", article.id) or get_one(db, "copies", "id", article.id)
    if document.kept:
        return _kept_entry(document, replace(document.kept, article=article), stored, now)
    # Old exports lie around: what an article once was does not come back by import.
    if is_earlier_text(db, article):
        return None
    # To find a text in a file is not to see it on its site.
    return RefinedDocument(document, article, IMPORT, now, stored["last_seen"] if stored else now)


def _kept_entry(
    document: Document, kept: ExportedArticle, stored: Row | None, now: str
) -> RefinedDocument | None:
    """`stored` is the row of the same id; what was last seen before it says nothing new."""
    first = kept.first_seen or now
    last = kept.last_seen or first
    if stored and (stored["last_seen"] > last or _is_same(kept.article, stored)):
        return None
    return RefinedDocument(document, kept.article, kept.found_by, first, last)


def _is_same(article: Article, stored: Row) -> bool:
    return replace(article, number=stored["number"]) == article_from(stored)


def _is_stored_already(db: Database, document: Document) -> bool:
    """Whether the text is one that our export wrote, and its article has not changed since."""
    stored = get(db, document.id) if document.id else None
    return stored is not None and render(stored) == "\n\n".join(split_lines(document.text))


def refine_document(document: Document) -> Article:
    """Refine a document that was read from a file. The address stays as it was given; the frontier,
    and the id, go by the canonical one.
    """
    article = refine_text(
        document.text,
        url=document.url,
        id=document.id,
        title=document.title,
        section=document.section,
        source=document.source,
        published=document.published,
        language=document.language,
    )
    return replace(article, url=document.url, number=document.number)
