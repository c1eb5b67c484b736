"""All settings are known by name, and a name that is none is told."""

import logging
import re
from pathlib import Path

import pytest

from text import setting_names
from text.setting_names import SETTINGS, warn_of_unknown_settings

ROOT = Path(__file__).parents[2]


def test_every_setting_that_the_product_reads_is_known() -> None:
    files = [
        ROOT / "settings.py",
        *(
            f
            for room in ("browse", "cli", "demo", "pipelines", "service", "spiders", "storage")
            for f in (ROOT / room).rglob("*.py")
        ),
    ]
    read = {
        name
        for file in files
        for name in re.findall(
            r"(?:environ\W+(?:get\W+)?|_from_environment\W+|_number\W+|_switch\W+)(WARRAQ_[A-Z_]+)",
            file.read_text("utf-8"),
        )
    }
    assert len(read) > 15
    assert read <= SETTINGS


def test_a_mistyped_name_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(setting_names, "_warned", set())
    monkeypatch.setenv("WARRAQ_CONTAKT", "a@example.org")
    monkeypatch.setenv("WARRAQ_QQQQQQQQQQQQQQQQ\x1b[2J", "1")
    with caplog.at_level(logging.WARNING):
        warn_of_unknown_settings()
        warn_of_unknown_settings()
    assert [record.getMessage() for record in caplog.records] == [
        "WARRAQ_CONTAKT is no setting of Warraq: did you mean WARRAQ_CONTACT?",
        "WARRAQ_QQQQQQQQQQQQQQQQ[2J is no setting of Warraq: deploy/settings lists them",
    ]
