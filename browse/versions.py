"""What changed between two texts of a story, in paragraphs and words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest
from typing import Literal

from browse.asking import Row

Kind = Literal["same", "removed", "added"]
Words = list[tuple[Kind, str]]

# Words of one text times words of the other: what is compared in about a tenth of a second.
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Version:
    """A change: the text was `seen` from one time until `replaced`. A None among the changes
    stands for paragraphs that stayed. `why`: it was not the site that changed it.
    """

    seen: str
    replaced: str
    changes: list[Words | None]
    why: str | None = None


def versions(texts: Sequence[Row]) -> Iterator[Version]:
    for old, new in pairwise(texts):
        changes = list(_changes(_paragraphs(old), _paragraphs(new)))
        yield Version(old["seen"], old["replaced"], changes, old.get("why"))


def _paragraphs(row: Row) -> list[str]:
    return [row["title"] or "", *row["text"].split("\n\n")]


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[Words | None]:
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield None
        else:
            for before, after in zip_longest(old[i:j], new[k:m], fillvalue=""):
                yield words(before, after)


def words(before: str, after: str) -> Words:
    """One paragraph made of both."""
    old, new = before.split(), after.split()
    if not old or not new or len(old) * len(new) > _LARGEST:
        return [part for part in (("removed", before), ("added", after)) if part[1]]
    parts: Words = []
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            parts.append(("same", " ".join(old[i:j])))
            continue
        parts += [("removed", " ".join(old[i:j]))] if i < j else []
        parts += [("added", " ".join(new[k:m]))] if k < m else []
    return parts
