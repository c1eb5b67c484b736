import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_counter import bounded_cpu

from text.charset import codec_of, decode

TEXTS = {
    "ar": "أعلنت وزارة الصحة اليوم تسجيل حالات جديدة، وقال المتحدث إن الوضع تحت السيطرة",
    "fa": "رئيس جمهور در نشست خبري گفت: دولت براي کاهش قيمت ها برنامه دارد و پروژه هاي بزرگ",
    "ur": "وزير اعظم نے کہا کہ حکومت عوام کے مسائل حل کرنے کے لئے پُر عزم ہے اور ملک ميں امن",
    "ru": "Правительство утвердило новую программу развития сельского хозяйства, сообщил министр",
    "uk": "Уряд затвердив нову програму розвитку сільського господарства, повідомив міністр. Її",
    "el": "Η κυβέρνηση ανακοίνωσε νέα μέτρα για την οικονομία, δήλωσε την Τρίτη ο υπουργός",
    "he": "הממשלה אישרה היום תוכנית חדשה לפיתוח החקלאות, כך מסר השר במסיבת עיתונאים",
    "fr": "Le gouvernement a annoncé mardi de nouvelles mesures, a déclaré le ministre à l’été",
    "de": "Die Regierung hat am Dienstag neue Maßnahmen für die Wirtschaft angekündigt – später",
    "tr": "Hükümet salı günü ekonomi için yeni önlemler açıkladı, bakan İstanbul da şöyle konuştu",
    "pl": "Rząd ogłosił we wtorek nowe środki dla gospodarki, powiedział minister, że będzie lepiej",
    "cs": "Vláda v úterý oznámila nová opatření pro hospodářství, řekl ministr v Brně, že bude líp",
    "zh": "国务院总理星期二主持召开会议，研究部署进一步做好农业工作，会议指出要坚持以人民为中心",
    "zh-tw": "行政院長星期二主持會議，討論農業發展計畫，並指出政府將會繼續努力",
    "ja": "政府は火曜日、農業の発展に向けた新しい計画を発表した。大臣は記者会見でこう述べた",
    "ko": "정부는 화요일 농업 발전을 위한 새로운 계획을 발표했다고 장관이 기자회견에서 밝혔다",
}
ENCODINGS = [
    ("ar", "windows-1256"), ("ar", "iso-8859-6"), ("fa", "windows-1256"), ("ur", "windows-1256"),
    ("ru", "windows-1251"), ("ru", "koi8-r"), ("ru", "iso-8859-5"), ("uk", "windows-1251"),
    ("uk", "koi8-u"), ("el", "windows-1253"), ("el", "iso-8859-7"), ("he", "windows-1255"),
    ("fr", "windows-1252"), ("de", "windows-1252"), ("tr", "windows-1254"), ("pl", "windows-1250"),
    ("pl", "iso-8859-2"), ("cs", "windows-1250"), ("cs", "iso-8859-2"), ("zh", "gbk"),
    ("zh", "gb2312"), ("zh", "gb18030"), ("zh-tw", "big5"), ("ja", "shift_jis"), ("ja", "euc-jp"),
    ("ja", "iso-2022-jp"), ("ko", "euc-kr"),
]  # fmt: skip
WRONG = ["utf-8", "iso-8859-1", "windows-1252", "us-ascii", "no-such-charset", None]


def page(text: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}<title>{text[:30]}</title></head><body><h1>{text[:30]}</h1><p>{text}</p></body></html>"


@pytest.mark.parametrize(("language", "encoding"), ENCODINGS)
def test_a_page_with_its_encoding_declared(language: str, encoding: str) -> None:
    for head in (
        f'<meta charset="{encoding}">',
        f'<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset={encoding.upper()}">',
    ):
        whole = page(TEXTS[language], head)
        assert decode(whole.encode(encoding), None) == whole
    whole = page(TEXTS[language])
    assert decode(whole.encode(encoding), encoding) == whole


@pytest.mark.parametrize(("language", "encoding"), ENCODINGS)
@pytest.mark.parametrize("wrong", WRONG)
def test_a_missing_or_wrong_declaration_does_not_matter(
    language: str, encoding: str, wrong: str | None
) -> None:
    whole = page(TEXTS[language], f'<meta charset="{wrong}">' if wrong else "")
    assert decode(whole.encode(encoding), wrong) == whole
    assert decode(whole.encode(encoding), None) == whole


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("wrong", ["windows-1256", "iso-8859-1", "gb2312", "utf-16", None])
def test_utf_8_stays_utf_8(language: str, wrong: str | None) -> None:
    whole = page(TEXTS[language], '<meta charset="windows-1256">')
    assert decode(whole.encode(), wrong) == whole


