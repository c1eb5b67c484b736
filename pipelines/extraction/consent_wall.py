"""Pages that ask for consent (cookies, privacy) in place of the article, most of them reached by a
redirect.
"""

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from urllib.parse import unquote, urlsplit

from text.folding import fold

_MAX_CHARS = 20_000  # of the text that is searched
_MAX_PATH_CHARS = 2000
_MIN_PHRASES, _MIN_PHRASES_BY_REDIRECT = 4, 2
# A story about consent is longer than the phrases that it quotes.
_MAX_CHARS_A_PHRASE = 500


@lru_cache(maxsize=1)
def _words() -> dict[str, tuple[str, ...]]:
    text = resources.files("pipelines.rules").joinpath("consent.toml").read_text("utf-8")
    return {name: tuple(map(fold, words)) for name, words in tomllib.loads(text).items()}


def is_consent_wall(
    asked: str,
    answered: str,
    title: str | None,
    paragraphs: Sequence[str],
    folded: Sequence[str] = (),
) -> bool:
    """`asked` and `answered` are canonical URLs; `folded` is each paragraph's `fold`, where that is
    known. A redirect to an address that speaks of consent is enough; without such an address the text
    has to speak of it.
    """
    is_redirect = bool(asked and answered) and asked != answered
    if is_redirect and is_consent_address(answered) and not is_consent_address(asked):
        return True
    text = _searched(paragraphs, folded)
    phrases = sum(phrase in text for phrase in _words()["texts"])
    if phrases * _MAX_CHARS_A_PHRASE < len(text):
        return False
    titled = fold(title or "") in _words()["titles"]
    needed = _MIN_PHRASES_BY_REDIRECT if is_redirect or titled else _MIN_PHRASES
    return phrases >= needed


def _searched(paragraphs: Sequence[str], folded: Sequence[str]) -> str:
    text = "\n".join(paragraphs)
    if folded and len(text) <= _MAX_CHARS:  # the page's text has been folded for cleaning
        return " ".join(filter(None, folded))
    return fold(text[:_MAX_CHARS])


def is_consent_address(url: str) -> bool:
    """By a part of the path, or the first part of the host."""
    parts = urlsplit(url)
    path = unquote(parts.path[:_MAX_PATH_CHARS])
    names = [(parts.hostname or "").partition(".")[0], *path.split("/")]
    return any(fold(name.rpartition(".")[0] or name) in _words()["addresses"] for name in names)
