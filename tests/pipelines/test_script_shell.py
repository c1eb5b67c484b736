"""Pages that show nothing without their scripts, and pages that only look like it."""

import pytest
from line_counter import bounded_cpu

from items import Page, Rejected, Site
from pipelines.extraction.script_shell import is_shell
from pipelines.refine import refine

_SCRIPT = '<script src="/static/main.js"></script>'
_MENU = "<nav>" + "".join(f'<a href="/{n}">قسم {n}</a>' for n in range(12)) + "</nav>"
_TEXT = "<p>أعلنت البلدية خطة جديدة لإصلاح الطرق في أحياء المدينة الشمالية هذا الصيف.</p>"
SHELLS = {
    "react": f'<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>{_SCRIPT}',
    "vue": f"<noscript><strong>We're sorry but this doesn't work properly without JavaScript enabled."
    f'</strong></noscript><div id="app"></div>{_SCRIPT}',
    "next": '<div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{"props":{}}</script>',
    "nuxt": f'<div id="__nuxt"><div class="spinner">Loading…</div></div>{_SCRIPT}',
    "angular": f"<app-root></app-root>{_SCRIPT}",
    "custom": f"<news-app></news-app>{_SCRIPT}",
    "menu": f'{_MENU}<div id="root"></div><footer>جميع الحقوق محفوظة</footer>{_SCRIPT}',
    "module": '<div id="app"></div><script type="module">import("/a.js")</script>',
    "noscript": f"<noscript>يرجى تفعيل جافا سكريبت لعرض هذه الصفحة</noscript><div></div>{_SCRIPT}",
    "persian": f"<noscript>لطفا جاوا اسکریپت را فعال کنید</noscript><div></div>{_SCRIPT}",
    "russian": f"<noscript>Включите JavaScript в браузере</noscript><main></main>{_SCRIPT}",
    "class": f'<div class="wrapper app-root"></div>{_SCRIPT}',
}
OTHERS = {
    "text in the root": f'<div id="root">{_TEXT * 12}</div>{_SCRIPT}',
    "no script": '<div id="root"></div><p>Nothing here.</p>',
    "comments": f"<noscript>Please enable JavaScript to view the comments.</noscript><p>قصير.</p>{_SCRIPT}",
    "picture": f'<noscript><img src="/pixel.gif"></noscript><p>قصير.</p>{_SCRIPT}',
    "long page": f'{_TEXT * 30}<div id="root"></div>{_SCRIPT}',
    "video": f'<h1>فيديو</h1><video src="/a.mp4"></video><p>وصف قصير للفيديو.</p>{_SCRIPT}',
    "block page": f"<h1>Just a moment…</h1><p>Enable JavaScript and cookies to continue</p>{_SCRIPT}",
}


def _page(body: str) -> bytes:
    return (
        f"<!doctype html><html><head><title>خبر</title></head><body>{body}</body></html>".encode()
    )


@pytest.mark.parametrize("body", SHELLS.values(), ids=SHELLS)
def test_shells(body: str) -> None:
    assert is_shell(_page(body), "utf-8")
    url = "https://ex.org/2026/11/01/a-b-c-d"
    page = Page(url, url, _page(body), "2026-11-02T00:00:00Z", "utf-8")
    rejected = refine(page, Site("ex", homepage="https://ex.org/"))
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "needs_script"
    # Where it was rendered already, scripts are not what it lacks.
    rendered = refine(page, Site("ex", homepage="https://ex.org/", render=True))
    assert isinstance(rendered, Rejected)
    assert rendered.reason != "needs_script"


@pytest.mark.parametrize("body", OTHERS.values(), ids=OTHERS)
def test_other_pages(body: str) -> None:
    assert not is_shell(_page(body), "utf-8")


@pytest.mark.parametrize(
    "body",
    [
        '<div id="root">' * 20_000,
        "<noscript>javascript " * 5_000 + _SCRIPT,
        "<x-y></x-y>" * 50_000,
        f'<div id="root"></div>{_SCRIPT}' + "<b> </b>" * 100_000,
        '<div class="' + "app-root " * 100_000 + '"></div>',
    ],
)
def test_hostile_pages_are_looked_at_in_bounded_time(body: str) -> None:
    with bounded_cpu():
        is_shell(_page(body), "utf-8")
