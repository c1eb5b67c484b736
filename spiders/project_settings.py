"""The project's settings for code that crawls without the `scrapy` command."""

from collections.abc import Mapping
from typing import Any

from scrapy.settings import Settings


def product_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """`settings.py` with `overrides` above it. No spider is loaded: the caller makes its classes."""
    settings = Settings()
    settings.setmodule("settings", priority="project")
    settings.set("SPIDER_LOADER_CLASS", "scrapy.spiderloader.DummySpiderLoader", priority="cmdline")
    settings.setdict(dict(overrides or {}), priority="cmdline")
    return settings
