"""Site and family files, shipped and the operator's: TOML to Site. A broken file stops no other."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urljoin

from items import Family, LineRule, Site
from spiders.site_schema import NAME, FamilyKeys, LineRuleKeys, SiteKeys
from spiders.toml_errors import SiteFileError, read_toml
from text.suggestions import did_you_mean

_FOLDER = Path(__file__).parent / "families"


def family_names() -> list[str]:
    return sorted(file.stem for file in _FOLDER.glob("*.toml"))


@cache
def load_family(name: str) -> Family:
    """A family with those it is `like` merged in, its own entries first; ValueError: unknown."""
    if name not in family_names():
        known = ", ".join(family_names())
        raise ValueError(did_you_mean(name, family_names()) or f"known: {known}")
    keys = read_toml(_FOLDER / f"{name}.toml", FamilyKeys)
    base = load_family(keys.like) if keys.like else Family()
    return Family(
        name=name,
        body=(*keys.body, *base.body),
        prune=(*keys.prune, *base.prune),
        lines=(*line_rules(keys.lines), *base.lines),
    )


def line_rules(rules: list[LineRuleKeys]) -> tuple[LineRule, ...]:
    return tuple(
        LineRule(r.reason, tuple(r.phrases), r.match, r.place, r.below, r.longest) for r in rules
    )


SHIPPED = Path(__file__).parent / "sites"


@dataclass(frozen=True, slots=True)
class LoadedSites:
    """The sites by name, the file of each, and what is wrong with the other files."""

    sites: dict[str, Site] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    errors: list[SiteFileError] = field(default_factory=list)


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


def load_sites(folders: Sequence[Path] | None = None) -> LoadedSites:
    """The shipped sites, then those of `folders` (None: `operator_folders()`).

    A file of the operator replaces the shipped one of the same file name, also when it is broken:
    what the operator did not want must not be crawled because of a typing error.
    """
    found = LoadedSites()
    for folder in [SHIPPED, *(operator_folders() if folders is None else folders)]:
        if not folder.is_dir():
            found.errors.append(SiteFileError(folder, ["no such folder of site files"]))
        for file in sorted(folder.glob("*.toml")):
            _take_file(file, found)
    return found


def _take_file(file: Path, found: LoadedSites) -> None:
    for name, other in list(found.files.items()):
        if other.name == file.name:
            del found.sites[name], found.files[name]
    try:
        site = read_site(file)
        if site.name in found.sites:
            other = found.files[site.name]
            raise SiteFileError(file, [f"name: {site.name} is already the name of {other}"])
    except SiteFileError as error:
        found.errors.append(error)
    else:
        found.sites[site.name] = site
        found.files[site.name] = file


def read_site(file: Path) -> Site:
    """Raises SiteFileError: what is wrong, key by key."""
    return to_site(read_toml(file, SiteKeys), file)


def to_site(keys: SiteKeys, file: Path) -> Site:
    """The keys as a Site: its family filled in, paths made URLs; named after `file` by default."""
    try:
        family = load_family(keys.family)
    except ValueError as error:
        problem = f"family: expected the name of a family, got {keys.family!r} ({error})"
        raise SiteFileError(file, [problem]) from error
    if keys.every and keys.cron:
        raise SiteFileError(file, ["cron: expected either `every` or `cron`, got both"])
    home = keys.homepage
    values = keys.model_dump(include=_SAME)
    return Site(
        **values,
        name=_name(keys.name or file.stem, file),
        family=family,
        prune=tuple(keys.prune),
        lines=(*line_rules(keys.lines), *_pinned(keys.boilerplate)),
        text=tuple(keys.text),
        feeds=_places(home, keys.feeds),
        sitemaps=_places(home, keys.sitemaps),
        sections=_places(home, keys.sections),
        wordpress=urljoin(home, keys.wordpress) if keys.wordpress else None,
        take=tuple(keys.take),
        leave=tuple(keys.leave),
        recheck=tuple(sorted(keys.recheck)),
    )


def _pinned(lines: Sequence[str]) -> tuple[LineRule, ...]:
    """Lines that the file says are boilerplate, wherever they stand and however long."""
    longest = max(map(len, lines), default=0) * 2
    return (LineRule("pinned", tuple(lines), longest=longest),) if lines else ()


_SAME = {
    *("homepage", "title", "language", "timezone", "every", "cron", "pages", "delay"),
    *("concurrency", "since", "allow_private", "honour_noindex", "archive", "enabled"),
}


def _places(home: str, places: Sequence[str]) -> tuple[str, ...]:
    return tuple(urljoin(home, place) for place in places)


def _name(name: str, file: Path) -> str:
    if not NAME.fullmatch(name):
        wanted = "lower-case Latin letters, digits, - and _"
        raise SiteFileError(file, [f"name: missing, and the file's name is not made of {wanted}"])
    return name
