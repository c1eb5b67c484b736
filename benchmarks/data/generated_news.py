"""Generated news of any amount: words and phrases with frequencies like real ones, numbers, and for
every tenth article an edited version of an earlier one.
"""

import hashlib
import random
from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from items import Article
from text.timestamps import add_seconds

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


_WORDS, _PHRASES = 60_000, 20_000
_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
_MEDIAN_WORDS, _SPREAD = 200, 0.7
# The share of words at which a stock phrase begins; half of all words are part of one.
_PHRASE_SHARE = 0.12
_COPY_SHARE = 0.1
_RECENT = 3000
_START = "2026-01-01T00:00:00Z"


class Press:
    """An endless sequence of articles, the same for the same seed."""

    def __init__(self, seed: int = 7) -> None:
        self._seed = seed
        self._chance = random.Random(seed)
        self._generator = np.random.default_rng(seed)
        self._words = [self._word() for _ in range(_WORDS)]
        self._word_shares = _shares(_WORDS, flat=4)
        self._phrases = [
            " ".join(self._plain_words(self._chance.randint(3, 6))) for _ in range(_PHRASES)
        ]
        self._phrase_shares = _shares(_PHRASES, flat=200)
        self._recent: deque[str] = deque(maxlen=_RECENT)

    def articles(self, first: int = 0) -> Iterator[Article]:
        number = first
        while True:
            yield self.article(number)
            number += 1

    def article(self, number: int) -> Article:
        host = f"https://outlet{self._chance.randrange(200)}.example"
        text = self.text()
        return Article(
            id=hashlib.sha256(f"{self._seed} {number}".encode()).hexdigest()[:16],
            url=f"{host}/{number}",
            site=None,
            title=text[:60],
            paragraphs=tuple(text.split("\n\n")),
            published=add_seconds(_START, number * 20),
            language="ar",
        )

    def text(self) -> str:
        if self._recent and self._chance.random() < _COPY_SHARE:
            return self._edited(self._chance.choice(self._recent))
        length = int(np.clip(self._generator.lognormal(np.log(_MEDIAN_WORDS), _SPREAD), 45, 2500))
        text = self._new_text(length)
        self._recent.append(text)
        return text

    def _new_text(self, length: int) -> str:
        words = self._plain_words(length)
        for index in np.flatnonzero(self._generator.random(length) < _PHRASE_SHARE).tolist():
            words[index] = self._phrases[self._pick(self._phrase_shares)]
        for index in range(30, length, 60):
            words[index] = str(self._chance.randrange(1, 3000))
        breaks = range(50, length, 50)
        return "\n\n".join(
            " ".join(words[begin:end])
            for begin, end in zip((0, *breaks), (*breaks, length), strict=True)
        )

    def _edited(self, text: str) -> str:
        """`text` without a paragraph, and with some words replaced."""
        paragraphs = text.split("\n\n")
        if len(paragraphs) > 3:
            del paragraphs[self._chance.randrange(1, len(paragraphs))]
        words = " \n\n ".join(paragraphs).split(" ")
        for _ in range(len(words) // 30):
            index = self._chance.randrange(len(words))
            if words[index] != "\n\n":
                words[index] = self._words[self._chance.randrange(_WORDS)]
        return " ".join(words).replace(" \n\n ", "\n\n")

    def _plain_words(self, count: int) -> list[str]:
        indices = np.searchsorted(self._word_shares, self._generator.random(count))
        return [self._words[index] for index in indices.tolist()]

    def _pick(self, shares: NDArray[np.float64]) -> int:
        return int(np.searchsorted(shares, self._chance.random()))

    def _word(self) -> str:
        return "".join(self._chance.choices(_LETTERS, k=self._chance.randint(2, 8)))


def _shares(count: int, flat: int) -> NDArray[np.float64]:
    """Cumulative shares by Zipf's law; the first `flat` are about equally frequent."""
    shares: NDArray[np.float64] = np.cumsum(1 / (np.arange(count) + flat))
    return np.asarray(shares / shares[-1], np.float64)