@pytest.mark.parametrize("label", ["window-1256", "windows1256", "win 1256", "ms-1256"])
def test_misspelt_declarations_are_understood(label: str) -> None:
    whole = page("كلمة", f'<meta http-equiv="Content-Type" content="text/html; charset={label}">')
    assert decode(whole.encode("windows-1256"), None) == whole


def test_windows_1256_named_iso_8859_6() -> None:
    whole = page(TEXTS["ar"])
    assert decode(whole.encode("windows-1256"), "iso-8859-6") == whole


def test_a_title_is_enough() -> None:
    title = "مجلس الوزراء يقر الموازنة العامة"
    assert decode(title.encode("windows-1256"), "iso-8859-1") == title


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_byte_order_marks_and_utf_16_without_one(codec: str) -> None:
    whole = page(TEXTS["ar"])
    assert decode(whole.encode(codec), "windows-1256") == whole


def test_utf_8_cut_in_the_middle_of_a_letter() -> None:
    body = page(TEXTS["ar"]).encode()[:200]
    while True:
        try:
            body.decode()
        except UnicodeDecodeError:
            break
        body = body[:-1]
    assert decode(body, None) == body.decode("utf-8", "ignore")


def test_a_few_bad_bytes_leave_a_page_utf_8() -> None:
    body = page(TEXTS["ar"]).encode().replace(b"<p>", b"<p>\xff\xe9 \x80")
    assert TEXTS["ar"] in decode(body, "utf-8")
    assert TEXTS["ar"] in decode(body, None)


def test_bytes_as_browsers_read_them() -> None:
    assert decode(b"\x93caf\xe9\x94 \x96 5\x80", "iso-8859-1") == "“café” – 5€"
    assert decode(b"caf\xe9 " * 20 + b"\x81\x8d", "windows-1252") == "café " * 20 + "\x81\x8d"
    assert decode("联通价格".encode("gbk") + b"\x80", "gb2312") == "联通价格€"


def test_declarations_in_comments_and_scripts_do_not_count() -> None:
    head = (
        '<!-- <meta charset="windows-1251"> -->'
        "<script>document.write('<meta charset=\"koi8-r\">')</script>"
        '<meta name="x" content="charset=gb2312">'
    )
    short = page("كلمة", head)
    assert decode(short.encode("windows-1256"), None) == short


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("windows-1256", "cp1256"), ("win-1256", "cp1256"), ("Windows1256", "cp1256"),
        ("x-cp1256", "cp1256"), ("windows-1256;", "cp1256"), ("arabic", "iso8859-6"),
        ("ISO-8859-6-I", "iso8859-6"), ("ISO-8859-1", "cp1252"), ("latin1", "cp1252"),
        ("us-ascii", "cp1252"), ("iso-8859-9", "cp1254"), ("gb2312", "gb18030"),
        ("x-gbk", "gb18030"), ("Shift_JIS", "cp932"), ("x-sjis", "cp932"), ("utf8", "utf-8"),
        ("'utf-8'", "utf-8"), ("koi8r", "koi8-r"), ("hex", None), ("utf-7", None), ("zip", None),
        ("unicode_escape", None), ("idna", None), ("rot13", None), ("", None), ("ملف", None),
        ("x" * 10_000, None),
    ],
)  # fmt: skip
def test_labels(label: str, codec: str | None) -> None:
    assert codec_of(label) == codec


def test_controls_are_dropped_and_line_ends_kept() -> None:
    assert decode("س\0ط\x01ر\r\n\tآخر\f".encode(), None) == "سطر\r\n\tآخر\f"
    assert decode("\0".join("<html>سطر").encode("utf-16"), None) == "<html>سطر"


@given(st.binary(max_size=400), st.one_of(st.none(), st.text(max_size=20)))
def test_any_bytes_are_survived(body: bytes, declared: str | None) -> None:
    assert "\0" not in decode(body, declared)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff")))
def test_utf_8_round_trip(text: str) -> None:
    assert decode(f"<p>{text}".encode(), "windows-1256") == f"<p>{text}"


def test_large_pages_are_decoded_fast() -> None:
    long, hostile = page(TEXTS["ar"] * 20_000), b"<script><!--<meta charset=" * 300_000 + b"\xc7"
    with bounded_cpu():
        assert decode(long.encode(), None) == long
        assert decode(long.encode("windows-1256"), None) == long
        assert decode(hostile, None)[:-1] == hostile[:-1].decode()


def test_one_high_byte_after_many_letters_is_read_in_one_pass() -> None:
    """A pattern that tried each letter as a beginning took six minutes for this body."""
    body = b"a" * 240_000 + b"\xc7"
    assert decode(body, "windows-1256") == "a" * 240_000 + "ا"
