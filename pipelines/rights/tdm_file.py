"""`/.well-known/tdmrep.json` of the TDM Reservation Protocol (W3C Community Group final report, 2024):
rules by path, of which the first that matches holds.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from items import RightsStatement

PATH = "/.well-known/tdmrep.json"
SOURCE = "tdmrep.json"
MAX_BYTES = 256_000
_MAX_RULES, _MAX_LOCATION_CHARS, _MAX_WILDCARDS, _MAX_POLICY_CHARS = 1000, 500, 10, 500
_MAX_URL_CHARS = 2000


@dataclass(frozen=True, slots=True)
class TdmRule:
    """`parts`: the location between its wildcards; `to_end`: it is the whole path."""

    parts: tuple[str, ...]
    to_end: bool
    reservation: str
    policy: str | None = None

    def matches(self, path: str) -> bool:
        """In time that grows with the path alone: each part is looked for behind the one before."""
        first, *others = self.parts
        if not path.startswith(first):
            return False
        at = len(first)
        for number, part in enumerate(others, 1):
            if self.to_end and number == len(others):
                return len(path) - len(part) >= at and path.endswith(part)
            at = path.find(part, at)
            if at < 0:
                return False
            at += len(part)
        return not self.to_end or at == len(path)


def read_tdm_file(body: bytes) -> tuple[TdmRule, ...] | None:
    """None: it is no such file, so that nothing is known. A rule that is none is left out."""
    try:
        rules = (
            json.loads(body[: MAX_BYTES + 1].decode("utf-8-sig"))
            if len(body) <= MAX_BYTES
            else None
        )
    except (ValueError, RecursionError):
        return None
    if isinstance(rules, dict):
        rules = [rules]  # the brackets are forgotten where there is one rule
    return tuple(_rules(rules[:_MAX_RULES])) if isinstance(rules, list) else None


def _rules(rules: list[Any]) -> Iterator[TdmRule]:
    for rule in rules:
        if not isinstance(rule, dict):
            continue
        location, reservation = rule.get("location"), _reservation(rule.get("tdm-reservation"))
        if not isinstance(location, str) or reservation is None:
            continue
        if len(location) > _MAX_LOCATION_CHARS or location.count("*") > _MAX_WILDCARDS:
            continue
        policy = rule.get("tdm-policy")
        known = policy if isinstance(policy, str) and len(policy) <= _MAX_POLICY_CHARS else None
        to_end = location.endswith("$")
        parts = tuple(map(unquote, location.removesuffix("$").split("*")))
        yield TdmRule(parts, to_end, reservation, known)


def _reservation(value: Any) -> str | None:
    """Any other value is an error by the protocol, and counts as if it was not set."""
    word = str(value).strip() if isinstance(value, int | str) and value not in (True, False) else ""
    if value in (0, 1) and not isinstance(value, bool):
        word = str(value)
    return word if word in ("0", "1") else None


def tdm_statements(rules: tuple[TdmRule, ...], url: str, at: str) -> tuple[RightsStatement, ...]:
    """What the file declares of the page at `url`; it was read `at` (ISO 8601 UTC)."""
    parts = urlsplit(url[:_MAX_URL_CHARS])
    path = unquote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    rule = next((rule for rule in rules if rule.matches(path)), None)
    if rule is None:
        return ()
    stated = [RightsStatement("tdm-reservation", rule.reservation, SOURCE, at)]
    if rule.policy:
        stated.append(RightsStatement("tdm-policy", rule.policy, SOURCE, at))
    return tuple(stated)
