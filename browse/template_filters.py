"""Jinja filters for text from the web: escaped, in its own direction, without control characters."""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from datasette.utils import tilde_encode
from jinja2 import Environment
from markupsafe import Markup, escape

from browse.calendars import day_and_month, day_and_time, full_day
from browse.data_words import column, comparison, language_name, suspicion_sentence, value
from browse.hooks import hookimpl
from browse.numerals import grouped, in_digits
from browse.search import found_words
from browse.translation import gettext as _
from browse.translation import interface_locale
from text.language_codes import language_code
from text.terminal import readable_addresses

# Bidi overrides, embeddings and isolates reorder the text that follows; controls are invisible.
_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LANGUAGE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d))?")
# Longer ones are hashes.
_FIGURE = re.compile(r"\d{1,9}(\.\d{1,9})?")
_EXCERPT_CHARS = 300
_PIECE_CHARS = 4000


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    # Applies to everything that a template prints, datasette's own templates included.
    env.finalize = inert
    env.filters |= {
        "address": web_address,
        "host": host,
        "readable": lambda address: readable_addresses(address or ""),
        "when": when,
        "day": day,
        "date": full_date,
        "cell": cell,
        "is_figure": is_figure,
        "column": column,
        "value": value,
        "language_name": language_name,
        "suspicion": suspicion_sentence,
        "tilde": tilde_encode,
        "direction": direction,
        "excerpt": excerpt,
        "lang": lambda code: code if _LANGUAGE.fullmatch(code or "") else None,
        "paragraphs": paragraphs,
        "pieces": pieces,
        "marked": found_words.marked,
        "in_context": found_words.in_context,
        "snippet": found_words.as_html,
        "number": number,
        "digits": digits,
        "code": code,
    }
    env.globals["comparison"] = comparison


def inert(value: Any) -> Any:
    """`value` without characters that reorder or hide the text around them."""
    if isinstance(value, Markup):
        return Markup(_CONTROLS.sub("", value))  # noqa: S704
    return _CONTROLS.sub("", value) if isinstance(value, str) else value


def valid_language(code: str | None) -> str | None:
    """The code of an article's language, or None where it is none that there is."""
    return language_code(code) if code else None


def web_address(url: str | None) -> str | None:
    """`url` if it is an http or https URL, else None."""
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def host(url: str | None) -> str:
    if url is None or web_address(url) is None:
        return ""
    return urlsplit(url).netloc.rpartition("@")[2].removeprefix("www.")


def number(value: float | None) -> str:
    return grouped(value, interface_locale())


def digits(text: str) -> str:
    """A figure in the reader's digits; what else is text, as it is."""
    return in_digits(text, interface_locale()) if _FIGURE.fullmatch(text) else text


def code(text: str) -> Markup:
    """A sentence of ours, with what it has between backticks as code."""
    parts = enumerate(str(escape(text)).split("`"))
    marked = (f'<code dir="ltr">{part}</code>' if n % 2 else part for n, part in parts)
    return Markup("".join(marked))  # noqa: S704


def when(time: str | None) -> Markup:
    """A readable time; the page's script converts it to the reader's own zone. A day alone has none."""
    moment = _moment(time)
    if moment is None or time is None:
        return Markup("")
    if _DAY.fullmatch(time):
        return Markup('<time datetime="{}">{}</time>').format(time, full_date(time))
    text = day_and_time(moment, interface_locale())
    if moment.tzinfo is None:
        return Markup('<time datetime="{}">{}</time>').format(time, text)
    in_utc = _("%(time)s UTC") % {"time": text}
    return Markup('<time datetime="{}" data-zoned>{}</time>').format(time, in_utc)


def day(time: str | None) -> str:
    """Day and month."""
    moment = _moment(time)
    return day_and_month(moment, interface_locale()) if moment else ""


def full_date(time: str | None) -> str:
    """Day, month and year."""
    moment = _moment(time)
    return full_day(moment, interface_locale()) if moment else ""


def is_figure(raw: Any) -> bool:
    """Whether it stands in a column of numbers or times, which begin where the page's lines begin."""
    text = raw if isinstance(raw, str) else ""
    return bool(_TIME.fullmatch(text) or _FIGURE.fullmatch(text))


def cell(raw: Any, name: str, shown: Any = None) -> Any:
    """What a table's cell shows, in the reader's words: times, days, words of ours, numbers. `shown` is
    what datasette made of it, where it is none of these.
    """
    if isinstance(raw, str) and _TIME.fullmatch(raw):
        return when(raw) or raw
    if isinstance(raw, str) and _FIGURE.fullmatch(raw) and shown == raw:
        return in_digits(raw, interface_locale())
    if name == "language" or isinstance(raw, int | float | str):
        written = value(raw, name)
        is_link = isinstance(shown, Markup) and "<" in shown
        return written if written != raw and not is_link else raw if shown is None else shown
    return raw if shown is None else shown


def direction(text: str | None) -> str:
    """`rtl` or `ltr`, by the first letter."""
    classes = (unicodedata.bidirectional(letter) for letter in (text or "")[:1000])
    first = next((name for name in classes if name in ("L", "R", "AL")), "AL")
    return "ltr" if first == "L" else "rtl"


def excerpt(text: str | None, max_chars: int = _EXCERPT_CHARS) -> str:
    """The beginning, cut at a word boundary."""
    start = " ".join((text or "")[: max_chars + 60].split())
    return (
        start
        if len(start) <= max_chars
        else (start[:max_chars].rpartition(" ")[0] or start[:max_chars]) + "…"
    )


def paragraphs(text: str | None) -> list[str]:
    return [piece for paragraph in (text or "").split("\n\n") for piece in pieces(paragraph)]


def pieces(paragraph: str) -> list[str]:
    """A paragraph in parts that a browser can lay out: a single one of 2 MB took Chromium minutes."""
    parts = []
    while len(paragraph) > _PIECE_CHARS:
        end = paragraph.rfind(" ", 0, _PIECE_CHARS) + 1 or _PIECE_CHARS
        parts.append(paragraph[:end])
        paragraph = paragraph[end:]
    return [*parts, paragraph]


def _moment(time: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(time or "")
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment
