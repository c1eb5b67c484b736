"""Which texts are one story, and why two are copies of each other or not: the rule's figures as
sentences.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from storage.article_rows import Row
from storage.duplicates.compare import (
    COPY_CONFLICT,
    FEWEST,
    LEAST_RATIO,
    SAME_HEAD,
    ComparedText,
    Comparison,
    compare_texts,
)
from storage.duplicates.provenance import compared_text
from storage.duplicates.shingles import SHORTEST, common, sketch, tokenise
from text.folding import fold
from text.urls import canonicalise


@dataclass(frozen=True, slots=True)
class Explanation:
    """`sentences` give the figures, the thresholds, and the result."""

    comparison: Comparison
    sentences: list[str]


_ID_CHARS = 16
_UNRELATED = "In the database they have nothing to do with each other."


def find_text(db: Database, which: str) -> Row | None:
    """A text by id, number or address, however that is written; `article` is its number in the corpus,
    None for a copy.
    """
    if which.isdecimal() and len(which) < _ID_CHARS and (row := _find(db, "number", int(which))):
        return row
    canonical = canonicalise(which) if "://" in which else None
    return _by_id_or_address(db, which) or (_by_id_or_address(db, canonical) if canonical else None)


def _by_id_or_address(db: Database, which: str) -> Row | None:
    known = db.execute("SELECT article FROM frontier WHERE url = ?", [which]).fetchone()
    return _find(db, "id", known[0] if known else which) or _find(db, "url", which)


def _find(db: Database, column: str, value: str | int) -> Row | None:
    for table, number in (("articles", "number"), ("copies", "NULL")):
        sql = f"SELECT *, {number} AS article FROM {table} WHERE {column} = ? LIMIT 1"  # noqa: S608
        if row := next(iter(db.query(sql, [value])), None):
            return row
    return None


def explain(db: Database, first: Row, second: Row) -> Explanation:
    """What the first of two rows of `find_text` is to the second."""
    first_text, second_text = _compared_text(first), _compared_text(second)
    comparison = compare_texts(first_text, second_text)
    sentences = list(_sentences(comparison, first_text, second_text))
    if min(len(first["text"]), len(second["text"])) < SHORTEST:
        sentences.append(f"A text of less than {SHORTEST} characters is compared with no other.")
    return Explanation(comparison, [*sentences, _in_database(db, first, second, comparison)])


def _compared_text(row: Row) -> ComparedText:
    origin = (row[name] for name in ("site", "url", "published", "agency", "source"))
    return compared_text(tokenise(fold(row["text"])), *origin)


def _sentences(comparison: Comparison, first: ComparedText, second: ComparedText) -> Iterator[str]:
    sets = first.tokens.shingles, second.tokens.shingles
    shared = common(*sets)
    yield (
        f"{shared} of {len(sets[0])} and {len(sets[1])} runs of three words are the same: "
        f"Jaccard {comparison.jaccard:.2f}, containment {comparison.containment:.2f}, "
        f"length ratio {comparison.ratio:.2f}."
    )
    if shared < FEWEST and first.tokens.folded != second.tokens.folded:
        yield f"That is less than the {FEWEST} below which two texts are alike by chance."
    jaccard, containment = comparison.needed
    yield (
        f"For a copy, {_circumstances(comparison)}, Jaccard {jaccard:.2f} is needed, or "
        f"containment {containment:.2f} at a ratio of {LEAST_RATIO:.2f} or more."
    )
    yield from _guards(comparison)
    index = set(sketch(sets[0])) & set(sketch(sets[1]))
    yield f"The index finds one from the other by {len(index)} shared shingles (2 are needed)."


def _circumstances(comparison: Comparison) -> str:
    outlets = "by one outlet" if comparison.same_outlet else "by two outlets"
    when = "at unknown times" if comparison.days is None else f"{comparison.days:.1f} days apart"
    agency = ", crediting one agency" if comparison.agency else ""
    return f"published {outlets} {when}{agency}"


def _guards(comparison: Comparison) -> Iterator[str]:
    if comparison.places:
        agree = comparison.places - comparison.conflicts
        yield (
            f"{agree} of {comparison.places} numbers in the same place agree; "
            f"{COPY_CONFLICT:.0%} may differ."
        )
    if comparison.head is not None:
        yield (
            f"The shorter text has {comparison.head:.0%} of how the longer one begins; a copy has "
            f"{SAME_HEAD:.0%}."
        )


def _in_database(db: Database, first: Row, second: Row, comparison: Comparison) -> str:
    """How the two are stored."""
    originals = _original(first), _original(second)
    if originals[0] == originals[1]:
        through = (
            "" if comparison.kind == "copy" else f", as copies of {_representative(db, first)}"
        )
        return f"In the database they are one story{through}."
    row = db.execute(
        "SELECT kind FROM related WHERE (article = ?1 AND other = ?2) OR (article = ?2 AND other = ?1)",
        originals,
    ).fetchone()
    return f"In the database their stories are related ({row[0]})." if row else _UNRELATED


def _representative(db: Database, row: Row) -> str:
    sql = (
        "SELECT others.id FROM _duplicate_entries AS entries JOIN _duplicate_entries AS others "
        "ON others.entry = entries.representative WHERE entries.id = ?"
    )
    return str(db.execute(sql, [row["id"]]).fetchone()[0])


def _original(row: Row) -> int:
    return int(row["original"] if row["article"] is None else row["article"])


_TEXTS = """
SELECT coalesce(url, id), id FROM articles UNION ALL
SELECT coalesce(copies.url, copies.id), articles.id
FROM copies JOIN articles ON articles.number = copies.original
"""


def clusters(db: Database) -> Iterator[tuple[str, str]]:
    """The address of every text as it was given (its id where it has none), and its original's id."""
    yield from db.conn.execute(_TEXTS)
