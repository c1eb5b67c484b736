"""Sections, tags, images, noindex and canonical addresses, from every source that has them."""

import pytest
from metadata_pages import TITLE, ld, read


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (ld(articleSection="محليات"), ""),
        (ld(articleSection=["الرئيسية", "محليات"]), ""),
        ("<meta property=article:section content='محليات'>", ""),
        ("", "<nav class=breadcrumb><a href=/>الرئيسية</a> <a href=/l>محليات</a> <a href=/5>انطلاق موسم قطاف…</a></nav><h1>" + TITLE),
        ("", f"<a href=/category/x/ rel='category tag'>محليات</a><h1>{TITLE}</h1>"),
        ("", f"<h1>{TITLE}</h1><div class=cat-links><a href=/x>محليات</a></div>"),
        ("", f"<ul id=menu><li><a href=/section/y>رياضة</a></ul><h1>{TITLE}</h1><a href=/section/x>محليات</a>"),
        ('<script type="application/ld+json">{"@type":"BreadcrumbList","itemListElement":[{"item":{"name":"Home"}},'
         '{"item":{"name":"محليات"}},{"name":"' + TITLE + '"}]}</script>', ""),
    ],
)  # fmt: skip
def test_the_section(head: str, body: str) -> None:
    assert read(head, body or f"<h1>{TITLE}</h1>").section == "محليات"


def test_no_section() -> None:
    head = "<meta property=article:section content='Uncategorized'>"
    body = (
        f"<nav class=breadcrumb><a href=/>الرئيسية</a> <a href=/5>{TITLE}</a></nav><h1>{TITLE}</h1>"
    )
    assert read(head, body).sections == ()


def test_tags_are_distinct_and_without_hash_signs_and_ids() -> None:
    head = ld(keywords="#حلب، أسواق ,, حلب،أ_ب, 8f507083-bac4-423a-9015-2eb31e1bce50")
    assert read(head).tags == ("حلب", "أسواق", "أ ب")
    meta = "<meta property=article:tag content=حلب><meta property=article:tag content=أسواق>"
    assert read(meta).tags == ("حلب", "أسواق")
    menu = "<nav><a rel=tag href=/tag/x>قائمة</a></nav><a rel=tag href=/tag/y>حلب</a>"
    assert read(body=menu).tags == ("حلب",)


@pytest.mark.parametrize(
    ("image", "stored"),
    [
        ("https://cdn.example/a b.jpg", "https://cdn.example/a%20b.jpg"),
        ("/uploads/a.jpg", "https://nada.example/uploads/a.jpg"),
        ("//cdn.example/a.jpg", "https://cdn.example/a.jpg"),
        ("https://cdn.example/صورة.jpg", "https://cdn.example/%D8%B5%D9%88%D8%B1%D8%A9.jpg"),
        ("data:image/gif;base64,R0", None), ("javascript:alert(1)", None), ("file:///etc/passwd", None),
        ("http://[::1", None), ("https://" + "a" * 5000, None), ("http://", None),
    ],
)  # fmt: skip
def test_the_image_is_an_absolute_web_address(image: str, stored: str | None) -> None:
    assert read(f'<meta property="og:image" content="{image}">').image == stored


@pytest.mark.parametrize(
    ("content", "noindex"),
    [("noindex", True), ("NOINDEX, nofollow", True), ("none", True), ("index,follow", False),
     ("max-image-preview:large", False), ("nofollow", False)],
)  # fmt: skip
def test_noindex(content: str, noindex: bool) -> None:
    assert read(f'<meta name="robots" content="{content}">').noindex is noindex
    assert read(f'<meta name="Googlebot" content="{content}">').noindex is noindex
    assert not read(f'<meta name="bingbot" content="{content}">').noindex


def test_canonical_is_absolute_and_unchecked() -> None:
    assert read("<link rel=canonical href=/a/b>").canonical == "https://nada.example/a/b"
    assert (
        read("<link rel='Canonical' href='https://other.example/x?p=1'>").canonical
        == "https://other.example/x?p=1"
    )
    assert read("<link rel=canonical href='javascript:x'>").canonical is None
