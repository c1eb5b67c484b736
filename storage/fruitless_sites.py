"""Sites that never gave an article, and what to do about each reason."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from sqlite_utils import Database

from items import WALLS, Reason, http_reason
from storage.article_rows import Row
from text.timestamps import add_seconds

_MONTH = 28 * 86_400.0
# Pages, or texts; fewer are chance.
_MIN_PAGES = 5
_IN_A_ROW = 3

_ROBOTS_TURNED_AWAY = "the site turns robots away; ask its owner"
WALL_ADVICE = "look at one of its pages in a browser: it may want a consent or a login first"
_LOGIN = (
    "its pages are for subscribers and are left alone; where you have an account, its file can have the "
    "login in [cookies] or [headers], and one that has run out is renewed there"
)
_BLOCKED = (
    "the site turns robots away; ask its owner to let this one in (WARRAQ_CONTACT says who asks), or "
    "name a feed that is open; it is asked less and less often"
)
# A page's reason, and the advice where no page is an article.
PAGE_ADVICE: Mapping[str, str] = {
    Reason.NOINDEX: "its pages say noindex; `honour_noindex = false` takes them anyway",
    Reason.ROBOTS: "robots.txt closes its articles; they are left alone",
    Reason.LIST_PAGE: "the links found lead to lists, not articles: narrow `take`, or widen `leave`",
    Reason.FIXED_PAGE: "the links found lead to fixed pages, not articles: narrow `take`, or widen `leave`",
    Reason.NEEDS_SCRIPT: "its pages are drawn by scripts: set `render = true`, which needs a browser "
    "(pip install 'warraq[render]'; apt-get install chromium)",
    Reason.NOT_RENDERED: "the browser gave no pages in time: a longer WARRAQ_RENDER_SECONDS, or a "
    "larger WARRAQ_RENDER_MEMORY_MB, may help",
    Reason.TOO_SHORT: "no text was found in the pages: set `family`, or `body` in one of your own",
    Reason.TOO_OLD: "every article is older than `since`",
    Reason.OFF_SITE: "its articles are on another host: set `homepage` to that one",
    Reason.NOT_WANTED: "the links found lead to files, not pages: narrow `take`, or widen `leave`",
    Reason.SAME_TEXT: f"every page has one text; {WALL_ADVICE}",
    Reason.CONSENT_WALL: f"its pages are a question for consent; {WALL_ADVICE}",
    Reason.LOGIN_WALL: _LOGIN,
    Reason.BLOCK_PAGE: _BLOCKED,
    http_reason(401): _LOGIN,
    http_reason(403): _ROBOTS_TURNED_AWAY,
    http_reason(404): "the links found lead nowhere: name other `feeds`, `sitemaps` or `sections`",
    http_reason(410): "the links found lead nowhere: name other `feeds`, `sitemaps` or `sections`",
}


def rejections(row: Row) -> Counter[str]:
    """Pages of a crawl that gave no article, by the reasons that may be the site's doing."""
    counts: dict[str, int] = json.loads(row["other_counts"] or "{}")
    rejected: Counter[str] = Counter()
    for name, count in counts.items():
        outcome, _, reason = name.partition(": ")
        if (
            (outcome == "rejected" and reason != Reason.TOO_OLD)
            or (outcome == "failed" and reason.startswith("http_4"))
            or (outcome == "waiting" and reason in WALLS)
        ):
            rejected[reason] += count
    return rejected


def in_words(rejected: Counter[str]) -> str:
    """The chief reasons with their counts, and what to do about the first."""
    chief = rejected.most_common(2)
    counts = ", ".join(f"{reason} {count}" for reason, count in chief)
    advice = PAGE_ADVICE.get(chief[0][0]) if chief else None
    return f"{counts}: {advice}" if advice else counts


def never_gave(db: Database, site: str, rows: Sequence[Row], now: str) -> str | None:
    """It has no article and no copy, and its crawls found pages that are none, or nothing at all.
    `rows`: its latest crawls.
    """
    if _has_texts(db, site):
        return None
    crawls = db.query(
        "SELECT other_counts FROM crawls WHERE site = ? AND started > ? "
        "ORDER BY started DESC, crawl DESC LIMIT 200",
        [site, add_seconds(now, -_MONTH)],
    )
    rejected = sum(map(rejections, crawls), Counter[str]())
    if rejected.total() >= _MIN_PAGES:
        return f"has never given an article: {in_words(rejected)}"
    last = rows[:_IN_A_ROW]
    if len(last) == _IN_A_ROW and all(_found_nothing(row) for row in last):
        return "has never given an article: its sources list none; name other `feeds` or `sections`"
    return None


def _has_texts(db: Database, site: str) -> bool:
    return bool(
        db.execute(
            "SELECT EXISTS (SELECT 1 FROM articles WHERE site = :site) "
            "OR EXISTS (SELECT 1 FROM copies WHERE site = :site)",
            {"site": site},
        ).fetchone()[0]
    )


def _found_nothing(row: Row) -> bool:
    return row["outcome"] == "finished" and not row["links_listed"] and bool(row["sources_read"])
