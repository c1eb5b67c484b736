"""Documents into the database, in batches: refined, unless an export of ours wrote them."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Literal

from sqlite_utils import Database

from items import Article
from pipelines.extraction.article_filter import length_excess
from pipelines.refine_text import refine_text
from storage.absences import mark_imported
from storage.archive.archive import Archive
from storage.archive.page_rows import PageOutcome
from storage.archive.pointer import Pointer
from storage.article_rows import Row, article_from, current_version, get, get_one
from storage.articles import IMPORT, store
from storage.database import transaction
from storage.formats.documents import Document, DocumentError, ExportedArticle
from storage.formats.import_records import insert_document, write_document
from storage.formats.seed_text import render
from storage.prepared_articles import as_stored
from storage.revisions import is_earlier_text
from storage.tombstones import tombstone_of
from text.limits import MAX_BATCH_BYTES
from text.normalise import split_lines
from text.urls import canonicalise

FORGOTTEN: Final = "forgotten"
# Articles a transaction, and what they have in bytes; refining them, the slow part, is done before it
# begins.
_BATCH_SIZE = 50
# What a single record can raise, whatever is wrong with it; what the disk or the database raises is none
# of these, and ends the import.
_OF_THE_RECORD = (
    *(ValueError, TypeError, LookupError, ArithmeticError, RecursionError),
    *(sqlite3.IntegrityError, sqlite3.DataError),
)


@dataclass(frozen=True, slots=True)
class RefinedDocument:
    """An article ready to be stored, how it was found, and when it was seen."""

    document: Document
    article: Article
    found_by: str
    first_seen: str
    last_seen: str
    gone_at: str | None = None
    refined_by: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A committed batch: `counts` by outcome, `offset` of its last document in its file. `left_out`:
    fields that were not taken of documents that were.
    """

    counts: Counter[str]
    errors: list[DocumentError]
    left_out: list[DocumentError]
    offset: int


def import_documents(
    db: Database,
    documents: Iterable[Document | DocumentError],
    now: str,
    archive: Archive | None = None,
) -> Iterator[Imported]:
    """Store the documents, and archive them as they were read. A batch is committed when its result
    is yielded.
    """
    for batch in _batches(documents):
        yield _import(db, batch, now, archive)


def _batches(
    documents: Iterable[Document | DocumentError],
) -> Iterator[list[Document | DocumentError]]:
    batch: list[Document | DocumentError] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.raw) if isinstance(document, Document) else 0
        if len(batch) >= _BATCH_SIZE or size >= MAX_BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _import(
    db: Database, batch: list[Document | DocumentError], now: str, archive: Archive | None
) -> Imported:
    results = [_refine(db, document, now) for document in batch]
    refined = [result for result in results if isinstance(result, RefinedDocument)]
    errors = [result for result in results if isinstance(result, DocumentError)]
    counts = Counter(unchanged=results.count(None), forgotten=results.count(FORGOTTEN))
    try:
        counts += _store_batch(db, refined, now, archive)
    except _OF_THE_RECORD:
        # One of them cannot be stored: it is found, and the others are.
        for item in refined:
            try:
                counts += _store_batch(db, [item], now, archive)
            except _OF_THE_RECORD as error:
                errors.append(_failure(item.document, error))
    documents = [document for document in batch if isinstance(document, Document)]
    left_out = [
        DocumentError(document.path, document.line, problem)
        for document in documents
        for problem in document.left_out
    ]
    offset = max((document.offset for document in documents), default=0)
    return Imported(counts + Counter(failed=len(errors)), errors, left_out, offset)


def _failure(document: Document, error: Exception) -> DocumentError:
    message = f"cannot be imported: {type(error).__name__}: {str(error)[:200]}"
    return DocumentError(document.path, document.line, message)


