"""Bylines as themes write them, and what is somebody else's."""

import pytest
from metadata_pages import TITLE, ld, read

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
