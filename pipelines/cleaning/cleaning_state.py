"""The state of a cleaning, which its passes share: for each line of an article the reason why it goes."""

from collections.abc import Sequence
from functools import cached_property

from items import LineRule
from pipelines.cleaning.line_rules import RuleSet, matching
from pipelines.cleaning.repeated_lines import ComparedLine, compared_line
from text.folding import fold_lines
from text.sentences import ends_as_sentence

# A line this long, or a sentence of this many words, is a paragraph of prose.
_MIN_PROSE_CHARS = 80
_MIN_SENTENCE_WORDS = 5


class CleaningState:
    """For each line the reason why it goes, or None, and what the lines that go say of the article."""

    def __init__(
        self,
        lines: list[str],
        reasons: list[str | None],
        pinned: frozenset[str],
        rules: RuleSet,
    ) -> None:
        self.lines = lines
        self.reasons = reasons
        self.rules = rules
        self.folded = fold_lines(lines)
        self.pinned = {at for at, folded in enumerate(self.folded) if folded in pinned}
        self.links: Sequence[bool] | None = None
        self.dates: list[str] = []
        self.authors: tuple[str, ...] = ()
        self._matches: dict[int, list[LineRule]] = {}
        self.may_repeat = True
        self.source: str | None = None
        self.agency: str | None = None

    @cached_property
    def compared(self) -> list[ComparedLine]:
        return list(map(compared_line, self.lines, self.folded))

    @cached_property
    def is_prose(self) -> list[bool]:
        return list(map(is_prose, self.lines))

    def rules_at(self, at: int) -> list[LineRule]:
        """The rules that match the line, which all rounds ask for."""
        if at not in self._matches:
            self._matches[at] = matching(self.lines[at], self.rules, self.folded[at])
        return self._matches[at]

    def kept(self) -> list[int]:
        """The positions of the lines that stay so far."""
        return [i for i, reason in enumerate(self.reasons) if reason is None]

    def drop(self, at: int, reason: str) -> None:
        """A pinned line stays."""
        if at not in self.pinned:
            self.reasons[at] = reason

    def head(self) -> int:
        """The position of the first kept paragraph of prose, or the number of lines."""
        for at, reason in enumerate(self.reasons):
            if reason is None and self.is_prose[at]:
                return at
        return len(self.lines)


def is_prose(line: str, min_chars: int = _MIN_PROSE_CHARS) -> bool:
    """Whether a line is long enough for a paragraph, or is a sentence."""
    return len(line) >= min_chars or ends_as_sentence(line, min_words=_MIN_SENTENCE_WORDS)
