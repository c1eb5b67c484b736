"""Writes the site file of a site that was probed, as a person would write it."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from items import SOURCE_KINDS
from spiders.autodiscovery.editions import Edition, edition_of
from spiders.autodiscovery.probe import ProbeResult
from spiders.site_files import site_of_values
from text.terminal import printable


def name_for_site(url: str) -> str:
    """A name fit for a file, from the host: `sana` for `https://www.sana.sy/`, and `sana_en` for an
    edition on it, `https://www.sana.sy/en/`.
    """
    parts = urlsplit(url)
    labels = (parts.hostname or "").removeprefix("www.").split(".")
    if len(labels) > 1 and not labels[-1].isdigit():
        labels.pop()
    if len(labels) > 1 and labels[-1] in ("co", "com", "net", "org", "gov", "ac"):
        labels.pop()
    edition = edition_of(url)
    suffix = edition.language if edition and urlsplit(edition.home)[2:4] != ("/", "") else None
    name = "_".join([*labels, *([str(parts.port)] if parts.port else []), *filter(None, [suffix])])
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:64] or "site"


def edition_name(edition: Edition) -> str:
    """A name for the site of an edition that no other edition of its outlet has by default."""
    name = name_for_site(edition.home)
    words = name.split("_")
    return name if edition.language in words else f"{name}_{edition.language}"[:64]


def site_text(result: ProbeResult, *, allow_private: bool = False) -> str:
    """The file's TOML."""
    return "\n".join(_lines(result, allow_private)) + "\n"


def write_site(file: Path, text: str) -> None:
    """Raises SiteFileError for a text that is no valid site file, FileExistsError, other OSErrors."""
    site_of_values(tomllib.loads(text), file)
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
    for key in (*SOURCE_KINDS.values(), "within", "leave"):
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
