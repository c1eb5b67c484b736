"""The project's settings for code that crawls without the `scrapy` command, and the file named by
`$WARRAQ_SETTINGS`: lines of `NAME=value` that stand for environment variables, below those that
are set. It can be read again while a program runs.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scrapy.settings import Settings


def product_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Of `settings.py`, with `overrides` above it. Spider classes are made by the caller."""
    settings = Settings()
    settings.setmodule("settings", priority="project")
    settings.set("SPIDER_LOADER_CLASS", "scrapy.spiderloader.DummySpiderLoader", priority="cmdline")
    settings.setdict(dict(overrides or {}), priority="cmdline")
    return settings


_LINE = re.compile(r"(?:export\s+)?(WARRAQ_[A-Z_]+)\s*=\s*(.*)")
_from_file: set[str] = set()


class SettingsError(ValueError):
    """What is wrong with the file; the message names it and the line."""


def load_settings_file() -> None:
    """Into the environment, as it is now. Raises SettingsError, and then changes nothing."""
    name = os.environ.get("WARRAQ_SETTINGS")
    found = _read(Path(name)) if name else {}
    for old in _from_file - found.keys():
        os.environ.pop(old, None)
    _from_file.intersection_update(found)
    for variable, value in found.items():
        if variable in _from_file or variable not in os.environ:
            os.environ[variable] = value
            _from_file.add(variable)


def _read(file: Path) -> dict[str, str]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read ({error})") from error
    found = {}
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith(("#", ";")):
            continue
        pair = _LINE.fullmatch(line)
        if pair is None:
            raise SettingsError(
                f"{file}: line {number}: expected WARRAQ_…=value, got {line[:80]!r}"
            )
        found[pair[1]] = _unquoted(pair[2].strip())
    return found


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] in "\"'" else value
