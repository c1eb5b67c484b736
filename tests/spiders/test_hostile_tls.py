"""A server without a trustworthy certificate is not read."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import web_server as webserver
from hostile_hosts import self_signed
from web_server import Web, rss

from items import Site
from spiders.runner import CrawlResult


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[Web]:
    """A server with a self-signed certificate."""
    with webserver.serve(tls=self_signed(tmp_path)) as web:
        yield web


def test_a_certificate_that_no_one_vouches_for_is_refused(
    impostor: Web, crawl: Callable[..., CrawlResult]
) -> None:
    impostor.pages["/feed"] = rss(impostor.url, [1])
    feeds = (f"{impostor.url}/feed",)
    result = crawl(Site("x", f"{impostor.url}/", feeds=feeds, delay=0.0, allow_private=True))
    assert result.outcome == "failed"
    assert "TLS" in result.trouble
    assert impostor.asked == []
