"""What to change in a site's file, by what came of a trial crawl: its sources, the pages that are no
articles, and what the articles have in common.
"""

from collections.abc import Iterator, Mapping, Sequence

from items import Article, Reason, Site, http_reason
from pipelines.ingest.rechecked import IngestResult
from spiders.crawl_resources import SourceRead
from storage.fruitless_sites import PAGE_ADVICE
from text.folding import fold
from text.timestamps import add_seconds, utc_now

# Articles with one text, or one title: two may be one article at two addresses.
_MIN_ALIKE = 3
_DAY = 86_400.0
_LOOK_WHY = (
    "`warraq check NAME --url` shows one article, `warraq extract --explain` why its fields are so"
)
_ROBOTS_TURNED_AWAY = "the site turns robots away; ask its owner"
_MOVED = "it has moved: correct its address, or leave it out"
# Why a source could not be read, and the advice.
_SOURCE_ADVICE: Mapping[str, str] = {
    Reason.PRIVATE_ADDRESS: "the site is on a private network: set `allow_private = true`",
    Reason.DNS: "`homepage`: is its name spelled right, and is there a network?",
    Reason.ROBOTS: "robots.txt closes it: name another source",
    Reason.TLS: "`homepage`: try http:// instead of https://, if the site has it",
    Reason.RESTING: "the site wants fewer requests: set a longer `delay`",
    Reason.BLOCK_PAGE: PAGE_ADVICE[Reason.BLOCK_PAGE],
    Reason.LOGIN_WALL: PAGE_ADVICE[Reason.LOGIN_WALL],
    Reason.PROXY: "look at the proxy (`proxy` in the site's file, or WARRAQ_PROXY), not at the site",
    Reason.TIMED_OUT: "the site is slow or down: try again later",
    http_reason(403): _ROBOTS_TURNED_AWAY,
    http_reason(404): _MOVED,
    http_reason(410): _MOVED,
}


def advice(site: Site, sources: Sequence[SourceRead], pages: Sequence[IngestResult]) -> list[str]:
    """Sentences for a person, without repetition."""
    hints = [*_source_advice(site, sources)]
    if not any(page.article for page in pages):
        hints += [PAGE_ADVICE[page.reason] for page in pages if page.reason in PAGE_ADVICE]
    articles = [page.article for page in pages if page.article]
    hints += _article_advice(site, articles) if len(articles) >= _MIN_ALIKE else ()
    return list(dict.fromkeys(hints))


def _article_advice(site: Site, articles: Sequence[Article]) -> Iterator[str]:
    """What three articles have in common that no three have."""
    if len({article.text for article in articles}) == 1:
        yield PAGE_ADVICE[Reason.SAME_TEXT]
        return
    titles = {fold(article.title or "") for article in articles}
    if titles == {""}:
        yield "none has a title: `warraq extract --explain` on a saved page shows where it was looked for"
    elif len(titles) == 1:
        whose = "the site's name" if titles == {fold(site.title)} else "one and the same"
        yield f"every title is {whose}, so that nothing tells the articles apart: {_LOOK_WHY}"
    dates = [article.published for article in articles]
    if not any(dates):
        yield f"none has a date, so that each counts from when it was first seen: {_LOOK_WHY}"
    elif all(date and date > add_seconds(utc_now(), _DAY) for date in dates):
        yield f"every date is in the future: is `timezone` right, or the site's calendar? {_LOOK_WHY}"
    elif len(set(dates)) == 1 and dates[0] and not dates[0].endswith(":00:00Z"):
        yield f"every date is the same, to the second, perhaps that of the page: {_LOOK_WHY}"


def _source_advice(site: Site, sources: Sequence[SourceRead]) -> Iterator[str]:
    for source in sources:
        if source.reason in _SOURCE_ADVICE:
            yield f"{source.kind}: {_SOURCE_ADVICE[source.reason]}"
        if source.note:
            yield f"{source.kind} {source.url}: {source.note}"
    readable = [source for source in sources if not (source.problem or source.note)]
    if readable and not any(source.links for source in readable):
        if site.take or site.leave or site.within:
            yield "`take`, `leave` and `within` let no link through"
        else:
            yield "its sources have no links to articles: name other `feeds` or `sitemaps`"
