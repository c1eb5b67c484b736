"""Cleaning: which of an article's extracted lines stay, and why the others go. No line is changed;
each removed one is recorded with its position and reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from items import LineKind, LineRule, RemovedLine
from pipelines.cleaning.credit_lines import agency, named_source
from pipelines.cleaning.line_rules import RuleSet, has_lead_in, is_bare, matching, rule_set
from pipelines.cleaning.marked_lines import reason_by_marks
from pipelines.cleaning.repeated_lines import (
    MIN_CAPTION_CHARS,
    ComparedLine,
    compared_line,
    may_repeat,
    repeated,
)
from pipelines.dates.date_lines import is_date_line
from text.folding import fold, fold_lines
from text.sentences import ends_as_sentence

# A line this long, or a sentence of this many words, is a paragraph of prose.
_MIN_PROSE_CHARS = 80
_MIN_SENTENCE_WORDS = 5
_MAX_LINK_CHARS = 140
_MIN_SAYING_WORDS = 8
# Above the body, in which a byline is looked for.
_MAX_HEAD_LINES = 6

# The names in a line that is a byline and nothing else.
ReadNames = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The lines that stay, as they are and `folded`, with their kinds; those removed, and the article's
    dates and credits among the latter.
    """

    paragraphs: tuple[str, ...]
    removed: tuple[RemovedLine, ...]
    dates: tuple[str, ...] = ()
    source: str | None = None
    agency: str | None = None
    kinds: tuple[LineKind, ...] = ()
    authors: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()


