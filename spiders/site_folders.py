"""The folders of site files, shipped and the operator's, and what the sites in them are called: what is known
without validating a file.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
SHIPPED = Path(__file__).parent / "sites"


def own_folder(option: str | None = None, data: Path | None = None) -> Path:
    """Where the operator's next site file goes: the first folder of `operator_folders`."""
    listed = _listed(option)
    data = data or Path(os.environ.get("WARRAQ_DATA") or "data")
    return listed[0] if listed else data / "sites"


def operator_folders(option: str | None = None, data: Path | None = None) -> list[Path]:
    """`--sites`, else $WARRAQ_SITES (both may name several), else `sites` in the data folder."""
    default = own_folder(option, data)
    return _listed(option) or ([default] if default.is_dir() else [])


def _listed(option: str | None) -> list[Path]:
    listed = option or os.environ.get("WARRAQ_SITES", "")
    return [Path(part) for part in listed.split(os.pathsep) if part]


def catalogue() -> list[str]:
    """The names of the sites that Warraq ships, and polls where they are chosen."""
    return sorted(file.stem for file in SHIPPED.glob("*.toml"))


def site_names(folders: Sequence[Path] | None = None) -> Iterator[str]:
    """Of the catalogue and of `folders` (None: `operator_folders()`), as their files have them, broken or
    not: for completion, which cannot wait for what validates them.
    """
    yield from catalogue()
    for folder in operator_folders() if folders is None else folders:
        for file in sorted(folder.glob("*.toml")):
            if NAME.fullmatch(name := _declared_name(file) or file.stem):
                yield name


def _declared_name(file: Path) -> str:
    with suppress(OSError, ValueError):
        name = tomllib.loads(file.read_text("utf-8")).get("name")
        return name if isinstance(name, str) else ""
    return ""
