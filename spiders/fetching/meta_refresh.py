"""A page that sends its reader on at once, by `<meta http-equiv="refresh">`: followed like a redirect, as a
browser without scripts does.
"""

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import BaseRedirectMiddleware
from scrapy.http import Response, TextResponse

from spiders.fetching.request_headers import RequestHeaders
from spiders.fetching.request_kinds import is_html, kind_of
from spiders.fetching.walls import bot_check_in
from text.limits import MAX_REFRESH_BYTES, MAX_REQUEST_URL_CHARS

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


# Seconds. A page that shows itself for longer is meant to be read.
_MAX_SECONDS = 1.0
# Characters of a page's text: one that has more is read as it is by a browser with scripts, whatever it
# has in a `noscript`.
_MAX_NOTE_CHARS = 500
# HTML, "shared declarative refresh steps": the number, a separator, `url=`, the address in quotes or not.
_CONTENT = re.compile(
    r"[\s]*+(?P<seconds>[0-9]{1,9}+|(?=\.))[0-9.]*+(?:[\s]*+[;,][\s]*+|[\s]++)"
    r"(?:url[\s]*+=[\s]*+)?(?P<url>.+)",
    re.IGNORECASE | re.DOTALL,
)
# Most pages have none, and are not read. Of lower-case bytes: ignoring case would take six times as long.
_DECLARED = re.compile(rb"http-equiv\s*+=\s*+[\"']?[^>\"']{0,60}?(?:refresh|&#)")
_SILENT = ("script", "style", "template", "title", "textarea", "svg", "iframe")


class MetaRefresh(BaseRedirectMiddleware):
    """A downloader middleware in place of Scrapy's, which reads half of the spellings."""

    enabled_setting = "REDIRECT_ENABLED"
    crawler: "Crawler"

    def process_response(self, request: Request, response: Response) -> Request | Response:
        if kind_of(request) == "robots" or response.status not in (200, 203):
            return response
        target = refresh_target(response)
        if target is None or bot_check_in(response, named=True):
            return response  # a check for robots is not passed by stealth
        has_new_cookie = self._keep_cookies(request, response)
        if urldefrag(target)[0] == urldefrag(request.url)[0] and not has_new_cookie:
            return response
        redirected = self._redirect_request_using_get(request, response, target)
        return self._redirect(redirected, request, "meta refresh")

    def _keep_cookies(self, request: Request, response: Response) -> bool:
        headers = self.crawler.get_downloader_middleware(RequestHeaders)
        return bool(headers and headers.keep_cookies(request, response))


def refresh_target(response: Response) -> str | None:
    """The absolute http or https address to which the page leads within a second; None: to none."""
    head = response.body[:MAX_REFRESH_BYTES]
    if not _DECLARED.search(head.lower()) or not is_html(_content(head)):
        return None
    encoding = response.encoding if isinstance(response, TextResponse) else "utf-8"
    reader = _RefreshReader()
    reader.feed(head.decode(encoding, "replace"))
    if reader.target is None or (reader.in_noscript and reader.chars > _MAX_NOTE_CHARS):
        return None
    # A page that goes on beyond what was read has a text of its own.
    if reader.in_noscript and len(response.body) > MAX_REFRESH_BYTES:
        return None
    return _absolute(reader, response.url)


def _content(head: bytes) -> bytes:
    """A page of a single tag, as scripts write it, is one too."""
    stripped = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return b"<html" if stripped[:5].lower() in (b"<meta", b"<base", b"<titl", b"<nosc") else head


def _absolute(reader: "_RefreshReader", url: str) -> str | None:
    try:
        target = urljoin(urljoin(url, reader.base), reader.target or "")
        parts = urlsplit(target)
        is_http = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return target if is_http and len(target) <= MAX_REQUEST_URL_CHARS else None


def read_refresh(content: str) -> str | None:
    """The address of a refresh within a second, `` for the page's own; None: there is none."""
    text = content[:MAX_REQUEST_URL_CHARS]
    if re.fullmatch(r"\s*+[01]?(?:\.[0-9]*+)?\s*+[;,]?\s*+", text) and text.strip(" ;,\t\r\n"):
        return "" if _is_soon(text) else None
    match = _CONTENT.match(text)
    if match is None or not _is_soon(text):
        return None
    address = match["url"].strip()
    if address[:1] in ('"', "'"):
        address = address[1:].partition(address[0])[0].strip()
    return re.sub(r"[\t\r\n]", "", address)


def _is_soon(text: str) -> bool:
    number = re.match(r"\s*+([0-9]*+)(\.[0-9]{0,9}+)?", text)
    return bool(number) and float(f"0{number[1][:9]}{number[2] or ''}") <= _MAX_SECONDS  # type: ignore[index]


class _RefreshReader(HTMLParser):
    """The first refresh outside of comments and scripts, the first base, and how much text there is."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.target: str | None = None
        self.base = ""
        self.in_noscript = False
        self.chars = 0
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT or tag == "noscript":
            self._open.append(tag)
        values = {name: value or "" for name, value in reversed(attrs)}
        if any(name in _SILENT for name in self._open):
            return
        if tag == "base" and not self.base:
            self.base = values.get("href", "").strip()
        if tag == "meta" and values.get("http-equiv", "").strip().lower() == "refresh":
            self._read(values.get("content", ""))

    def _read(self, content: str) -> None:
        """One outside of `noscript`, which every browser follows, is above one inside."""
        target = read_refresh(content)
        in_noscript = "noscript" in self._open
        if target is not None and (self.target is None or (self.in_noscript and not in_noscript)):
            self.target, self.in_noscript = target, in_noscript

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if not self._open:
            self.chars += len("".join(data.split()))
