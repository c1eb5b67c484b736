import re
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from line_counter import count_lines_run
from w3lib.url import safe_url_string

from text.urls import (
    _UNRESERVED,
    _USUAL,
    _suffixes,
    article_id,
    canonicalise,
    join_url,
    same_site,
)

SLUG = "/2023/06/%D8%A7%D9%84%D8%AE%D8%A8%D8%B1-%D8%A7%D9%84%D8%A3%D9%88%D9%84"


@pytest.mark.parametrize(
    "spelling",
    [
        "https://sana.sy" + SLUG,
        "https://sana.sy/2023/06/الخبر-الأول/",
        "https://sana.sy" + SLUG.lower(),
        "https://sana.sy/2023/06/الخبر-الأول",
        "http://www.SANA.sy:80/2023//06/x/../الخبر-الأول/?utm_source=fb&fbclid=Iw#comments",
        "https://sana.sy/2023/06/الخبر-الأول/amp/",
        "https://sana.sy/2023/06/الخبر-الأول?amp=1",
        "https://sana.sy/2023/06/الخبر-الأول/?outputType=amp",
        "https://amp.sana.sy/2023/06/الخبر-الأول",
        "https://sana.sy/2023/06/الخبر-الأول/comment-page-2/#comment-9",
        "https:\\\\sana.sy\\2023\\06\\الخبر-الأول",
        "  https://sana.sy./%32023/06/الخبر\n-الأول;jsessionid=1F?PHPSESSID=2 ",
    ],
)
def test_spellings_of_one_page(spelling: str) -> None:
    assert canonicalise(spelling, "https://sana.sy/") == "https://sana.sy" + SLUG


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("http://ex.org", "http://ex.org/"),
        ("HTTP://EX.org:80/?", "http://ex.org/"),
        ("https://ex.org:443/a/", "https://ex.org/a"),
        ("http://ex.org:443/a", "http://ex.org:443/a"),
        ("http://ex.org:8080/a", "http://ex.org:8080/a"),
        ("http://ex.org/../../a/./b/%2e%2E/c", "http://ex.org/a/c"),
        ("http://ex.org/a%7Eb%2Dc", "http://ex.org/a~b-c"),
        ("http://ex.org/a%2fb", "http://ex.org/a%2Fb"),
        ("http://ex.org/50%25-off/100%", "http://ex.org/50%25-off/100%25"),
        ("http://ex.org/%2541", "http://ex.org/%2541"),
        ("http://ex.org/a b", "http://ex.org/a%20b"),
        ("http://مثال.إختبار/", "http://xn--mgbh0fb.xn--kgbechtv/"),
        ("http://ex.org/e\u0301t\u00e9", "http://ex.org/%C3%A9t%C3%A9"),
        # Percent-encoded windows-1256 is no UTF-8: the bytes are the address.
        ("http://ex.org/%c7%e1%ce", "http://ex.org/%C7%E1%CE"),
        ("https://ex.org/story.amp", "https://ex.org/story"),
        ("https://ex.org/story.amp.html", "https://ex.org/story.html"),
        ("https://ex.org/amp/news/2026/slug", "https://ex.org/news/2026/slug"),
        ("https://ex.org/amp-news/champ", "https://ex.org/amp-news/champ"),
        # As a browser reads it: the backslash ends the host.
        ("https://ex.org\\@evil.org/a", "https://ex.org/@evil.org/a"),
        ("https://amp.dev/a", "https://amp.dev/a"),
        ("https://amp.gov.sy/a", "https://amp.gov.sy/a"),
    ],
)
def test_one_spelling(url: str, canonical: str) -> None:
    assert canonicalise(url) == canonical


@pytest.mark.parametrize(
    "query",
    ["id=123", "p=7", "page=2", "nid=61", "cid=12", "uid=3", "ref=20311", "m=202311", "12345"],
)
def test_a_parameter_that_names_the_page_stays(query: str) -> None:
    assert canonicalise(f"https://ex.org/x?utm_medium=a&{query}") == f"https://ex.org/x?{query}"


