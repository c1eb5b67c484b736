"""A newspaper whose pages come in two themes, and its readings into a database as a crawl does them."""

from collections.abc import Callable
from dataclasses import replace
from html import escape

from sqlite_utils import Database

from demo.truth import Printing, everything
from items import Article, Page, Rejected, Site
from pipelines.keeping import Kept, Refined, keep
from pipelines.refine import refine
from storage import crawls
from storage.clock import later
from storage.templates.reading import template_of

NOW = "2026-11-01T06:00:00Z"
SITE = Site("river", "https://river.example/", title="صحيفة النهر", language="ar")
Theme = Callable[[int, Printing, str], str]


def stories() -> list[Printing]:
    """Texts of the demo, each long enough for a page, and no two alike."""
    known: dict[tuple[str, ...], Printing] = {}
    for story in everything():
        if (
            story.language == "ar"
            and sum(map(len, story.paragraphs)) > 500
            and len(story.title) > 15
        ):
            known.setdefault(story.paragraphs[:1], story)
    return list(known.values())


def texts(story: Printing) -> list[str]:
    return [block.text for block in story.blocks]


def page(number: int, html: str) -> Page:
    url = f"https://river.example/news/{number}"
    return Page(url, url, html.encode(), NOW)


def _head(number: int, story: Printing) -> str:
    return f"""<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8">
<title>{escape(story.title)} - صحيفة النهر</title><meta property="og:type" content="article">
<meta property="article:published_time" content="2026-10-{number % 28 + 1:02}T08:00:00+03:00">
<link rel="canonical" href="https://river.example/news/{number}"></head>"""


def _paragraphs(story: Printing) -> list[str]:
    return [f"<p>{escape(text)}</p>" for text in texts(story)]


_MENU = "".join(f'<li><a href="/s/{n}">قسم رقم {n}</a></li>' for n in range(9))
_LATEST = "".join(
    f'<li><a href="/news/9{n}">خبر سابق رقم {n} من أخبار المدينة</a></li>' for n in range(6)
)


def blue(number: int, story: Printing, extra: str = "") -> str:
    """`extra` stands in the middle of the text."""
    text = _paragraphs(story)
    box = '<div class="inline-related"><a href="/news/5">ازدحام في وسط المدينة قبل العيد</a></div>'
    middle = "".join([*text[:1], box, extra, *text[1:]])
    return f"""{_head(number, story)}<body class="single postid-{number}"><header><ul class="menu">{_MENU}</ul>
</header><main id="content"><article class="post post-{number} category-{number % 5}">
<h1 class="title">{escape(story.title)}</h1><div class="byline"><span class="author">سامر العلي</span></div>
<div class="share-buttons"><a href="#">فيسبوك</a></div><div class="entry-content">{middle}</div>
<div class="foot"><a rel="tag" href="/tag/a">جسور</a></div></article></main>
<aside class="sidebar"><ul>{_LATEST}</ul></aside><footer><p>جميع الحقوق محفوظة لصحيفة النهر</p></footer></body></html>"""


def green(number: int, story: Printing, extra: str = "") -> str:
    return f"""{_head(number, story)}<body><div class="shell"><div class="top"><ul>{_MENU}</ul></div>
<div class="columns"><section class="reading"><h1>{escape(story.title)}</h1><p class="writer">بقلم: سامر العلي</p>
<div class="prose">{"".join(_paragraphs(story))}{extra}</div>
<a rel="tag" href="/tag/a">جسور</a></section><section class="rail"><ul>{_LATEST}</ul></section></div>
<div class="bottom"><p>جميع الحقوق محفوظة لصحيفة النهر</p></div></div></body></html>"""


class Newspaper:
    """Reads pages as `RefineStage` and `StoreStage` do, an hour apart."""

    def __init__(self, db: Database, site: Site = SITE) -> None:
        self.db, self.site, self.now = db, site, NOW
        crawls.begin(db, site, NOW)

    def refine(self, page: Page) -> Article | Rejected:
        template = template_of(self.db, self.site.name, self.now)
        return refine(page, replace(self.site, template=template))

    def read(self, page: Page) -> Article | Rejected:
        self.now = later(self.now, 3600)
        outcome = self.refine(page)
        self.keep(page, outcome)
        return outcome

    def keep(self, page: Page, outcome: Article | Rejected) -> Kept:
        return keep(self.db, Refined(page, outcome), found_by="feed", now=self.now)

    def publish(self, numbers: range, theme: Theme) -> list[Article | Rejected]:
        pool = stories()
        return [self.read(page(n, theme(n, pool[n % len(pool)], ""))) for n in numbers]

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return self.db.execute(sql).fetchall()
