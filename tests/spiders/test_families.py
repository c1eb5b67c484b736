"""Families: their XPaths find the body of their themes and take out what stands around it."""

from typing import cast

import pytest
from lxml.html import HtmlElement, document_fromstring

from spiders.site_files import load_family

PAGES = {
    "jannah": """<body class="tie-no-js"><nav>قائمة</nav><div id="tie-wrapper"><div class="breaking">عاجل</div>
        <article id="the-post"><h1 class="entry-title">عنوان</h1>
        <div class="single-post-meta">2026/11/01</div>
        <div class="entry-content entry clearfix"><p>متن</p><div id="inline-related-post">اقرأ</div>
        <div class="stream-item">إعلان</div><div class="post-shortlink">رابط</div></div>
        <div class="post-bottom-meta">وسوم</div><div class="share-buttons">شارك</div></article>
        <div class="post-components"><div id="related-posts">صلة</div><div id="comments">تعليق</div></div>
        <aside class="sidebar">جانب</aside></div><a id="go-to-top">الأعلى</a></body>""",
    "wordpress": """<body><header id="masthead">رأس</header><article><h1>عنوان</h1>
        <div class="entry-content"><p>متن</p><div class="sharedaddy">شارك</div>
        <div class="jp-relatedposts">صلة</div><figure class="wp-block-embed">تضمين</figure></div>
        <footer class="entry-footer">وسوم</footer></article><nav class="post-navigation">السابق</nav>
        <div id="comments"><div id="respond">اترك</div></div><aside id="secondary">جانب</aside></body>""",
    "drupal": """<body><div id="sidebar-first">جانب</div><div class="breadcrumb">مسار</div><h1>عنوان</h1>
        <div class="node"><div class="meta submitted">نشره</div><div class="content">
        <div class="field field-name-body"><p>متن</p></div><div class="field-name-field-tags">وسوم</div></div>
        <ul class="links inline"><li>أضف</li></ul><div id="comments">إضافة تعليق</div></div></body>""",
    "elementor": """<body><div class="elementor-location-header">رأس</div><div class="elementor-widget-heading">
        <h1>عنوان</h1></div><div class="elementor-widget elementor-widget-post-info"><li>2026</li></div>
        <div class="elementor-widget elementor-widget-theme-post-content"><p>متن</p></div>
        <div class="elementor-widget-share-buttons">شارك</div><div class="elementor-widget-posts">صلة</div>
        <div class="elementor-widget-post-navigation">السابق</div></body>""",
    "plain": """<body><form id="aspnet"><input type="search"><nav>قائمة</nav><h1>عنوان</h1> <p>متن</p>
        <div class="addthis_toolbox">شارك</div><form><input type="email">بريد</form></form></body>""",
}


def select(page: HtmlElement, expressions: tuple[str, ...]) -> list[HtmlElement]:
    return [e for xpath in expressions for e in cast(list[HtmlElement], page.xpath(xpath))]


@pytest.mark.parametrize("name", PAGES)
def test_pruning_leaves_the_title_and_the_text(name: str) -> None:
    page: HtmlElement = document_fromstring(PAGES[name])
    for element in dict.fromkeys(select(page, load_family(name).prune)):
        element.drop_tree()
    assert "".join(map(str, page.itertext())).split() == ["عنوان", "متن"]


@pytest.mark.parametrize("name", [name for name in PAGES if name != "plain"])
def test_the_first_body_that_is_found_is_the_text(name: str) -> None:
    body = select(document_fromstring(PAGES[name]), load_family(name).body)[0]
    assert [p.text for p in body.iter("p")] == ["متن"]
    assert "عنوان" not in "".join(map(str, body.itertext()))
