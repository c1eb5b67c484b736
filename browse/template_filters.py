"""How templates write text from the web: escaped, in its own direction, with nothing that acts."""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment
from markupsafe import Markup

from browse import search
from browse.hooks import hookimpl

# Overrides, embeddings and isolates turn what follows them around; controls are nothing to see.
_ACTING = re.compile("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LANGUAGE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_EXCERPT = 300
_PIECE = 4000


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    # Whatever any template prints passes through here, datasette's own templates included.
    env.finalize = inert
    env.filters |= {
        "address": web_address,
        "host": host,
        "when": when,
        "day": day,
        "direction": direction,
        "excerpt": excerpt,
        "lang": lambda code: code if _LANGUAGE.fullmatch(code or "") else None,
        "paragraphs": paragraphs,
        "pieces": pieces,
        "marked": search.marked,
        "in_context": search.in_context,
        "found": search.as_html,
        "number": lambda value: f"{value or 0:,}".replace(",", "\u202f"),
    }


def inert(value: Any) -> Any:
    """`value` without what would turn or hide the text around it."""
    if isinstance(value, Markup):
        return Markup(_ACTING.sub("", value))  # noqa: S704
    return _ACTING.sub("", value) if isinstance(value, str) else value


def web_address(url: str | None) -> str | None:
    """`url` where a browser may follow it, else None."""
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def host(url: str | None) -> str:
    if url is None or web_address(url) is None:
        return ""
    return urlsplit(url).netloc.rpartition("@")[2].removeprefix("www.")


def when(time: str | None) -> Markup:
    """A time as a person writes it; the page's script puts it into the reader's own zone."""
    moment = _moment(time)
    if moment is None:
        return Markup("")
    zoned = moment.tzinfo is not None
    shown = f"{moment.day} {moment:%b %Y, %H:%M}" + " UTC" * zoned
    return Markup('<time datetime="{}"{}>{}</time>').format(
        time, Markup(" data-zoned") if zoned else "", shown
    )


def day(time: str | None) -> str:
    moment = _moment(time)
    return f"{moment.day} {moment:%b}" if moment else ""


def direction(text: str | None) -> str:
    """`rtl` or `ltr`, as its first letter says."""
    classes = (unicodedata.bidirectional(letter) for letter in (text or "")[:1000])
    first = next((one for one in classes if one in ("L", "R", "AL")), "AL")
    return "ltr" if first == "L" else "rtl"


def excerpt(text: str | None, longest: int = _EXCERPT) -> str:
    """The beginning, to a word's end."""
    start = " ".join((text or "")[: longest + 60].split())
    return (
        start
        if len(start) <= longest
        else (start[:longest].rpartition(" ")[0] or start[:longest]) + "…"
    )


def paragraphs(text: str | None) -> list[str]:
    return [piece for one in (text or "").split("\n\n") for piece in pieces(one)]


def pieces(paragraph: str) -> list[str]:
    """A paragraph in parts that a browser can lay out: 2 MB in one took Chromium minutes."""
    found = []
    while len(paragraph) > _PIECE:
        end = paragraph.rfind(" ", 0, _PIECE) + 1 or _PIECE
        found.append(paragraph[:end])
        paragraph = paragraph[end:]
    return [*found, paragraph]


def _moment(time: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(time or "")
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment
