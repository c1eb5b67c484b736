"""Families: what the sites of one theme or content management system share, as TOML."""

from functools import cache
from pathlib import Path

from items import Family, LineRule
from spiders.site_schema import FamilyKeys, LineRuleKeys
from spiders.toml_errors import read_toml
from text.suggestions import did_you_mean

_FOLDER = Path(__file__).parent


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
