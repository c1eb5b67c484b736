"""Which texts are one story, and why two are copies of each other or are not: the rule's figures as
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
from storage.duplicates.deduplicate import SHORTEST
from storage.duplicates.provenance import compared_text
from storage.duplicates.shingles import common, sketch, tokenise
from text.folding import fold


@dataclass(frozen=True, slots=True)
class Explanation:
    """`sentences` give the figures, the thresholds, and what came of it."""

    comparison: Comparison
    sentences: list[str]


def find_text(db: Database, which: str) -> Row | None:
    """A text by id, number or address, with its table: `article` is its number in the corpus."""
    if which.isdecimal() and (row := _one(db, "number", int(which))):
        return row
    known = db.execute("SELECT article FROM frontier WHERE url = ?", [which]).fetchone()
    return _one(db, "id", known[0] if known else which) or _one(db, "url", which)


def _one(db: Database, column: str, value: str | int) -> Row | None:
    for table, number in (("articles", "number"), ("copies", "NULL")):
        sql = f"SELECT *, {number} AS article FROM {table} WHERE {column} = ? LIMIT 1"  # noqa: S608
        if row := next(iter(db.query(sql, [value])), None):
            return row
    return None


def explain(db: Database, one: Row, other: Row) -> Explanation:
    """Of two rows that `find` gave: what the first is to the second."""
    ours, theirs = _party(one), _party(other)
    verdict = compare_texts(ours, theirs)
    said = list(_sentences(verdict, ours, theirs))
    if min(len(one["text"]), len(other["text"])) < SHORTEST:
        said.append(f"A text of less than {SHORTEST} characters is held against no other.")
    return Explanation(verdict, [*said, _standing(db, one, other, verdict)])


def _party(row: Row) -> ComparedText:
    origin = (row[name] for name in ("site", "url", "published", "agency", "source"))
    return compared_text(tokenise(fold(row["text"])), *origin)


def _sentences(verdict: Comparison, one: ComparedText, other: ComparedText) -> Iterator[str]:
    sets = one.tokens.shingles, other.tokens.shingles
    shared = common(*sets)
    yield (
        f"{shared} of {len(sets[0])} and {len(sets[1])} runs of three words are the same: "
        f"Jaccard {verdict.jaccard:.2f}, containment {verdict.containment:.2f}, "
        f"length ratio {verdict.ratio:.2f}."
    )
    if shared < FEWEST and one.tokens.folded != other.tokens.folded:
        yield f"That is less than the {FEWEST} below which likeness is chance."
    jaccard, containment = verdict.needed
    yield (
        f"For a copy, {_circumstances(verdict)}, Jaccard {jaccard:.2f} is needed, or "
        f"containment {containment:.2f} at a ratio of {LEAST_RATIO:.2f} or more."
    )
    yield from _guards(verdict)
    index = set(sketch(sets[0])) & set(sketch(sets[1]))
    yield f"The index finds one from the other by {len(index)} shared shingles (2 are needed)."


def _circumstances(verdict: Comparison) -> str:
    outlets_ = "by one outlet" if verdict.same_outlet else "by two outlets"
    when = "at unknown times" if verdict.days is None else f"{verdict.days:.1f} days apart"
    agency = ", crediting one agency" if verdict.agency else ""
    return f"published {outlets_} {when}{agency}"


def _guards(verdict: Comparison) -> Iterator[str]:
    if verdict.places:
        agree = verdict.places - verdict.conflicts
        yield (
            f"{agree} of {verdict.places} numbers that stand in the same place agree; "
            f"{COPY_CONFLICT:.0%} may differ."
        )
    if verdict.head is not None:
        yield (
            f"The shorter text has {verdict.head:.0%} of how the longer one begins; a copy has "
            f"{SAME_HEAD:.0%}."
        )


def _standing(db: Database, one: Row, other: Row, verdict: Comparison) -> str:
    """What the database holds of the two."""
    first, second = _original(one), _original(other)
    if first == second:
        through = "" if verdict.kind == "copy" else f", as copies of {_pivot(db, one)}"
        return f"In the database they are one story{through}."
    row = db.execute(
        "SELECT kind FROM related WHERE (article = ?1 AND other = ?2) OR (article = ?2 AND other = ?1)",
        [first, second],
    ).fetchone()
    return f"In the database their stories are related ({row[0]})." if row else _APART


def _pivot(db: Database, row: Row) -> str:
    sql = (
        "SELECT others.id FROM _duplicate_entries AS entries JOIN _duplicate_entries AS others "
        "ON others.entry = entries.representative WHERE entries.id = ?"
    )
    return str(db.execute(sql, [row["id"]]).fetchone()[0])


_APART = "In the database they have nothing to do with each other."


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
