"""The time zone of a site without a file."""

import pytest

from spiders.autodiscovery.timezone import zone_of_country, zone_of_wordpress


@pytest.mark.parametrize(
    ("about", "zone"),
    [
        ({"timezone_string": "Asia/Damascus", "gmt_offset": 3}, "Asia/Damascus"),
        ({"timezone_string": "", "gmt_offset": 3}, "Etc/GMT-3"),
        ({"timezone_string": "", "gmt_offset": "-5"}, "Etc/GMT+5"),
        ({"timezone_string": "", "gmt_offset": 0}, "UTC"),
        ({"timezone_string": "", "gmt_offset": 3.5}, "Asia/Tehran"),
        ({"timezone_string": "../../etc/passwd", "gmt_offset": 99}, None),
        ({"timezone_string": 5, "gmt_offset": 1.25}, None),
        ({}, None),
    ],
)
def test_the_time_zone_of_a_wordpress(about: dict[str, object], zone: str | None) -> None:
    assert zone_of_wordpress(about) == zone


@pytest.mark.parametrize(
    ("url", "zone"),
    [
        ("https://sana.sy/", "Asia/Damascus"),
        ("https://www.alquds.co.uk/", "Europe/London"),
        ("https://ex.org/", None),
        ("https://ex.us/", None),
        ("http://127.0.0.1/", None),
    ],
)
def test_the_time_zone_of_a_country(url: str, zone: str | None) -> None:
    assert zone_of_country(url) == zone
