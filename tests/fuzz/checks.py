"""What holds of every outcome, whatever the input was."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from items import Article, Hints, Link, Rejected
from text.urls import canonicalise

# Persian and Indic words need the first two; the others are marks of direction that reach no further
# than the characters beside them, and writers set them next to numbers and Latin words.
JOINERS = "\u200c\u200d"
MARKS = "\u200e\u200f\u061c"
# Format characters that are seen: signs of numbers, verses and years.
SHOWN = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_PLAIN = re.compile(r"[ -~\u0621-\u063a\u0640-\u0652]*")


def hidden(text: str, allowed: str = JOINERS) -> list[str]:
    """Control, bidi and other invisible characters, surrogates, line separators, non-characters."""
    if _PLAIN.fullmatch(text):
        return []
    return sorted({c for c in text if c not in allowed and c not in SHOWN and _is_hidden(c)})


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") or (
        0xFDD0 <= ord(character) <= 0xFDEF or ord(character) & 0xFFFE == 0xFFFE
    )


def check_message(text: str) -> None:
    """A message or a log line: nothing that acts in a terminal."""
    assert not (found := hidden(text.replace("\n", " "))), f"{found} in the message {text!r}"


def check_text(name: str, text: str | None, *, tabs: bool = False) -> None:
    """One line of a row. `tabs`: of an imported text, which keeps the white space inside its lines."""
    if text is None:
        return
    assert isinstance(text, str), f"{name} is {text!r}"
    assert not (found := hidden(text, JOINERS + MARKS + "\t" * tabs)), (
        f"{found} in {name}: {text[:200]!r}"
    )
    assert text.strip(), f"{name} is blank: {text!r}"
    assert unicodedata.is_normalized("NFC", text), f"{name} is not in NFC: {text[:200]!r}"


def check_texts(name: str, texts: Iterable[str], *, tabs: bool = False) -> None:
    for text in texts:
        check_text(name, text, tabs=tabs)


def check_time(name: str, time: str | None, *, naive: bool = False) -> None:
    """ISO 8601 UTC, from 1990 to two days ahead. `naive`: an import without a site's zone."""
    if time is None:
        return
    assert naive or _TIME.fullmatch(time), f"{name} is {time!r}"
    moment = datetime.fromisoformat(time)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    latest = datetime.now(UTC) + timedelta(days=2, minutes=1)
    assert datetime(1990, 1, 1, tzinfo=UTC) <= moment <= latest, f"{name} is {time!r}"


def check_url(name: str, url: str | None, *, canonical: bool = False) -> None:
    """An absolute http(s) address of ASCII; `canonical`: its own canonical form."""
    if url is None:
        return
    assert url.isascii(), f"{name} is {url!r}"
    assert url.isprintable(), f"{name} is {url!r}"
    parts = urlsplit(url)
    assert parts.scheme in ("http", "https"), f"{name} is {url!r}"
    assert parts.hostname, f"{name} is {url!r}"
    if canonical:
        assert canonicalise(url) == url, f"{name} is {url!r}, canonical {canonicalise(url)!r}"


def check_hints(hints: Hints) -> None:
    for name in ("title", "author", "language"):
        check_message(getattr(hints, name) or "")
    for text in (*hints.sections, *hints.tags):
        assert text.strip()
        check_message(text)
    check_time("published", hints.published)
    check_time("modified", hints.modified)
    check_url("image", hints.image)


def check_links(links: Iterable[Link]) -> None:
    for link in links:
        check_url("url", link.url, canonical=True)
        check_url("fetch_url", link.fetch_url)
        check_hints(link.hints)


def check_article(article: Article, *, naive: bool = False, tabs: bool = False) -> None:
    for name in ("site", "title", "section", "source", "agency", "author", "language"):
        check_text(name, getattr(article, name))
    check_texts("tags", article.tags)
    check_texts("paragraphs", article.paragraphs, tabs=tabs)
    assert article.paragraphs, "an article without a paragraph"
    check_texts("removed", (line.text for line in article.removed), tabs=tabs)
    check_time("published", article.published, naive=naive)
    check_time("modified", article.modified, naive=naive)
    check_url("image", article.image)
    if not naive:
        check_url("url", article.url, canonical=True)
    assert re.fullmatch("[0-9a-f]{16}", article.id), article.id


def check_outcome(outcome: Article | Rejected, *, naive: bool = False) -> None:
    if isinstance(outcome, Rejected):
        assert outcome.reason
        check_message(f"{outcome.reason} {outcome.detail}")
    else:
        check_article(outcome, naive=naive)
