"""The text that stands only in a page's data, in the shapes that frameworks give it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from line_counter import count_lines_run

from items import Article, Page, Rejected, Site
from pipelines.extraction.parse_html import parse_html
from pipelines.metadata.embedded_text import embedded_text
from pipelines.refine import refine

TITLE = "المجلس البلدي يقر مشروع شبكة المياه الجديدة"
LINES = [
    "أقر المجلس البلدي في جلسته العلنية مساء الاثنين مشروع شبكة المياه الجديدة بتسعة عشر صوتا مقابل أربعة.",
    "وقالت المهندسة المشرفة إن العمل يبدأ بعد انتهاء موسم الصيد، وإن السوق تغلق سبع ليال لا أكثر.",
    "وتعهدت البلدية بأن تنشر كل شهر تقريرا عما أنجز وما تأخر، وأن يكون كل تغيير في الكلفة علنيا.",
]
OTHER = [line.replace("ال", "") + " هذا خبر آخر" for line in LINES]
HTML = "".join(f"<p>{line}</p>" for line in LINES)


def state(value: Any) -> str:
    return f'<script type="application/json">{json.dumps(value)}</script>'


def assigned(name: str, value: Any) -> str:
    return f"<script>window.x=window.x||{{}};{name}={json.dumps(value)};window.y={{}};</script>"


def paragraphs(*kinds: str) -> list[dict[str, Any]]:
    return [
        {"type": "paragraph", "children": [{"text": line[:30]}, {"text": line[30:]}]}
        for line in LINES
    ]


STATES = {
    "JSON-LD": '<script type="application/ld+json">'
    + json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n\n".join(LINES)})
    + "</script>",
    "Next": state(
        {
            "props": {
                "pageProps": {
                    "article": {"title": TITLE, "body": HTML},
                    "related": [
                        {"title": "خبر عن السمك", "body": "".join(f"<p>{x}</p>" for x in OTHER) * 2}
                    ],
                }
            }
        }
    ),
    "Nuxt 2": f"<script>window.__NUXT__=(function(a){{return {{data:[{{title:a,body:{json.dumps(HTML)}}}]}}}}(1))</script>",
    "Nuxt 3": f'<script id="__NUXT_DATA__" type="application/json">{json.dumps([{"data": 1}, {"a": 2}, {"title": 3, "content": 4}, TITLE, HTML])}</script>',
    "Arc": assigned(
        "Fusion.globalContent",
        {
            "headlines": {"basic": TITLE},
            "content_elements": [
                *({"type": "text", "content": line} for line in LINES),
                {"type": "image", "caption": "صورة من الأرشيف للمبنى القديم"},
            ],
        },
    ),
    "Apollo": assigned(
        "window.__APOLLO_STATE__",
        {
            "Article:1": {"title": TITLE, "body": [{"__ref": f"P:{n}"} for n in range(3)]},
            **{f"P:{n}": {"__typename": "Paragraph", "text": line} for n, line in enumerate(LINES)},
        },
    ),
    "Slate": state({"post": {"title": TITLE, "document": {"nodes": paragraphs()}}}),
    "Contentful": state(
        {
            "fields": {
                "title": TITLE,
                "body": {
                    "nodeType": "document",
                    "content": [
                        {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": line}]}
                        for line in LINES
                    ],
                },
            }
        }
    ),
    "Editor.js": state(
        {
            "title": TITLE,
            "blocks": [{"type": "paragraph", "data": {"text": line}} for line in LINES],
        }
    ),
    "a quoted state": f"<script>window.__STATE__ = JSON.parse({json.dumps(json.dumps({'story': {'headline': TITLE, 'body': HTML}}))});</script>",
    "Next's stream": "<script>self.__next_f.push([1,"
    + json.dumps(
        '5:["$","div",null,{"article":{"title":"x","articleBody":'
        + json.dumps("\n".join(LINES))
        + "}}]"
    )
    + "])</script>",
    "WordPress": state({"post": {"title": {"rendered": TITLE}, "content": {"rendered": HTML}}}),
}


def page(data: str, body: str = "<div id=app></div>") -> str:
    head = f'<title>{TITLE} - صوت الشرق</title><meta property="og:title" content="{TITLE}">'
    return f"<!doctype html><html lang=ar><head>{head}</head><body>{body}{data}</body></html>"


def refined(document: str) -> Article | Rejected:
    url = "https://news.example/2026/11/20/story-17.html"
    return refine(
        Page(url, url, document.encode(), ""), Site("x", homepage="https://news.example/")
    )


@pytest.mark.parametrize("data", STATES.values(), ids=STATES)
def test_the_text_is_the_data_s_where_the_page_has_none(data: str) -> None:
    article = refined(page(data))
    assert isinstance(article, Article), article
    assert list(article.paragraphs) == LINES
    assert article.title == TITLE


@pytest.mark.parametrize("data", STATES.values(), ids=STATES)
def test_what_the_page_shows_is_the_text(data: str) -> None:
    shown = "".join(f"<p>{line} كما يظهر في الصفحة نفسها.</p>" for line in LINES)
    article = refined(page(data, f"<article><h1>{TITLE}</h1>{shown}</article>"))
    assert isinstance(article, Article)
    assert all(line.endswith("الصفحة نفسها.") for line in article.paragraphs)


def test_another_story_s_text_is_none_of_the_page_s() -> None:
    data = state({"related": [{"title": "خبر عن السمك والصيادين", "body": HTML}]})
    assert isinstance(refined(page(data)), Rejected)


@pytest.mark.parametrize(
    "make",
    [
        lambda n: state([{"body": "<p>x</p>" * 60}] * n),
        lambda n: state({"a": [{"type": "p", "children": [{"text": "x" * 50}] * 20}] * n}),
        lambda n: f"<script type='application/json'>{'[' * n}{']' * n}</script>",
        lambda n: "<script>" + 'body:"' * n + "x" * 300 + "</script>",
        lambda n: "<script>" + "= {" * n + "x" * 300 + "</script>",
        lambda n: state([{"a": n, "b": n + 1}] * n + [TITLE]),
    ],
    ids=["texts", "nodes", "depth", "pairs", "assignments", "references"],
)
def test_the_work_is_bounded(make: Callable[[int], str]) -> None:
    """Ten times the data take no more than some 25 times the steps, and a bound ends them all."""

    def steps(n: int) -> int:
        tree = parse_html(page(make(n)))
        assert tree is not None
        return count_lines_run(lambda: embedded_text(tree, TITLE))

    few, many = steps(200), steps(2000)
    assert many <= 25 * few + 10_000
    assert many < 7_000_000
