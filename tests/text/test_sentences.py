import pytest

from text.sentences import ends_as_sentence


@pytest.mark.parametrize(
    "text",
    [
        "وصل الوفد إلى دمشق.",
        "هل وصل الوفد؟",
        "قال: «وصل الوفد.»",
        "« Il est arrivé. »",
        "He said (it is over!)",
        "会議は終わった。",
        "बैठक समाप्त हुई।",
    ],
)
def test_a_mark_ends_a_sentence_inside_quotes_too(text: str) -> None:
    assert ends_as_sentence(text)


@pytest.mark.parametrize("text", ["", "»", "اقرأ أيضا:", "More on this story", "v2.0 is out"])
def test_no_mark_at_the_end_is_no_sentence(text: str) -> None:
    assert not ends_as_sentence(text)


def test_the_caller_says_which_marks_count_and_how_many_words() -> None:
    assert ends_as_sentence("اقرأ أيضا:", frozenset(":"))
    assert ends_as_sentence("It is ‘over.’", closing="’")
    assert not ends_as_sentence("Photo: Reuters.", min_words=3)
    assert ends_as_sentence("Photo by Reuters.", min_words=3)
