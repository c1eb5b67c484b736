"""Whether an article's text is whole, or what a paywall leaves of it."""

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Literal

from pipelines.metadata.access import DeclaredAccess
from text.folding import fold

Access = Literal["free", "teaser"]

# Characters; a whole article behind a paywall is longer, or says how long it is.
_SHORT_CHARS = 1200
# Of the words that the page says the article has; markup and captions are counted differently.
_MAX_TEASER_SHARE, _MIN_WHOLE_SHARE = 0.6, 0.8
_ELLIPSES = ("…", "...", "[…]", "[...]", "…»", '…"')
_LAST_PARAGRAPHS = 2
_MAX_CHARS = 400  # of a paragraph that invites to subscribe


def access_of(declared: DeclaredAccess, paragraphs: Sequence[str]) -> Access | None:
    """None: the page declares nothing. A page that declares a lock and has the whole text is `free`:
    some locks are only drawn over it.
    """
    if declared.is_free is None:
        return None
    return "free" if declared.is_free or not _is_teaser(declared, paragraphs) else "teaser"


def _is_teaser(declared: DeclaredAccess, paragraphs: Sequence[str]) -> bool:
    text = "\n\n".join(paragraphs)
    if text.rstrip().endswith(_ELLIPSES) or any(map(_invites, paragraphs[-_LAST_PARAGRAPHS:])):
        return True
    if declared.words:
        share = len(text.split()) / declared.words
        if not _MAX_TEASER_SHARE <= share < _MIN_WHOLE_SHARE:
            return share < _MAX_TEASER_SHARE
    return len(text) < _SHORT_CHARS


def _invites(paragraph: str) -> bool:
    text = fold(paragraph[:_MAX_CHARS])
    return any(phrase in text for phrase in _paywall_phrases())


@lru_cache(maxsize=1)
def _paywall_phrases() -> tuple[str, ...]:
    text = resources.files("pipelines.rules").joinpath("paywalls.toml").read_text("utf-8")
    return tuple(fold(phrase) for phrases in tomllib.loads(text).values() for phrase in phrases)
