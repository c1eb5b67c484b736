import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text.terminal import printable, readable_addresses


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("عنوان الخبر", "عنوان الخبر"),
        ("red \x1b[31mtext\x1b[0m", "red [31mtext[0m"),
        ("title\r\n2026-11-01 INFO forged", "title 2026-11-01 INFO forged"),
        ("one\u2028two\x85three\tfour", "one two three four"),
        ("abc\u202egpj.exe\u2066x\u2069", "abcgpj.exex"),
        ("\u200fخبر\u200e\ufeff\u00ad", "خبر"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("bell\x07 c1\x9b31m del\x7f nul\x00", "bell c131m del nul"),
        ("two \x00 \u202e words", "two words"),
        ("half \ud83d pair", "half \ufffd pair"),
    ],
)
def test_what_a_terminal_gets(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters(), max_size=60))
def test_shown_text_is_printable_and_stays_as_it_is(text: str) -> None:
    shown = printable(text)
    assert printable(shown) == shown
    shown.encode()
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"}]
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://x/%D8%A7%D9%84%D8%B3%D8%AF-1?a=%D8%A7", "https://x/السد-1?a=ا"),
        ("https://x/a%2Fb%3Fc%23d%20e%25", "https://x/a%2Fb%3Fc%23d%20e%25"),
        ("https://x/%E2%80%AEexe.%C2%A0b", "https://x/%E2%80%AEexe.%C2%A0b"),
        ("https://x/%FF%D8", "https://x/%FF%D8"),
        ("https://x/plain", "https://x/plain"),
    ],
)
def test_an_address_is_shown_in_letters(address: str, shown: str) -> None:
    assert readable_addresses(address) == shown
