"""Wordings of the texts compared last: copies come close to each other in time."""

from storage.article_rows import Row
from storage.duplicates.shingles import Wording, wording

# Some 10 KB each.
_MOST = 2000
_wordings: dict[int, Wording] = {}


def fingerprint(row: Row) -> int:
    """63 bits of the hash of the folded text."""
    return int(row["text_hash"][:16], 16) >> 1


def remembered(fingerprint: int) -> Wording | None:
    return _wordings.get(fingerprint)


def remember(fingerprint: int, folded: str) -> Wording:
    """The wording of a text, kept for the comparisons to come; the oldest is forgotten."""
    found = _wordings.pop(fingerprint, None) or wording(folded)
    _wordings[fingerprint] = found
    if len(_wordings) > _MOST:
        del _wordings[next(iter(_wordings))]
    return found
