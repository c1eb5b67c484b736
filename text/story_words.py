"""The words of a news story as two stories are compared by them: folded, without the Arabic article and
the letters that join a word, and how alike two stories are by those that matter.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from text.folding import ARABIC_ARTICLES, fold

Vector = dict[str, float]
# A stem's weight: how much it tells, from 0 for one of every text.
Weight = Callable[[str], float]

# News say in the first sentences what happened. Measured on the tuning half of the labelled pairs:
# whole texts alone find less than these, and both together more than either.
_LEAD_WORDS, _BODY_WORDS = 65, 400
# Twice in the headline as often in the lead.
_TITLE_TIMES = 2
# Enough for the words of a body: 400 words of any language measured are fewer.
_MAX_CHARS, _MAX_TITLE_CHARS, _MAX_WORD_CHARS = 3000, 1000, 40
# So many words of a lead tell most.
_TELLING = 8
# Days from which on no two stories are of one event, and from which on what is very alike is mostly a
# form filled in anew: the weather, a notice, a day's prices.
_FAR, _FORM_DAYS, _FORM = 4, 2, 0.45
# Logarithms of shares are taken with a floor, so that nothing in common does not take all from a score.
_COSINE_FLOOR, _SHARE_FLOOR = 0.02, 0.1
# Words: hardly a labelled text is shorter.
_SHORTEST = 40
# A logistic regression, trained on pairs labelled by hand (`benchmarks/train_events.py`): the logarithm
# of the odds for one event is `_BIAS` and the sum of the features, each times its factor.
_BIAS = -1.068
_FACTORS = {
    "lead": 1.343,
    "body": 0.188,
    "headline": 0.376,
    "headline_lead": 1.797,
    "telling": 2.890,
    "length": 0.512,
    "late": -0.425,
    "form": -28.944,
}

_ARABIC = frozenset(map(chr, range(0x621, 0x64B)))
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
    headline's words; `telling` are the lead's most telling stems, `length` counts the body's words;
    `written` has one of the words that a stem was made of.
    """

    lead: Vector
    body: Vector
    title: Vector
    telling: tuple[str, ...]
    length: int
    written: dict[str, str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two stories are: the cosine of their `lead`s, that of their whole texts (`body`); the
    share of a headline's weight that the other story has (`headline`, the smaller one) or has in its
    lead (`headline_lead`, the larger one); the share of the most `telling` words of a lead that the
    other story has, the larger one; the `length` in words of the shorter text, and the `days` between
    them. `shared`: the written words that bind them, the most telling first.
    """

    lead: float
    body: float
    headline: float
    headline_lead: float
    telling: float
    length: int
    days: int
    shared: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """How probable one event is, from 0 to 1, among pairs that look alike at all."""
        if self.days >= _FAR:
            return 0.0
        features = likeness_features(self)
        total = _BIAS + sum(_FACTORS[name] * value for name, value in features.items())
        return 1 / (1 + math.exp(-total))


def likeness_features(like: Likeness) -> dict[str, float]:
    """What the regression weighs, by name."""
    is_late = like.days >= _FORM_DAYS
    return {
        "lead": math.log(_COSINE_FLOOR + max(0.0, like.lead)),
        "body": math.log(_COSINE_FLOOR + max(0.0, like.body)),
        "headline": math.log(_SHARE_FLOOR + like.headline),
        "headline_lead": math.log(_SHARE_FLOOR + like.headline_lead),
        "telling": like.telling,
        "length": math.log(max(_SHORTEST, like.length)),
        "late": float(is_late),
        "form": max(0.0, like.body - _FORM) if is_late else 0.0,
    }


def story_words(title: str, text: str) -> StoryWords:
    body = _words(text[:_MAX_CHARS], _BODY_WORDS)
    return StoryWords(_words(title[:_MAX_TITLE_CHARS], _LEAD_WORDS), body[:_LEAD_WORDS], body)


def _words(text: str, count: int) -> tuple[str, ...]:
    return tuple(word for word in fold(text).split()[:count] if 1 < len(word) <= _MAX_WORD_CHARS)


def weighted_story(words: StoryWords, weight: Weight) -> WeightedStory:
    written = {word_stem(word): word for word in reversed(words.title + words.body)}
    weights = {stem: weight(stem) for stem in written}
    counts = Counter(map(word_stem, words.title + words.body))
    lead = dict.fromkeys(map(word_stem, words.title + words.lead))
    telling = sorted(lead, key=lambda stem: (-weights[stem] * (1 + math.log(counts[stem])), stem))
    return WeightedStory(
        lead=_vector(words.title * _TITLE_TIMES + words.lead, weights),
        body=_vector(words.title * _TITLE_TIMES + words.body, weights),
        title={stem: weights[stem] for stem in map(word_stem, words.title) if weights[stem] > 0},
        telling=tuple(telling[:_TELLING]),
        length=len(words.body),
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
        headline_lead=max(_share(first.title, second.lead), _share(second.title, first.lead)),
        telling=max(_found(first.telling, second.body), _found(second.telling, first.body)),
        length=min(first.length, second.length),
        days=days,
        shared=tuple(first.written[stem] for stem in shared),
    )


def _cosine(first: Vector, second: Vector) -> float:
    return sum(value * second[stem] for stem, value in first.items() if stem in second)


def _share(weights: Vector, other: Vector) -> float:
    whole = sum(weights.values())
    return sum(value for stem, value in weights.items() if stem in other) / whole if whole else 0.0


def _found(stems: tuple[str, ...], other: Vector) -> float:
    return sum(stem in other for stem in stems) / _TELLING


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
    for article in ARABIC_ARTICLES:
        if word.startswith(article) and len(word) - len(article) > 2:
            return word.removeprefix(article)
    return word[1:] if len(word) > 4 and word[0] in _JOINED else word
