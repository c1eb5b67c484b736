"""Which line rules match a line. What they then do is decided in `apply_rules`."""

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
    few look-ups, whatever their number. `firsts`: the first words of all but those by last words.
    """

    whole: dict[str, list[LineRule]] = field(default_factory=dict)
    starts: dict[str, list[tuple[str, LineRule]]] = field(default_factory=dict)
    ends: dict[str, list[tuple[str, LineRule]]] = field(default_factory=dict)
    firsts: set[str] = field(default_factory=set)


def compile_rules(rules: Iterable[LineRule]) -> RuleSet:
    rule_set = RuleSet()
    for rule in rules:
        for phrase in rule.phrases:
            folded = _without_numbers(_fold(phrase.replace("#", " 0 ")))
            if not folded:
                continue
            if rule.match != "end":
                rule_set.firsts.add(_first_word(folded))
            if rule.match == "is":
                rule_set.whole.setdefault(folded, []).append(rule)
            else:
                index = rule_set.starts if rule.match == "start" else rule_set.ends
                key = _first_word(folded) if rule.match == "start" else _last_word(folded)
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
    folded = _fold(line) if folded is None else folded
    first, last = _without_numbers(_first_word(folded)), _without_numbers(_last_word(folded))
    if first not in rules.firsts and last not in rules.ends:  # of nearly all lines
        return []
    folded = _without_numbers(folded)
    matches = list(rules.whole.get(folded, ()))
    matches += [
        rule
        for phrase, rule in rules.starts.get(first, ())
        if (folded == phrase or folded.startswith(phrase + " ")) and _leads_on(line, phrase)
    ]
    matches += [
        rule
        for phrase, rule in rules.ends.get(last, ())
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


def _fold(line: str) -> str:
    return fold_phrase(line) if len(line) < _SHORT_CHARS else fold(line)


def _without_numbers(folded: str) -> str:
    return folded if folded.isalpha() else _DIGITS.sub("0", folded)


def _first_word(folded: str) -> str:
    return folded.partition(" ")[0]


def _last_word(folded: str) -> str:
    return folded.rpartition(" ")[2]
