"""The one rule by which a field's value is chosen: of what the sources of a page state, the most
trusted first, the first that holds a value is taken. Titles alone are voted on (`titles.py`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from pipelines.metadata.witnesses import TAKEN, Field, Witness

_MAX_VALUE_CHARS = 200


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source has for a field, unchecked. `is_link`: as the text of links to a page of that
    person, section or tag. `is_shown`: as a byline that readers see.
    """

    source: str
    texts: tuple[str, ...]
    is_link: bool = False
    is_shown: bool = False


def choose_first(
    field: Field,
    statements: Iterable[Statement],
    read: Callable[[Statement], tuple[list[str], str]],
) -> tuple[tuple[str, ...], tuple[Witness, ...]]:
    """The values of the first statement that has any, and the witnesses up to it. `read` gives a
    statement's values, and why it has none. What is less trusted is not read: it may be costly.
    """
    witnesses: list[Witness] = []
    for statement in statements:
        if not any(text.strip() for text in statement.texts[:50]):
            continue
        values, reason = read(statement)
        witnesses.append(witness(field, statement, TAKEN if values else reason))
        if values:
            return tuple(values), tuple(witnesses)
    return (), tuple(witnesses)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a statement has for a field. `rank`: 0 is as good as any; of a higher one `reason` says why
    it is taken only where no statement has better values.
    """

    values: list[str]
    reason: str
    rank: int = 0


def choose_best(
    field: Field, statements: Iterable[Statement], read: Callable[[Statement], Reading]
) -> tuple[tuple[str, ...], tuple[Witness, ...]]:
    """As `choose_first`, but of the lowest rank; behind rank 0 nothing is read."""
    best: tuple[Reading, int] | None = None
    witnesses: list[Witness] = []
    for statement in statements:
        if not any(text.strip() for text in statement.texts[:50]):
            continue
        reading = read(statement)
        if reading.values and (best is None or reading.rank < best[0].rank):
            best = reading, len(witnesses)
        witnesses.append(witness(field, statement, reading.reason))
        if reading.values and reading.rank == 0:
            break
    if best is None:
        return (), tuple(witnesses)
    witnesses[best[1]] = replace(witnesses[best[1]], verdict=TAKEN)
    return tuple(best[0].values), tuple(witnesses)


def witness(field: Field, statement: Statement, verdict: str) -> Witness:
    text = " | ".join(text.strip()[:_MAX_VALUE_CHARS] for text in statement.texts[:12])
    return Witness(field, statement.source, text[:_MAX_VALUE_CHARS], verdict)
