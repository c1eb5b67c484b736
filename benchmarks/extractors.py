"""What is measured beside what: each row a name and a function from a page and its address to text.

The others are installed by `pip install '.[bench]'`; one that is not there raises ImportError.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from items import Article, Page, Site
from pipelines.refine import refine
from storage.duplicates.shingles import sketch, wording
from text.folding import fold, text_hash

Extractor = Callable[[str, str], str]

YARDSTICK = "trafilatura, `bare_extraction(with_metadata=True)`"


def warraq(document: str, url: str, site: Site | None = None) -> str:
    # Some of the set's addresses are only their site's: an article there is the front page.
    address = "" if urlsplit(url).path in ("", "/") else url
    page = Page(url, address, document.encode("utf-8", "replace"), "")
    refined = refine(page, site or Site("x", honour_noindex=False))
    if not isinstance(refined, Article):
        return ""
    text_hash(refined.text)
    sketch(wording(fold(refined.text)).shingles)
    return refined.text


def with_metadata(document: str, url: str) -> str:
    import trafilatura

    found = trafilatura.bare_extraction(document, url=url, with_metadata=True)
    return str(getattr(found, "text", None) or "")


def load_dates() -> None:
    """Have dateparser, which trafilatura asks for some dates, compile the rules of its 200 locales:
    it takes seconds, once a process.
    """
    from htmldate.extractors import external_date_parser

    external_date_parser("no date in 2 of 7 words", "%Y-%m-%d")


def trafilatura_with(**options: Any) -> Extractor:
    def extract(document: str, url: str) -> str:
        import trafilatura

        return trafilatura.extract(document, url=url, **options) or ""

    return extract


def readability(document: str, url: str) -> str:
    from lxml import html
    from readability import Document

    return "".join(map(str, html.fromstring(Document(document).summary()).itertext()))


def resiliparse(document: str, url: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    return str(extract_plain_text(document, main_content=True))


def newspaper(document: str, url: str) -> str:
    import newspaper as library

    article = library.Article(url, fetch_images=False)
    article.download(input_html=document)
    article.parse()
    return str(article.text)


def news_please(document: str, url: str) -> str:
    from newsplease import NewsPlease

    found = NewsPlease.from_html(document, url=url, fetch_images=False)
    return str(getattr(found, "maintext", None) or "")


EXTRACTORS: tuple[tuple[str, Extractor], ...] = (
    ("**Warraq**: text, metadata, cleaning, language, fingerprint", warraq),
    (YARDSTICK, with_metadata),
    ("trafilatura, text alone", trafilatura_with()),
    (
        "trafilatura, text alone, favor_precision, no comments",
        trafilatura_with(favor_precision=True, include_comments=False),
    ),
    (
        "trafilatura, text alone, fast, no comments",
        trafilatura_with(fast=True, include_comments=False),
    ),
    ("readability-lxml", readability),
    ("resiliparse", resiliparse),
    ("newspaper4k", newspaper),
    ("news-please's extractor", news_please),
)
