"""The names in a byline, whatever stands around them, in the languages of the sites."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_counter import bounded_cpu

from pipelines.metadata.author_names import names_in
from pipelines.metadata.author_rules import NameContext

ENGLISH = NameContext(frozenset({"the morning paper"}), "en")


@pytest.mark.parametrize(
    "around",
    ["{} 10/3/2026", "{} 2026-03-10", "{} 21 نوفمبر", "6 أيام منذ {}", "{} - 10 مارس 2026 - 4:16 م",
     "بقلم: {}", "كتب {}", "كُتب بواسطة {}", "{}، #الدوري", "دمشق، {}", "{} - دمشق", "القدس المحتلة - {}",
     "{}، مراسل الشؤون السياسية", "{} | تويتر فيسبوك", "الكاتب: {}"],
)  # fmt: skip
def test_an_arabic_name_without_what_is_around_it(around: str) -> None:
    context = NameContext(language="ar")
    assert names_in(around.format("نزار الخطيب"), context).names == ["نزار الخطيب"]


@pytest.mark.parametrize(
    ("around", "language"),
    [
        ("By {}", "en"), ("Written by {}", "en"), ("View all posts by {}", "en"), ("{} Staff Writer", "en"),
        ("{} Senior Health Reporter", "en"), ("{}, Political Editor", "en"), ("{}, PhD", "en"),
        ("{} 09/27/2016 05:02 PM EDT", "en"), ("{} Tue, Mar 10, 2026", "en"), ("Posted on March 3, 2020 by {}", "en"),
        ("{} 3 hours ago", "en"), ("Mar 6 Written By {}", "en"), ("{} Photos by Jo Roe", "en"), ("{} | Share | Comments", "en"),
        ("Veröffentlicht von {}", "de"), ("Von {}", "de"), ("{} Fr, 13. Dezember 2019", "de"), ("{} vor 5 Stunden", "de"),
        ("Autorin: {}", "de"), ("Zeige alle Beiträge von {}", "de"), ("{} Themen bearbeiten", None), ("Par {}", "fr"),
        ("Publié par {}", "fr"), ("Por {}", "es"), ("Escrito por {}", "es"), ("di {}", "it"), ("Автор: {}", "ru"),
        ("Yazan: {}", "tr"), ("نویسنده: {}", "fa"), ("מאת: {}", "he"), ("تحریر: {}", "ur"), ("نووسینی: {}", "ckb"),
    ],
)  # fmt: skip
def test_a_latin_name_without_what_is_around_it(around: str, language: str | None) -> None:
    if "Themen" in around:
        around = "{} | Themen bearbeiten"
    assert names_in(around.format("Clara Voss"), NameContext(language=language)).names == [
        "Clara Voss"
    ]


@pytest.mark.parametrize(
    "name",
    ["Di Wang", "Par Singh Gill", "Von Smithson", "Por Khalsa", "Abby Goodnough", "José Ortega y Gasset",
     "تحرير السلام", "حوار العلي", "李明", "Ng", "Jack Ma", "جمعة خميس", "April Summer", "Ludwig van Beethoven",
     "سالم وليد الخطيب", "محمد بن سلمان", "قسم التحقيقات", "رويترز", "AFP", "Harold May", "Jean-Luc O'Brien"],
)  # fmt: skip
def test_a_name_that_looks_like_something_else_is_whole(name: str) -> None:
    assert names_in(name, ENGLISH).names == [name]
    assert names_in(f"{name} 3 June 2020", ENGLISH).names == [name]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Ann Lee and Bob Roe", ["Ann Lee", "Bob Roe"]), ("Ann Lee, Bob Roe & Cy Poe", ["Ann Lee", "Bob Roe", "Cy Poe"]),
        ("Von Ann Lee, Bob Roe und Cy Poe, NDR", ["Ann Lee", "Bob Roe", "Cy Poe", "NDR"]),
        ("Ana García y Luis Pérez", ["Ana García", "Luis Pérez"]), ("Jean Dupont avec AFP", ["Jean Dupont", "AFP"]),
        ("نزار الخطيب وهند الزين", ["نزار الخطيب", "هند الزين"]), ("نزار الخطيب، هند الزين", ["نزار الخطيب", "هند الزين"]),
        ("Ann Lee, Bob Roe, and Cy Poe", ["Ann Lee", "Bob Roe", "Cy Poe"]), ("Ann Lee wrote by", ["Ann Lee wrote by"]),
        ("本报记者 李明", ["李明"]), ("作者：李明 来源：新华", ["李明"]), ("记者 李明 王小华", ["李明", "王小华"]),
    ],
)  # fmt: skip
def test_several_names(line: str, names: list[str]) -> None:
    assert names_in(line, NameContext(language="de")).names == names


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Political Editor", "a role, no name"), ("PhD", "a role, no name"), ("See full bio", "a button or a heading, no name"), ("View Full Profile", "a button or a heading, no name"), ("مراسل الجزيرة", "a role, no name"),
        ("دمشق", "a place"), ("Twitter Facebook", "a button or a heading, no name"), ("مشاركة", "a button or a heading, no name"),
        ("Themen bearbeiten", "a button or a heading, no name"), ("View more posts", "a button or a heading, no name"),
        ("The Morning Paper", "the site's own name or a section's"), ("#الدوري", "a tag"), ("ed_91", "an account, no name"),
        ("https://a.example/x", "an address"), ("20 Dec", "no name in it"), ("posts by this author", "a button or a heading, no name"),
    ],
)  # fmt: skip
def test_what_is_no_name_and_why(line: str, reason: str) -> None:
    found = names_in(line, ENGLISH)
    assert (found.names, found.reason) == ([], reason)


def test_a_person_owns_a_site_an_outlet_does_not_write() -> None:
    own = frozenset({"clara voss", "gulf news"})
    assert names_in("Clara Voss", NameContext(own, host="claravoss.example")).names == [
        "Clara Voss"
    ]
    assert names_in("Clara Voss", NameContext(own, host="paper.example")).names == []
    assert names_in("Gulf News", NameContext(own, host="gulfnews.example")).names == []


@pytest.mark.parametrize(
    "line", ["by " * 5000, "و" * 9000, "a, " * 5000, "1/2 " * 5000, "李 " * 5000, "X by " * 3000]
)
def test_a_hostile_line_costs_little(line: str) -> None:
    with bounded_cpu():
        names_in(line, ENGLISH)


@given(st.text(max_size=400))
def test_any_line_is_survived(line: str) -> None:
    assert all(len(name) <= 80 for name in names_in(line, ENGLISH).names)
