"""Articles on several pages in a web archive: those whose pages lie in one slice are joined there, so that
no more than a slice is held.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from items import Article
from pipelines.join_pages import adds_text, join_pages
from pipelines.workers.slices import SliceResult
from text.limits import MAX_PAGES_AN_ARTICLE
from text.urls import canonicalise

_LaterCaptures = Mapping[str, Sequence[SliceResult]]


def joined_pages(results: Sequence[SliceResult]) -> tuple[list[SliceResult], int]:
    """The results with the articles that go on in others of them joined; how many pages that took out."""
    later: defaultdict[str, list[SliceResult]] = defaultdict(list)
    for result in results:
        if isinstance(result.result, Article) and result.result.first_page:
            later[result.key].append(result)
    if not later:
        return list(results), 0
    taken: set[int] = set()
    joined = [_joined(result, later, taken) for result in results]
    return [result for result in joined if result.record not in taken], len(taken)


def _joined(result: SliceResult, later: _LaterCaptures, taken: set[int]) -> SliceResult:
    """`result` with its later pages, whose records are added to `taken`."""
    first = result.result
    if not isinstance(first, Article) or first.first_page:
        return result
    articles = [first]
    while (url := articles[-1].next_page) and len(articles) < MAX_PAGES_AN_ARTICLE:
        captures = later.get(canonicalise(url, result.key) or "", ())
        page = _at_that_time([c for c in captures if _begins_at(c, result.key)], result.fetched)
        if page is None or not isinstance(page.result, Article):
            break
        if not adds_text(articles, page.result):
            break
        articles.append(page.result)
        taken.add(page.record)
    return replace(result, result=join_pages(articles)) if len(articles) > 1 else result


def _begins_at(capture: SliceResult, key: str) -> bool:
    first = capture.result.first_page if isinstance(capture.result, Article) else None
    return bool(first) and canonicalise(first or "", key) == key


def _at_that_time(captures: Sequence[SliceResult], fetched: str) -> SliceResult | None:
    """The first capture after `fetched`, else the last before."""
    in_order = sorted(captures, key=lambda capture: capture.fetched)
    after = (capture for capture in in_order if capture.fetched >= fetched)
    return next(after, in_order[-1] if in_order else None)
