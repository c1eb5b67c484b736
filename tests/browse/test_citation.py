"""What a story's page says of itself to programs that cite, by the parsers that others use."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import extruct
import pytest
from lxml import html
from reader import EVIL, Reader, hostile, name_outlet, reading, stock, story
from storage_samples import LATER, NOW

from browse.story.citation import CitedStory
from browse.translation import LANGUAGES
from items import Article, Rights, RightsStatement
from storage.article_rows import author_names
from storage.articles import store

_RIGHTS = Rights(
    (
        RightsStatement("license", "https://license.example/by", "link", NOW),
        RightsStatement("license", "https://license.example/old", "link", NOW, LATER),
        RightsStatement("usage-info", "https://news.example/terms", "json-ld", NOW),
        RightsStatement("copyright", "© دار الأخبار", "meta", NOW),
    )
)
_BARE = Article(
    id="00000000000000aa",
    url=None,
    site=None,
    title=None,
    paragraphs=("نص بلا عنوان ولا موقع.",),
)


def full() -> Article:
    return replace(
        story(50),
        author="ليلى الحموي، سامر الجندي",
        agency="رويترز",
        tags=("ماء", "قمح; شعير"),
        modified="2026-11-01T10:00:00Z",
        access="teaser",
        rights=_RIGHTS,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    with closing(stock(folder)) as db:
        for article in (full(), hostile(), _BARE):
            store(db, article, now=NOW)
        name_outlet(db)
    return folder


@pytest.fixture(scope="module")
def reader(folder: Path) -> Iterator[Reader]:
    with reading(folder) as reader:
        yield reader


def page_of(reader: Reader, article: Article, language: str = "en") -> tuple[str, str]:
    """Address and source of its page."""
    [row] = reader.json("/warraq/articles.json", _shape="array", id=article.id)
    url = f"{reader.url}/warraq/articles/{row['number']}"
    answer = reader.client.get(url, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return url, answer.text


def metas(source: str, attribute: str = "name") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in html.document_fromstring(source).cssselect(f"head meta[{attribute}]"):
        found.setdefault(str(meta.get(attribute)), []).append(str(meta.get("content")))
    return found


def test_schema_org_says_what_is_known(reader: Reader) -> None:
    url, source = page_of(reader, full())
    [article] = extruct.extract(source, url, syntaxes=["json-ld"])["json-ld"]
    assert article == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "identifier": f"urn:warraq:{full().id}",
        "headline": "افتتاح المكتبة رقم 50",
        "url": "https://news.example/50",
        "isBasedOn": "https://news.example/50",
        "mainEntityOfPage": url,
        "archivedAt": url,
        "datePublished": full().published,
        "dateModified": "2026-11-01T10:00:00Z",
        "author": [
            {"@type": "Person", "name": "ليلى الحموي"},
            {"@type": "Person", "name": "سامر الجندي"},
        ],
        "sourceOrganization": {"@type": "Organization", "name": "رويترز"},
        "publisher": {
            "@type": "NewsMediaOrganization",
            "name": "دار الأخبار",
            "url": "https://news.example/",
        },
        "inLanguage": "ar",
        "articleSection": "محليات",
        "keywords": ["ماء", "قمح; شعير"],
        "wordCount": len(full().text.split()),
        "isAccessibleForFree": False,
        "license": ["https://license.example/by"],
        "usageInfo": ["https://news.example/terms"],
        "copyrightNotice": "© دار الأخبار",
    }


def test_zotero_finds_what_it_reads(reader: Reader) -> None:
    """The names are those that its translator "Embedded Metadata" looks for."""
    url, source = page_of(reader, full())
    found = metas(source)
    assert found["z:itemType"] == found["DC.type"] == ["newspaperArticle"]
    assert found["citation_title"] == found["DC.title"] == ["افتتاح المكتبة رقم 50"]
    assert found["citation_author"] == found["DC.creator"] == ["ليلى الحموي", "سامر الجندي"]
    assert re.fullmatch(r"\d{4}/\d\d/\d\d", found["citation_publication_date"][0])
    assert found["citation_online_date"] == found["citation_publication_date"]
    assert found["citation_journal_title"] == found["citation_publisher"] == ["دار الأخبار"]
    assert found["citation_language"] == ["ar"]
    assert found["citation_public_url"] == ["https://news.example/50"]
    assert found["citation_abstract_html_url"] == [url]
    assert found["citation_keywords"] == found["DC.subject"] == ["ماء", "قمح; شعير"]
    assert found["DC.rights"] == ["© دار الأخبار; https://license.example/by"]


def test_open_graph_names_no_picture(reader: Reader) -> None:
    url, source = page_of(reader, full())
    [graph] = extruct.extract(source, url, syntaxes=["opengraph"])["opengraph"]
    properties = dict(graph["properties"])
    assert properties["og:type"] == "article"
    assert properties["og:title"] == "افتتاح المكتبة رقم 50"
    assert properties["og:url"] == "https://news.example/50"
    assert properties["og:locale"] == "ar"
    found = metas(source, "property")
    assert found["article:published_time"] == [full().published]
    assert found["article:tag"] == ["ماء", "قمح; شعير"]
    assert not [name for name in found if "image" in name]


def test_files_are_linked_and_can_be_fetched(reader: Reader) -> None:
    _, source = page_of(reader, full())
    links = html.document_fromstring(source).cssselect("head link[rel=alternate][href]")
    types = {str(link.get("type")): str(link.get("href")) for link in links}
    for media_type, path in types.items():
        answer = reader.client.get(reader.url + path)
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == media_type
    assert len(types) == 5


def test_a_hostile_story_ends_no_element(reader: Reader) -> None:
    url, source = page_of(reader, hostile())
    tree = html.document_fromstring(source)
    scripts = tree.cssselect("script")
    assert [script.get("type") or script.get("src") for script in scripts] == [
        *("/assets/warraq.js", "application/ld+json")
    ]
    text = str(scripts[1].text)
    assert "<" not in text
    article = json.loads(text)
    assert article["headline"] == f"evil{EVIL}"
    assert article["url"] == article["mainEntityOfPage"] == url
    assert "inLanguage" not in article
    assert metas(source)["citation_title"] == [f"evil{EVIL}"]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00]", source)


def test_a_story_of_which_nothing_is_known_is_cited_all_the_same(reader: Reader) -> None:
    url, source = page_of(reader, _BARE)
    [article] = extruct.extract(source, url, syntaxes=["json-ld"])["json-ld"]
    assert article["headline"] == "نص بلا عنوان ولا موقع."
    assert {"publisher", "author", "datePublished", "keywords"} & article.keys() == set()
    assert not [name for name, values in metas(source).items() if "" in values]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_citation_is_a_line_in_the_language_of_its_reader(
    reader: Reader, folder: Path, language: str
) -> None:
    from browse import translation

    token = translation._language.set(language)
    locale = translation._locale.set(translation.wished_locale(language, ""))
    try:
        line = html.fragment_fromstring(str(citation().line()), create_parent=True)
    finally:
        translation._language.reset(token)
        translation._locale.reset(locale)
    text = line.text_content()
    assert text.startswith("ليلى الحموي")
    assert "عنوان <b>" in text
    assert [a.get("href") for a in line.cssselect("a")] == ["https://news.example/50"]
    expected = {
        **{"en": "20 October 2026", "fr": "20 octobre 2026"},
        **{"ar": "20 أكتوبر 2026", "fa": "۲۸ مهر ۱۴۰۵"},
    }
    assert expected[language] in text
    assert ("«" in text) == (language != "en")


def citation(**changes: Any) -> CitedStory:
    values: dict[str, Any] = dict.fromkeys(CitedStory.__slots__)
    values |= {"title": "عنوان <b>", "page": "http://127.0.0.1/1", "outlet": "دار الأخبار"}
    values |= {"url": "https://news.example/50", "authors": ("ليلى الحموي",)}
    values |= {"published": "2026-10-20T09:30:00Z", "fetched": NOW}
    return CitedStory(**values | changes)


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("ليلى الحموي، سامر الجندي", ("ليلى الحموي", "سامر الجندي")),
        ("Ada Lovelace, Alan Turing", ("Ada Lovelace", "Alan Turing")),
        ("Ada Lovelace; Alan Turing", ("Ada Lovelace", "Alan Turing")),
        ("Anne-Marie O'Neil", ("Anne-Marie O'Neil",)),
        (" ,  ", ()),
        (None, ()),
    ],
)
def test_names_in_the_column_author(author: str | None, names: tuple[str, ...]) -> None:
    assert author_names(author) == names
