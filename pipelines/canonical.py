"""Whether the canonical address that a page declares can be its own. By the addresses and the page
alone: what other pages claim is known to `storage.canonical_claims`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote, urlsplit

from pipelines.list_address import (
    DATE,
    MIN_DIGITS,
    MIN_SLUG_WORDS,
    NUMBER,
    WORD_BREAK,
    is_listing,
    names_article,
)
from text.folding import fold
from text.urls import canonicalise, join_url, same_site

CanonicalReason = Literal[
    "none",  # the page declares no usable one
    "same",  # the fetched address, or a view of it: another host, a trailing slash, a print page
    "own",  # a slug or a number in common
    "title",  # its slug is made of the page's title
    "og_url",  # Open Graph's address names it too
    "front_page",
    "other_site",
    "listing",  # a category, a tag, an archive
    "section",  # a folder above the article
    "bare_script",  # `/article.php` of `/article.php?id=31`
    "print_page",
    "foreign",  # nothing in common with the fetched address
]
BELIEVED: frozenset[CanonicalReason] = frozenset({"same", "own", "title", "og_url"})


@dataclass(frozen=True, slots=True)
class CanonicalJudgement:
    """`url` is the canonical URL to know the article by, the declared one or the fetched one."""

    url: str
    reason: CanonicalReason

    @property
    def is_believed(self) -> bool:
        return self.reason in BELIEVED


_MAX_CHARS = 2000  # of an address that is compared; the limit of one is higher
_MIN_TITLE_WORDS = 3
_MIN_TITLE_SHARE = 0.6
# Parts of a path, and names or values in a query, that choose a view of an article.
_VIEWS = frozenset(
    {"amp", "m", "mobile", "mobi", "wap", "lite", "touch", "full", "all", "single", "text", "view"}
    | {"index", "default", "home", "html", "htm", "desktop", "app", "webview", "embed"}
)
_PRINT_NAME = (
    r"print(?:able|er|view|page|version|[-_](?:page|version|article))?|printer-friendly|طباعة"
)
_PRINT_PART = re.compile(_PRINT_NAME, re.IGNORECASE)
_PRINT = re.compile(
    rf"(?:^|[/?&=])(?:{_PRINT_NAME})(?=$|[/?&=.])|[?&]tmpl=component", re.IGNORECASE
)
_EXTENSION = re.compile(r"\.(?:s?html?|php\d?|aspx?|jspx?|cfm|do|cgi|xhtml)$", re.IGNORECASE)
_SCRIPT = re.compile(r"\.(?:php\d?|aspx?|jspx?|cfm|do|cgi|pl)$", re.IGNORECASE)
# A system's ending for a second page with the slug of the first.
_SECOND = re.compile(r"[-_](?:[2-9]|copy)$")
_HOST_VIEWS = ("www.", "m.", "mobile.", "mobi.", "wap.", "amp.", "print.", "touch.", "lite.")


def judge_canonical(
    fetched: str,
    declared: str | None,
    *,
    homepage: str | None = None,
    og_url: str | None = None,
    title: str | None = None,
) -> CanonicalJudgement:
    """`fetched` is the address that answered; `declared` the page's `rel=canonical`, `og_url` its second
    witness.
    """
    own = canonicalise(fetched, homepage) or fetched
    claimed = _absolute(fetched, declared, homepage)
    if claimed is None or claimed == own:
        return CanonicalJudgement(own, "same" if claimed else "none")
    reason = _refusal(own, claimed, homepage) or _reason_to_believe(own, claimed, title)
    if reason == "foreign" and _is_article_like(claimed):
        reason = "og_url" if claimed == _absolute(fetched, og_url, homepage) else reason
    return CanonicalJudgement(claimed if reason in BELIEVED else own, reason)


def _absolute(fetched: str, declared: str | None, homepage: str | None) -> str | None:
    joined = join_url(fetched, declared.strip()) if declared else ""
    return canonicalise(joined, homepage) if joined else None


def _refusal(own: str, claimed: str, homepage: str | None) -> CanonicalReason | None:
    """What no article's address is, or not that of an article fetched from `own`."""
    address, other = _address(own), _address(claimed)
    if not same_site(claimed, homepage or own):
        return "other_site"
    if not other.parts and not other.identity:
        return "front_page"
    if _is_view_of(address, other):
        return "same"
    if other.is_print:
        return "print_page"
    if is_listing(claimed):
        return "listing"
    if other.path == address.path and other.query < address.query:
        return None if address.is_named_by_path else "bare_script"
    if other.parts == address.parts[: len(other.parts)] and other.query <= address.query:
        return "section"
    return None


