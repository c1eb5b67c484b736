"""What a worker has computed of an article goes with it, and what is stored is the same as without it."""

import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database
from storage_samples import NOW, article

from items import Article, Page, RemovedLine, Rights, RightsStatement
from pipelines.ingest.page import IngestPolicy, RefinedPage, ingest_page
from storage import prepared_articles
from storage.article_rows import iterate
from storage.boilerplate.learn import short_lines
from storage.database import open_database
from storage.duplicates import shingles
from storage.duplicates.shingles import tokenise
from storage.prepared_articles import as_stored, at_url, prepare, prepared_text, recut
from text.folding import fold
from text.normalise import normalise_article
from text.search_folding import fold_for_search
from text.urls import article_id

LONG = tuple(f"سطر\u200e {n} " + "كلمة أخرى " * 60 for n in range(100))
SAMPLES = {
    "usual": article(),
    "long": replace(article(), paragraphs=LONG),
    "short": replace(article(), paragraphs=("هدف في الدقيقة الأخيرة",)),
    "ascii": replace(article(), paragraphs=("The council met on Monday. " * 20, "It ends.")),
    "accents": replace(article(), paragraphs=("Le café du théâtre a rouvert à Orléans. " * 9,)),
    "bare": replace(article(), title=None, author=None, agency=None, url=None),
    "one text twice": replace(article(), title="سطر واحد", paragraphs=("سطر واحد",)),
    "other planes": replace(article(), paragraphs=("𐤀𐤁𐤂 𝟙𝟚 " * 60, "🙂 نهاية الخبر")),
    "kinds": replace(article(), paragraphs=("أ\nب", "ج"), kinds=("heading", "paragraph")),
    "removed": replace(article(), removed=(RemovedLine(1, "اقرأ\u200e أيضا", "related"),)),
    "rights": replace(
        article(), rights=Rights((RightsStatement("noai", "1", "meta", NOW),), ("meta",))
    ),
}
each = pytest.mark.parametrize("item", SAMPLES.values(), ids=SAMPLES.keys())


def _sent(item: Article) -> Article:
    sent: Article = pickle.loads(pickle.dumps(prepare(item)))
    return sent


def _store(db: Database, outcome: Article) -> Article:
    page = Page(outcome.url or "", outcome.url or "", b"", NOW)
    ingest_page(db, RefinedPage(page, outcome), IngestPolicy(), NOW)
    return next(iterate(db))


@each
def test_it_arrives_as_it_was_computed(item: Article) -> None:
    sent, own = _sent(item), as_stored(item)
    assert sent == own == normalise_article(item)
    parts, text = prepared_text(sent), own.text
    assert parts.row == prepared_text(own).row
    assert parts.lines == short_lines(own.paragraphs)
    for column in (own.title, own.text, own.agency, own.author):
        assert not column or parts.searched[column] == fold_for_search(column)
    if len(text) < shingles.SHORTEST:
        assert parts.tokens is None
    else:
        tokens = tokenise(fold(text))
        assert parts.tokens
        assert parts.tokens.folded == tokens.folded
        assert parts.tokens.order.tolist() == tokens.order.tolist()
        assert parts.tokens.shingles.tolist() == tokens.shingles.tolist()


def _tables(db: Database) -> dict[str, list[object]]:
    names = ["articles", "removed_lines", "_duplicate_entries", "_duplicate_sketches", "_credits"]
    names += ["_line_counts", "_line_articles", "frontier"]
    return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in names}


@each
def test_what_is_stored_is_the_same(db: Database, tmp_path: Path, item: Article) -> None:
    with_it, without = db, open_database(tmp_path / "other")
    assert _store(with_it, _sent(item)) == _store(without, item)
    assert _tables(with_it) == _tables(without)
    assert _found(with_it, item) == _found(without, item)
    without.close()


def _found(db: Database, item: Article) -> list[object]:
    words = fold_for_search(item.paragraphs[0]).split()[:2]
    sql = "SELECT rowid FROM _search WHERE _search MATCH ?"
    return [db.execute(sql, [word]).fetchall() for word in words]


def test_what_was_computed_is_not_computed_again(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = _sent(SAMPLES["long"])

    def forbidden(*_: object) -> None:
        raise AssertionError("computed by the writer")

    for name in ("article_row", "short_lines", "tokenise", "normalise_article", "fold_for_search"):
        monkeypatch.setattr(prepared_articles, name, forbidden)
    monkeypatch.setattr(shingles, "tokenise", forbidden)
    assert _store(db, sent).text == sent.text


def test_an_article_made_of_another_has_nothing_of_it() -> None:
    sent = _sent(article())
    assert replace(sent, title="آخر").prepared is None


def test_under_another_address_the_text_is_the_same() -> None:
    url = "https://other.example/1"
    sent = _sent(article())
    moved = at_url(sent, url, sent.url)
    assert moved == replace(sent, id=article_id(url), url=url, address=sent.url)
    assert prepared_text(moved).row == prepared_text(sent).row | {"id": moved.id, "url": url}
    assert prepared_text(moved).tokens is prepared_text(sent).tokens
    assert prepared_text(sent).row["url"] == sent.url


def test_of_a_text_that_was_cut_all_is_new() -> None:
    sent = _sent(SAMPLES["long"])
    cut = recut(sent, sent.paragraphs[:60], (), sent.removed)
    own = as_stored(replace(SAMPLES["long"], paragraphs=LONG[:60]))
    assert prepared_text(cut).row == prepared_text(own).row
    assert prepared_text(cut).lines == prepared_text(own).lines
