"""`Content-Encoding` undone in a thread: 8 MB of brotli that a few bytes unpack to would hold the loop."""

import asyncio
from collections.abc import Sequence

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response

from items import Reason
from spiders.fetching.errors import RequestRefused
from text.limits import MAX_CONTENT_ENCODINGS


class Decompression(HttpCompressionMiddleware):
    """A downloader middleware in place of Scrapy's. One reason covers both of its refusals: each layer
    may unpack to the largest answer that is read.
    """

    async def process_response(  # type: ignore[override]
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        encodings = response.headers.getlist("Content-Encoding")
        if not encodings:
            return response
        if count_encodings(encodings) > MAX_CONTENT_ENCODINGS:
            raise RequestRefused(
                Reason.TOO_LARGE,
                f"the answer is compressed more than {MAX_CONTENT_ENCODINGS} times over",
            )
        return await asyncio.to_thread(super().process_response, request, response)


def count_encodings(headers: Sequence[bytes]) -> int:
    """How many layers the headers name."""
    return sum(1 + header.count(b",") for header in headers)
