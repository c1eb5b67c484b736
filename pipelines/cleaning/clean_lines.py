"""Cleaning: which of an article's extracted lines stay, which go and why. No line is changed or
invented, and what goes is kept with its position and reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from items import LineRule, RemovedLine
from pipelines.cleaning.credit_lines import agency, named_source
from pipelines.cleaning.line_rules import RuleSet, is_bare, matching, rule_set
from pipelines.cleaning.repeated_lines import ComparedLine, read_line, repeated
from pipelines.dates.date_lines import is_date_line
from text.folding import fold, fold_lines
from text.sentences import ends_as_sentence

# A line this long, or ending as a sentence does, is taken for a paragraph of prose.
_PROSE_CHARS = 80
_SENTENCE_WORDS = 5
_LINK_CHARS = 140
_CAPTION_CHARS = 25


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The lines that stay, those that went, and what the latter said about the article."""

    paragraphs: tuple[str, ...]
    removed: tuple[RemovedLine, ...]
    dates: tuple[str, ...] = ()
    source: str | None = None
    agency: str | None = None


class LineCleaner:
    """The state of one cleaning: for each line the reason it goes, or None."""

    def __init__(self, lines: list[str], reasons: list[str | None], pinned: frozenset[str]) -> None:
        self.lines = lines
        self.reasons = reasons
        self.folded = fold_lines(lines)
        self.pinned = {at for at, folded in enumerate(self.folded) if folded in pinned}
        self._scanned = 0
        self.links: Sequence[bool] | None = None
        self.dates: list[str] = []
        self.source: str | None = None
        self.agency: str | None = None

    @cached_property
    def _read(self) -> list[ComparedLine]:
        return list(map(read_line, self.lines, self.folded))

    def kept(self) -> list[int]:
        return [i for i, reason in enumerate(self.reasons) if reason is None]

    def drop(self, at: int, reason: str) -> None:
        if at not in self.pinned:
            self.reasons[at] = reason

    def refine_reasons(self, rules: RuleSet) -> None:
        """A better word than the markup's for lines that a rule knows."""
        for at, reason in enumerate(self.reasons):
            if reason != "layout":
                continue
            found = matching(self.lines[at], rules, self.folded[at])
            if found:
                self.reasons[at] = found[0].reason
            elif is_date_line(self.lines[at]):
                self.reasons[at] = "date"

    def drop_title(self, title: str) -> None:
        folded = fold(title)
        for at in self.kept()[:3]:
            if self.folded[at] == folded:
                self.drop(at, "title")

    def drop_repeats(self) -> None:
        kept = self.kept()
        again = repeated([self._read[at] for at in kept])
        head = self._head()
        for position in sorted(again):
            self.drop(kept[position], "repeat")
            if (
                position
                and position - 1 not in again
                and self._is_caption(kept, position - 1, head)
            ):
                self.drop(kept[position - 1], "caption")

    def _head(self) -> int:
        """How many lines stand above the first kept paragraph of prose, all where there is none."""
        kept = (at for at in self.kept() if _is_prose(self.lines[at]))
        return next(kept, len(self.lines))

    def _is_caption(self, kept: list[int], position: int, head: int) -> bool:
        """A line that stands twice above the body without being a sentence is a picture's."""
        at, twin = kept[position], kept[position + 1]
        doubled = self.folded[at] == self.folded[twin] and len(self.lines[at]) >= _CAPTION_CHARS
        return doubled and at <= head and not ends_as_sentence(self.lines[at])

    def apply_rules(self, rules: RuleSet) -> None:
        prose_after, head = self._prose_after(), self._head()
        self._scanned = 0
        weight = sum(len(self.lines[at]) for at in self.kept())
        before = 0
        for at, line in enumerate(self.lines):
            if self.reasons[at] is not None:
                continue
            for rule in matching(line, rules, self.folded[at]):
                if self._may_stand(rule, prose_after[at], above=at <= head):
                    self.drop(at, rule.reason)
                    if rule.below:
                        self._cut_below(at, rule, deep=2 * before >= weight)
                    elif rule.reason == "read_more" and is_bare(line, rule):
                        self._cut_link(at, rule, alone=prose_after[at])
                    break
            before += len(line)

    def _prose_after(self) -> list[bool]:
        """For each line, whether a paragraph of prose follows it."""
        found, prose = [], False
        for at in reversed(range(len(self.lines))):
            found.append(prose)
            prose = prose or (self.reasons[at] is None and _is_prose(self.lines[at]))
        return found[::-1]

    def _may_stand(self, rule: LineRule, prose_after: bool, *, above: bool) -> bool:
        below = not prose_after or rule.below
        return {"any": True, "tail": below, "head": above, "edge": above or below}[rule.place]

    def _cut_below(self, at: int, rule: LineRule, *, deep: bool) -> None:
        """What hangs below a heading: all of it under a comment heading in the second half of
        the text, else only lines that look like links, down to the next paragraph.
        """
        everything = deep and rule.place == "tail"
        # What a heading above has looked through is not looked through again.
        for below in range(max(at + 1, self._scanned), len(self.lines)):
            self._scanned = below
            if self.reasons[below] is not None:
                continue
            if not everything and _is_prose(self.lines[below], _LINK_CHARS):
                break
            if everything or not self._known(below):
                self.drop(below, rule.reason)

    def _cut_link(self, at: int, rule: LineRule, *, alone: bool) -> None:
        """What `شاهد أيضاً` alone in its line announces: the title below it, the titles at the
        end of the text.
        """
        for below in range(at + 1, len(self.lines)):
            line = self.lines[below]
            if self.reasons[below] is not None:
                continue
            if self.links is not None and not self.links[below]:
                break
            if _is_prose(line, _LINK_CHARS) or self._known(below) or agency(line):
                break
            self.drop(below, rule.reason)
            if alone:
                break

    def _known(self, at: int) -> bool:
        """Lines below a heading that a rule of their own will name."""
        return bool(matching(self.lines[at], rule_set(), self.folded[at]))

    def drop_section_pairs(self) -> None:
        """`سوريا` above `المزيد من سوريا`: the link's label twice."""
        linked = {
            word
            for at, line in enumerate(self.lines)
            if self.reasons[at] == "section_link"
            for word in _tails(self.folded[at])
        }
        for at in range(len(self.lines)):
            if self.reasons[at] in (None, "related") and self.folded[at] in linked:
                self.drop(at, "section_link")

    def remove_date_lines(self) -> None:
        """Date lines above the body, and below it."""
        for at in self._edges():
            if is_date_line(self.lines[at]):
                self.drop(at, "date")
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
        prose = [i for i, at in enumerate(kept) if _is_prose(self.lines[at])]
        if not prose:
            return kept[:4]
        return kept[: prose[0]] + kept[prose[-1] + 1 :]

    def result(self) -> Cleaned:
        # Title, section and source line are kept as such: they did not go.
        gone = [
            RemovedLine(at, self.lines[at], reason)
            for at, reason in enumerate(self.reasons)
            if reason not in (None, "title", "section", "source")
        ]
        kept = tuple(self.lines[at] for at in self.kept())
        return Cleaned(kept, tuple(gone), tuple(self.dates), self.source, self.agency)


