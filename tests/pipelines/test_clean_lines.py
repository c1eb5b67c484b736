from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_counter import count_lines_run

from items import LineRule
from pipelines.cleaning.clean_lines import clean_lines
from pipelines.cleaning.credit_lines import agency

PROSE = [
    "افتتح وزير الثقافة مساء أمس معرض الكتاب السنوي بمشاركة أكثر من مئتي دار نشر عربية وأجنبية.",
    "وقال الوزير في كلمته إن المعرض يعود هذا العام بعد انقطاع دام ثلاث سنوات بسبب أعمال الترميم.",
    "ويستمر المعرض حتى نهاية الشهر الجاري ويفتح أبوابه للزوار من العاشرة صباحا حتى التاسعة ليلا.",
]


def reasons(*lines: str) -> dict[str, str]:
    return {line.text: line.reason for line in clean_lines([*lines]).removed}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("اقرأ أيضاً: وزارة الثقافة تعلن أسماء الفائزين", "read_more"),
        ("إقرأ أيضا : وزارة الثقافة تعلن أسماء الفائزين!", "read_more"),
        ("اِقْرَأْ أَيْضاً | وزارة الثقافة تعلن", "read_more"),
        ("إقـــرأ أيضاً", "read_more"),
        ("قد يهمك: صور من الافتتاح", "read_more"),
        ("شاهد أيضاً", "read_more"),
        ("للمزيد من التفاصيل اضغط هنا", "read_more"),
        ("شارك هذا الخبر", "share"),
        ("تابعونا على تلغرام", "subscription"),
        ("زر الذهاب إلى الأعلى", "back_to_top"),
        ("٣ دقائق للقراءة", "reading_time"),
        ("Read more: the fair in pictures", "read_more"),
        ("بیشتر بخوانید: نمایشگاه کتاب", "read_more"),
        ("تعبيرية", "caption"),
        ("(صورة أرشيفية)", "caption"),
        ("File photo.", "caption"),
        ("Symbolbild", "caption"),
        ("عکس تزئینی", "caption"),
        ("[my_ad_unit id=3 place=middle]", "advert"),
        ('[gallery ids="1,2,3" size="large"]', "advert"),
        ("[/vc_column] [/vc_row]", "advert"),
    ],
)
def test_boilerplate_between_paragraphs_goes(line: str, reason: str) -> None:
    assert reasons(PROSE[0], line, *PROSE[1:]) == {line: reason}


@pytest.mark.parametrize(
    "line",
    [
        "وطلب المعلم من التلاميذ: اقرأ أيضا ما كتب على السبورة ثم أجب عن الأسئلة الثلاثة.",
        "المزيد من المساعدات وصلت إلى القرى الجبلية صباح اليوم وفق مصادر محلية.",
        "قد يهمك أن تعرف أن المعرض مجاني للطلاب.",
        "شارك في المعرض عشرات الناشرين",
        "قال:",
        "المصدر الأول للدخل هو الزراعة",
        "رويترز تنفي الخبر",
        "صورة أرشيفية نادرة للميناء القديم",
        "[sic]: قال الشاهد",
        "[وكالات]",
    ],
)
def test_a_sentence_that_merely_has_the_words_stays(line: str) -> None:
    assert reasons(PROSE[0], line, *PROSE[1:]) == {}


def test_a_related_heading_takes_the_links_below_it_and_stops_at_prose() -> None:
    box = ["مقالات ذات صلة", "افتتاح المسرح القومي", "الموسيقا في أسبوع"]
    assert set(reasons(PROSE[0], *box, PROSE[1], PROSE[2])) == set(box)


def test_read_also_alone_takes_the_title_below_it_and_no_more() -> None:
    lines = (PROSE[0], "شاهد أيضاً", "افتتاح المسرح القومي", "عنوان فرعي", *PROSE[1:])
    assert reasons(*lines) == {"شاهد أيضاً": "read_more", "افتتاح المسرح القومي": "read_more"}
    end = ("اقرأ أيضاً:", "افتتاح المسرح القومي", "الموسيقا في أسبوع")
    assert set(reasons(*PROSE, *end)) == set(end)


def test_a_comment_heading_at_the_end_takes_everything_below() -> None:
    form = [
        "إضافة تعليق جديد",
        "أحمد",
        "خبر جميل ننتظر المزيد من التفاصيل عن هذا المعرض الرائع في الأيام القادمة.",
    ]
    assert set(reasons(*PROSE, *form)) == set(form)


def test_a_section_link_and_its_label_go() -> None:
    assert reasons(*PROSE, "ثقافة", "المزيد من ثقافة") == {
        "ثقافة": "section_link",
        "المزيد من ثقافة": "section_link",
    }


def test_date_bullets_above_the_body_become_the_date() -> None:
    cleaned = clean_lines(["• 2024/03/09", "• 7:05 ص", *PROSE])
    assert cleaned.dates == ("• 2024/03/09", "• 7:05 ص")
    assert cleaned.paragraphs == tuple(PROSE)


def test_a_score_is_no_date() -> None:
    assert clean_lines(["2 - 1", *PROSE]).paragraphs[0] == "2 - 1"


