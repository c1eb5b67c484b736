"""The project's settings for code that crawls without the `scrapy` command."""

import copy
from collections.abc import Mapping
from typing import Any, Self

from scrapy.settings import Settings


class SharedSettings(Settings):
    """Each crawl has a copy, in which it sets values of its own. None changes a value in place, so that
    the copies share them: Scrapy's deep copy took a quarter of a poll's time.
    """

    def copy(self) -> Self:
        copied = copy.copy(self)
        copied.attributes = dict(self.attributes)
        return copied

    def set(self, name: str, value: Any, priority: int | str = "project") -> None:
        if name in self.attributes:  # which another copy may have too
            self.attributes[name] = copy.copy(self.attributes[name])
        super().set(name, value, priority)


def product_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """`settings.py` with `overrides` above it. No spider is loaded: the caller makes its classes."""
    settings = SharedSettings()
    settings.setmodule("settings", priority="project")
    settings.set("SPIDER_LOADER_CLASS", "scrapy.spiderloader.DummySpiderLoader", priority="cmdline")
    settings.setdict(dict(overrides or {}), priority="cmdline")
    return settings