def _reason_to_believe(own: str, claimed: str, title: str | None) -> CanonicalReason:
    if _address(own).identity & _address(claimed).identity:
        return "own"
    return "title" if title and _is_slug_of(_address(claimed), title) else "foreign"


@dataclass(frozen=True, slots=True)
class _Address:
    """`parts` are the path's, without views of an article, extensions and case; `identity`: what may
    name one article among others of its site.
    """

    host: str
    path: str
    parts: tuple[str, ...]
    query: frozenset[str]
    identity: frozenset[str]
    is_print: bool

    @property
    def is_named_by_path(self) -> bool:
        """Whether the path alone may name an article."""
        return not _SCRIPT.search(self.path) and bool(self.parts) and names_article(self.parts[-1])


@lru_cache(maxsize=512)
def _address(url: str) -> _Address:
    split = urlsplit(url[:_MAX_CHARS])
    host = split.hostname or ""
    for prefix in _HOST_VIEWS:
        host = host.removeprefix(prefix)
    path = unquote(split.path)
    parts = tuple(_parts(path))
    query = frozenset(
        pair for pair in unquote(split.query).lower().split("&") if pair and not _is_view(pair)
    )
    return _Address(
        host=host,
        path=path.lower(),
        parts=parts,
        query=query,
        identity=frozenset(_identity(path, parts, query)),
        is_print=bool(_PRINT.search(unquote(url[:_MAX_CHARS]).partition("://")[2])),
    )


def _parts(path: str) -> list[str]:
    parts = [_EXTENSION.sub("", part).lower() for part in path.split("/") if part]
    return [part for part in parts if part not in _VIEWS and not _PRINT_PART.fullmatch(part)]


def _is_view(pair: str) -> bool:
    name, _, value = pair.partition("=")
    return name in _VIEWS or value in _VIEWS or bool(_PRINT.search(f"?{pair}"))


def _identity(path: str, parts: tuple[str, ...], query: frozenset[str]) -> list[str]:
    is_script = bool(_SCRIPT.search(path)) and bool(query)
    named = parts[:-1] if is_script else parts
    tokens = [part for part in named[-1:] if not DATE.fullmatch(part)]
    tokens += [slug for part in named[-1:] if _is_slug(slug := _SECOND.sub("", part))]
    tokens += [part for part in named[:-1] if _is_slug(part)]
    for part in named:
        numbers = (number.lstrip("0") for number in NUMBER.findall(part))
        tokens += [n for n in numbers if len(n) >= MIN_DIGITS and not DATE.fullmatch(n)]
    values = (pair.partition("=")[2] for pair in query)
    return [*tokens, *(value.lstrip("0") for value in values if names_article(value))]


def _is_slug(part: str) -> bool:
    return len(WORD_BREAK.split(part)) >= MIN_SLUG_WORDS


def _is_view_of(address: _Address, other: _Address) -> bool:
    """Whether the fetched page is the other one in print, for a telephone, with another ending."""
    is_same = (address.host, address.parts, address.query) == (other.host, other.parts, other.query)
    return is_same and not (other.is_print and not address.is_print)


def _is_article_like(url: str) -> bool:
    return any(map(names_article, _address(url).identity))


def _is_slug_of(address: _Address, title: str) -> bool:
    """Whether one part of the path has most of the title's words, or they most of its words."""
    words = set(fold(title).split())
    for part in address.parts:
        slug = {word for word in fold(WORD_BREAK.sub(" ", part)).split() if not word.isdigit()}
        shared = len(slug & words)
        if shared >= _MIN_TITLE_WORDS and shared >= _MIN_TITLE_SHARE * min(len(slug), len(words)):
            return True
    return False


def share_identity(first: str, second: str) -> bool:
    """Whether two canonical URLs may be of one article: a slug or a number in common."""
    addresses = _address(first), _address(second)
    return bool(addresses[0].identity & addresses[1].identity)
