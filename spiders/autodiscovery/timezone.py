"""The time zone of a site, from its WordPress settings or from its country's domain."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

# Offsets that are no whole hours, and a zone that has them all year round.
_PARTIAL = {3.5: "Asia/Tehran", 4.5: "Asia/Kabul", 5.5: "Asia/Kolkata", 5.75: "Asia/Kathmandu"}


def zone_of_wordpress(root: Mapping[str, object]) -> str | None:
    """From the REST root's `timezone_string`, else its `gmt_offset`, which knows no summer time."""
    name, offset = root.get("timezone_string"), root.get("gmt_offset")
    if isinstance(name, str) and _exists(name):
        return name
    try:
        hours = float(str(offset))
    except ValueError:
        return None
    if not -12 <= hours <= 14:
        return None
    # The sign of these names is inverted: Etc/GMT-3 is three hours ahead of UTC.
    whole = f"Etc/GMT{-hours:+.0f}" if hours else "UTC"
    return _PARTIAL.get(hours) or (whole if hours == int(hours) else None)


def zone_of_country(url: str) -> str | None:
    """By a country's domain, where the whole country has one time."""
    domain = (urlsplit(url).hostname or "").rpartition(".")[2].upper()
    zones = _zones().get({"UK": "GB"}.get(domain, domain), ())
    now = datetime.now(UTC)
    offsets = {now.astimezone(ZoneInfo(zone)).utcoffset() for zone in zones}
    return zones[0] if len(offsets) == 1 else None


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    zones: dict[str, tuple[str, ...]] = {}
    for line in files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            zones[country] = (*zones.get(country, ()), zone)
    return zones


def _exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return False
    return bool(name)
