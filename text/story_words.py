"""The words of a news story as two stories are compared by them: folded, without the Arabic article and
the letters that join a word, and how alike two stories are by those that matter.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from text.folding import fold

Vector = dict[str, float]
# A stem's weight: how much it tells, from 0 for one of every text.
Weight = Callable[[str], float]

# News say in the first sentences what happened. Measured on the tuning half of the labelled pairs:
# whole texts alone find less than these, and both together more than either.
_LEAD_WORDS, _BODY_WORDS = 65, 400
# Twice in the headline as often in the lead.
_TITLE_TIMES = 2
_MAX_CHARS, _MAX_TITLE_CHARS, _MAX_WORD_CHARS = 6000, 1000, 40
# A headline without a word in common does not take all from a score.
_HEADLINE_FLOOR = 0.1
# By the days between two stories. What is as alike after two days or three is mostly a story of the
# same kind: the weather, a greeting, a day's prices.
_BY_DAYS = (1.0, 1.0, 0.7, 0.6)
# Texts so alike, and so many days apart, that are no copies of each other: a form, filled in anew.
_FORM, _FORM_DAYS = 0.65, 2

_ARABIC = frozenset(map(chr, range(0x621, 0x64B)))
_ARTICLES = ("وبال", "وال", "بال", "كال", "فال", "ولل", "ال", "لل")
_JOINED = frozenset("وفبلك")
_ENDINGS = ("ات", "ين", "ون", "ان", "ها", "يه", "ه", "ي", "ا")


@dataclass(frozen=True, slots=True)
class StoryWords:
    """Written words in the order of the text, folded; `lead` and `body` begin with the text."""

    title: tuple[str, ...]
    lead: tuple[str, ...]
    body: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WeightedStory:
    """By stem: vectors of length 1 of headline and lead and of headline and body, and the weights of the
    headline's words; `written` has one of the words that a stem was made of.
    """

    lead: Vector
    body: Vector
    title: Vector
    written: dict[str, str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two stories are: the cosine of their `lead`s, that of their whole texts (`body`), the
    share of either `headline`'s weight, the smaller one, that the other story has, and the `days`
    between them. `shared`: the written words that bind them, the most telling first.
    """

    lead: float
    body: float
    headline: float
    days: int
    shared: tuple[str, ...] = ()

    @property
    def is_form(self) -> bool:
        return self.body >= _FORM and self.days >= _FORM_DAYS

    @property
    def score(self) -> float:
        """From 0 to 1: the geometric mean of the three, less with the days."""
        if self.is_form or self.days >= len(_BY_DAYS):
            return 0.0
        product = self.lead * self.body * min(1.0, _HEADLINE_FLOOR + self.headline)
        return _BY_DAYS[self.days] * math.pow(max(0.0, product), 1 / 3)


def story_words(title: str, text: str) -> StoryWords:
    body = _words(text[:_MAX_CHARS], _BODY_WORDS)
    return StoryWords(_words(title[:_MAX_TITLE_CHARS], _LEAD_WORDS), body[:_LEAD_WORDS], body)


def _words(text: str, count: int) -> tuple[str, ...]:
    return tuple(word for word in fold(text).split()[:count] if 1 < len(word) <= _MAX_WORD_CHARS)


def weighted_story(words: StoryWords, weight: Weight) -> WeightedStory:
    written = {word_stem(word): word for word in reversed(words.title + words.body)}
    weights = {stem: weight(stem) for stem in written}
    return WeightedStory(
        lead=_vector(words.title * _TITLE_TIMES + words.lead, weights),
        body=_vector(words.title * _TITLE_TIMES + words.body, weights),
        title={stem: weights[stem] for stem in map(word_stem, words.title) if weights[stem] > 0},
        written=written,
    )


def _vector(words: Iterable[str], weights: Mapping[str, float]) -> Vector:
    counts = Counter(map(word_stem, words))
    values = {
        stem: (1 + math.log(count)) * weights[stem]
        for stem, count in counts.items()
        if weights[stem] > 0
    }
    length = math.sqrt(sum(value * value for value in values.values()))
    return {stem: value / length for stem, value in values.items()}


def likeness(first: WeightedStory, second: WeightedStory, days: int) -> Likeness:
    bound = {
        stem: value * second.lead[stem] for stem, value in first.lead.items() if stem in second.lead
    }
    shared = sorted(bound, key=lambda stem: (-bound[stem], stem))
    return Likeness(
        lead=sum(bound.values()),
        body=_cosine(first.body, second.body),
        headline=min(_share(first.title, second.body), _share(second.title, first.body)),
        days=days,
        shared=tuple(first.written[stem] for stem in shared),
    )


def _cosine(first: Vector, second: Vector) -> float:
    return sum(value * second[stem] for stem, value in first.items() if stem in second)


def _share(weights: Vector, other: Vector) -> float:
    whole = sum(weights.values())
    return sum(value for stem, value in weights.items() if stem in other) / whole if whole else 0.0


@lru_cache(maxsize=100_000)
def word_stem(word: str) -> str:
    """A folded Arabic word without article, joined letter and usual ending; any other as it is."""
    if word[0] not in _ARABIC:
        return word
    bare = bare_word(word)
    for ending in _ENDINGS:
        if bare.endswith(ending) and len(bare) - len(ending) > 2:
            return bare.removesuffix(ending)
    return bare


def bare_word(word: str) -> str:
    """A folded Arabic word without its article or the letter that joins it to the word before."""
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) > 2:
            return word.removeprefix(article)
    return word[1:] if len(word) > 4 and word[0] in _JOINED else word
