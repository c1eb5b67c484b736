"""The editions of an outlet: a language each, in a folder (`/ar/`), on a host (`ar.ex.org`) or by a word
of the query (`?lang=ar`) of its own. What names them, and what keeps each to its own addresses.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from spiders.sources.html_links import LinkPage
from text.language_codes import language_code, language_of
from text.limits import MAX_ALTERNATES, MAX_EDITIONS
from text.urls import canonicalise, join_url, registered_domain, same_site

_LOCALE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2,4})?", re.IGNORECASE)
_REGION = re.compile(r"[a-z]{2}", re.IGNORECASE)
_SHORT_CODE = re.compile(r"[a-z]{3}", re.IGNORECASE)
_MIN_NAME_CHARS = 4
_QUERY_NAMES = frozenset({"lang", "language", "locale", "lng", "hl", "ln"})
_MAX_QUERY_CHARS = 500
_LINK_HEADER = re.compile(r"<([^<>]{1,2000})>([^<>]{1,500})")
_HEADER_LANGUAGE = re.compile(r"hreflang=\"?([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_SITEMAP_LINK = re.compile(rb"<(?:[\w-]{1,20}:)?link\s([^<>]{1,5000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"(hreflang|href)\s*=\s*[\"']([^\"'<>]{1,4096})[\"']", re.IGNORECASE)
_MAX_SITEMAP_BYTES = 300_000


@dataclass(frozen=True, slots=True)
class Edition:
    """`home` ends in `/` or has a query. `witness`: the outlet states the language of the address, or a
    link to it is a language's name, or only its code, which may be a section's name as well.
    """

    language: str
    home: str
    witness: Literal["stated", "name", "code"] = "stated"


def edition_of(address: str, language: str | None = None) -> Edition | None:
    """The edition that an address is in, by the address alone; None where it names no language.
    `language`: what the address is said to be in.
    """
    url = canonicalise(address)
    if url is None:
        return None
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}/"
    for name, value in parse_qsl(parts.query[:_MAX_QUERY_CHARS]):
        if name.lower() in _QUERY_NAMES and (code := _language(value, language)):
            return Edition(code, f"{root}?{urlencode({name: value})}")
    folders = parts.path.strip("/").split("/")[:2]
    if not _REGION.fullmatch(folders[0]):
        del folders[1:]  # `/sa/ar/` is one, but not `/news/it/`
    codes = [_language(unquote(folder), language) for folder in folders]
    if code := language if language in codes else next(filter(None, codes), None):
        return Edition(code, root + "/".join(folders[: codes.index(code) + 1]) + "/")
    label = (parts.hostname or "").removeprefix("www.").partition(".")[0]
    code = _language(label, language) if label.isalpha() and parts.netloc.count(".") > 1 else None
    return Edition(code, root) if code else None


def _language(word: str, stated: str | None) -> str | None:
    """Of a folder, a label or a value; a code of three letters only where it is the stated one: `new`
    and `war` are codes as well.
    """
    if _SHORT_CODE.fullmatch(word):
        code = language_code(word)
        return code if code and code == stated else None
    if len(word) >= _MIN_NAME_CHARS or _LOCALE.fullmatch(word):
        return language_code(word) if _LOCALE.fullmatch(word) else language_of(word)
    return None


def editions_of_page(page: LinkPage, url: str, headers: Mapping[str, str]) -> tuple[Edition, ...]:
    """Those that a page names: in its head, its HTTP Link header and its language switcher."""
    declared = [*_declared(page), *_in_header(headers.get("link", ""), url)]
    return distinct_editions((*_stated(declared), *_switched(page, url)))


def editions_of_sitemap(body: bytes, url: str) -> tuple[Edition, ...]:
    """Those that the alternates of a sitemap's first entries (`xhtml:link`) are of."""
    links = islice(_SITEMAP_LINK.finditer(body[:_MAX_SITEMAP_BYTES]), MAX_ALTERNATES)
    found = (dict(_ATTRIBUTE.findall(link[1].decode("utf-8", "replace"))) for link in links)
    pairs = [(link.get("hreflang", ""), join_url(url, link.get("href", ""))) for link in found]
    return distinct_editions(_stated(pairs))


