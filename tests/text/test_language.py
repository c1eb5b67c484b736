import subprocess
import sys
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langdetect import LangDetectException
from langdetect.detector import Detector

from text.language import _LINKS, _without_links, detect
from text.language_codes import language_code
from text.language_ngrams import _ArrayDetector, choose_language, profiles

SENTENCES = {
    "ar": "أعلنت وزارة الصحة اليوم تسجيل حالات جديدة، وقال المتحدث إن الوضع تحت السيطرة",
    "fa": "رئیس جمهور در نشست خبری گفت: دولت برای کاهش قیمت‌ها برنامه دارد",
    "ur": "وزیر اعظم نے کہا کہ حکومت عوام کے مسائل حل کرنے کے لئے پُر عزم ہے",
    "ckb": "سەرۆک وەزیران ڕایگەیاند کە حکومەت پلانێکی نوێی هەیە بۆ کەمکردنەوەی نرخەکان",
    "ps": "د افغانستان حکومت وايي چې د نویو پروژو کار به ډېر ژر پيل شي او خلک به ګټه ترې واخلي",
    "ug": "باش مىنىستىر ھۆكۈمەتنىڭ يېڭى پىلانى بارلىقىنى ئېلان قىلدى ۋە خەلققە رەھمەت ئېيتتى",
    "he": "הממשלה אישרה היום תוכנית חדשה לפיתוח החקלאות, כך מסר השר במסיבת עיתונאים",
    "el": "Η κυβέρνηση ανακοίνωσε νέα μέτρα για την οικονομία, δήλωσε την Τρίτη ο υπουργός",
    "ru": "Правительство утвердило новую программу развития сельского хозяйства, сообщил министр",
    "uk": "Уряд затвердив нову програму розвитку сільського господарства, повідомив міністр",
    "bg": "Правителството одобри нова програма за развитие на селското стопанство, съобщи министърът",
    "en": "The government announced new measures for the economy on Tuesday, the minister said",
    "fr": "Le gouvernement a annoncé mardi de nouvelles mesures pour l’économie, a déclaré le ministre",
    "de": "Die Regierung hat am Dienstag neue Maßnahmen für die Wirtschaft angekündigt",
    "es": "El gobierno anunció el martes nuevas medidas económicas, según explicó la ministra",
    "tr": "Hükümet salı günü ekonomi için yeni önlemler açıkladı, bakan toplantıda konuştu",
    "zh": "国务院总理星期二主持召开会议，研究部署进一步做好农业工作",
    "ja": "政府は火曜日、農業の発展に向けた新しい計画を発表した。大臣は記者会見でこう述べた",
    "ko": "정부는 화요일 농업 발전을 위한 새로운 계획을 발표했다고 장관이 밝혔다",
    "hi": "सरकार ने मंगलवार को अर्थव्यवस्था के लिए नए उपायों की घोषणा की, मंत्री ने कहा",
    "th": "รัฐบาลประกาศมาตรการใหม่สำหรับเศรษฐกิจเมื่อวันอังคาร",
}


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("hint", [None, "en", "ar", "not a language"])
def test_a_sentence_is_enough_whatever_the_page_declares(language: str, hint: str | None) -> None:
    assert detect(SENTENCES[language], hint) == language


def test_persian_on_an_arabic_keyboard() -> None:
    assert detect("رئيس جمهور در نشست خبري گفت: دولت براي کاهش قيمت ها برنامه دارد") == "fa"
    assert detect("او در اين شهر به دنيا آمد و تا آخر عمر در آن خانه بود") == "fa"


def test_a_foreign_name_does_not_make_arabic_persian() -> None:
    text = (
        "قالت شركة پيجو إن مبيعاتها في الأسواق العربية ارتفعت هذا العام بنسبة كبيرة مقارنة بالماضي"
    )
    assert detect(text, "fa") == "ar"


@pytest.mark.parametrize("text", ["", "   ", "2023/06/21", "!!", "نعم", "OK", "🙂" * 50])
def test_too_short_to_tell(text: str) -> None:
    assert detect(text) is None


def test_a_short_text_is_what_its_page_declares_if_the_letters_allow() -> None:
    assert detect("Nova mesura", "ca-ES") == "ca"
    assert detect("خبر عاجل", "fa") == "fa"
    assert detect("خبر عاجل الآن", "en") == "ar"
    assert detect("中国", "zh-Hant-TW") == "zh"
    assert detect("中国", "ja") == "ja"


def test_a_language_without_a_profile_is_believed_in_its_own_script() -> None:
    text = "Forsætisráðherra kynnti nýjar aðgerðir í efnahagsmálum á þriðjudag, sagði ráðherrann"
    assert detect(text, "is") == "is"
    assert detect(SENTENCES["ar"], "is") == "ar"


