"""Articles on several pages, in the markup of several themes: Arabic and Latin, and what looks alike."""

from dataclasses import dataclass

from web_server import Answer, Web, rss

_ARABIC = (
    "أعلنت بلدية {place} أن أعمال {work} ستنتهي قبل نهاية {month}، وأن الطريق سيفتح أمام السيارات في اليوم التالي.",
    "وقال مدير المشروع في {place} إن كلفة {work} بلغت ضعف ما كان مقدراً لها، وإن الحكومة ستدفع الفرق في {month}.",
    "ورأى تجار {place} أن التأخر في {work} أضر بأعمالهم، وطالبوا بتعويض قبل حلول {month} القادم.",
)
_LATIN = (
    "The council of {place} said that work on the {work} would end before {month}, and that the road would open a day later.",
    "The engineer in charge at {place} told reporters that the {work} had cost twice what was planned, and that the state would pay in {month}.",
    "Shopkeepers in {place} complained that the delay of the {work} had ruined their trade, and asked for help before {month}.",
)
_ARABIC_WORDS = (
    ("الجسر الشرقي", "النفق القديم", "الميناء الصغير", "السوق المسقوفة", "المحطة الجديدة"),
    ("دير الزهور", "تل السنابل", "عين الوادي", "رأس الجبل", "باب البحر"),
    ("آذار", "حزيران", "أيلول", "تشرين الثاني", "شباط"),
)
_LATIN_WORDS = (
    ("eastern bridge", "old tunnel", "small harbour", "covered market", "new station"),
    ("Flowerton", "Wheat Hill", "Valley Spring", "Mountain Head", "Seagate"),
    ("March", "June", "September", "November", "February"),
)
ARABIC_TITLE = "خمس مدن تنتظر نهاية الأعمال"
LATIN_TITLE = "Five towns wait for the end of the works"


def paragraphs(page: int, *, latin: bool = False) -> tuple[str, ...]:
    """Three paragraphs that no other page has; pages are counted from 1."""
    works, places, months = _LATIN_WORDS if latin else _ARABIC_WORDS
    at, texts = (page - 1) % 5, _LATIN if latin else _ARABIC
    return tuple(text.format(work=works[at], place=places[at], month=months[at]) for text in texts)


@dataclass(frozen=True)
class Theme:
    """`mark` makes page N's path of the first one's, `pager` is what the page `number` of `count` has
    right below its text.
    """

    name: str
    path: str
    mark: str
    latin: bool = False

    def at(self, number: int) -> str:
        if number == 1:
            return self.path
        stem, dot, ending = self.path.rpartition(".")
        if self.mark.startswith(("-", "_", ",")) and dot:
            return f"{stem}{self.mark.format(n=number)}.{ending}"
        return self.path.rstrip("/") + self.mark.format(n=number)

    @property
    def title(self) -> str:
        return LATIN_TITLE if self.latin else ARABIC_TITLE

    def page(self, number: int, count: int, *, lead: str = "", edit: str = "") -> str:
        lines = [lead, *paragraphs(number, latin=self.latin), edit]
        body = "".join(f"<p>{line}</p>" for line in lines if line)
        return document(self.title, body + self.pager(number, count), latin=self.latin)

    def pager(self, number: int, count: int) -> str:
        return _PAGERS[self.name](self, number, count)


def document(title: str, body: str, *, head: str = "", below: str = "", latin: bool = False) -> str:
    language = 'lang="en"' if latin else 'lang="ar" dir="rtl"'
    return f"""<!doctype html><html {language}><head><meta charset="utf-8"><title>{title} - The Bell</title>
<meta property="og:type" content="article"><meta property="article:published_time" content="2026-11-01T06:00:00Z">
{head}</head><body><header><nav><a href="/">Home</a><a href="/politics/">Politics</a></nav></header>
<main><article><h1>{title}</h1><div class="entry-content">{body}</div></article>{below}</main>
<footer><p>The Bell 2026</p></footer></body></html>"""


def _items(theme: Theme, number: int, count: int, link: str, current: str) -> list[str]:
    return [
        current.format(n=n) if n == number else link.format(n=n, url=theme.at(n))
        for n in range(1, count + 1)
    ]


def _page_links(theme: Theme, number: int, count: int) -> str:
    link = '<a href="{url}" class="post-page-numbers">{n}</a>'
    current = '<span class="post-page-numbers current" aria-current="page">{n}</span>'
    items = " ".join(_items(theme, number, count, link, current))
    return f'<div class="page-links">الصفحات: {items}</div>'


def _list(theme: Theme, number: int, count: int) -> str:
    items = _items(theme, number, count, '<li><a href="{url}">{n}</a></li>', "<li><b>{n}</b></li>")
    onward = f'<li><a rel="next" href="{theme.at(number + 1)}">الصفحة التالية</a></li>'
    return f'<ul class="pagination">{"".join(items)}{onward if number < count else ""}</ul>'


def _plain(theme: Theme, number: int, count: int) -> str:
    items = _items(theme, number, count, '<a href="{url}">{n}</a>', "{n}")
    return f"<p>Page {' | '.join(items)}</p>"


def _next_only(theme: Theme, number: int, count: int) -> str:
    onward = f'<a href="{theme.at(number + 1)}">Next page »</a>'
    return f'<div class="multipage">{onward}</div>' if number < count else ""


_PAGERS = {
    "wordpress": _page_links,
    "query": _list,
    "suffix": _plain,
    "word": _next_only,
    "paged": _page_links,
}
THEMES = (
    Theme("wordpress", "/2026/11/five-towns/", "/{n}/"),
    Theme("query", "/story.php?id=31", "&page={n}"),
    Theme("suffix", "/works/five-towns-1207.html", "-{n}", latin=True),
    Theme("word", "/works/five-towns", "/seite-{n}", latin=True),
    Theme("paged", "/?p=31", "&paged={n}"),
)


def publish_pages(web: Web, theme: Theme, count: int, *, lead: str = "") -> None:
    """The article's pages, and a feed that lists the first."""
    web.pages |= {
        theme.at(number): theme.page(number, count, lead=lead) for number in range(1, count + 1)
    }
    web.pages["/feed"] = feed(web, theme.title, [theme.path])


def feed(web: Web, title: str, paths: list[str]) -> Answer:
    items = "".join(
        f"<item><title>{title}</title><link>{web.url}{path.replace('&', '&amp;')}</link>"
        "<pubDate>Sun, 01 Nov 2026 06:00:00 GMT</pubDate></item>"
        for path in paths
    )
    text = f'<rss version="2.0"><channel><title>n</title>{items}</channel></rss>'
    return Answer(text, headers=rss("", []).headers)
