"""Why a request was not sent, what went wrong with one that was, and that a document is not what was
expected: in a word to count and a sentence for a person.
"""

import re

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    StopDownload,
)

from items import Reason
from text.proxy_address import ProxyAddress

HEADERS_MESSAGE = "the answer's headers are larger than the limit"


class RequestRefused(IgnoreRequest):
    """A request that is not sent; `reason` is a word to count, the message is for a person."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class CrawlStopped(RequestRefused):
    """A request that was waiting for its turn when its crawl was stopped: its page stays in the queue."""

    def __init__(self) -> None:
        super().__init__(Reason.RESTING, "the crawl is stopped")


class ProxyFailed(DownloadFailedError):
    """The proxy's fault, not the site's: `fault` is what it does, without a subject."""

    def __init__(self, proxy: ProxyAddress, fault: str) -> None:
        super().__init__(f"the proxy {proxy} {fault}")


class WrongFormat(ValueError):
    """The document is not what its parser parses; the message says, for a person, what it is."""


_DESCRIPTIONS: tuple[tuple[type[BaseException], Reason, str], ...] = (
    (CannotResolveHostError, Reason.DNS, "the name has no address"),
    (DownloadConnectionRefusedError, Reason.CONNECTION_REFUSED, "the connection was refused"),
    (DownloadTimeoutError, Reason.TIMED_OUT, "no complete answer in time"),
    (ResponseDataLossError, Reason.TRUNCATED, "the answer broke off before its end"),
    (DownloadCancelledError, Reason.TOO_LARGE, "the answer is larger than the limit"),
    (DownloadFailedError, Reason.BROKEN, "the connection broke"),
)


def describe_error(error: BaseException) -> tuple[Reason, str]:
    """A reason to count and a message for a person."""
    if isinstance(error, RequestRefused):
        return error.reason, str(error)
    if isinstance(error, ProxyFailed):
        return Reason.PROXY, str(error)
    if isinstance(error, StopDownload):
        return Reason.NOT_WANTED, f"{_content_type(error)} is not downloaded here"
    if isinstance(error, DownloadFailedError) and re.search(r"SSL|Verification", str(error)):
        return (
            Reason.TLS,
            "no trustworthy TLS connection (its certificate is not valid for the name)",
        )
    if isinstance(error, DownloadCancelledError) and str(error) == HEADERS_MESSAGE:
        return Reason.TOO_LARGE, HEADERS_MESSAGE
    for error_type, reason, message in _DESCRIPTIONS:
        if isinstance(error, error_type):
            return reason, message
    text = str(error)
    if isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in text:
        return Reason.TOO_LARGE, "the answer is larger than the limit once decompressed"
    if isinstance(error, IgnoreRequest) and "redirections" in text:
        return Reason.REDIRECT_LOOP, "redirected too often"
    return Reason.BROKEN, f"{type(error).__name__}: {text}"


def _content_type(error: StopDownload) -> str:
    response = getattr(error, "response", None)
    declared = response.headers.get(b"Content-Type") if response else None
    return declared.decode("latin-1") if declared else "what has no type"