def _store_batch(
    db: Database, refined: list[RefinedDocument], now: str, archive: Archive | None
) -> Counter[str]:
    """In one transaction; the outcomes."""
    records = _archive(db, refined, now, archive) if archive else [None] * len(refined)
    with transaction(db):
        return Counter(_store(db, *pair, now) for pair in zip(refined, records, strict=True))


def _archive(
    db: Database, refined: list[RefinedDocument], now: str, archive: Archive
) -> list[Pointer | None]:
    """The new records, which are on the disk before a row points to them."""
    write = partial(write_document, archive.writer, db)
    records = [write(item.document, item.article.id, now) for item in refined]
    archive.writer.sync()
    return records


def _store(db: Database, item: RefinedDocument, record: Pointer | None, now: str) -> str:
    url = item.article.url
    stored = store(
        db,
        item.article,
        key=canonicalise(url) if url else None,
        found_by=item.found_by,
        now=item.first_seen,
        last_seen=item.last_seen,
        refined_by=item.refined_by,
    )
    if item.gone_at:
        mark_imported(db, item.article.id, item.gone_at)
    if record:
        outcome = PageOutcome(
            stored.outcome,
            site=item.article.site,
            article=item.article.id,
            number=stored.number,
            found_by=item.found_by,
        )
        insert_document(db, item.document, record, outcome, now)
    return stored.outcome


def _refine(
    db: Database, document: Document | DocumentError, now: str
) -> RefinedDocument | DocumentError | Literal["forgotten"] | None:
    """None: the document adds nothing to what is stored. FORGOTTEN: it was taken out."""
    if isinstance(document, DocumentError):
        return document
    if tombstone_of(db, document.id, canonicalise(document.url) if document.url else None):
        return FORGOTTEN
    if not document.kept and _is_stored_already(db, document):
        return None
    try:
        article = as_stored(document.kept.article if document.kept else refine_document(document))
    except _OF_THE_RECORD as error:
        return _failure(document, error)
    if not article.paragraphs:
        return DocumentError(document.path, document.line, "no article: cleaning left nothing")
    if tombstone_of(db, article.id):
        return FORGOTTEN
    if excess := length_excess(article.paragraphs):
        return DocumentError(document.path, document.line, f"too long for an article: {excess}")
    stored = get_one(db, "articles", "id", article.id) or get_one(db, "copies", "id", article.id)
    if document.kept:
        return _exported(document, replace(document.kept, article=article), stored, now)
    # An old export does not bring back a text that was replaced since.
    if is_earlier_text(db, article):
        return None
    # To read a text in a file is not to see it on its site.
    last_seen = stored["last_seen"] if stored else now
    version = current_version()
    return RefinedDocument(document, article, IMPORT, now, last_seen, refined_by=version)


def _exported(
    document: Document, exported: ExportedArticle, stored: Row | None, now: str
) -> RefinedDocument | None:
    """`stored` is the row of the same id; None where the export is older, or the same."""
    first = exported.first_seen or now
    last = exported.last_seen or first
    if stored and (stored["last_seen"] > last or _is_same(exported.article, stored)):
        return None
    return RefinedDocument(
        document,
        exported.article,
        exported.found_by,
        first,
        last,
        exported.gone_at,
        exported.refined_by,
    )


def _is_same(article: Article, stored: Row) -> bool:
    return replace(article, number=stored["number"]) == article_from(stored)


def _is_stored_already(db: Database, document: Document) -> bool:
    """Whether our export wrote the text, and its article has not changed since."""
    stored = get(db, document.id) if document.id else None
    return stored is not None and render(stored) == "\n\n".join(split_lines(document.text))


def refine_document(document: Document) -> Article:
    """The address stays as it was given; the frontier and the id go by the canonical one."""
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
    # What its bylines say is what others are known by.
    given = {name: getattr(document, name) for name in ("site", "agency", "author")}
    stated = {name: value for name, value in given.items() if value}
    return replace(article, url=document.url, number=document.number, **stated)
