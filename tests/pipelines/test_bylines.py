"""Bylines as themes write them, and what is somebody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from metadata_pages import TITLE, ld, read

from pipelines.metadata.bylines import _AUTHOR_PATH, _PERSON_ADDRESS, _whose_path
from pipelines.metadata.metadata import Metadata

NAME = "نزار الخطيب"
H1 = f"<h1>{TITLE}</h1>"


def author_witnesses(metadata: Metadata) -> list[tuple[str, str]]:
    return [(w.source, w.verdict) for w in metadata.witnesses if w.field == "author"]


@pytest.mark.parametrize(
    "path",
    [
        "/author/nizar/",
        "/authors/5",
        "/writer/nizar",
        "/auteur/nizar",
        "/autor/nizar",
        "/كاتب/5",
        "/yazar/n",
    ],
)
def test_a_link_to_the_authors_page_in_a_byline_of_everything(path: str) -> None:
    body = (
        f"{H1}<div class='post-author-block'><h4><span>By</span><a href='{path}'>{NAME}</a></h4>"
        "<span>Nov 21, 2026</span><span><a href=/tag/x>#الدوري</a>, <a href=/tag/y>#المسرح</a></span></div><p>نص</p>"
    )
    metadata = read(body=body)
    assert metadata.author == NAME
    source, verdict = author_witnesses(metadata)[-1]
    assert source.startswith("author link ")
    assert source.endswith(" elements behind the headline")
    assert verdict == "taken"


@pytest.mark.parametrize(
    "byline",
    [
        f"<p class=byline><span>{NAME}</span> <span>10/3/2026</span></p>",
        f"<p class=byline><time>6 أيام منذ</time> {NAME}</p>",
        f"<div class=post-meta><span class=autor>{NAME}</span><span>3 min read</span></div>",
        f"<address><a rel=author href=/x>{NAME}</a></address>",
        "<div class=author-name><b>نزار</b> <b>الخطيب</b></div>",
        f"<div class=author><a href=/people/n>{NAME}</a><i>محرر الشؤون المحلية</i></div>",
        f"<font>بقلم: {NAME}</font>",
        f"<aside class=post-author>{NAME}</aside>",
        f"<div class=sidebar><div class=author-box><h3><a href=/author/n>{NAME}</a></h3><p class=bio>صحفي</p></div></div>",
    ],
)  # fmt: skip
def test_the_byline_of_a_theme(byline: str) -> None:
    assert read(body=f"{H1}{byline}<p>نص</p>").author == NAME


def test_all_links_of_a_byline_are_its_persons() -> None:
    links = f"<span><a href=/author/1>{NAME}</a> و <a href=/author/2>هند الزين</a></span>"
    assert read(body=f"{H1}<div>{links}</div><p>نص</p>").author == f"{NAME}، هند الزين"


def test_bylines_of_other_articles_and_comments_are_not_the_articles() -> None:
    card = (
        "<div><h3><a href=/2>خبر آخر عن المدينة</a></h3><span class=author>هند الزين</span></div>"
    )
    for other in (
        f"<div class=related-posts>{card}</div>",
        "<section id=comments><div class=comment-author>هند الزين</div></section>",
        f"<aside>{card}</aside>",
        f"<aside>{card}{card.replace('هند الزين', 'سامر العلي')}</aside>",
    ):
        assert read(body=f"{H1}<p>نص</p>{other}").author is None, other


def test_an_address_is_looked_up_among_the_links() -> None:
    head = "<meta property=article:author content='https://nada.example/people/n-5'>"
    body = f"{H1}<p>نص</p><footer><a href=/people/n-5>{NAME}</a> <a href=/people/6>هند الزين</a></footer>"
    assert read(head, body).author == NAME
    assert read(head.replace("nada.example/people/n-5", "facebook.com/nada"), body).author is None


def test_a_better_source_is_taken_and_the_worse_is_told_why() -> None:
    head = ld(author={"name": "admin"}) + f"<meta name=author content='{NAME}'>"
    assert author_witnesses(read(head)) == [
        ("json-ld author", "a button or a heading, no name"),
        ("meta author", "taken"),
    ]


def test_names_of_one_meta_name_belong_together() -> None:
    head = (
        "<meta name=citation_author content='Ann Lee'><meta name=citation_author content='Bob Roe'>"
    )
    assert read(head).author == "Ann Lee, Bob Roe"


@pytest.mark.parametrize(
    ("first", "shown", "author"),
    [
        ("Nora", "Nora Hill", "Nora Hill"), ("Nora", "Bob Roe", "Nora"), ("Nora", "", "Nora"),
        ("Nora", "Nora In Garden Work Shed", "Nora"), ("Harbour Stiftung", "Nora Hill", "Nora Hill"),
        ("مؤسسة الميناء", NAME, NAME), ("رويترز", NAME, NAME), ("رويترز", "", "رويترز"),
        ("Redaktion", NAME, NAME), ("Redaktion", "", "Redaktion"), ("أسرة التحرير", "", "أسرة التحرير"),
        ("admin", "", None), ("Redaktion", "Nora", "Nora"), ("Nora Hill", "Bob Roe", "Nora Hill"),
    ],
)  # fmt: skip
def test_a_person_before_an_organisation_before_the_newsroom(
    first: str, shown: str, author: str | None
) -> None:
    body = f"{H1}<p class=byline>{shown}</p><p>نص</p>"
    assert read(f"<meta name=author content='{first}'>", body).author == author


def test_the_sites_own_name_is_an_author_where_its_byline_says_so() -> None:
    assert read(ld(author={"name": "وكالة الندى"})).author is None
    for byline in ("<a href=/author/1>{}</a>", "<p class=byline>{}</p>", "<p>بقلم: {}</p>"):
        assert read(body=f"{H1}{byline.format('وكالة الندى')}<p>نص</p>").author == "وكالة الندى"
        body = f"{H1}{byline.format('وكالة الندى')}<p class=author>{NAME}</p><p>نص</p>"
        assert read(body=body).author == NAME


@pytest.mark.parametrize(
    "label", ["<h4>بقلم</h4>", "<b>Author</b>", "<span>Geschrieben von</span>", "<p>Escrito por:</p>"]
)  # fmt: skip
def test_a_label_stands_apart_from_the_name(label: str) -> None:
    name = NAME if "بقلم" in label else "Nora Hill"
    assert read(body=f"{H1}<div>{label}<p>{name}</p></div><p>نص</p>").author == name


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("<p><em>Written by Nora Hill, PhD</em></p>", "Nora Hill"), ("<p><strong>Autorin: Nora Hill</strong></p>", "Nora Hill"),
        ("<p>Text von Nora Hill</p>", "Nora Hill"), (f"<p>كتب: {NAME}</p>", NAME), ("<p>本报记者：李明</p>", "李明"),
        ("<p>Researched by Nora Hill + Bob Roe</p>", "Nora Hill, Bob Roe"), ("<p>By the time it opened, all was sold</p>", None),
        ("<aside class=related><p>Written by Nora Hill</p></aside>", None),
    ],
)  # fmt: skip
def test_the_last_line_of_a_long_text_names_the_author(line: str, author: str | None) -> None:
    text = "<p>نص <b>طويل</b> عن <i>السوق</i></p>" * 80
    assert read(body=f"{H1}{text}{line}").author == author


def test_the_text_of_a_byline_is_read_in_its_order() -> None:
    line = f"<div class=author>بقلم: <a href=/x><b>{NAME}</b></a> مراسل الشؤون المحلية</div>"
    assert read(body=f"{H1}{line}<p>نص</p>").author == NAME


@given(st.from_regex(_AUTHOR_PATH._any_case))
def test_each_address_of_an_author_is_a_persons(address: str) -> None:
    assert _PERSON_ADDRESS.is_in(address)


@pytest.mark.parametrize(
    ("address", "whose"),
    [
        ("/author/ann-lee/", "author"),
        ("https://news.example/Autoren/ann", "author"),
        ("/%D9%83%D8%A7%D8%AA%D8%A8/%D8%B3%D8%A7%D9%84%D9%85", "author"),
        ("/people/ann", "person"),
        ("/?author_id=7", "person"),
        ("/a?b=c&AUTHOR=ann", "person"),
        *((path, "") for path in ("/2026/11/floods-in-town.html", "/sport/", "#top", "")),
        *((path, "") for path in ("/author/", "/people", "/?author=", "/co-author/x")),
    ],
)
def test_whose_address_it_is(address: str, whose: str) -> None:
    assert _whose_path(address) == whose
