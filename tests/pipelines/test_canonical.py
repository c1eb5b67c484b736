"""Which canonical addresses a page is believed, by the addresses alone."""

import pytest

from pipelines.canonical import judge_canonical

HOME = "https://n.example/"

# What was fetched, what is declared, and why it is believed.
HONEST = [
    ("/story-of-a-day", "/story-of-a-day/", "same"),
    ("/story-of-a-day?utm_source=feed", "/story-of-a-day", "same"),
    ("/story-of-a-day/amp/", "/story-of-a-day/", "same"),
    ("https://amp.n.example/story-of-a-day", "/story-of-a-day", "same"),
    ("https://m.n.example/story/31", "https://www.n.example/story/31", "same"),
    ("http://n.example/story/31", "https://n.example/story/31", "same"),
    ("/story/31/print", "/story/31", "same"),
    ("/print/story/31", "/story/31", "same"),
    ("/article.php?id=31&print=1", "/article.php?id=31", "same"),
    ("/mobile/story/31", "/story/31", "same"),
    ("/story/31.html", "/story/31", "same"),
    ("/sport/story-of-a-day", "/news/story-of-a-day", "own"),
    ("/2026/story-of-a-day-2", "/2026/story-of-a-day", "own"),
    ("/sport/final", "/news/final", "own"),
    ("/print.php?id=31", "/article.php?id=31", "own"),
    ("/article.php?id=531", "/2024/05/story-531", "own"),
    ("/story-of-a-day?page=2", "/story-of-a-day", "own"),
    ("/a/قصة-يوم-طويل", "/b/%D9%82%D8%B5%D8%A9-%D9%8A%D9%88%D9%85-%D8%B7%D9%88%D9%8A%D9%84", "own"),
    ("/?p=77", "/2024/05/bridge-opens-after-repairs", "title"),
]
LIES = [
    ("/article.php?id=31", "/article.php", "bare_script"),
    ("/article.aspx?id=31&lang=ar", "/article.aspx?lang=ar", "bare_script"),
    ("/article?id=31", "/article", "bare_script"),
    ("/article.php?id=31", "/article.php?id=32", "foreign"),
    ("/story/31", "/story/32", "foreign"),
    ("/news/story-of-a-day", "/news/story-of-a-night", "foreign"),
    ("/news/story-of-a-day", "/news/?lang=en", "foreign"),
    ("/news/story-of-a-day", "/news/", "section"),
    ("/news/2024/05/11/story-of-a-day", "/news/2024/05/11", "section"),
    ("/content/view/31", "/content/view", "section"),
    ("/news/story-of-a-day", "/tag/day", "listing"),
    ("/news/story-of-a-day", "/category/news/", "listing"),
    ("/article.php?id=31&cat=5", "/article.php?cat=5", "listing"),
    ("/news/story-of-a-day", "/print/", "front_page"),
    ("/news/story-of-a-day", "/", "front_page"),
    ("/news/story-of-a-day", "/index.php", "front_page"),
    ("/news/story-of-a-day", "/?lang=en", "front_page"),
    ("/story/31", "/story/31/print", "print_page"),
    ("/article.php?id=31", "/article.php?id=31&tmpl=component", "print_page"),
    ("/news/story-of-a-day", "https://other.example/news/story-of-a-day", "other_site"),
    ("/2024/05/11/first", "/2024/05/11/second", "foreign"),
    ("/news/story-of-a-day", "http://[", "none"),
    ("/news/story-of-a-day", "", "none"),
]


def url(address: str) -> str:
    return address if address.startswith("http") else HOME.rstrip("/") + address


@pytest.mark.parametrize(("fetched", "declared", "reason"), HONEST)
def test_an_address_that_may_be_the_article_s_own_is_believed(
    fetched: str, declared: str, reason: str
) -> None:
    judgement = judge_canonical(
        url(fetched), declared, homepage=HOME, title="Bridge opens after long repairs"
    )
    assert (judgement.reason, judgement.is_believed) == (reason, True)


@pytest.mark.parametrize(("fetched", "declared", "reason"), LIES)
def test_any_other_is_not(fetched: str, declared: str, reason: str) -> None:
    judgement = judge_canonical(url(fetched), declared, homepage=HOME, title="Another title")
    assert (judgement.reason, judgement.is_believed) == (reason, False)
    assert judgement.url == judge_canonical(url(fetched), None, homepage=HOME).url


def test_a_second_witness_is_needed_where_nothing_is_in_common() -> None:
    fetched, declared = url("/?p=77"), url("/2024/05/some-other-words-12345")
    assert not judge_canonical(fetched, declared).is_believed
    assert judge_canonical(fetched, declared, og_url=declared).reason == "og_url"
    section = url("/news")
    assert not judge_canonical(fetched, section, og_url=section).is_believed
