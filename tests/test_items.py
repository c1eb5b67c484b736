"""What the dataclasses that travel say beside their fields."""

import json
import tomllib
from importlib import resources

import pytest

from items import Reason, Rejected, Site


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


def test_rules_reject_with_known_reasons() -> None:
    text = resources.files("pipelines.rules").joinpath("rejections.toml").read_text("utf-8")
    assert {Reason(name) for name in tomllib.loads(text)} == {
        *(Reason.ERROR_PAGE, Reason.BLOCK_PAGE, Reason.LOGIN_WALL)
    }


def test_a_reason_is_its_word() -> None:
    """Rows, logs and JSON have the word, and rows of earlier versions are found by it."""
    assert json.dumps(Reason.LIST_PAGE) == '"list_page"'
    assert str(Reason.LIST_PAGE) == "list_page"
    assert Rejected("x", Reason.LIST_PAGE) == Rejected("x", "list_page")
