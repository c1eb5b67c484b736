"""A site's one language, recognised by the words that all its articles have."""

import re
from collections import Counter
from collections.abc import Sequence

from items import PageKind
from pipelines.text.language import detect

_SAMPLE = 300  # characters, as many as n-grams are asked of
_LEARNED_FROM = 3000
_MOST = 40
# An eighth to a third of a text's words are such; of one in a related language a twentieth.
_SHARE = 0.1
_WORD = re.compile(r"[^\W\d_]+")


def language(paragraphs: Sequence[str], kind: PageKind, hint: str | None) -> str | None:
    """As `detect` names it; n-grams cost milliseconds, and are asked only where the words of the
    site's language are missing.
    """
    text = " ".join(paragraphs)
    if kind.language:
        words = _WORD.findall(text[:_SAMPLE].lower())
        if words and sum(word in kind.words for word in words) >= _SHARE * len(words):
            return kind.language
    return detect(text, hint)


def common_words(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """The text's most frequent words."""
    words = Counter(_WORD.findall(" ".join(paragraphs)[:_LEARNED_FROM].lower()))
    return tuple(word for word, _ in words.most_common(_MOST))