def _is_prose(line: str, longest: int = _PROSE_CHARS) -> bool:
    return len(line) >= longest or ends_as_sentence(line, min_words=_SENTENCE_WORDS)


def _tails(folded: str) -> list[str]:
    """The labels a section link may end with: all but its first one or two words."""
    words = folded.split()
    return [" ".join(words[cut:]) for cut in (1, 2) if len(words) > cut]


_ROUNDS = 10


def clean_lines(
    lines: Sequence[str],
    *,
    title: str | None = None,
    rules: tuple[LineRule, ...] = (),
    own_names: tuple[str, ...] = (),
    reasons: Sequence[str | None] = (),
    links: Sequence[bool] | None = None,
    pinned: tuple[str, ...] = (),
) -> Cleaned:
    """Clean the non-blank `lines` of one article. `reasons` are those already given by the
    markup (None: the line may stay); `own_names` are names of the site; `links` says
    which lines are links, where that is known; `pinned` are lines that stay in any case.
    """
    work = LineCleaner(
        list(lines), list(reasons) or [None] * len(lines), frozenset(map(fold, pinned))
    )
    work.links = links
    work.refine_reasons(rule_set(rules))
    if title:
        work.drop_title(title)
    # What goes can leave other lines at an edge, or a repeat beside its twin: again until all
    # is quiet, so that cleaning what is clean changes nothing.
    for _ in range(_ROUNDS):
        before = len(work.kept())
        work.drop_repeats()
        work.apply_rules(rule_set(rules))
        work.drop_section_pairs()
        work.remove_date_lines()
        work.remove_credit_lines(own_names)
        if len(work.kept()) == before:
            break
    return work.result()