class LineCleaner:
    """The state of a cleaning: for each line the reason why it goes, or None."""

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
        self._last_scanned = 0
        self.links: Sequence[bool] | None = None
        self.dates: list[str] = []
        self.authors: tuple[str, ...] = ()
        self._matches: dict[int, list[LineRule]] = {}
        self._may_repeat = True
        self.source: str | None = None
        self.agency: str | None = None

    @cached_property
    def _compared(self) -> list[ComparedLine]:
        return list(map(compared_line, self.lines, self.folded))

    @cached_property
    def _is_prose(self) -> list[bool]:
        return list(map(_is_prose, self.lines))

    def _matching(self, at: int) -> list[LineRule]:
        """The rules that match the line, which all rounds ask for."""
        if at not in self._matches:
            self._matches[at] = matching(self.lines[at], self.rules, self.folded[at])
        return self._matches[at]

    def kept(self) -> list[int]:
        return [i for i, reason in enumerate(self.reasons) if reason is None]

    def drop(self, at: int, reason: str) -> None:
        if at not in self.pinned:
            self.reasons[at] = reason

    def refine_reasons(self) -> None:
        """Replace the markup's `layout` by a rule's reason where one matches the line."""
        for at, reason in enumerate(self.reasons):
            if reason != "layout":
                continue
            if matches := self._matching(at):
                self.reasons[at] = matches[0].reason
            elif is_date_line(self.lines[at]):
                self.reasons[at] = "date"

    def drop_title(self, title: str) -> None:
        """At the text's beginning, and at its end, where a trail of the page's place may end with it."""
        folded = fold(title)
        for at in self.kept()[:3]:
            if self.folded[at] == folded:
                self.drop(at, "title")
        for at in self.kept()[-2:]:
            if self.folded[at] == folded:
                self.drop(at, "repeat")

    def drop_repeats(self) -> None:
        kept = self.kept()
        compared = [self._compared[at] for at in kept] if self._may_repeat else []
        self._may_repeat = may_repeat(compared)
        if not self._may_repeat:
            return
        repeats, head = repeated(compared), self._head()
        for position in sorted(repeats):
            self.drop(kept[position], "repeat")
            original = position - 1
            if position and original not in repeats and self._is_caption(kept, original, head):
                self.drop(kept[original], "caption")

    def _head(self) -> int:
        """The position of the first kept paragraph of prose, or the number of lines."""
        for at, reason in enumerate(self.reasons):
            if reason is None and self._is_prose[at]:
                return at
        return len(self.lines)

    def _is_caption(self, kept: list[int], position: int, head: int) -> bool:
        """A line twice above the body that is no sentence is a picture's caption."""
        at, next_at = kept[position], kept[position + 1]
        is_doubled = (
            self.folded[at] == self.folded[next_at] and len(self.lines[at]) >= MIN_CAPTION_CHARS
        )
        return is_doubled and at <= head and not ends_as_sentence(self.lines[at])

    def apply_rules(self) -> None:
        prose_after, head = self._prose_after(), self._head()
        self._last_scanned = 0
        chars = sum(len(self.lines[at]) for at in self.kept())
        chars_before = 0
        for at, line in enumerate(self.lines):
            if self.reasons[at] is not None:
                continue
            if reason := reason_by_marks(line):
                self.drop(at, reason)
                continue
            for rule in self._matching(at):
                if prose_after[at] and rule.match == "start" and self._says_more(at, rule):
                    continue
                if self._allows_place(rule, prose_after[at], above=at <= head):
                    self.drop(at, rule.reason)
                    if rule.below:
                        self._drop_below(at, rule, second_half=2 * chars_before >= chars)
                    elif rule.reason == "read_more" and is_bare(line, rule):
                        self._drop_links_below(at, rule, only_first=prose_after[at])
                    break
            chars_before += len(line)

    def _says_more(self, at: int, rule: LineRule) -> bool:
        """A line among the text, no link, that goes on for longer than a button: “Share in the attack
        …” begins like one.
        """
        if self.links is None or self.links[at] or rule.below:
            return False
        return len(self.lines[at].split()) >= _MIN_SAYING_WORDS and not has_lead_in(
            self.lines[at], rule
        )

    def _prose_after(self) -> list[bool]:
        """For each line, whether a paragraph of prose follows it."""
        follows, prose = [], False
        for reason, is_prose in zip(self.reasons[::-1], self._is_prose[::-1], strict=True):
            follows.append(prose)
            prose = prose or (reason is None and is_prose)
        return follows[::-1]

    def _allows_place(self, rule: LineRule, prose_after: bool, *, above: bool) -> bool:
        below = not prose_after or rule.below
        return {"any": True, "tail": below, "head": above, "edge": above or below}[rule.place]

    def _drop_below(self, at: int, rule: LineRule, *, second_half: bool) -> None:
        """Drop what a heading is for: everything below a comment heading in the second half of the
        text, else the lines that look like links, down to the next paragraph.
        """
        everything = second_half and rule.place == "tail"
        # Lines below an earlier heading are not scanned twice: the cost would be quadratic.
        for below in range(max(at + 1, self._last_scanned), len(self.lines)):
            self._last_scanned = below
            if self.reasons[below] is not None:
                continue
            if not everything and _is_prose(self.lines[below], _MAX_LINK_CHARS):
                break
            if everything or not self._has_rule(below):
                self.drop(below, rule.reason)

    def _drop_links_below(self, at: int, rule: LineRule, *, only_first: bool) -> None:
        """Drop what `شاهد أيضاً` alone in its line announces: the title below it, or all titles
        below it at the end of the text.
        """
        for below in range(at + 1, len(self.lines)):
            line = self.lines[below]
            if self.reasons[below] is not None:
                continue
            if self.links is not None and not self.links[below]:
                break
            if _is_prose(line, _MAX_LINK_CHARS) or self._has_rule(below) or agency(line):
                break
            self.drop(below, rule.reason)
            if only_first:
                break

    def _has_rule(self, at: int) -> bool:
        """Whether a shipped rule matches the line, and so gives its reason."""
        return bool(matching(self.lines[at], rule_set(), self.folded[at]))

    def drop_section_pairs(self) -> None:
        """Drop `سوريا` above `المزيد من سوريا`: a section's name that its link repeats."""
        labels = {
            label
            for at, folded in enumerate(self.folded)
            if self.reasons[at] == "section_link"
            for label in _section_labels(folded)
        }
        for at in range(len(self.lines)):
            if self.reasons[at] in (None, "related") and self.folded[at] in labels:
                self.drop(at, "section_link")

    def remove_date_lines(self) -> None:
        """Date lines above the body, and below it."""
        for at in self._edges():
            if is_date_line(self.lines[at]):
                self.drop(at, "date")
                self.dates.append(self.lines[at])

    def remove_bylines(self, names_of: ReadNames) -> None:
        """Bylines above the body, those that the markup has taken out too."""
        head = range(min(self._head() + 1, len(self.lines)))
        for at in [at for at in head if self.reasons[at] in (None, "layout")][:_MAX_HEAD_LINES]:
            if names := names_of(self.lines[at]):
                self.drop(at, "byline")
                self.authors = self.authors or names
                self.dates.append(self.lines[at])

    def remove_credit_lines(self, own_names: tuple[str, ...]) -> None:
        kept = self.kept()
        if len(kept) < 2:
            return
        for at in kept[:2]:
            credit = agency(self.lines[at], own_names)
            if credit is None:
                break
            if self.source is None:
                self.source = credit
                self.drop(at, "source")
            else:
                self.agency = self.agency or credit
                self.drop(at, "agency")
        for at in reversed(self.kept()[-2:]):
            credit = agency(self.lines[at], own_names) or named_source(self.lines[at])
            if credit is None:
                break
            self.agency = self.agency or credit
            self.drop(at, "agency")

    def _edges(self) -> list[int]:
        """The kept lines before the first paragraph of prose and after the last."""
        kept = self.kept()
        prose = [i for i, at in enumerate(kept) if self._is_prose[at]]
        if not prose:
            return kept[:4]
        return kept[: prose[0]] + kept[prose[-1] + 1 :]

    def result(self, kinds: Sequence[LineKind]) -> Cleaned:
        # Title, section and source line are fields of the article: they are not removed, and no
        # position counts them.
        recorded = [
            (self.lines[at], reason)
            for at, reason in enumerate(self.reasons)
            if reason not in ("title", "section", "source")
        ]
        removed = [
            RemovedLine(position, line, reason)
            for position, (line, reason) in enumerate(recorded)
            if reason is not None
        ]
        kept = self.kept()
        return Cleaned(
            tuple([self.lines[at] for at in kept]),
            tuple(removed),
            tuple(self.dates),
            self.source,
            self.agency,
            tuple([kinds[at] for at in kept]) if kinds else (),
            self.authors,
            tuple([self.folded[at] for at in kept]),
        )


