"""What robots.txt says to the robots that collect for language models, and of what its pages may be used
for (`Content-Signal`, `Content-Usage`). Warraq is none of them: it is read as a declaration.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from items import RightsStatement

SOURCE = "robots.txt"
# Names of robots, as their operators publish them, in lower case.
AI_CRAWLERS = (
    *("ai2bot", "amazonbot", "anthropic-ai", "applebot-extended", "bytespider", "ccbot"),
    *("chatgpt-user", "claude-web", "claudebot", "cohere-ai", "cohere-training-data-crawler"),
    *("deepseekbot", "diffbot", "facebookbot", "google-extended", "gptbot", "img2dataset"),
    *("meta-externalagent", "mistralai-user", "oai-searchbot", "omgili", "omgilibot"),
    *("pangubot", "perplexitybot", "timpibot", "webzio-extended", "youbot"),
)
_KNOWN = frozenset(AI_CRAWLERS)
_MAX_LINES, _MAX_LINE_CHARS, _MAX_WILDCARDS = 20_000, 1000, 10
# Comparisons a page: rules of all these robots together.
_MAX_RULES = 2000
_LINE = re.compile(r"\s*([A-Za-z][A-Za-z -]{0,30}?)\s*:\s*(.*)")
_SIGNALS = {"content-signal": "content-signal", "content-usage": "content-usage"}


@dataclass(frozen=True, slots=True)
class AiRules:
    """`crawlers`: for each set of rules (whether it allows, and the path) the robots that it is for;
    `signals`: name, path and value of the lines of use.
    """

    crawlers: dict[tuple[tuple[bool, str], ...], tuple[str, ...]] = field(default_factory=dict)
    signals: tuple[tuple[str, str, str], ...] = ()

    def statements(self, path: str, at: str) -> tuple[RightsStatement, ...]:
        """Of the page at `path`, its query included."""
        refused = sorted(
            name
            for rules, names in self.crawlers.items()
            if not _allows(rules, path)
            for name in names
        )
        found = [RightsStatement("disallow", ", ".join(refused), SOURCE, at)] if refused else []
        for name, where, value in self.signals:
            if _length(where, path) >= 0:
                found.append(RightsStatement(name, value, SOURCE, at))
        return tuple(dict.fromkeys(found))


def read_ai_rules(text: str) -> AiRules:
    """Of the groups that name one of AI_CRAWLERS. Lines of use count in the groups for all robots, and
    above the first group.
    """
    rules: dict[str, list[tuple[bool, str]]] = {}
    signals: list[tuple[str, str, str]] = []
    agents: list[str] = ["*"]
    count, open_group = 0, False
    for name, value in _lines(text):
        if name == "user-agent":
            agents = [*agents, value.lower()] if open_group else [value.lower()]
            open_group = True
            continue
        open_group = False
        if name in _SIGNALS and "*" in agents and len(signals) < 20:
            signals.append((name, *_path_and_value(value)))
        elif name in ("allow", "disallow") and count < _MAX_RULES:
            for agent in _KNOWN.intersection(agents):
                if value.count("*") <= _MAX_WILDCARDS:
                    rules.setdefault(agent, []).append((name == "allow", value))
                    count += 1
    sets: dict[tuple[tuple[bool, str], ...], tuple[str, ...]] = {}
    for agent, of_agent in sorted(rules.items()):
        key = tuple(of_agent)
        sets[key] = (*sets.get(key, ()), agent)
    return AiRules(sets, tuple(signals))


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines()[:_MAX_LINES]:
        match = _LINE.fullmatch(line[:_MAX_LINE_CHARS].partition("#")[0].rstrip())
        if match:
            yield match[1].lower().replace(" ", "-"), match[2]


def _path_and_value(value: str) -> tuple[str, str]:
    """`/news/ train-ai=n`: a path may stand before the uses."""
    first, _, rest = value.partition(" ")
    path, uses = (first, rest) if first.startswith("/") else ("/", value)
    return path, " ".join(uses.split())[:200]


def _allows(rules: tuple[tuple[bool, str], ...], path: str) -> bool:
    """RFC 9309 2.2.2: the longest path that matches decides, and of two `allow`."""
    best, allowed = -1, True
    for allow, where in rules:
        length = _length(where, path) if where else -1
        if length > best or (length == best and allow):
            best, allowed = length, allow
    return allowed


def _length(where: str, path: str) -> int:
    """How long the rule is that matches the path; -1: it does not."""
    to_end = where.endswith("$")
    first, *others = where.removesuffix("$").split("*")
    if not path.startswith(first):
        return -1
    at = len(first)
    for number, part in enumerate(others, 1):
        if to_end and number == len(others):
            return len(where) if len(path) - len(part) >= at and path.endswith(part) else -1
        at = path.find(part, at)
        if at < 0:
            return -1
        at += len(part)
    return len(where) if not to_end or others or at == len(path) else -1
