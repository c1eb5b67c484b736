"""Lists by address and markup together; neither alone."""

import pytest

from pipelines.extraction.parse_html import parse_html
from pipelines.list_address import is_list_page, is_listing

HOME = "https://paper.example"
LISTS = [
    *(
        "/type/post",
        "/archive/2026",
        "/posts",
        "/posts/",
        "/category/city",
        "/tag/bridge",
        "/2026/05",
    ),
    *(
        "/author/salma",
        "/page/3",
        "/news/page/3",
        "/ar/tag/bridge",
        "/tag/bridge/page/2",
        "/blog?page=2",
    ),
    *("/تصنيف/مدينة", "/archives"),
]
ARTICLES = [
    *("/news/story-of-a-day", "/posts/12345", "/archive/12345", "/2026/05/11/story-of-a-day"),
    *("/category/city/story-of-a-day", "/author/salma/story-of-a-day", "/article.php?id=31"),
    *("/topic/a-bridge-opens-at-last", "/archives/2024/story", "/posts/story-of-a-day"),
]


def is_list(path: str, classes: str = "", kind: str | None = None) -> bool:
    tree = parse_html(f"<html><body class='{classes}'><p>text</p></body></html>")
    assert tree is not None
    return is_list_page(HOME + path, tree, kind)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_s_address_with_a_list_s_markup_is_a_list(path: str) -> None:
    assert is_list(path, "archive category")
    assert is_list(path, "archive", "article")
    assert is_list(path, "", "website")


@pytest.mark.parametrize("path", LISTS)
def test_a_page_that_shows_that_it_is_an_article_is_one(path: str) -> None:
    assert not is_list(path, "single single-post postid-7")
    assert not is_list(path, "", "NewsArticle")


@pytest.mark.parametrize("path", ARTICLES)
def test_an_article_s_address_is_no_list(path: str) -> None:
    assert not is_list(path)
    assert not is_list(path, "", "website")


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/tag/bridge",
            "/author/salma",
            "/category/city/north",
            "/search/x",
            "/page/3",
            "/2026/11",
        ),
        *("/وسم/جسر", "/%D9%88%D8%B3%D9%85/x", "/?cat=3", "/?author=1", "/?paged=2", "/about-us"),
        *("/?q=taxonomy/term/3", "/?q=user/1", "/index.php?r=tag/bridge", "/?page=2&q=author/1"),
    ],
)
def test_the_address_of_a_link_to_a_list(path: str) -> None:
    assert is_listing(HOME + path)


@pytest.mark.parametrize(
    "path",
    [
        *("/?q=node/9", "/?p=12", "/spip.php?article12", "/news/2026/11/story", "/tagore-in-town"),
        *("/index.php?r=article/view/9", "/posts/31", "/?q=about-the-user/9", "/news/2026"),
    ],
)
def test_the_address_of_a_link_to_an_article(path: str) -> None:
    assert not is_listing(HOME + path)
