"""What a Site says of itself beside its fields."""

import pytest

from items import Site


@pytest.mark.parametrize(
    ("zone", "instant"),
    [
        ("UTC", "2025-06-01T00:00:00Z"),
        ("Asia/Damascus", "2025-05-31T21:00:00Z"),
        ("America/New_York", "2025-06-01T04:00:00Z"),
    ],
)
def test_since_is_a_day_of_the_site_s_own_zone(zone: str, instant: str) -> None:
    assert Site("news", timezone=zone, since="2025-06-01").starts_at() == instant


def test_without_since_a_site_has_no_start() -> None:
    assert Site("news", timezone="Asia/Damascus").starts_at() is None
