"""What the last articles of a site have in common that articles do not: one text, one title, one date, or
a third of the words that they used to have. Each is the mark of something that stands before the news.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from sqlite_utils import Database

from storage.fruitless_sites import WALL_ADVICE
from text.timestamps import add_seconds

# Of the last texts, and the part of them that may be copies of one and the same; a wall that has been put
# up shows in the last few.
_WINDOWS, _MOST_ALIKE = (10, 50), 0.8
_MIN_COPIES = 5
# Articles with one title or one date, in a row.
_MIN_ALIKE = 10
# Days that they were found on: a day's news may have one date, where no hour is told.
_MIN_DAYS = 3
# Articles that are compared with those before them, by the words of the longest of most of them and of the
# middle one.
_LAST, _BEFORE = 10, 50
_MIN_WORDS = 90
_LOOK_WHY = (
    "see `warraq check NAME`: {what} may be read from the wrong place, or be the site's own fault"
)


@dataclass(frozen=True, slots=True)
class _LastArticle:
    title: str | None
    published: str | None
    words: int
    first_seen: str


def alike(db: Database, site: str) -> str | None:
    """Why the site's last articles are hardly its news, and what to do; None: nothing is wrong."""
    articles = _last_articles(db, site)
    last = articles[:_MIN_ALIKE]
    return (
        _one_text(db, site)
        or (_one_title(last) or _one_date(last) if len(last) == _MIN_ALIKE else None)
        or _fewer_words(articles)
    )


def _last_articles(db: Database, site: str) -> list[_LastArticle]:
    """The latest first, without those of archives, which were seen before they were imported."""
    rows = db.execute(
        "SELECT title, published, words, first_seen FROM articles WHERE site = ? "
        "ORDER BY first_seen DESC, number DESC LIMIT ?",
        [site, _LAST + _BEFORE],
    )
    return [_LastArticle(*row) for row in rows]


def _one_text(db: Database, site: str) -> str | None:
    """Most of the last texts are copies of one and the same."""
    rows = db.execute(
        "SELECT original FROM (SELECT first_seen, NULL AS original FROM articles WHERE site = :site "
        "UNION ALL SELECT first_seen, original FROM copies WHERE site = :site) "
        "ORDER BY first_seen DESC, original IS NULL LIMIT :most",
        {"site": site, "most": max(_WINDOWS)},
    ).fetchall()
    for size in _WINDOWS:
        last = [original for (original,) in rows[:size]]
        originals = Counter(original for original in last if original is not None)
        number, count = next(iter(originals.most_common(1)), (0, 0))
        if count >= _MIN_COPIES and count >= _MOST_ALIKE * len(last):
            return f"{count} of its last {len(last)} texts are copies of article {number}; {WALL_ADVICE}"
    return None


def _one_title(last: Sequence[_LastArticle]) -> str | None:
    titles = {article.title for article in last}
    if len(titles) > 1 or not last[0].title:
        return None
    return f"its last {len(last)} articles have one title: {_LOOK_WHY.format(what='titles')}"


def _one_date(last: Sequence[_LastArticle]) -> str | None:
    """One instant; a whole hour, which a day without hours is in its zone, only over some days."""
    [*dates] = {article.published for article in last}
    seen = sorted(article.first_seen for article in last)
    over_days = add_seconds(seen[0], _MIN_DAYS * 86_400.0) <= seen[-1]
    if len(dates) > 1 or not dates[0] or not (over_days or not dates[0].endswith(":00:00Z")):
        return None
    return (
        f"its last {len(last)} articles have one date, {dates[0]}: {_LOOK_WHY.format(what='dates')}"
    )


def _fewer_words(articles: Sequence[_LastArticle]) -> str | None:
    """A paywall that leaves the first lines, a theme of which only those are found."""
    last, before = articles[:_LAST], articles[_LAST:]
    if len(last) < _LAST or len(before) < _LAST:
        return None
    usual = median(article.words for article in before)
    now = sorted(article.words for article in last)[int(_MOST_ALIKE * _LAST) - 1]
    if usual < _MIN_WORDS or 3 * now > usual:
        return None
    return (
        f"its articles have become short: up to {now} words, {usual:.0f} before; subscribers may see "
        "the rest, or its pages have changed: look at one in a browser, and at `warraq check NAME`"
    )
