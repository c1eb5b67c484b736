"""How alike two stories are by their words: made-up news, in several scripts."""

import pytest

from text.story_words import Likeness, likeness, story_words, weighted_story, word_stem


def _alike(first: tuple[str, str], second: tuple[str, str], days: int = 0) -> Likeness:
    common = {"في", "من", "علي", "the", "of", "in", "a", "на", "в"}
    one, two = (
        weighted_story(story_words(*story), lambda stem: 0.0 if stem in common else 3.0)
        for story in (first, second)
    )
    return likeness(one, two, days)


_EVENTS = [
    (
        ("حريق في ميناء الزهور", "اندلع حريق في ميناء الزهور فجر اليوم وأصيب خمسة عمال"),
        ("إصابة خمسة عمال بحريق الميناء", "أصيب خمسة عمال في حريق اندلع بميناء الزهور"),
    ),
    (
        ("Fire in Rosehaven port", "A fire broke out in the port of Rosehaven, five workers hurt"),
        ("Five workers hurt in Rosehaven", "Five workers were hurt in a fire in Rosehaven port"),
    ),
    (
        ("Пожар в порту Розово", "Пожар в порту Розово начался утром, пострадали пять рабочих"),
        ("В Розово пострадали рабочие", "Пять рабочих пострадали на пожаре в порту Розово"),
    ),
]


@pytest.mark.parametrize(("first", "second"), _EVENTS)
def test_two_accounts_of_one_thing_are_more_alike_than_accounts_of_two(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    others = [story for pair in _EVENTS for story in pair if story not in (first, second)]
    other = ("Market day", "Prices of wheat fell at the market of Millbrook on a quiet morning")
    score = _alike(first, second).score
    assert score > 0.3
    assert all(_alike(first, story).score < score / 2 for story in [*others, other])
    assert _alike(second, first).score == pytest.approx(score)


def test_days_take_from_a_score_and_end_it() -> None:
    first, second = _EVENTS[0]
    first = first[0], first[1] + " وأغلقت الطرق المؤدية إليه ساعات وتوقفت السفن عن التفريغ"
    second = second[0], second[1] + " وطالب الأهالي بلجنة تحقيق مستقلة تعلن نتائجها قريبا"
    scores = [_alike(first, second, days=days).score for days in range(6)]
    assert scores[0] == scores[1] > scores[2] == scores[3] > 0
    assert scores[4:] == [0, 0]


def test_a_form_filled_in_on_another_day_is_no_event() -> None:
    weather = ("حالة الطقس", "سماء غائمة جزئيا على المرتفعات مع رياح نشطة مثيرة للأتربة")
    assert _alike(weather, weather, 0).score > 0.9
    assert _alike(weather, weather, 2).score < 0.01


def test_telling_words_that_a_text_has_outside_its_lead_raise_a_score() -> None:
    brief = ("Fire in Rosehaven", "A fire in Rosehaven hurt Amaro Lintz and Petra Quill of Dunmere")
    filler = " ".join(f"word{number}" for number in range(80))
    report = (
        "Night of flames",
        f"Flames over Rosehaven. {filler} Amaro Lintz, Petra Quill, Dunmere",
    )
    other = ("Night of flames", f"Flames over Rosehaven. {filler} nobody was named in this one")
    assert _alike(brief, report).telling > _alike(brief, other).telling
    assert _alike(brief, report).score > _alike(brief, other).score


@pytest.mark.parametrize(
    ("words", "stem"),
    [
        (("المدينه", "بالمدينه", "ومدينه", "والمدينه"), "مدين"),
        (("الوزير", "للوزير", "وزير"), "وزير"),
        (("port",), "port"),
        (("12",), "12"),
    ],
)
def test_forms_of_an_arabic_word_have_one_stem(words: tuple[str, ...], stem: str) -> None:
    assert {word_stem(word) for word in words[:1]} == {stem}
    assert len({word_stem(word) for word in words}) <= 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "…—؟!",
        "漢字" * 5000,
        "\x00\ud800",
        "ا" * 100_000,
        " ".join(map(str, range(200_000))),
    ],
)
def test_any_text_is_compared_in_bounds(text: str) -> None:
    words = story_words(text, text)
    assert len(words.title) <= 65
    assert len(words.body) <= 400
    assert all(1 < len(word) <= 40 for word in words.body)
    assert 0 <= _alike((text, text), _EVENTS[0][0]).score <= 1
    assert 0 <= _alike((text, text), (text, text)).score <= 1.04
