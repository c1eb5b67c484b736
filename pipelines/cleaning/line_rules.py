"""Which line rules match a line. What they then do is decided in `clean_lines`."""

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

_MAX_CHARS = 400  # no rule takes a longer line
_SHORT_CHARS = 40  # a shorter line is often a phrase, whose folding is cached
_DIGITS = re.compile(r"\d+")
_LEAD_IN = re.compile(r"[:؛|«»\"“”…>›\[(–—-]|\.\.")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules by folded phrase (`whole`), first word (`starts`) and last word (`ends`): a line costs a
    few look-ups, whatever their number.
    """

    whole: dict[str, list[LineRule]] = field(default_factory=dict)
    starts: dict[str, list[tuple[str, LineRule]]] = field(default_factory=dict)
    ends: dict[str, list[tuple[str, LineRule]]] = field(default_factory=dict)


def compile_rules(rules: Iterable[LineRule]) -> RuleSet:
    rule_set = RuleSet()
    for rule in rules:
        for phrase in rule.phrases:
            folded = _fold_numbers(phrase.replace("#", " 0 "))
            if not folded:
                continue
            if rule.match == "is":
                rule_set.whole.setdefault(folded, []).append(rule)
            else:
                index = rule_set.starts if rule.match == "start" else rule_set.ends
                key = folded.split()[0 if rule.match == "start" else -1]
                index.setdefault(key, []).append((folded, rule))
    return rule_set


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
    """The rules that match `line`, wherever it is in the text. `folded` is `fold(line)`, where the
    caller has it.
    """
    if len(line) > _MAX_CHARS:
        return []
    folded = _fold_numbers(line) if folded is None else _DIGITS.sub("0", folded)
    if not folded:
        return []
    words = folded.split()
    matches = list(rules.whole.get(folded, ()))
    matches += [
        rule
        for phrase, rule in rules.starts.get(words[0], ())
        if (folded == phrase or folded.startswith(phrase + " ")) and _leads_on(line, phrase)
    ]
    matches += [
        rule
        for phrase, rule in rules.ends.get(words[-1], ())
        if folded == phrase or folded.endswith(" " + phrase)
    ]
    return [rule for rule in matches if len(line) <= rule.longest]


def has_lead_in(line: str, rule: LineRule) -> bool:
    """Whether a colon, a bar or the like stands right behind one of the rule's phrases."""
    return any(_LEAD_IN.search(line[: len(phrase) + 12]) for phrase in rule.phrases)


def is_bare(line: str, rule: LineRule) -> bool:
    """Whether the line is one of the rule's phrases and nothing more."""
    folded = fold(line)
    return any(fold_phrase(phrase) == folded for phrase in rule.phrases)


def _leads_on(line: str, phrase: str) -> bool:
    """Whether the line goes on with a link: after a colon or the like, or with a title, which has
    no full stop. Prose that begins with the phrase ends as a sentence.
    """
    return not ends_as_sentence(line) or bool(_LEAD_IN.search(line[: len(phrase) + 12]))


def _fold_numbers(line: str) -> str:
    return _DIGITS.sub("0", fold_phrase(line) if len(line) < _SHORT_CHARS else fold(line))
