"""Lines that are marks of systems and pictures, in any language, and sentences that look like them."""

import pytest

from pipelines.cleaning.marked_lines import reason_by_marks


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('[ad_unit id="3" place=middle]', "advert"),
        ("[gallery ids='1,2,3'] [/gallery]", "advert"),
        ('[caption id="a_1" align="center" width="600"] السوق القديمة[/caption]', "caption"),
        ("صورة من السوق[/caption] [ad_unit id=3]", "caption"),
        ("[caption width=300]", "advert"),
        ("— ليلى الحسن (@laila_h) 3 نوفمبر 2026", "embed"),
        ("– Some Name (@some_name) November 1, 2026", "embed"),
        ("© رويترز / سالم الحداد", "caption"),
        ("(c) Reuters / A. Name", "caption"),
    ],
)
def test_marks(line: str, reason: str) -> None:
    assert reason_by_marks(line) == reason


@pytest.mark.parametrize(
    "line",
    [
        "قال الوزير [في تصريح صحفي] إن الأعمال تبدأ غدا.",
        "[بيروت] تبدأ الأعمال مطلع الشهر المقبل.",
        "He wrote to (@someone) that the caption was wrong and that the picture would be changed.",
        "— ثم قال إن الأعمال تنتهي في 3 نوفمبر 2026",
        "© is the sign that the law of 1909 asked every book to carry on its first page.",
        "The word [caption] stands in the text of this sentence" + " and goes on" * 40 + ".",
    ],
)
def test_sentences(line: str) -> None:
    assert reason_by_marks(line) is None
