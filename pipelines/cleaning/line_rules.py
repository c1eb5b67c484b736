"""Which rule, if any, a line answers to. What then happens to it is decided in `lines`."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

from items import LineRule
from text.folding import fold, fold_phrase
from text.sentences import ends_as_sentence

# Characters; no rule has a longer line.
_LONGEST = 400
_DIGITS = re.compile(r"\d+")
_LEAD_IN = re.compile(r"[:؛|«»\"“”…>›\[(–—-]|\.\.")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules indexed by folded phrase, so that a line costs a few look-ups whatever their number."""

    whole: dict[str, list[LineRule]] = field(default_factory=dict)
    starts: dict[str, list[tuple[str, LineRule]]] = field(default_factory=dict)
    ends: dict[str, list[tuple[str, LineRule]]] = field(default_factory=dict)


def compile_rules(rules: Iterable[LineRule]) -> RuleSet:
    found = RuleSet()
    for rule in rules:
        for phrase in rule.phrases:
            folded = _fold_numbers(phrase.replace("#", " 0 "))
            if not folded:
                continue
            if rule.match == "is":
                found.whole.setdefault(folded, []).append(rule)
            else:
                index = found.starts if rule.match == "start" else found.ends
                key = folded.split()[0 if rule.match == "start" else -1]
                index.setdefault(key, []).append((folded, rule))
    return found


def rules_from(data: dict[str, Any]) -> tuple[LineRule, ...]:
    """The `[[lines]]` tables of a rules, family or site file."""
    return tuple(
        LineRule(**{**table, "phrases": tuple(table["phrases"])}) for table in data.get("lines", ())
    )


@lru_cache(maxsize=1)
def shipped_rules() -> tuple[LineRule, ...]:
    files = sorted(
        (
            file
            for file in resources.files("pipelines.rules").iterdir()
            if file.name.endswith(".toml")
        ),
        key=lambda file: file.name,
    )
    return tuple(
        rule for file in files for rule in rules_from(tomllib.loads(file.read_text("utf-8")))
    )


@lru_cache(maxsize=64)
def rule_set(extra: tuple[LineRule, ...] = ()) -> RuleSet:
    """The shipped rules and those of a site and its family."""
    return compile_rules((*extra, *shipped_rules()))


def matching(line: str, rules: RuleSet, folded: str | None = None) -> list[LineRule]:
    """The rules that `line`, a paragraph of its own, answers to (where it stands aside).
    `folded` saves folding it again.
    """
    if len(line) > _LONGEST:
        return []
    folded = _fold_numbers(line) if folded is None else _DIGITS.sub("0", folded)
    if not folded:
        return []
    words = folded.split()
    found = list(rules.whole.get(folded, ()))
    found += [
        rule
        for phrase, rule in rules.starts.get(words[0], ())
        if (folded == phrase or folded.startswith(phrase + " ")) and _leads_on(line, phrase)
    ]
    found += [
        rule
        for phrase, rule in rules.ends.get(words[-1], ())
        if folded == phrase or folded.endswith(" " + phrase)
    ]
    return [rule for rule in found if len(line) <= rule.longest]


def is_bare(line: str, rule: LineRule) -> bool:
    """Whether the line is one of the rule's phrases and nothing more."""
    folded = fold(line)
    return any(fold_phrase(phrase) == folded for phrase in rule.phrases)


def _leads_on(line: str, phrase: str) -> bool:
    """A link line goes on after a colon or the like, or is a title: it has no full stop. A
    sentence that merely begins with the words ends as one.
    """
    return not ends_as_sentence(line) or bool(_LEAD_IN.search(line[: len(phrase) + 12]))


def _fold_numbers(line: str) -> str:
    return _DIGITS.sub("0", fold_phrase(line) if len(line) < 40 else fold(line))