def _is_prose(line: str, min_chars: int = _MIN_PROSE_CHARS) -> bool:
    return len(line) >= min_chars or ends_as_sentence(line, min_words=_MIN_SENTENCE_WORDS)


def _section_labels(folded: str) -> list[str]:
    """The labels that a section link may end with: all but its first one or two words."""
    words = folded.split()
    return [" ".join(words[cut:]) for cut in (1, 2) if len(words) > cut]


_MAX_ROUNDS = 10


def clean_lines(
    lines: Sequence[str],
    *,
    title: str | None = None,
    rules: tuple[LineRule, ...] = (),
    own_names: tuple[str, ...] = (),
    reasons: Sequence[str | None] = (),
    links: Sequence[bool] | None = None,
    pinned: tuple[str, ...] = (),
    kinds: Sequence[LineKind] = (),
    byline_names: ReadNames | None = None,
) -> Cleaned:
    """Clean the non-blank `lines` of an article. `reasons` are those that the markup gives (None:
    the line may stay), `own_names` names of the site, `pinned` lines that stay in any case;
    `links` tells which lines are links, and `kinds` what each line is, where that is known;
    `byline_names` gives the names in a byline.
    """
    cleaner = LineCleaner(
        list(lines),
        list(reasons) or [None] * len(lines),
        frozenset(map(fold, pinned)),
        rule_set(rules),
    )
    cleaner.links = links
    cleaner.refine_reasons()
    if title:
        cleaner.drop_title(title)
    # A removed line can leave others at an edge, or a repeat next to its original: rounds until
    # nothing changes, so that cleaning is idempotent.
    for _ in range(_MAX_ROUNDS):
        before = len(cleaner.kept())
        cleaner.drop_repeats()
        cleaner.apply_rules()
        cleaner.drop_section_pairs()
        cleaner.remove_date_lines()
        if byline_names:
            cleaner.remove_bylines(byline_names)
        cleaner.remove_credit_lines(own_names)
        if len(cleaner.kept()) == before:
            break
    return cleaner.result(kinds)
