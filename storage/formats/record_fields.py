"""The fields of a record from anywhere, checked before anything is made of them. What a record cannot
be without (its text; the id of a clean one) refuses it; what else is wrong is left out and named.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from items import LINE_KINDS, LineKind, Rights, RightsStatement
from storage.article_rows import IS_ID, MAX_NUMBER
from text.language_codes import language_of
from text.limits import MAX_FIELD_CHARS, MAX_PARAGRAPHS_AN_ARTICLE, MAX_TAGS, MAX_WORDS_AN_ARTICLE
from text.normalise import normalise_url, tidy
from text.terminal import printable
from text.timestamps import stored_time
from text.urls import canonicalise, join_url

_SHOWN_CHARS = 40


@dataclass(slots=True)
class RecordFields:
    """The object of a line. `left_out` gets a sentence for each field that is not taken. Every method
    gives the field as it is stored; None: it is missing, null, empty or left out.
    """

    values: Mapping[str, Any]
    left_out: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The article's text. Raises ValueError where there is none, or more than an article has."""
        return checked_text(self.values.get("text"))

    def id(self) -> str:
        """Raises ValueError."""
        if not is_id(self.values.get("id")):
            raise ValueError("`id` must be 16 hex digits in a clean article")
        return str(self.values["id"])

    def line(self, name: str, *, clean: bool = False) -> str | None:
        """A text on one line; one of another program loses its invisible characters."""
        return self._take(name, "text", (lambda value: value) if clean else tidy)

    def address(self, name: str) -> str | None:
        """A web address as it was given; in its canonical spelling where characters are invisible."""
        return self._take(name, "a web address", _address)

    def image(self, name: str) -> str | None:
        return self._take(name, "a web address", _link)

    def one_of(self, name: str, words: Collection[str]) -> str | None:
        return self._take(name, " or ".join(words), lambda value: value if value in words else None)

    def version(self, name: str) -> str | None:
        """A version of Warraq."""
        return self._take(name, "a version such as 0.2.0", _version)

    def time(self, name: str) -> str | None:
        return self._take(name, "a time such as 2026-11-01T06:00:00Z", stored_time)

    def instant(self, name: str) -> str | None:
        """A time in UTC."""
        return self._take(name, "a time such as 2026-11-01T06:00:00Z", _instant)

    def language(self, name: str) -> str | None:
        return self._take(name, "a language", language_of)

    def number(self) -> int | None:
        number = self.values.get("number")
        if number is None or (type(number) is int and 0 <= number <= MAX_NUMBER):
            return number
        self._leave_out("number", f"a whole number up to {MAX_NUMBER}")
        return None

    def tags(self) -> tuple[str, ...]:
        tags = self.values.get("tags") or []
        if isinstance(tags, list) and all(isinstance(tag, str) for tag in tags):
            if len(tags) <= MAX_TAGS and sum(map(len, tags)) <= MAX_FIELD_CHARS:
                return tuple(tags)
            self._leave_out("tags", f"at most {MAX_TAGS} tags of {MAX_FIELD_CHARS} characters")
        else:
            self._leave_out("tags", "a list of texts")
        return ()

    def kinds(self, count: int) -> tuple[LineKind, ...]:
        """The kinds of `count` paragraphs."""
        kinds = self.values.get("kinds") or []
        if kinds and (
            not isinstance(kinds, list)
            or len(kinds) != count
            or not all(isinstance(kind, str) and kind in LINE_KINDS for kind in kinds)
        ):
            self._leave_out("kinds", "a list with the kind of each paragraph")
            return ()
        return tuple(kinds)

    def rights(self) -> Rights:
        """What the article's site declared of its use."""
        rights = self.values.get("rights")
        if rights is None:
            return Rights()
        try:
            return _rights(rights)
        except (ValueError, TypeError, LookupError, AttributeError):
            self._leave_out("rights", "an object with `read` and `statements`")
            return Rights()

    def _take(self, name: str, what: str, read: Callable[[str], str | None]) -> str | None:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        result = None
        if isinstance(value, str) and len(value) <= MAX_FIELD_CHARS:
            result = read(value)
        if result is None:
            self._leave_out(name, what)
        return result or None

    def _leave_out(self, name: str, what: str) -> None:
        value = self.values[name]
        if isinstance(value, str) and len(value) > MAX_FIELD_CHARS:
            what = f"at most {MAX_FIELD_CHARS} characters"
        # Of a long value, no more than is shown: `repr` of megabytes takes its time.
        shown = value[:_SHOWN_CHARS] if isinstance(value, str) else type(value).__name__
        if isinstance(value, int | float):
            shown = str(value)[:_SHOWN_CHARS]
        self.left_out.append(f"`{name}` is left out: {what} was expected, not {printable(shown)}")


_MAX_STATEMENTS, _MAX_RIGHTS_CHARS = 60, 2000
_STATEMENT_TIMES = ("at", "until")


def _rights(given: Any) -> Rights:
    """Raises ValueError, TypeError or KeyError."""
    read, stated = given["read"], given["statements"]
    texts = [*read, *(text for statement in stated for text in statement.values())]
    if not isinstance(read, list) or not isinstance(stated, list) or len(read) > _MAX_STATEMENTS:
        raise ValueError
    if len(stated) > _MAX_STATEMENTS or not all(
        isinstance(text, str) and len(text) <= _MAX_RIGHTS_CHARS for text in texts
    ):
        raise ValueError
    times = [
        statement[name] for statement in stated for name in _STATEMENT_TIMES if statement.get(name)
    ]
    if not all(map(_instant, times)):
        raise ValueError
    return Rights(tuple(RightsStatement(**statement) for statement in stated), tuple(read))


def is_id(value: object) -> bool:
    return isinstance(value, str) and IS_ID.fullmatch(value) is not None


def checked_text(text: object) -> str:
    """Raises ValueError with what is wrong with an article's text."""
    if not isinstance(text, str | None):
        raise ValueError("`text` must be text")
    if not (text or "").strip():
        raise ValueError("`text` is missing or empty")
    assert text is not None
    if len(text.split(maxsplit=MAX_WORDS_AN_ARTICLE)) > MAX_WORDS_AN_ARTICLE:
        raise ValueError(f"no article: more than {MAX_WORDS_AN_ARTICLE} words")
    if text.count("\n") > 2 * MAX_PARAGRAPHS_AN_ARTICLE:
        raise ValueError(f"no article: more than {MAX_PARAGRAPHS_AN_ARTICLE} paragraphs")
    return text


def _address(url: str) -> str | None:
    canonical = canonicalise(url)
    stored = normalise_url(url) or ""
    return canonical and (stored if stored.isprintable() and stored == url.strip() else canonical)


_VERSION = re.compile(r"[0-9A-Za-z.+!-]{1,40}")


def _version(value: str) -> str | None:
    return value if _VERSION.fullmatch(value) else None


def _link(url: str) -> str | None:
    stored = normalise_url(join_url(url, "")) or ""
    parts = urlsplit(stored)
    is_link = parts.scheme in ("http", "https") and parts.netloc and stored.isprintable()
    return stored if is_link else None


def _instant(value: str) -> str | None:
    time = stored_time(value)
    return time if time and time.endswith("Z") else None
