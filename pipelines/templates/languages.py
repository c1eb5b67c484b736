"""A site's one language, recognised by the words that all its articles have."""

import re
from collections import Counter
from collections.abc import Sequence

from items import PageKind
from pipelines.text.language import detect
from pipelines.text.scripts import by_letters

_SAMPLE = 600  # characters
_LEARNED_FROM = 3000
_MOST = 40
# A third to a half of a text's words are such; of a text in another language far fewer.
_SHARE = 0.2
_WORD = re.compile(r"[^\W\d_]+")


def language(paragraphs: Sequence[str], kind: PageKind, hint: str | None) -> str | None:
    """As `detect` names it; n-grams cost milliseconds, and are asked only where the words of the
    site's language are missing.
    """
    text = " ".join(paragraphs)
    sample = text[:_SAMPLE]
    if kind.language and by_letters(sample[:300]) is None:
        words = _WORD.findall(sample.lower())
        if words and sum(word in kind.words for word in words) >= _SHARE * len(words):
            return kind.language
    return detect(text, hint)


def common_words(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """The text's most frequent words."""
    words = Counter(_WORD.findall(" ".join(paragraphs)[:_LEARNED_FROM].lower()))
    return tuple(word for word, _ in words.most_common(_MOST))
