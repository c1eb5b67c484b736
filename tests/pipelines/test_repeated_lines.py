import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_counter import count_lines_run

from pipelines.cleaning.repeated_lines import compared_line, may_repeat, repeats
from text.folding import fold

BODY = [
    "أعلنت وزارة الزراعة اليوم بدء موسم حصاد القمح في المحافظات الشرقية وسط توقعات بإنتاج وفير هذا العام",
    "وقال مدير الإنتاج النباتي إن المساحات المزروعة زادت عن العام الماضي بفضل الأمطار التي هطلت في آذار",
    "وأضاف أن مراكز الاستلام جاهزة لاستقبال المحصول وأن أسعار الشراء حددت بما يضمن ربحا للفلاحين جميعا",
]


def test_the_second_copy_of_a_body_goes() -> None:
    assert repeats(["المقدمة وحدها", *BODY, *BODY]) == {4, 5, 6}


def test_small_differences_of_spelling_do_not_hide_a_repeat() -> None:
    respelt = [
        line.replace("أعلنت", "اعلنت").replace("الأمطار", "الامطار").replace(" اليوم", "  اليوم")
        for line in BODY
    ]
    typo = respelt[1].replace("المزروعة", "المزروغة")
    assert repeats([*BODY, respelt[0], typo, respelt[2]]) == {3, 4, 5}


def test_other_numbers_make_another_line() -> None:
    monday = "بلغت درجة الحرارة في دمشق 31 درجة وفي حلب 29 درجة وفي اللاذقية 27 درجة والرطوبة معتدلة عموما"
    assert repeats([monday, monday.replace("31", "33")]) == set()


def test_the_lead_repeated_as_a_summary_goes() -> None:
    assert repeats([BODY[0], BODY[1], BODY[2], BODY[0]]) == {3}


def test_a_caption_below_its_original_goes() -> None:
    caption = "جانب من اجتماع الوزراء في دمشق"
    assert repeats([caption, caption, *BODY]) == {1}


def test_short_lines_speakers_and_scores_stay() -> None:
    assert repeats(["قال:", BODY[0], "قال:", BODY[1], "2 - 1", BODY[2], "2 - 1"]) == set()


def test_a_refrain_stays() -> None:
    refrain = "يا ليل الصب متى غده أقيام الساعة موعده رقد السمار وأرقه أسف للبين يردده"
    assert repeats([refrain, BODY[0], refrain, BODY[1], refrain]) == set()


def test_a_list_of_short_items_stays() -> None:
    assert repeats(["خبز", "ملح", "زيت", "خبز", "ملح", "زيت"]) == set()


def test_the_cost_grows_with_the_length_and_no_faster() -> None:
    def work(count: int) -> int:
        lines = [f"{BODY[i % 3]} فقرة مختلفة عن غيرها {i * 7919}" for i in range(count)]
        return count_lines_run(lambda: repeats(lines))

    work(30)  # builds the tables of folding
    assert work(3000) <= 12 * work(300)


@pytest.mark.parametrize("others", [0, 3, 30])
def test_a_near_repeat_is_found_whatever_words_other_lines_share(others: int) -> None:
    words = [f"word{at}" for at in range(20)]
    shuffled = [" ".join(words[at % 20 :] + words[: at % 20]) + f" {at}" for at in range(others)]
    line = "The council of the harbour town has voted on Monday evening for the new bridge"
    near = line.replace("Monday", "Tuesday")
    assert len(shuffled) + 1 in repeats([*shuffled, line, near])


# Words of which a line has a dozen, so that many lines are nearly alike.
LINES = st.lists(
    st.lists(
        st.sampled_from(["market", "council", "river", "bridge", "31", "32"]),
        min_size=8,
        max_size=14,
    ),
    max_size=6,
)


@given(words=LINES, taken=st.sets(st.integers(0, 5)))
def test_where_none_may_repeat_none_does_nor_any_of_fewer(
    words: list[list[str]], taken: set[int]
) -> None:
    lines = [f"{' '.join(line)} {at * 'x'}" for at, line in enumerate(words)]
    if not may_repeat([compared_line(line, fold(line)) for line in lines]):
        fewer = [line for at, line in enumerate(lines) if at not in taken]
        assert repeats(lines) == set() == repeats(fewer)
        assert not may_repeat([compared_line(line, fold(line)) for line in fewer])
