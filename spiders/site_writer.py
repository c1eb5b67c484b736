"""Writes the site file of a site that was probed, as a person would write it."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from items import SOURCE_KINDS
from spiders.autodiscovery.probe import ProbeResult
from spiders.site_files import to_site
from spiders.site_schema import SiteKeys
from spiders.toml_errors import validate
from text.terminal import printable


def name_for_site(url: str) -> str:
    """A name fit for a file, from the host alone: `sana` for `https://www.sana.sy/`."""
    parts = urlsplit(url)
    labels = (parts.hostname or "").removeprefix("www.").split(".")
    if len(labels) > 1 and not labels[-1].isdigit():
        labels.pop()
    if len(labels) > 1 and labels[-1] in ("co", "com", "net", "org", "gov", "ac"):
        labels.pop()
    name = "_".join([*labels, *([str(parts.port)] if parts.port else [])])
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:64] or "site"


def site_text(result: ProbeResult, *, allow_private: bool = False) -> str:
    """The file's TOML."""
    return "\n".join(_lines(result, allow_private)) + "\n"


def write_site(file: Path, text: str) -> None:
    """Raises SiteFileError for a text that is no valid site file, FileExistsError, other OSErrors."""
    to_site(validate(file, tomllib.loads(text), SiteKeys), file)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8") as stream:
        stream.write(text)


def _lines(result: ProbeResult, allow_private: bool) -> Iterator[str]:
    for sentence in result.found:
        yield f"# {printable(sentence)}"
    yield f"title = {_string(result.title[:200])}"
    yield f"homepage = {_string(result.homepage)}"
    if result.language:
        yield f"language = {_string(result.language)}"
    if not result.timezone:
        yield "# The site does not say its time zone: correct this if its pages show local times."
    yield f"timezone = {_string(result.timezone or 'UTC')}"
    yield f"family = {_string(result.family)}"
    for key in (*SOURCE_KINDS.values(), "take"):
        if value := getattr(result, key):
            yield f"{key} = {_toml(value)}"
    if result.render:
        yield "# Its pages show nothing without their scripts: a browser runs them."
        yield "render = true"
    if allow_private:
        yield "allow_private = true"


def _toml(value: str | tuple[str, ...]) -> str:
    return _string(value) if isinstance(value, str) else f"[{', '.join(map(_string, value))}]"


def _string(text: str) -> str:
    """A JSON string without control characters is a TOML string."""
    return json.dumps(printable(text), ensure_ascii=False)
