"""Log-likelihood and log ratio against figures of the literature, and words against a naive count."""

import math
import random
from collections import Counter

import pytest

from text.keyness import (
    COMMON_SHARE,
    CRITICAL_G2,
    MIN_TEXTS,
    WordCounts,
    keywords,
    log_likelihood,
    log_ratio,
    spellings,
)


@pytest.mark.parametrize(
    ("both", "first_alone", "second_alone", "neither", "published"),
    [
        # Dunning 1993, table 1: `the swiss`, `can be`, `previous year`, `mineral water`.
        (110, 2442, 111, 29114, 270.72),
        (29, 13, 123, 31612, 263.90),
        (31, 23, 139, 31584, 256.84),
        (10, 0, 3, 31764, 167.23),
    ],
)
def test_the_log_likelihood_is_that_of_dunning(
    both: int, first_alone: int, second_alone: int, neither: int, published: float
) -> None:
    sizes = both + first_alone, second_alone + neither
    assert log_likelihood(both, second_alone, *sizes) == pytest.approx(published, abs=0.005)


def test_the_log_likelihood_is_that_of_rayson_and_garside_and_of_what_they_leave_out() -> None:
    """By hand: a word 50 times in 10 000, and 20 times in 20 000. E1 = 10 000 * 70 / 30 000 = 23.333 and
    E2 = 46.667, so that 2 * (50 ln(50 / E1) + 20 ln(20 / E2)) = 2 * (38.107 - 16.946) = 42.32. They leave
    out the two cells of all other words, which add 2 * (9950 ln(9950 / 9976.667) + 19980 ln(19980 /
    19953.333)) = 2 * (-26.631 + 26.685) = 0.107.
    """
    expected = 10_000 * 70 / 30_000, 20_000 * 70 / 30_000
    two_cells = 2 * (50 * math.log(50 / expected[0]) + 20 * math.log(20 / expected[1]))
    assert two_cells == pytest.approx(42.32, abs=0.01)
    assert log_likelihood(50, 20, 10_000, 20_000) == pytest.approx(two_cells + 0.107, abs=0.001)


def test_what_is_alike_has_no_likelihood_and_no_ratio() -> None:
    assert log_likelihood(10, 20, 100, 200) == pytest.approx(0, abs=1e-9)
    assert log_likelihood(0, 0, 100, 200) == log_likelihood(100, 200, 100, 200) == 0
    assert log_ratio(10, 20, 100, 200) == 0
    assert log_ratio(40, 10, 100, 100) == 2
    assert log_ratio(10, 40, 100, 100) == -2
    assert log_ratio(0, 16, 100, 100) == -5


def test_the_likelihood_grows_with_the_sets_and_the_ratio_does_not() -> None:
    assert log_likelihood(400, 100, 1000, 1000) > 9 * log_likelihood(40, 10, 100, 100)
    assert log_ratio(400, 100, 1000, 1000) == log_ratio(40, 10, 100, 100)


def _texts(chance: random.Random, words: dict[str, float], count: int) -> list[str]:
    """Texts in which each word is with this probability."""
    noise = [f"كلمة{n}" for n in range(400)]
    return [
        " ".join([w for w, p in words.items() if chance.random() < p] + chance.choices(noise, k=20))
        for _ in range(count)
    ]


def _counts(texts: list[str]) -> WordCounts:
    counts = WordCounts()
    counts.add(texts)
    return counts


def test_words_mark_the_side_that_has_them_in_more_texts() -> None:
    chance = random.Random(1)
    own = _texts(chance, {"الأستانة": 0.3, "نفط": 0.02, "في": 0.95, "سلام": 0.1}, 300)
    other = _texts(chance, {"الأستانة": 0.02, "نفط": 0.3, "في": 0.7, "سلام": 0.1}, 400)
    marking, opposite = keywords(_counts(own), _counts(other), 10)
    assert [word.word for word in marking] == ["الاستانه"]
    assert [word.word for word in opposite] == ["نفط"]
    naive = Counter(word for text in own for word in set(text.split()))
    [keyword] = marking
    assert keyword.own == naive["الأستانة"]
    assert keyword.own_share == naive["الأستانة"] / 300
    assert keyword.log_ratio == log_ratio(keyword.own, keyword.other, 300, 400) > 2
    assert keyword.log_likelihood >= CRITICAL_G2


def test_a_word_said_often_in_one_text_marks_nothing() -> None:
    own = ["كلمة " * 500, *["نص"] * 50]
    assert keywords(_counts(own), _counts(["نص"] * 50), 10) == ([], [])
    few = ["نادر"] * (MIN_TEXTS - 1) + ["نص"] * 3
    assert "نادر" not in {word.word for word in keywords(_counts(few), _counts(["س"] * 999), 9)[0]}


def test_words_of_the_language_are_left_out_by_measure() -> None:
    own, other = ["من هنا"] * 900 + ["هنا"] * 100, ["من هنا"] * 250 + ["هنا"] * 750
    assert COMMON_SHARE <= 250 / 1000
    assert keywords(_counts(own), _counts(other), 10) == ([], [])


def test_an_empty_side_marks_nothing() -> None:
    assert keywords(_counts([]), _counts(["نص"] * 10), 10) == ([], [])
    assert keywords(_counts(["نص"] * 10), _counts([]), 10) == ([], [])


def test_words_are_shown_as_they_are_mostly_written() -> None:
    texts = ["في الأستانة، وفي «الأستانة» اليوم", "الاستانة (الأستانة)", "CAFÉ Café Café."]
    assert spellings(["الاستانه", "café", "غائب"], texts) == {
        "الاستانه": "الأستانة",
        "café": "Café",
        "غائب": "غائب",
    }
