"""Which validators are kept of a response for the next conditional request."""

import pytest

from spiders.fetching.conditional import headers_for, validators_of
from spiders.fetching.fetch import Fetched

URL = "https://news.example/feed"
ASKED = "Sun, 22 Nov 2026 04:15:44 GMT"


@pytest.mark.parametrize(
    ("modified", "kept"),
    [
        ("Sun, 22 Nov 2026 04:15:44 GMT", False),
        ("Sun, 22 Nov 2026 04:14:59 GMT", False),
        ("Sun, 22 Nov 2026 04:16:20 GMT", False),
        ("Sun, 22 Nov 2026 04:14:44 GMT", True),
        ("Wed, 29 Oct 2025 14:45:00 GMT", True),
        ("yesterday", True),
    ],
)
def test_a_recent_last_modified_is_not_kept(modified: str, kept: bool) -> None:
    answer = Fetched(URL, 200, {"etag": '"a"', "last-modified": modified, "date": ASKED}, b"")
    sent = headers_for(validators_of(URL, answer))
    expected = {"If-None-Match": '"a"'} | ({"If-Modified-Since": modified} if kept else {})
    assert sent == expected


def test_without_a_date_our_own_clock_counts() -> None:
    answer = Fetched(URL, 200, {"last-modified": "Wed, 29 Oct 2025 14:45:00 GMT"}, b"")
    assert validators_of(URL, answer).last_modified == "Wed, 29 Oct 2025 14:45:00 GMT"