@pytest.mark.parametrize("hint", [None, "tr", "ar"])
def test_neighbours_of_turkish_are_told_by_their_letters(hint: str | None) -> None:
    kurmanji = "Serokê partiyê got ku wan biryar daye ku li seranserê welêt xwepêşandanan bikin û gel dawet kirin"
    azeri = "Nazirlər kabineti bu gün yeni qərar qəbul edib və kənd təsərrüfatına dəstək ayırıb"
    assert (detect(kurmanji, hint), detect(azeri, hint)) == ("ku", "az")
    assert (
        detect(
            "Le gouvernement a été prêt à fêter la forêt, la fenêtre et le gîte, qui a goûté à la crêpe"
        )
        == "fr"
    )


@pytest.mark.parametrize("at", range(3))
def test_one_long_quotation_is_not_the_language(at: int) -> None:
    lines = [SENTENCES["ar"] + "."] * 9
    lines.insert(at * 4, SENTENCES["en"] + ", and " + SENTENCES["en"] * 2)
    assert detect(" ".join(lines)) == "ar"
    german = [SENTENCES["de"] + "."] * 9
    german.insert(at * 4, SENTENCES["en"] + ".")
    assert detect(" ".join(german)) == "de"


def test_names_of_networks_do_not_overrule_a_declaration_in_another_script() -> None:
    assert detect("Facebook Twitter Instagram YouTube Telegram", "ar") is None
    assert detect("t.me/almanara facebook.com/almanara @almanara #news", "ar") is None


def test_urls_do_not_count() -> None:
    address = "https://example.com/the-government-announced-new-measures "
    assert detect(address * 5 + SENTENCES["tr"]) == "tr"


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("ar-SY", "ar"), ("AR_sy", "ar"), ("ckb", "ckb"), ("nb-NO", "no"), ("zh-cn", "zh"),
        ("ara", "ar"), ("", None), ("arabic", None), ("<b>", None), ("x" * 9999, None),
    ],
)  # fmt: skip
def test_language_tags(tag: str, code: str | None) -> None:
    assert language_code(tag) == code


def test_the_same_text_gets_the_same_answer_in_every_process() -> None:
    text = "Oslo København Stockholm Reykjavik Berlin Amsterdam Praha"
    script = f"from text.language import detect; print(detect({text!r}))"
    answers = {
        subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
        for _ in range(3)
    }
    assert answers == {f"{detect(text)}\n".encode()}


@given(st.text(max_size=200), st.one_of(st.none(), st.text(max_size=10)))
def test_any_text_is_survived(text: str, hint: str | None) -> None:
    assert detect(text, hint) == detect(text, hint)


@pytest.mark.parametrize("declared", ["da", "no", "cs", "sk", "es", "en", "ar", "xx"])
def test_no_trial_is_left_out_that_could_change_the_answer(declared: str) -> None:
    texts = [
        *SENTENCES.values(),
        "Oslo København Stockholm",
        "strom a dom",
        "Nova mesura del govern",
    ]
    for text in texts:
        detector = _ArrayDetector(profiles())  # nothing declared: all trials
        detector.append(text)
        try:
            names = [language.lang for language in detector.get_probabilities()]
        except LangDetectException:
            names = []
        expected = declared if declared in names else next(iter(names), None)
        assert choose_language(text, declared) == expected


# Pieces of addresses, names and tags, and what looks like them.
PIECES = [
    "https://",
    "http",
    "://",
    "@",
    "#",
    ".",
    ".co",
    "com",
    "ſ",
    "İk",
    " ",
    "a",
    "Z",
    "ب",
    "1",
    "/",
]


@given(st.lists(st.sampled_from(PIECES)).map("".join) | st.text())
def test_a_text_that_is_not_searched_for_links_has_none(text: str) -> None:
    assert _without_links(text) == _LINKS.sub(" ", text)


@given(st.text(st.sampled_from("aB C.éЖж هذ中あ\u0301\u1ec3") | st.characters()))
def test_ngrams_are_those_that_langdetect_takes(text: str) -> None:
    rows = _profile_rows()
    known = dict(zip(rows.values(), rows, strict=True))
    detector = _ArrayDetector(profiles())
    detector.text = text
    theirs = Detector(profiles())
    theirs.text, theirs.word_lang_prob_map = text, rows
    assert [known[row] for row in detector._extract_ngrams()] == theirs._extract_ngrams()


@cache
def _profile_rows() -> dict[str, int]:
    """The row of each n-gram, by its letters."""
    mask = (1 << 21) - 1
    numbers = profiles().word_lang_prob_map
    letters = ([number >> 42, number >> 21 & mask, number & mask] for number in numbers)
    ngrams = ("".join(map(chr, filter(None, codes))) for codes in letters)
    return dict(zip(ngrams, numbers.values(), strict=True))
