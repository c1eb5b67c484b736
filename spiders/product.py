"""The product's Scrapy settings for code that runs crawls itself, without the `scrapy` command."""

from collections.abc import Mapping
from typing import Any

from scrapy.settings import Settings


def product_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Of `settings.py`, with `overrides` above it. Spider classes are made by the caller."""
    settings = Settings()
    settings.setmodule("settings", priority="project")
    settings.set("SPIDER_LOADER_CLASS", "scrapy.spiderloader.DummySpiderLoader", priority="cmdline")
    settings.setdict(dict(overrides or {}), priority="cmdline")
    return settings