@pytest.mark.parametrize(
    "query",
    [
        *("utm_source=x", "UTM_Campaign=y", "fbclid=1", "ref=homepage", "source=twitter", "m=1"),
        *("share=facebook&nb=1", "at_medium=RSS", "xtor=AL-72", "_ga=1.2", "replytocom=12", "amp"),
    ],
)
def test_a_parameter_that_follows_the_reader_goes(query: str) -> None:
    assert canonicalise(f"https://ex.org/x?{query}") == "https://ex.org/x"


def test_the_order_and_spelling_of_a_query_do_not_matter() -> None:
    spellings = ["b=2&a=خبر+1", "a=%d8%ae%d8%a8%d8%b1%201&amp;b=2", "a=خبر%201&#038;b=2&b=2"]
    assert {canonicalise(f"https://ex.org/?{q}") for q in spellings} == {
        "https://ex.org/?a=%D8%AE%D8%A8%D8%B1%201&b=2"
    }


def test_only_the_homepages_own_host_takes_its_scheme_and_www() -> None:
    home = "https://www.ex.org/ar/"
    assert canonicalise("http://ex.org/a", home) == "https://www.ex.org/a"
    assert canonicalise("http://sport.ex.org/a", home) == "http://sport.ex.org/a"
    assert canonicalise("http://ex.org:8080/a", home) == "http://ex.org:8080/a"
    assert canonicalise("http://other.org/a", home) == "http://other.org/a"
    for no_address in ("no address", "http://[::1", ""):
        assert canonicalise("http://ex.org/a", no_address) == "http://ex.org/a"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "خبر",
        "/relative/path",
        "//ex.org/a",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://ex.org/a",
        "mailto:a@ex.org",
        "http://",
        "http:///a",
        "http:ex.org/a",
        "https://user:pass@ex.org/a",
        "https://sana.sy@evil.org/a",
        "http://ex\u202e.org/a",
        "http://e x.org/a",
        "http://ex%2eorg/a",
        "http://ex.org<script>/a",
        "http://ex.org:99999/a",
        "http://ex.org:port/a",
        "http://[::1/a",
        "http://ex.org/a\x00b",
        "http://ex.org/a%00b",
        "http://ex.org/a%0d%0aSet-Cookie:x",
        "http://ex.org/?a=%1b[31m",
        "http://ex.org/\ud800",
        "http://..org/a",
        "http://" + "a." * 40_000 + "org/",
        "http://ex.org/" + "a" * 100_000,
        "http://ex.org/" + "خ" * 1_500,
    ],
)
def test_what_is_no_usable_address(url: str) -> None:
    assert canonicalise(url) is None


@pytest.mark.parametrize(
    "url",
    ["http://2130706433/", "http://0x7f.1/", "http://１２７.0.0.1/", "http://[::ffff:7f00:1]/"],
)
def test_odd_spellings_of_an_address_are_left_to_the_guard_of_connections(url: str) -> None:
    assert canonicalise(url) is not None


def test_override_characters_of_a_path_come_out_encoded() -> None:
    assert canonicalise("http://ex.org/abc\u202egpj.exe") == "http://ex.org/abc%E2%80%AEgpj.exe"


def test_a_very_long_address_costs_nothing() -> None:
    long = "http://ex.org/" + "%d8%a7/" * 1_000_000
    assert canonicalise(long) is None
    assert count_lines_run(lambda: canonicalise(long)) < count_lines_run(
        lambda: canonicalise("http://ex.org/")
    )


_ODD = st.lists(
    st.one_of(
        st.sampled_from(list("aB1.-_~/\\?#&=;:@%+ []أé\u0301\u200f")),
        st.sampled_from(
            ["/amp", ".amp", "amp.", "%2f", "%41", "%25", "&amp;", "ref=1", "://", ".."]
        ),
        st.characters(),
    ),
    max_size=30,
).map("".join)


