"""What each source of a page says of a field, and what became of it: the reasons of a choice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from pipelines.metadata.raw_metadata import plain_text

Field = Literal["title", "author", "published", "modified", "section", "tags", "language"]
FIELDS: tuple[Field, ...] = get_args(Field)
TAKEN = "taken"
_MAX_VALUE_CHARS = 300


@dataclass(frozen=True, slots=True)
class Witness:
    """`source` names the place: `feed`, `json-ld NewsArticle`, `meta og:title`, `h1`, `address`,
    `byline 3 elements behind the headline`. `value` is what stands there. `verdict` is `taken`, or
    the reason why it was not, as words for a person: `of another article`, `the site's own name`.
    """

    field: Field
    source: str
    value: str
    verdict: str


def with_chosen(
    witnesses: Sequence[Witness], values: Mapping[Field, str | Sequence[str] | None]
) -> tuple[Witness, ...]:
    """By field, with one more for each of the chosen `values` that no witness was taken for: a day that
    a search of the page found, a language judged by the words. Values are lines of plain text.
    """
    known = {witness.field for witness in witnesses if witness.verdict == TAKEN}
    found = [
        replace(witness, value=plain_text(witness.value, _MAX_VALUE_CHARS))
        for witness in (*witnesses, *_from_elsewhere(values, known))
    ]
    return tuple(sorted(found, key=lambda witness: FIELDS.index(witness.field)))


def _from_elsewhere(
    values: Mapping[Field, str | Sequence[str] | None], known: set[Field]
) -> Iterator[Witness]:
    for field, value in values.items():
        if value and field not in known:
            shown = value if isinstance(value, str) else ", ".join(value)
            source = "words of the text" if field == "language" else "elsewhere in the page"
            yield Witness(field, source, shown, TAKEN)