def _declared(page: LinkPage) -> Iterator[tuple[str, str]]:
    """(language's tag, address) of the head's alternates, and of links that state their language."""
    for element in islice(page.root.iter("link", "a"), 20_000):
        tag, kind = element.get("hreflang"), (element.get("type") or "").lower()
        if tag and element.get("href") and not kind.endswith(("xml", "json")):
            yield tag, join_url(page.base, element.get("href").strip())


def _in_header(header: str, url: str) -> Iterator[tuple[str, str]]:
    for address, parameters in islice(_LINK_HEADER.findall(header), MAX_ALTERNATES):
        if tag := _HEADER_LANGUAGE.search(parameters):
            yield tag[1], join_url(url, address)


def _stated(pairs: Iterable[tuple[str, str]]) -> Iterator[Edition]:
    """An address that names no language is in the edition of its host's front page."""
    for tag, address in islice(pairs, MAX_ALTERNATES):
        code = language_code(tag)
        edition = edition_of(address, code) if code else None
        if edition and edition.language == code:
            yield edition
        elif code and (url := canonicalise(address)) and not edition:
            parts = urlsplit(url)
            yield Edition(code, f"{parts.scheme}://{parts.netloc}/")


def _switched(page: LinkPage, url: str) -> Iterator[Edition]:
    """Those whose link is a language's name, as switchers have it: `English`, `AR`."""
    domain = registered_domain(url)
    for text, address in islice(_labelled(page), 20_000):
        code = language_of(text) if 2 <= len(text) <= 30 else None
        if code is None or registered_domain(address) != domain:
            continue
        edition = edition_of(address, code)
        named = language_code(text) is None
        if edition and edition.language == code:
            yield Edition(code, edition.home, "name" if named else "code")
        elif not edition and named and urlsplit(address).path in ("", "/"):
            yield Edition(code, address.partition("?")[0].rstrip("/") + "/", "name")


def _labelled(page: LinkPage) -> Iterator[tuple[str, str]]:
    yield from ((link.text.strip(), link.address) for link in page.links)
    for option in page.root.iter("option"):
        value = (option.get("value") or "").strip()
        if value.startswith(("/", "http")):
            yield "".join(islice(option.itertext(), 5)).strip(), join_url(page.base, value)


def distinct_editions(editions: Iterable[Edition]) -> tuple[Edition, ...]:
    """One of each home, without homes of two languages: nothing in an address tells those apart."""
    by_home: dict[str, Edition] = {}
    languages: dict[str, set[str]] = {}
    for edition in editions:
        home = _canonical_home(edition.home)
        languages.setdefault(home, set()).add(edition.language)
        if home not in by_home or edition.witness == "stated":
            by_home[home] = replace(edition, home=home)
    clear = (edition for home, edition in by_home.items() if len(languages[home]) == 1)
    return tuple(islice(clear, MAX_EDITIONS))


def _canonical_home(home: str) -> str:
    parts = urlsplit(home)
    host = parts.netloc.lower()
    return parts._replace(netloc=host, fragment="").geturl()


def is_same_home(first: str, second: str) -> bool:
    """Whatever the scheme and `www.`."""
    return canonicalise(first, second) == canonicalise(second)


def other_editions(own: Edition | None, editions: Sequence[Edition]) -> list[Edition]:
    return [other for other in editions if not (own and is_same_home(other.home, own.home))]


def edition_filters(
    own: Edition, editions: Sequence[Edition]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`within` and `leave` of the site of `own`: patterns of canonical URLs."""
    if pattern := _pattern(own.home, own.home):
        return (pattern,), ()
    patterns = (_pattern(other.home, own.home) for other in other_editions(own, editions))
    return (), tuple(dict.fromkeys(pattern for pattern in patterns if pattern))


def _pattern(home: str, own: str) -> str | None:
    """What the canonical URLs of an edition have, as the site `own` spells them; None where its host alone
    tells them apart.
    """
    canonical = canonicalise(home, own) or home
    parts = urlsplit(canonical)
    host = re.escape(f"{parts.scheme}://{parts.netloc}")
    if parts.query:
        return rf"[?&]{re.escape(parts.query)}(?:&|$)"
    if parts.path != "/":
        return rf"^{host}{re.escape(parts.path.rstrip('/'))}(?:[/?]|$)"
    if (
        not is_same_home(home, own)
        and same_site(home, own)
        and parts.netloc != urlsplit(own).netloc
    ):
        return rf"^https?://{re.escape(parts.netloc)}/"
    return None