@given(
    st.sampled_from(["http://", "https://ex.org/", "http://amp.ex.org/", "https://ex.org/?"]), _ODD
)
@example("https://ex.org/", "amp/a.amp.html")
@example("https://ex.org/", "amp.amp")
@example("https://ex.org/", "a.amp.amp")
@example("https://ex.org/", "...amp")
@example("https://ex.org/?", "&amp;amp;a=1")
def test_canonical_is_canonical(start: str, rest: str) -> None:
    canonical = canonicalise(start + rest)
    if canonical is not None:
        assert canonicalise(canonical) == canonical
        assert canonical.isascii()
        assert canonical.isprintable()
        assert " " not in canonical


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20))
def test_the_case_of_percent_encoding_does_not_matter(slug: str) -> None:
    whole = quote(slug, safe="")
    lower = re.sub("%..", lambda escape: escape[0].lower(), whole)
    assert canonicalise(f"https://ex.org/x/{whole}") == canonicalise(f"https://ex.org/x/{lower}")


def test_an_id_is_64_bits_of_sha256() -> None:
    assert article_id("https://ex.org/a") == "fc60963ff0ac20db"


@pytest.mark.parametrize(
    ("url", "homepage", "same"),
    [
        ("https://sana.sy/a", "http://www.sana.sy/", True),
        ("https://sport.sana.sy/a", "https://www.sana.sy/", True),
        ("https://sana.sy/a", "https://ar.sana.sy/", True),
        ("https://notsana.sy/a", "https://sana.sy/", False),
        ("https://sana.sy.evil.org/a", "https://sana.sy/", False),
        ("https://blogspot.com/a", "https://mine.blogspot.com/", False),
        ("https://gov.sy/a", "https://moi.gov.sy/", False),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8002/", False),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8001/", True),
        ("javascript:alert(1)", "https://sana.sy/", False),
        ("http://[::1", "https://sana.sy/", False),
    ],
)
def test_what_is_one_site(url: str, homepage: str, same: bool) -> None:
    assert same_site(url, homepage) is same


def test_the_list_of_suffixes_is_the_one_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("connected to the network")

    monkeypatch.setattr("socket.socket.connect", refuse)
    _suffixes.cache_clear()
    assert not same_site("https://co.uk/", "https://bbc.co.uk/")
    assert urlsplit(canonicalise("https://amp.bbc.co.uk/a") or "").hostname == "bbc.co.uk"


@pytest.mark.parametrize("base", ["https://news.example/a/1", ""])
@pytest.mark.parametrize("address", ["http://[", "http://℀x/", "//[::x"])
def test_an_address_that_cannot_be_parsed_joins_to_nothing(base: str, address: str) -> None:
    assert join_url(base, address) == ""


@given(st.text(), st.text())
def test_what_is_joined_can_be_parsed(base: str, address: str) -> None:
    joined = join_url(base, address)
    urlsplit(joined)
    assert joined.isascii()
    assert joined.isprintable()


@pytest.mark.parametrize(
    ("address", "joined"),
    [
        ("/خبر", "https://news.example/%D8%AE%D8%A8%D8%B1"),
        ("/a\u202eb\x1b[2J", "https://news.example/a%E2%80%AEb%1B%5B2J"),
        ("https://مثال.example/a", "https://xn--mgbh0fb.example/a"),
        ("a b", "https://news.example/a b"),
    ],
)
def test_what_is_joined_is_ascii(address: str, joined: str) -> None:
    assert join_url("https://news.example/", address) == joined


@given(st.from_regex(_USUAL, fullmatch=True))
@example("https://xn--mgbayh7gpa.example./a//../b/.?")
@example("http://-a..b/%zz%D8?=&")
def test_a_usual_address_is_safe_as_it_is(url: str) -> None:
    assert urlsplit(safe_url_string(url)) == urlsplit(url)


@given(st.from_regex(_UNRESERVED, fullmatch=True))
def test_unreserved_letters_need_no_encoding(text: str) -> None:
    assert quote(text, "") == text
