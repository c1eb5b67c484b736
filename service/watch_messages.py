"""What is told of matches: the JSON that a command reads, and the message that Apprise sends.

Titles are the web's: one line each, without characters that act on a terminal or reorder text, and in a
message without mentions of people. None is part of a command line, or of a header.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlite_utils import Database

from storage.article_rows import Row
from text.counted import counted
from text.terminal import printable, shorten

_TITLE_CHARS, _EXCERPT_CHARS, _ADDRESS_CHARS = 300, 400, 2000
# Articles in a message by name; the others are counted.
LISTED = 20
_PLAIN = ("id", "number", "site", "section", "language", "author", "published", "first_seen")


def payload(
    db: Database, watch: str, parameters: str, delivery: str, attempt: int, rows: Iterable[Row]
) -> dict[str, Any]:
    """Of a delivery: `id`, the same for each `attempt`, and its articles, the oldest match first."""
    outlets = dict(db.execute("SELECT name, title FROM sites WHERE title IS NOT NULL").fetchall())
    articles = [_article(row, outlets) for row in rows]
    return {
        "watch": watch,
        "delivery": delivery,
        "attempt": attempt,
        "query": parameters,
        "subject": subject(watch, len(articles)),
        "articles": articles,
    }


def trial_payload(watch: str, parameters: str, delivery: str) -> dict[str, Any]:
    """A message without articles that says what it is."""
    return {
        "watch": watch,
        "delivery": delivery,
        "attempt": 1,
        "query": parameters,
        "subject": f"{watch}: a test of this watch",
        "articles": [],
    }


def subject(watch: str, count: int) -> str:
    return f"{watch}: {counted(count, 'new article')}"


def environment(message: Mapping[str, Any]) -> dict[str, str]:
    """Of the command: names and ids alone, nothing of the web's."""
    return {
        "WARRAQ_WATCH": message["watch"],
        "WARRAQ_DELIVERY": message["delivery"],
        "WARRAQ_ATTEMPT": str(message["attempt"]),
        "WARRAQ_ARTICLES": " ".join(article["id"] for article in message["articles"]),
    }


def _article(row: Row, outlets: Mapping[str, str]) -> dict[str, Any]:
    article = {name: _line(row.get(name)) for name in _PLAIN}
    return article | {
        "outlet": printable(outlets.get(row["site"] or "", "") or row["site"] or ""),
        "title": shorten(row["title"] or row["text"][:_EXCERPT_CHARS], _TITLE_CHARS),
        "url": _address(row["url"]),
        "excerpt": shorten(row["text"][:_EXCERPT_CHARS], _EXCERPT_CHARS),
    }


def _line(value: Any) -> Any:
    return shorten(value, _TITLE_CHARS) if isinstance(value, str) else value


def _address(url: str | None) -> str | None:
    """An http or https address; of any other kind, or too long, none."""
    url = printable(url or "")
    is_web = url.startswith(("http://", "https://")) and len(url) <= _ADDRESS_CHARS
    return url if is_web else None


def text_of(message: Mapping[str, Any]) -> str:
    """The message as plain text."""
    articles = message["articles"]
    if not articles:
        return "What this watch finds will be told here."
    parts = [_described(article) for article in articles[:LISTED]]
    if len(articles) > LISTED:
        parts.append(
            f"… and {len(articles) - LISTED} more: `warraq watch show {message['watch']}` lists them."
        )
    return "\n\n".join(parts)


def _described(article: Mapping[str, Any]) -> str:
    day = (article["published"] or article["first_seen"] or "")[:10]
    lines = (_without_mentions(article["title"]), f"{article['outlet']} · {day}", article["url"])
    return "\n".join(filter(None, lines))


def _without_mentions(text: str) -> str:
    """`@everyone` in a title calls nobody: services look for the ASCII character."""
    return text.replace("@", "\N{FULLWIDTH COMMERCIAL AT}")
