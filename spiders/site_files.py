"""Site and family files, shipped and the operator's, from TOML to Site. A broken file stops no other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from items import Family, LineRule, Site
from spiders.site_folders import NAME, SHIPPED, catalogue, operator_folders
from spiders.site_schema import FamilyKeys, LineRuleKeys, SiteKeys
from spiders.toml_errors import SiteFileError, parse_toml, read_toml, validate
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


@dataclass(frozen=True, slots=True)
class LoadedSites:
    """Sites and their files by the site's name, and what is wrong with the other files."""

    sites: dict[str, Site] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    errors: list[SiteFileError] = field(default_factory=list)

    def is_chosen(self, name: str) -> bool:
        """Whether a site has a file of the operator's: the service polls no other."""
        return self.files[name].parent != SHIPPED


def load_sites(folders: Sequence[Path] | None = None) -> LoadedSites:
    """The shipped sites, then those of `folders` (None: `operator_folders()`).

    An operator's file replaces the shipped one of the same file name, also when it is broken: a typing
    error must not bring back what the operator has replaced.
    """
    loaded = LoadedSites()
    for folder in [SHIPPED, *(operator_folders() if folders is None else folders)]:
        if not folder.is_dir():
            loaded.errors.append(SiteFileError(folder, ["no such folder of site files"]))
        for file in sorted(folder.glob("*.toml")):
            _load_file(file, loaded)
    return loaded


def _load_file(file: Path, loaded: LoadedSites) -> None:
    for name, other in list(loaded.files.items()):
        if other.name == file.name:
            del loaded.sites[name], loaded.files[name]
    try:
        site = read_site(file)
        if site.name in loaded.sites:
            other = loaded.files[site.name]
            raise SiteFileError(file, [f"name: {site.name} is already the name of {other}"])
    except SiteFileError as error:
        loaded.errors.append(error)
    else:
        loaded.sites[site.name] = site
        loaded.files[site.name] = file


def read_site(file: Path) -> Site:
    """Raises SiteFileError, with what is wrong key by key."""
    return site_of_values(parse_toml(file), file)


def site_of_values(values: dict[str, Any], file: Path) -> Site:
    """The site that `file` describes, or would with these keys. Raises SiteFileError."""
    return to_site(validate(file, _with_catalogue(values, file), SiteKeys), file)


def _with_catalogue(values: dict[str, Any], file: Path) -> dict[str, Any]:
    """The keys of the catalogue's site that the file is `like`, where it has none of its own."""
    like = values.get("like")
    if not isinstance(like, str):
        return values
    if like not in catalogue():
        hint = did_you_mean(like, catalogue()) or "`warraq sites` lists the catalogue"
        raise SiteFileError(
            file, [f"like: expected the name of a site of the catalogue, got {like!r} ({hint})"]
        )
    return parse_toml(SHIPPED / f"{like}.toml") | values


def to_site(keys: SiteKeys, file: Path) -> Site:
    """The keys as a Site: its family filled in, paths made URLs; by default the name is that of `file`."""
    try:
        family = load_family(keys.family)
    except ValueError as error:
        problem = f"family: expected the name of a family, got {keys.family!r} ({error})"
        raise SiteFileError(file, [problem]) from error
    if keys.every and keys.cron:
        raise SiteFileError(file, ["cron: expected either `every` or `cron`, got both"])
    home = keys.homepage
    values = keys.model_dump(include=_COPIED_KEYS)
    return Site(
        **values,
        name=_name(keys.name or file.stem, file),
        family=family,
        prune=tuple(keys.prune),
        lines=(*line_rules(keys.lines), *_pinned(keys.boilerplate)),
        text=tuple(keys.text),
        feeds=_urls(home, keys.feeds),
        sitemaps=_urls(home, keys.sitemaps),
        sections=_urls(home, keys.sections),
        archives=_urls(home, keys.archives),
        wordpress=urljoin(home, keys.wordpress) if keys.wordpress else None,
        take=tuple(keys.take),
        leave=tuple(keys.leave),
        within=tuple(keys.within),
        recheck=tuple(sorted(keys.recheck)),
        cookies=tuple(keys.cookies.items()),
        headers=tuple(keys.headers.items()),
    )


def _pinned(lines: Sequence[str]) -> tuple[LineRule, ...]:
    """Rules for the lines that the file declares boilerplate, at any place and of any length."""
    longest = max(map(len, lines), default=0) * 2
    return (LineRule("pinned", tuple(lines), longest=longest),) if lines else ()


_COPIED_KEYS = {
    *("homepage", "title", "language", "timezone", "every", "cron", "pages", "delay"),
    *("concurrency", "since", "allow_private", "honour_noindex", "archive", "enabled"),
    "honour_tdm",
    *("render", "keep_days", "keep_articles", "proxy"),
}


def _urls(home: str, paths: Sequence[str]) -> tuple[str, ...]:
    return tuple(urljoin(home, path) for path in paths)


def _name(name: str, file: Path) -> str:
    if not NAME.fullmatch(name):
        wanted = "lower-case Latin letters, digits, - and _"
        raise SiteFileError(file, [f"name: missing, and the file's name is not made of {wanted}"])
    return name
