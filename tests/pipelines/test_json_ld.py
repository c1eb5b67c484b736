import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_counter import bounded_cpu

from pipelines.extraction.parse_html import parse_html
from pipelines.metadata.json_ld import load, nodes, types
from pipelines.metadata.json_ld_metadata import crumbs, from_jsonld

ARTICLE = {"@type": "NewsArticle", "headline": "خبر", "datePublished": "2023-06-21T16:16:00+03:00"}
URL = "https://x.example/news/5"


def page_of(*scripts: str) -> list[dict[str, object]]:
    html = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    tree = parse_html(f"<html><head>{html}</head><body></body></html>")
    assert tree is not None
    return nodes(tree.iter("script"))


@pytest.mark.parametrize(
    "script",
    [
        json.dumps(ARTICLE),
        json.dumps([ARTICLE]),
        json.dumps({"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, ARTICLE]}),
        json.dumps([[{"@graph": [[ARTICLE]]}]]),
        json.dumps({"@type": "WebPage", "mainEntity": ARTICLE}),
        json.dumps({**ARTICLE, "@type": ["http://schema.org/NewsArticle"]}),
        "<!-- " + json.dumps(ARTICLE) + " -->",
        "//<![CDATA[\n" + json.dumps(ARTICLE) + "\n//]]>",
        "/* <![CDATA[ */" + json.dumps(ARTICLE) + "/* ]]> */",
        json.dumps(ARTICLE) + ";",
        json.dumps({"@type": "Organization"}) + "\n" + json.dumps(ARTICLE),
        json.dumps(ARTICLE)[:-1] + ",}",
        json.dumps(ARTICLE).replace('"', "&quot;"),
        json.dumps({**ARTICLE, "description": "سطر\nآخر"}).replace("\\n", "\n\t"),
        json.dumps(ARTICLE)[:-1] + r', "url": "https:\\x.example\d"}',
        json.dumps(ARTICLE)[:-1] + ', "description": "قال "نعم" ثم مضى"}',
        json.dumps(ARTICLE)[:-1] + ', "articleBody": "نص لم يكتمل',
    ],
)
def test_an_article_is_found_however_it_is_wrapped_or_broken(script: str) -> None:
    raw = from_jsonld(page_of(script), URL)
    assert raw.titles == ["خبر"]
    assert raw.published == ["2023-06-21T16:16:00+03:00"]
    assert raw.kinds[0] == "NewsArticle"


def test_a_headline_with_quotes_that_nobody_escaped() -> None:
    script = '{"@type": "NewsArticle", "headline": "الوزير: "لن نرفع السعر" هذا العام", "datePublished": "2023-06-21"}'
    raw = from_jsonld(page_of(script), URL)
    assert raw.titles == ['الوزير: "لن نرفع السعر" هذا العام']
    assert raw.published == ["2023-06-21"]


def test_articles_of_a_list_are_not_this_one() -> None:
    other = {**ARTICLE, "headline": "خبر آخر"}
    script = json.dumps({"@type": "ItemList", "itemListElement": [{"item": other}, other]})
    assert from_jsonld(page_of(script), URL).titles == []
    related = json.dumps({**ARTICLE, "hasPart": [other], "relatedLink": [other], "citation": other})
    assert from_jsonld(page_of(related), URL).titles == ["خبر"]


def test_of_several_articles_the_one_at_this_address() -> None:
    other = {**ARTICLE, "headline": "خبر آخر", "url": "https://x.example/news/4"}
    article = {**ARTICLE, "mainEntityOfPage": {"@id": "https://www.x.example/news/5/?utm=1"}}
    assert from_jsonld(page_of(json.dumps([other, article])), URL).titles == ["خبر"]
    assert from_jsonld(page_of(json.dumps([other, ARTICLE])), URL).titles == ["خبر آخر"]


def test_names_are_looked_up_by_their_id() -> None:
    graph = [
        {**ARTICLE, "author": {"@id": "#a"}, "image": {"@id": "#i"}, "publisher": {"@id": "#p"}},
        {"@type": "Person", "@id": "#a", "name": "هند"},
        {"@type": "ImageObject", "@id": "#i", "url": "https://x.example/i.jpg"},
        {"@type": "Organization", "@id": "#p", "name": "الندى"},
    ]
    raw = from_jsonld(page_of(json.dumps({"@graph": graph})), URL)
    assert (raw.authors, raw.images) == (["هند"], ["https://x.example/i.jpg"])
    assert raw.site_names == ["الندى"]


def test_an_id_that_leads_to_itself() -> None:
    loop = {**ARTICLE, "@id": "#a", "author": {"@id": "#a"}, "mainEntityOfPage": {"@id": "#a"}}
    assert from_jsonld(page_of(json.dumps(loop)), URL).titles == ["خبر"]


def test_a_page_without_an_article() -> None:
    page = {"@type": "WebPage", "name": "خبر - موقع", "datePublished": "2023-06-21"}
    raw = from_jsonld(page_of(json.dumps(page)), URL)
    assert (raw.kinds, raw.published) == (["WebPage"], ["2023-06-21"])
    listed = from_jsonld(page_of(json.dumps({**page, "@type": "CollectionPage"})), URL)
    assert (listed.kinds, listed.published) == (["CollectionPage"], [])


def test_crumbs() -> None:
    items = [
        {"position": 1, "item": {"name": "الرئيسية"}},
        {"position": 2, "name": "محليات"},
        {"item": "x"},
        7,
    ]
    assert crumbs([{"@type": "BreadcrumbList", "itemListElement": items}]) == ["الرئيسية", "محليات"]
    assert crumbs([{"@type": "BreadcrumbList"}]) == []


def test_types() -> None:
    assert types({"@type": ["https://schema.org/NewsArticle", "schema:Article", 5]}) == [
        "NewsArticle",
        "Article",
    ]
    assert types({}) == []


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["@type", "@graph", "@id", "author", "image", "name", "url", "headline", "keywords", "item",
                         "itemListElement", "mainEntityOfPage", "datePublished", "articleSection"]), inner, max_size=5),
    max_leaves=25,
)  # fmt: skip


