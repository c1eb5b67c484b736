"""What is made for a page refers to nothing that refers back: it is freed when it is done with, and not
when the garbage collector's oldest generation is due, which in an import is after hours.
"""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from metadata_pages import ld
from pages import PARAGRAPHS, TITLE, article_page, list_page, plain_page

from items import Article, Page, Site
from pipelines.ingest.web_archive import ImportFilter, cut_archive
from pipelines.refine import refine
from pipelines.site_lookup import SiteLookup
from pipelines.workers.pool import LocalRefiner
from storage.archive.warc_record import make_member
from storage.prepared_articles import prepare
from storage.warc.open import open_warc

SITE = Site("river", homepage="https://river.example/", timezone="Asia/Damascus")
URL = "https://river.example/2024/03/04/bridge"
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS * 3)
COMMENTS = "".join(
    f'<li class="comment"><cite>قارئ {n}</cite><p>تعليق {n} على الخبر وما جاء فيه</p></li>'
    for n in range(30)
)
PAGES = {
    "article": article_page(),
    "plain": plain_page(TITLE, "\n".join(PARAGRAPHS)),
    "list": list_page(),
    "empty": "",
    "no markup": "خبر",
    "json-ld": ld(headline=TITLE, author={"name": "سلمى حداد"}, datePublished="2024-03-04") + BODY,
    "broken json-ld": '<script type="application/ld+json">{"headline": </script>' + BODY,
    "microdata": f'<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">'
    f'{TITLE}</h1><span itemprop="author">سلمى حداد</span>{BODY}</div>',
    "shown metadata": f'<nav class="breadcrumb"><a href="/a">أخبار</a></nav><h1 class="entry-title">'
    f'{TITLE}</h1><span class="byline">كتبت: سلمى حداد</span> <span class="date">٤ آذار ٢٠٢٤</span>'
    f'{BODY}<a rel="tag" href="/tag/bridge">جسور</a>',
    "comments": f'<article>{BODY}</article><ol class="comment-list">{COMMENTS}</ol>',
    "embedded text": f'<h1>{TITLE}</h1><div id="root"></div><script>window.data = {{"body": "'
    + BODY.replace("/", "\\/")
    + '"}</script>',
    "frames": f'<table><tr><td>{BODY}</td><td class="sidebar">{COMMENTS}</td></tr></table>',
    "unclosed": "<div><p><b>" * 200 + BODY,
    "deep": "<div>" * 5_000 + BODY,
    "windows-1256": f'<meta charset="windows-1256"><h1>{TITLE}</h1>{BODY}',
    "latin": "<h1>The bridge opens</h1><p class='author'>By Ann Lee</p>"
    + "<p>The northern bridge was opened on Monday after two months of work. </p>" * 9,
}


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Fails where the block leaves objects that only the collector can free."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield
        gc.collect()
        names = sorted({f"{type(item).__module__}.{type(item).__name__}" for item in gc.garbage})
        # Other threads, pytest's among them, leave theirs.
        ours = ("pipelines.", "storage.", "text.", "items.", "lxml.", "_asyncio.", "concurrent.")
        assert [name for name in names if name.startswith(ours)] == []
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@pytest.mark.parametrize("document", PAGES.values(), ids=PAGES.keys())
def test_a_page_is_freed_with_its_result(document: str) -> None:
    page = Page(URL, URL, document.encode("cp1256" if "1256" in document else "utf-8"), "")
    refine(page, SITE)  # loads what is loaded once
    with _no_garbage():
        outcome = refine(page, SITE)
        if isinstance(outcome, Article):
            prepare(outcome)
        del outcome


def test_the_check_sees_a_cycle() -> None:
    class Node:
        def __init__(self) -> None:
            self.itself = self

    Node.__module__ = "pipelines.example"
    with pytest.raises(AssertionError, match=r"pipelines\.example"), _no_garbage():
        Node()


def test_a_result_is_freed_with_what_waited_for_it(refiner: LocalRefiner) -> None:
    async def refine_pages() -> None:
        page = Page(URL, URL, b"<p>1</p>", "")
        await refiner.refine(page, SITE)
        with _no_garbage():
            for _ in range(3):
                await refiner.refine(page, SITE)
                await refiner.refine_and_record(page, SITE)
                await refiner.run(abs, -1)

    asyncio.run(refine_pages())


def test_a_slice_is_freed_with_what_waited_for_it(refiner: LocalRefiner, tmp_path: Path) -> None:
    archive = tmp_path / "pages.warc.gz"
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>1</p>"
    http = {"Content-Type": "application/http; msgtype=response"}
    record = make_member("response", answer, "2026-11-01T06:00:00Z", uri=URL, headers=http)
    archive.write_bytes(record.data * 5)

    async def refine_slices() -> None:
        with open_warc(str(archive)) as file:
            size = archive.stat().st_size
            parts = cut_archive(file, str(archive), 0, size, ImportFilter(), SiteLookup([]))
            part = next(iter(parts))
        assert len((await refiner.refine_slice(part)).results) == 5
        with _no_garbage():
            # The pool's threads hold on to the last one.
            for _ in range(3):
                await refiner.refine_slice(part)

    asyncio.run(refine_slices())
