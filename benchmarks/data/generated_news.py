"""Generated news of any amount: words and phrases with frequencies like real ones, numbers, and for
every tenth article an edited version of an earlier one.
"""

import hashlib
import random
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from items import Article

_WHO = [
    "وزارة النقل",
    "بلدية المدينة",
    "نقابة المعلمين",
    "هيئة الموانئ",
    "غرفة التجارة",
    "مديرية المياه",
    "جامعة الساحل",
    "اتحاد الفلاحين",
    "مؤسسة البريد",
    "لجنة الأسواق",
    "دائرة الآثار",
    "شركة الكهرباء",
]
_DID = ["أعلنت", "أكدت", "أوضحت", "كشفت", "رجحت", "نفت", "ذكرت", "بينت", "أضافت", "لفتت"]
_WHAT = [
    "افتتاح جسر جديد",
    "ترميم المكتبة القديمة",
    "توسيع الطريق الساحلي",
    "زراعة أشجار الزيتون",
    "تأهيل محطة الضخ",
    "خفض رسوم التسجيل",
    "إنارة الشوارع الفرعية",
    "تنظيف مجرى النهر",
    "بناء ملعب للناشئين",
    "تشغيل خط للحافلات",
    "صيانة شبكة الهاتف",
    "فتح معرض للكتب",
    "نقل سوق الخضار",
    "تدريب فرق الإطفاء",
]
_WHERE = [
    "في الحي الشرقي",
    "قرب المحطة المركزية",
    "عند مدخل المرفأ",
    "في ضاحية البساتين",
    "خلف السوق المسقوف",
    "على ضفة البحيرة",
    "في ريف المحافظة",
    "وسط الساحة الكبرى",
    "قبالة الجامعة",
    "في القرى الجبلية",
]
_WHEN = [
    "صباح اليوم",
    "مساء أمس",
    "مطلع الأسبوع",
    "بعد انتهاء العطلة",
    "خلال الشهر المقبل",
    "قبل حلول الشتاء",
    "مع بداية الموسم",
    "في غضون أيام",
]
_WHY = [
    "استجابة لطلبات الأهالي",
    "بعد دراسة استمرت عاماً",
    "بتمويل من المجلس المحلي",
    "وفق خطة أقرت سابقاً",
    "بمشاركة متطوعين من الشباب",
    "رغم ضيق الموازنة",
    "بالتعاون مع مهندسين محليين",
    "تنفيذاً لتوصية اللجنة الفنية",
]


class Writer:
    """Readable sentences; the same seed gives the same words."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def title(self, number: int) -> str:
        what, where = self._choose(_WHAT), self._choose(_WHERE)
        return f"{self._choose(_WHO)}: {what} {where} ({number})"

    def paragraph(self) -> str:
        sentences = [self._sentence() for _ in range(3)]
        return "، ".join(sentences) + "."

    def _sentence(self) -> str:
        count = self._chance.randrange(3, 9000)
        return (
            f"{self._choose(_DID)} {self._choose(_WHO)} {self._choose(_WHEN)} {self._choose(_WHAT)} "
            f"{self._choose(_WHERE)} {self._choose(_WHY)} لنحو {count} شخصاً"
        )

    def _choose(self, words: list[str]) -> str:
        return self._chance.choice(words)


_WORDS, _PHRASES, _NUMBERS = 60_000, 20_000, 3_000
_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
_VOCABULARY_SEED = 7
_MEDIAN_WORDS, _SPREAD = 200, 0.7
# The share of words at which a stock phrase begins; half of all words are part of one.
_PHRASE_SHARE = 0.12
_COPY_SHARE = 0.1
_RECENT = 3000
PARAGRAPH = 50  # words
_STORIES = 200  # drawn at once: their arrays fit into the cache of a core
_START = datetime(2026, 1, 1, tzinfo=UTC)
# Drawing from a table of this many places costs a tenth of a search in the cumulative shares.
_PLACES = 1 << 22

Words = NDArray[np.int64]


class Vocabulary:
    """Words, and numbers behind them, by number, the same for every press. A unit of a text is a word
    or a phrase: unit `u` has the `counts[u]` words from `firsts[u]` on in `contents`.
    """

    def __init__(self) -> None:
        chance, generator = random.Random(_VOCABULARY_SEED), np.random.default_rng(_VOCABULARY_SEED)
        words = ["".join(chance.choices(_LETTERS, k=chance.randint(2, 8))) for _ in range(_WORDS)]
        self.words = [*words, *map(str, range(_NUMBERS))]
        self.drawn_words = _places(_WORDS, flat=4)
        self.drawn_phrases = len(self.words) + _places(_PHRASES, flat=200)
        lengths = generator.integers(3, 7, _PHRASES)
        phrases = self.drawn_words[generator.integers(0, _PLACES, int(lengths.sum()))]
        single = np.arange(len(self.words))
        self.contents: Words = np.concatenate((single, phrases))
        self.counts: Words = np.concatenate((np.ones_like(single), lengths))
        self.firsts: Words = np.cumsum(self.counts) - self.counts
        self._spelling = np.array(self.words, object)

    def spelled(self, words: Words) -> list[str]:
        spelled: list[str] = self._spelling[words].tolist()
        return spelled


@cache
def vocabulary() -> Vocabulary:
    return Vocabulary()


def _places(count: int, flat: int) -> Words:
    """Numbers below `count`, each as often as Zipf's law has it; the first `flat` about equally often."""
    shares = np.cumsum(1 / (np.arange(count) + flat))
    return np.searchsorted(shares / shares[-1], (np.arange(_PLACES) + 0.5) / _PLACES)