@given(_JSON, st.sampled_from(["NewsArticle", "WebPage", "BreadcrumbList", "WebSite"]))
def test_any_shape_is_survived(shape: object, kind: str) -> None:
    node = (
        shape if isinstance(shape, dict) else {"author": shape, "image": shape, "keywords": shape}
    )
    page_nodes = page_of(json.dumps({"@graph": [{**node, "@type": kind}, shape]}))
    raw = from_jsonld(page_nodes, URL)
    texts = [text for texts in asdict(raw).values() if texts for text in texts]
    assert all(isinstance(text, str) for text in [*texts, *crumbs(page_nodes)])


@given(st.text(alphabet='{}[]":,\\/<>!-aé @\n', max_size=60))
def test_any_text_is_survived(text: str) -> None:
    documents = load(text)
    assert json.loads(json.dumps(documents)) == documents


@pytest.mark.parametrize(
    "text",
    [
        '{/* from the editor */ "@type": "NewsArticle", "headline": "a // b /* c */"}',
        '{"@type": "NewsArticle", // from the editor\n "headline": "a // b /* c */"}',
        '{\xa0"@type":\u2003"NewsArticle",\ufeff"headline": "a // b /* c */"}',
    ],
)
def test_comments_and_odd_spaces_between_values(text: str) -> None:
    assert load(text) == [{"@type": "NewsArticle", "headline": "a // b /* c */"}]


def test_the_article_is_the_one_whose_headline_is_shown() -> None:
    other = {
        "@type": "NewsArticle",
        "headline": "Ferry back in profit",
        "author": {"name": "Bob Roe"},
    }
    mine = {
        "@type": "NewsArticle",
        "headline": "Sea wall approved",
        "author": {"givenName": "Ann", "familyName": "Lee"},
    }
    assert from_jsonld([other, mine], "", ["Sea wall approved | The Paper"]).authors == ["Ann Lee"]
    assert from_jsonld([other, mine], "", ["Nothing alike"]).authors == ["Bob Roe"]


@pytest.mark.parametrize(
    "text", ["/*" * 50_000, '{"a": /*' + "*" * 100_000, '"' + "\\" * 100_000, "//" * 50_000]
)
def test_hostile_comments_cost_little(text: str) -> None:
    with bounded_cpu():
        load(text)
