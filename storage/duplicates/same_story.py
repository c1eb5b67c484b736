"""Whether two texts are versions of one story, as far as an address is concerned: less alike than copies
of each other, since an article may be rewritten, and not two fillings of one form.
"""

from storage.article_rows import Row
from storage.duplicates.compare import COPY_CONFLICT, compare_texts
from storage.duplicates.provenance import compared_text
from storage.duplicates.shingles import TokenisedText, tokenise
from text.folding import fold

# The share of the shorter text that is in the other: at least, and under one title.
_SHARED, _SHARED_WITH_TITLE = 0.5, 0.2


def is_same_story(first: Row, second: Row) -> bool:
    """Of two rows with `text`, `text_hash` and `title`."""
    if first["text_hash"] == second["text_hash"]:
        return True
    comparison = compare_texts(
        *(compared_text(_tokens(row), None, None, None, None, None) for row in (first, second))
    )
    if comparison.conflict > COPY_CONFLICT:
        return False
    titles = [fold(row["title"] or "") for row in (first, second)]
    needed = _SHARED_WITH_TITLE if titles[0] and titles[0] == titles[1] else _SHARED
    return comparison.containment >= needed


def _tokens(row: Row) -> TokenisedText:
    return tokenise(fold(row["text"]))
