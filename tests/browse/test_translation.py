"""The interface in the reader's language."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from babel import Locale
from lxml import html
from reader import Reader, reading, stock

from browse import template_filters, translation
from browse.calendars import day_and_month, day_and_time, full_day, script_locale, solar_hijri
from browse.data_words import PROBLEMS
from browse.numerals import grouped, in_digits
from browse.translation import wished, wished_locale


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("data")
    stock(folder).close()
    with reading(folder) as reader:
        yield reader


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("*", "en"),
        ("ar", "ar"),
        ("ar-EG,ar;q=0.9,en-US;q=0.8,en;q=0.7", "ar"),
        ("de-DE,de;q=0.9,fr;q=0.5", "fr"),
        ("en;q=0.2, fa-IR", "fa"),
        ("ar;q=0, en;q=0.1", "en"),
        ("ar;q=much,fr", "fr"),
        (",;=;q=,,", "en"),
        ("x" * 100_000, "en"),
    ],
)
def test_what_the_browser_wishes(accepted: str, language: str) -> None:
    assert wished("", accepted) == language


@pytest.mark.parametrize(
    ("cookie", "language"),
    [
        ("language=ar", "ar"),
        ("a=b; language=fa", "fa"),
        ("language=xx", "fr"),
        ("language=\x00;;", "fr"),
        ("language=" + "a" * 9999, "fr"),
    ],
)
def test_the_switch_is_above_it(cookie: str, language: str) -> None:
    assert wished(cookie, "fr") == language


def test_the_whole_page_turns(reader: Reader) -> None:
    answer = reader.client.get(f"{reader.url}/", headers={"Accept-Language": "ar-SY"})
    assert '<html lang="ar" dir="rtl"' in answer.text
    assert "تجاوز إلى المحتوى" in answer.text
    assert '<html lang="en" dir="ltr"' in reader.get("/").text


@pytest.mark.parametrize(
    ("page", "goes_to"),
    [
        ("/plots?a=b&c=ع", "/plots?a=b&c=ع"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/a\r\nX-Evil: 1", "/"),
        ("", "/"),
    ],
)
def test_the_switch_goes_back_to_a_page_of_ours(reader: Reader, page: str, goes_to: str) -> None:
    answer = reader.get("/language", to="ar", page=page)
    assert answer.status_code == 302
    assert answer.headers["location"] == goes_to
    assert answer.cookies["language"] == "ar"
    reader.client.cookies.clear()
    assert "set-cookie" not in reader.get("/language", to="xx").headers


@pytest.mark.parametrize(
    ("code", "accepted", "name"),
    [
        ("ar", "ar-SY,ar;q=0.9", "ar_SY"),
        ("ar", "en-GB,ar-EG;q=0.1", "ar_EG"),
        ("ar", "en-GB", "ar"),
        ("ar", "ar-XX,ar-", "ar"),
        ("ar", "ar-../../x,ar-EG-x", "ar"),
        ("fa", "fa-IR", "fa_IR"),
        ("fa", "FA-Arab-ir", "fa_IR"),
        ("en", "ar-SY", "en_GB"),
        ("en", "x" * 100_000, "en_GB"),
    ],
)
def test_a_language_is_written_as_in_the_readers_country(
    code: str, accepted: str, name: str
) -> None:
    assert wished_locale(code, accepted) == name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        # The months of the Levant and Iraq, of Egypt and the Gulf, of the Maghreb.
        ("ar_SY", "٢٨ تشرين الثاني ٢٠٢٦، ٠٩:٠٥"),
        ("ar_IQ", "٢٨ تشرين الثاني ٢٠٢٦، ٠٩:٠٥"),
        ("ar_LB", "٢٨ تشرين الثاني ٢٠٢٦، ٠٩:٠٥"),
        ("ar_JO", "٢٨ تشرين الثاني ٢٠٢٦، ٠٩:٠٥"),
        ("ar_EG", "٢٨ نوفمبر ٢٠٢٦، ٠٩:٠٥"),
        ("ar_SA", "٢٨ نوفمبر ٢٠٢٦، ٠٩:٠٥"),
        ("ar_MA", "28 نونبر 2026، 09:05"),
        ("ar", "28 نوفمبر 2026، 09:05"),
        ("fa", "۷ آذر ۱۴۰۵، ۰۹:۰۵"),
        ("fr", "28 nov. 2026, 09:05"),
        ("en_GB", "28 Nov 2026, 09:05"),
    ],
)
def test_days_are_in_the_words_of_the_country(name: str, text: str) -> None:
    locale = Locale.parse(name)
    moment = datetime(2026, 11, 28, 9, 5)
    assert day_and_time(moment, locale) == text
    assert text.startswith(full_day(moment, locale))
    assert text.startswith(day_and_month(moment, locale))


# New Year's days of the Iranian calendar, about leap years.
@pytest.mark.parametrize(
    ("new_year", "year"),
    [
        ("1921-03-21", 1300), ("1979-03-21", 1358), ("1996-03-20", 1375), ("2000-03-20", 1379),
        ("2001-03-21", 1380), ("2020-03-20", 1399), ("2021-03-21", 1400), ("2025-03-21", 1404),
        ("2026-03-21", 1405), ("2029-03-20", 1408), ("2100-03-21", 1479),
    ],
)  # fmt: skip
def test_the_iranian_year_begins_with_spring(new_year: str, year: int) -> None:
    day = date.fromisoformat(new_year)
    assert solar_hijri(day) == (year, 1, 1)
    assert solar_hijri(day - timedelta(1))[:2] == (year - 1, 12)
    assert solar_hijri(day + timedelta(186)) == (year, 7, 1)


def test_digits_are_the_countrys() -> None:
    assert grouped(1234567, Locale.parse("ar_SY")) == "١٬٢٣٤٬٥٦٧"
    assert grouped(1234567, Locale.parse("ar")) == "1,234,567"
    assert grouped(1234567, Locale.parse("fa")) == "۱٬۲۳۴٬۵۶۷"
    assert grouped(None, Locale.parse("en_GB")) == "0"
    assert in_digits("0 a 19", Locale.parse("fa")) == "۰ a ۱۹"
    assert script_locale(Locale.parse("ar_SA")) == "ar-SA-u-ca-gregory-nu-arab"


def test_a_messages_numbers_are_in_the_readers_digits(reader: Reader) -> None:
    answer = reader.client.get(f"{reader.url}/", headers={"Accept-Language": "ar-SY"})
    assert "في آخر ٢٤ ساعة" in answer.text
    assert "١٤ يومًا" in answer.text
    assert "أخبار" in answer.text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "لا أيام"), (1, "يوم واحد"), (2, "يومان"), (3, "3 أيام"), (10, "10 أيام"),
        (11, "11 يومًا"), (99, "99 يومًا"), (100, "100 يوم"), (103, "103 أيام"),
    ],
)  # fmt: skip
def test_arabic_has_six_numbers(monkeypatch: pytest.MonkeyPatch, count: int, text: str) -> None:
    monkeypatch.setattr(translation, "language", lambda: "ar")
    assert translation.ngettext("%(num)s day", "%(num)s days", count) % {"num": count} == text


def test_pages_say_their_language_and_data_has_none(reader: Reader) -> None:
    headers = {"Accept-Language": "fa"}
    page = reader.client.get(f"{reader.url}/warraq", headers=headers)
    assert page.headers["content-language"] == "fa"
    assert "Accept-Language" in page.headers["vary"]
    data = reader.client.get(f"{reader.url}/warraq/crawls.json", headers=headers)
    assert "content-language" not in data.headers


def test_a_page_has_the_readers_words_and_the_data_the_schemas(reader: Reader) -> None:
    headers = {"Accept-Language": "ar-SY"}
    page = reader.client.get(f"{reader.url}/warraq/crawls", headers=headers).text
    assert "جولات الجمع" in page
    assert ">النتيجة" in page
    assert ">first_seen<" not in page
    data = reader.client.get(f"{reader.url}/warraq/crawls.csv", headers=headers).text
    assert data.startswith("crawl,site,started,finished,outcome")
    for path in ("/warraq/yields", "/warraq/articles", "/warraq/copies", "/warraq/corpus"):
        page = reader.client.get(f"{reader.url}{path}", headers=headers).text
        assert not {"Export", "No rows", "Filter", "Next page"} & set(page.split()), path


@pytest.mark.parametrize(
    ("raw", "name", "shown"),
    [
        ("2026-11-28T09:05:00Z", "started", "28 Nov 2026, 09:05 UTC"),
        ("2026-11-28", "day", "28 Nov 2026"),
        ("2026-99-28", "day", "2026-99-28"),
        ("ar", "language", "Arabic"),
        ("xx", "language", "xx"),
        (None, "language", ""),
        (1234, "new", "1234"),
        ("<b>", "title", "<b>"),
        ("finished", "title", "finished"),
    ],
)
def test_a_cell_shows_what_the_reader_would_write(raw: object, name: str, shown: str) -> None:
    text = str(template_filters.cell(raw, name, raw) or "")
    assert re.sub("</?time[^>]*>", "", text) == shown


_MANY = "&".join(f"site={n}" for n in range(101))
_SIX = "&".join(f"q={n}" for n in range(6))


@pytest.mark.parametrize(
    "address",
    [
        *("/search?since=x", "/search?until=2026-02-30", f"/search?{_MANY}", "/counts?since=0"),
        *("/counts?by=hour", f"/counts?{_SIX}", "/counts?since=2026-11-02&until=2026-11-01"),
        *("/words?q=a&since=9999-12-31", "/words?q=a&other_until=x"),
    ],
)
def test_what_is_wrong_with_an_address_is_said_in_the_reader_s_language(
    reader: Reader, address: str
) -> None:
    shown = []
    for code in ("en", "fr", "ar"):
        answer = reader.client.get(reader.url + address, headers={"Accept-Language": code})
        assert answer.status_code == 400
        tree: Any = html.document_fromstring(answer.content)
        [sentence] = tree.xpath("//*[@role='alert']")
        shown.append(sentence.text_content())
    assert shown[0] in PROBLEMS
    assert len(set(shown)) == 3
