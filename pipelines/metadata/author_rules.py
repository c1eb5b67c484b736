"""What is known before a byline is read: the words of `rules/authors.toml`, the page's own names."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from text.folding import fold_name
from text.folding import fold_phrase as fold

# Arabic words with their vowel signs, `Ph.D`, `O'Brien`.
WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u064b-\u0652])*+(?:[.'’-][^\W\d_]+)*+")
IDEOGRAPHS = re.compile(r"[\u3400-\u9fff·]+")
EDGES = " .:،,-–—()[]{}\"'«»“”‘’*|•·_~>"
# Names are joined by these words.
JOIN = re.compile(r"\s(?:and|und|و|och|og|en|oraz|und|и|ve|וגם)\s", re.IGNORECASE)


def _phrases(values: Iterable[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(folded_words(value)) for value in values)


def folded_words(text: str) -> list[str]:
    return [fold_name(m[0]) for m in WORD.finditer(text)]


@dataclass(frozen=True, slots=True)
class Rules:
    introductions: frozenset[tuple[str, ...]]
    first_words: frozenset[str]  # of introductions, of whatever length
    other_credits: frozenset[tuple[str, ...]]
    languages_of: dict[str, frozenset[str]]  # of words that introduce in these languages alone
    roles: frozenset[str]
    modifiers: frozenset[str]
    degrees: frozenset[str]
    others: frozenset[str]
    towns: frozenset[str]
    names_with_waw: frozenset[str]
    outlet_words: frozenset[str]
    newsrooms: frozenset[str]
    organisation_words: frozenset[str]
    section_words: frozenset[str]


@cache
def rules() -> Rules:
    text = resources.files("pipelines.rules").joinpath("authors.toml").read_text("utf-8")
    data: dict[str, Any] = tomllib.loads(text)
    parts, introductions = data["parts"], _phrases(data["introductions"])
    languages_of: dict[str, set[str]] = defaultdict(set)
    for code, words in data["introductions_by_language"].items():
        for word in map(fold_name, words):
            languages_of[word].add(code)
    return Rules(
        introductions,
        frozenset(phrase[0] for phrase in introductions if phrase),
        _phrases(data["other_credits"]),
        {word: frozenset(codes) for word, codes in languages_of.items()},
        frozenset(map(fold_name, parts["roles"])),
        frozenset(map(fold_name, parts["role_modifiers"])),
        frozenset(parts["degrees"]),
        frozenset(map(fold, parts["others"])),
        frozenset(map(fold, parts["towns"])),
        frozenset(map(fold_name, parts["names_with_waw"])),
        frozenset(map(fold_name, parts["outlet_words"])),
        frozenset(map(fold, parts["newsrooms"])),
        frozenset(map(fold_name, parts["organisation_words"])),
        frozenset(map(fold_name, parts["section_words"])),
    )


@dataclass(frozen=True, slots=True)
class NameContext:
    """What is known of the page: the site's names and its sections' (folded), its language,
    its host, the organisations that its data name as authors (folded).
    """

    own_names: frozenset[str] = frozenset()
    language: str | None = None
    host: str = ""
    organisations: frozenset[str] = frozenset()
    site_names: frozenset[str] = frozenset()
