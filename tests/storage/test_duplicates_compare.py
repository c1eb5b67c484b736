"""The rule: what two texts are to each other."""

import random
from typing import Any

import pytest
from duplicate_samples import reworded, sentence, story

from storage.duplicates import provenance
from storage.duplicates.compare import ComparedText, Comparison, compare_texts
from storage.duplicates.shingles import common, hashes, numbers, sketch, tokenise
from text.folding import fold

FIRST_OUTLET, SECOND_OUTLET = frozenset({"first.example"}), frozenset({"second.example"})


def compared_text(paragraphs: list[str], **evidence: Any) -> ComparedText:
    fields: dict[str, Any] = {"outlets": FIRST_OUTLET, "published": 0.0} | evidence
    return ComparedText(tokenise(fold("\n\n".join(paragraphs))), **fields)


def compare(first: list[str], second: list[str], **evidence: Any) -> Comparison:
    """By two outlets, at the same time, unless `evidence` differs."""
    return compare_texts(
        compared_text(first), compared_text(second, **{"outlets": SECOND_OUTLET} | evidence)
    )


def test_a_shingle_is_three_words_in_any_spelling() -> None:
    first = hashes(fold("قالَ الوزيرُ أمسِ: إن الأمر انتهى"))
    second = hashes(fold("قال الوزير امس إنّ الامر إنتهي"))
    assert first.tolist() == second.tolist()
    assert len(first) == 4
    assert len(set(first.tolist())) == 4
    assert [len(hashes(text)) for text in ("", "واحد", "واحد اثنان", "واحد اثنان ثلاثة")] == [
        0,
        1,
        1,
        1,
    ]


def test_hashes_do_not_depend_on_where_a_shingle_stands() -> None:
    text = story(1)[0]
    alone = set(hashes(fold(text)).tolist())
    assert alone <= set(hashes(fold(" ".join([*story(2, 400), text]))).tolist())
    assert common(tokenise(fold(text)).shingles, tokenise(fold(story(3)[0])).shingles) == 0


def test_a_sketch_is_small_and_shared_as_the_texts_are() -> None:
    whole, part = story(4, 40), story(4, 40)[10:25]
    sizes = [
        len(sketch(tokenise(fold(" ".join(text))).shingles)) for text in (whole, part, whole[:1])
    ]
    assert 40 < sizes[0] <= 96
    assert [16, 16] <= sizes[1:] <= [60, 30]
    shared = set(sketch(tokenise(fold(" ".join(whole))).shingles))
    assert len(shared & set(sketch(tokenise(fold(" ".join(part))).shingles))) >= 15


def test_numbers_are_known_by_the_words_before_them() -> None:
    assert numbers(fold("بلغت الحرارة ٣٥ درجة، وبلغت الحرارة 36 أمس")) == {
        "بلغت الحراره": {"35"},
        "وبلغت الحراره": {"36"},
    }


@pytest.mark.parametrize(
    ("edited", "kind"),
    [
        (lambda text: text, "copy"),
        (lambda text: [*story(90, 1), *text], "copy"),
        (lambda text: text[:1] + text[2:], "copy"),
        (lambda text: text[:2] + text[3:] + text[2:3], "copy"),
        (lambda text: reworded(text, 10), "copy"),
        (lambda text: text[:2], "copy"),
        (lambda text: reworded(text, 4), "distinct"),
        (lambda text: story(91), "distinct"),
        (lambda text: [*text[:1], *story(92)], "distinct"),
    ],
    ids=["same", "header", "cut", "moved", "words", "brief", "rewritten", "other", "quote"],
)
def test_what_another_outlet_made_of_it(edited: Any, kind: str) -> None:
    text = story(5)
    assert compare(edited(text), text).kind == kind
    assert compare(text, edited(text)).kind == kind