class Press:
    """An endless sequence of articles, the same for the same seed. All presses have one vocabulary."""

    def __init__(self, seed: int = 7) -> None:
        self._seed = seed
        self._generator = np.random.default_rng(seed)
        self._chance = random.Random(seed)
        self._vocabulary = vocabulary()
        self._recent: deque[Words] = deque(maxlen=_RECENT)

    def articles(self, first: int = 0) -> Iterator[Article]:
        number = first
        while True:
            for story in self.stories(_STORIES):
                yield self.article(number, self._vocabulary.spelled(story))
                number += 1

    def article(self, number: int, words: list[str]) -> Article:
        return Article(
            id=self.id(number),
            url=self.url(number),
            site=None,
            title=title(words),
            paragraphs=tuple(paragraphs(words)),
            published=published(number),
            language="ar",
        )

    def id(self, number: int) -> str:
        return hashlib.sha256(f"{self._seed} {number}".encode()).hexdigest()[:16]

    def url(self, number: int) -> str:
        return f"https://outlet{self._chance.randrange(200)}.example/{number}"

    def stories(self, count: int) -> list[Words]:
        """The words of the next articles, by number; every tenth is an edited version of an earlier
        one.
        """
        stories = self._new_stories(count)
        for index, story in enumerate(stories):
            if self._recent and self._chance.random() < _COPY_SHARE:
                stories[index] = self._edited(self._chance.choice(self._recent))
            else:
                self._recent.append(story)
        return stories

    def _new_stories(self, count: int) -> list[Words]:
        generator, words = self._generator, self._vocabulary
        drawn = generator.lognormal(np.log(_MEDIAN_WORDS), _SPREAD, count)
        lengths = np.clip(drawn, 45, 2500).astype(np.int64)
        ends = np.cumsum(lengths)
        units = words.drawn_words[generator.integers(0, _PLACES, ends[-1])]
        begins_phrase = np.flatnonzero(generator.random(ends[-1]) < _PHRASE_SHARE)
        phrases = generator.integers(0, _PLACES, len(begins_phrase))
        units[begins_phrase] = words.drawn_phrases[phrases]
        places = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
        numbers = np.flatnonzero(places % 60 == 30)
        units[numbers] = _WORDS + generator.integers(1, _NUMBERS, len(numbers))
        counts = words.counts[units]
        unit_ends = np.cumsum(counts)
        inside = np.arange(unit_ends[-1]) - np.repeat(unit_ends - counts, counts)
        contents = words.contents[np.repeat(words.firsts[units], counts) + inside]
        return np.split(contents, unit_ends[ends[:-1] - 1])

    def _edited(self, story: Words) -> Words:
        """`story` without a paragraph, and with some words replaced."""
        paragraphs = -(-len(story) // PARAGRAPH)
        if paragraphs > 3:
            start = PARAGRAPH * self._chance.randrange(1, paragraphs)
            story = np.concatenate((story[:start], story[start + PARAGRAPH :]))
        edited = story.copy()
        replaced = len(edited) // 30
        places = self._generator.integers(0, len(edited), replaced)
        edited[places] = self._generator.integers(0, _WORDS, replaced)
        return edited


def title(words: Sequence[str]) -> str:
    return " ".join(words[:10])


def paragraphs(words: Sequence[str]) -> list[str]:
    begins = range(0, len(words), PARAGRAPH)
    return [" ".join(words[begin : begin + PARAGRAPH]) for begin in begins]


def published(number: int) -> str:
    """One every 20 seconds."""
    return f"{_START + timedelta(seconds=number * 20):%Y-%m-%dT%H:%M:%SZ}"