@pytest.mark.parametrize(
    "line", ["الأناضول", "(رويترز)", "المصدر: أ ف ب", "سانا + وكالات", "د ب أ"]
)
def test_an_agency_alone_at_the_end_becomes_the_agency(line: str) -> None:
    cleaned = clean_lines([*PROSE, line])
    assert cleaned.agency
    assert cleaned.paragraphs == tuple(PROSE)


def test_an_agency_at_the_head_becomes_the_source() -> None:
    assert clean_lines(["رويترز", *PROSE]).source == "رويترز"


def test_the_title_as_the_first_line_is_no_paragraph() -> None:
    assert clean_lines(["معرض الكتاب يعود", *PROSE], title="معرض الكتاب يعود").paragraphs == tuple(
        PROSE
    )


def test_a_caption_that_is_twice_above_the_body_goes() -> None:
    caption = "الوزير في افتتاح معرض الكتاب - 9 من آذار 2024 (سانا)"
    assert [line.reason for line in clean_lines([caption, caption, *PROSE]).removed] == [
        "caption",
        "repeat",
    ]


def test_a_site_s_own_rule_counts() -> None:
    rule = LineRule("slogan", ("صوت من لا صوت له",))
    cleaned = clean_lines([*PROSE, "صوت من لا صوت له"], rules=(rule,))
    assert [line.reason for line in cleaned.removed] == ["slogan"]


def test_a_line_that_the_site_s_file_keeps_stays() -> None:
    lines = (*PROSE, "شاركنا رأيك", "اترك تعليقاً")
    assert clean_lines(lines, pinned=("شاركنا رأيك",)).paragraphs == (*PROSE, "شاركنا رأيك")


SHAPES: dict[str, Callable[[int], str]] = {
    "prose": lambda i: f"{PROSE[i % 3]} {i * 7919}",
    "headings": lambda i: "مقالات ذات صلة",
    "headings and links": lambda i: ("مقالات ذات صلة", f"خبر {i}")[i % 2],
    "read also": lambda i: ("اقرأ أيضاً", f"خبر {i}", "شارك")[i % 3],
    "share words": lambda i: "تويتر",
    "comment headings": lambda i: ("التعليقات", f"رأي {i}")[i % 2],
    "one caption": lambda i: "جانب من اجتماع الوزراء في دمشق",
    "dates": lambda i: f"• 2024/03/{1 + i % 28:02d}",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_cost_grows_with_the_length_and_no_faster(shape: str) -> None:
    def work(count: int) -> int:
        lines = [SHAPES[shape](i) for i in range(count)]
        return count_lines_run(lambda: clean_lines(lines))

    work(10)
    assert work(2000) <= 12 * work(200)


LINES = st.lists(
    st.sampled_from(
        [
            *PROSE,
            "مقالات ذات صلة",
            "سوريا",
            "المزيد من سوريا",
            "اترك تعليقاً",
            "قال:",
            "رويترز",
            "• 2024/03/09",
            "اقرأ أيضاً: خبر",
            "شارك",
            "جانب من المعرض في يومه الأول",
            "2 - 1",
            "بيت من الشعر",
        ]
    ),
    max_size=14,
)


@given(LINES)
def test_kept_and_removed_lines_are_all_lines_in_order(lines: list[str]) -> None:
    cleaned = clean_lines(lines)
    removed = {line.position: line.text for line in cleaned.removed}
    kept = iter(cleaned.paragraphs)
    count = len(cleaned.paragraphs) + len(cleaned.removed)
    recorded = [removed[at] if at in removed else next(kept) for at in range(count)]
    # The source line is a field of the article, and no position counts it.
    if cleaned.source is None:
        assert recorded == lines
    else:
        at = next(at for at, line in enumerate([*recorded, None]) if line != lines[at])
        assert [*recorded[:at], lines[at], *recorded[at:]] == lines
        assert agency(lines[at]) == cleaned.source


def test_positions_count_no_line_that_is_a_field() -> None:
    cut = "اقرأ أيضاً: خبر"
    cleaned = clean_lines(
        ["سوريا", "عنوان", PROSE[0], cut, PROSE[1]], reasons=["section", "title", None, None, None]
    )
    assert [(line.position, line.text) for line in cleaned.removed] == [(1, cut)]


@given(LINES)
def test_cleaning_a_clean_text_changes_nothing(lines: list[str]) -> None:
    cleaned = clean_lines(lines)
    assert clean_lines(cleaned.paragraphs).paragraphs == cleaned.paragraphs


BUTTONS = [
    "اشترك في الهجوم على المخفر ثلاثة مسلحين كانوا يستقلون دراجات نارية",
    "للمزيد من الضغط على الشركات علقت البلدية رخص البناء شهرين كاملين",
    "شاهد المزيد من السكان ألسنة اللهب تتصاعد من المستودع القديم",
    "Read more than a hundred letters, the judges did, before they chose the winner",
]


@pytest.mark.parametrize("line", BUTTONS)
def test_a_sentence_that_begins_like_a_button_stays_among_the_text(line: str) -> None:
    lines = [PROSE[0], line, *PROSE[1:]]
    plain = clean_lines(lines, links=[False] * len(lines))
    assert line in plain.paragraphs
    linked = clean_lines(lines, links=[text == line for text in lines])
    assert line not in linked.paragraphs