def test_a_round_up_contains_what_stands_in_its_middle() -> None:
    text = story(6)
    for before in (2, 6, 15):
        roundup = [*story(93, before), *text, *story(94, 9 - before // 2)]
        assert compare(roundup, text).kind == "contains"
        assert compare(text, roundup).kind == "part"


def weather(seed: int) -> list[str]:
    """A form that is filled in with numbers every day."""
    chance, form = random.Random(seed), random.Random(95)
    return [
        f"{sentence(form, 9)} {chance.randrange(10, 99)} {sentence(form, 5)}" for _ in range(12)
    ]


def test_a_form_with_other_numbers_is_no_copy() -> None:
    comparison = compare(weather(1), weather(2))
    assert comparison.jaccard > 0.4
    assert (comparison.kind, comparison.conflict > 0.8) == ("distinct", True)
    assert compare(weather(1), weather(1)).kind == "copy"


def test_a_toll_that_has_risen_makes_a_variant() -> None:
    text = [*story(7), "قتل 12 شخصاً في الحادث وأصيب 30 آخرون بجروح."]
    later = [*story(7), "قتل 15 شخصاً في الحادث وأصيب 44 آخرون بجروح."]
    places = (
        [f"{sentence(random.Random(8), 4)} 2026", *text],
        [f"{sentence(random.Random(8), 4)} 2026", *later],
    )
    assert compare(*places).conflicts == 2
    assert compare(*places).kind == "distinct"
    more = [f"{sentence(random.Random(seed), 4)} 2026" for seed in (8, 9)]
    assert compare([*more, *text], [*more, *later]).kind == "variant"


@pytest.mark.parametrize(
    ("every", "evidence", "kind"),
    [
        (9, {}, "copy"),
        (9, {"published": 5.0}, "distinct"),
        (20, {"published": 5.0}, "copy"),
        (9, {"outlets": FIRST_OUTLET}, "distinct"),
        (30, {"outlets": FIRST_OUTLET}, "copy"),
    ],
)
def test_time_and_outlet_are_evidence(every: int, evidence: dict[str, Any], kind: str) -> None:
    text = story(10, 8)
    comparison = compare(reworded(text, every), text, **evidence)
    assert comparison.kind == kind, comparison


def test_agencies_are_evidence() -> None:
    """Texts this different in words are copies within a day, or if they credit one agency."""
    text = story(10, 8)
    edited = [*reworded(text[:4], 6), *reworded(text[4:], 7)]
    sana = frozenset({"سانا"})
    credited = compared_text(text, credits=sana)
    kinds = [
        compare_texts(
            credited, compared_text(edited, outlets=SECOND_OUTLET, published=1.5, agency=agency)
        ).kind
        for agency in (frozenset[str](), frozenset({"رويترز"}), sana)
    ]
    assert kinds == ["distinct", "distinct", "copy"]
    assert (
        compare_texts(credited, compared_text(edited, outlets=SECOND_OUTLET, published=0.5)).kind
        == "copy"
    )
    assert (
        compare_texts(credited, compared_text(edited, outlets=SECOND_OUTLET, published=None)).kind
        == "distinct"
    )


def test_repetition_makes_no_likeness() -> None:
    """Spam that says one thing over and over has a single shingle."""
    assert compare(["اشتر الآن " * 40], ["اشتر الآن " * 90]).kind == "distinct"
    assert compare(["اشتر الآن " * 40], ["اشتر الآن " * 40]).kind == "copy"
    text = story(13)
    assert compare([*text, *text], text).kind == "copy"


def test_a_formula_is_no_story() -> None:
    short = "\n\n".join(story(11, 1))[:120]
    assert compare([short, sentence(random.Random(12), 4)], [short]).kind == "distinct"


@pytest.mark.parametrize(
    ("credit", "names"),
    [
        ("وكالة الأناضول", {"الاناضول"}),
        ("(رويترز)", {"رويترز"}),
        ("أ ف ب + وكالات", {"افب"}),
        ("المصدر: أ.ف.ب", {"افب"}),
        ("وكالات", set()),
        (None, set()),
    ],
)
def test_the_names_in_a_credit(credit: str | None, names: set[str]) -> None:
    assert provenance.names(credit) == names
