"""What a request is for, and which content types are downloaded for it; other responses are cut off
after their headers.
"""

import re
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.exceptions import StopDownload
from scrapy.http import Headers, Response

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


# A source is what announces articles: a feed, a sitemap, a REST response, a section page; a
# subresource is what a page asks for while it is rendered.
RequestKind = Literal["article", "source", "robots", "subresource"]
_META = "warraq_kind"

# The protocol's limit: 50 000 Arabic addresses, percent-encoded, take 25 MB.
_MAX_SITEMAP_BYTES = 50 << 20
_SITEMAP = re.compile(r"sitemap|\.(?:xml|txt)(?:\.gz)?$", re.IGNORECASE)

_PAGE_TYPES = {"text/html", "application/xhtml+xml", "application/octet-stream", "text/plain", ""}
_SOURCE_TYPES = {
    "application/json",
    "application/gzip",
    "application/x-gzip",
    "binary/octet-stream",
}


def request_for(kind: RequestKind, url: str, **arguments: Any) -> Request:
    """A request past Scrapy's own duplicate filter: the frontier knows what was fetched."""
    request = Request(url, dont_filter=True, **arguments)
    request.meta[_META] = kind
    if kind == "source" and _SITEMAP.search(urlsplit(url).path):
        request.meta["download_maxsize"] = _MAX_SITEMAP_BYTES
    return request


def kind_of(request: Request) -> RequestKind:
    kind: RequestKind = request.meta.get(_META, "source")
    return kind


def is_wanted_type(kind: RequestKind, content_type: str) -> bool:
    """Whether a body declared as `content_type` is worth its download."""
    essence = content_type.partition(";")[0].strip().lower()
    if kind == "article":
        return essence in _PAGE_TYPES
    if kind == "robots":
        return essence in _PAGE_TYPES or essence.startswith("text/")
    if kind == "subresource" and essence.endswith(("javascript", "ecmascript", "graphql")):
        return True
    return (
        essence in _PAGE_TYPES | _SOURCE_TYPES
        or essence.startswith("text/")
        or essence.endswith(("xml", "+json"))
    )


def is_html(body: bytes) -> bool:
    """Whether the body begins as HTML does, whatever its header declares."""
    head = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html", b"<?xml", b"<!--", b"<head", b"<body"))


def is_json_response(response: Response) -> bool:
    """Whether it is declared to be."""
    declared = (response.headers.get(b"Content-Type") or b"").decode("latin-1")
    return "json" in declared.partition(";")[0].lower()


class ContentTypeFilter:
    """An extension that ends a download when its headers declare a type that is not wanted."""

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "ContentTypeFilter":
        extension = cls()
        crawler.signals.connect(extension.headers_received, signals.headers_received)
        return extension

    def headers_received(self, headers: Headers, request: Request) -> None:
        declared = (headers.get(b"Content-Type") or b"").decode("latin-1")
        if b"Location" not in headers and not is_wanted_type(kind_of(request), declared):
            raise StopDownload(fail=True)
