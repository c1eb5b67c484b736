"""What the line rules do: a line that one matches goes, where the rule's place allows it, and so does what
hangs below it.
"""

from items import LineRule
from pipelines.cleaning.cleaning_state import CleaningState, is_prose
from pipelines.cleaning.credit_lines import agency
from pipelines.cleaning.line_rules import has_lead_in, is_bare, matching, rule_set
from pipelines.cleaning.marked_lines import reason_by_marks
from pipelines.dates.date_lines import is_date_line

_MAX_LINK_CHARS = 140
_MIN_SAYING_WORDS = 8


def refine_reasons(state: CleaningState) -> None:
    """Replace the markup's `layout` by a rule's reason where one matches the line."""
    for at, reason in enumerate(state.reasons):
        if reason != "layout":
            continue
        if matches := state.rules_at(at):
            state.reasons[at] = matches[0].reason
        elif is_date_line(state.lines[at]):
            state.reasons[at] = "date"


def apply_rules(state: CleaningState) -> None:
    """Drop the lines that are no text by their marks or by a rule, and what such a line announces."""
    prose_after, head = _prose_after(state), state.head()
    chars = sum(len(state.lines[at]) for at in state.kept())
    chars_before = last_scanned = 0
    for at, line in enumerate(state.lines):
        if state.reasons[at] is not None:
            continue
        if reason := reason_by_marks(line):
            state.drop(at, reason)
            continue
        for rule in state.rules_at(at):
            if prose_after[at] and rule.match == "start" and _says_more(state, at, rule):
                continue
            if _allows_place(rule, prose_after[at], above=at <= head):
                state.drop(at, rule.reason)
                if rule.below:
                    in_second_half = 2 * chars_before >= chars
                    last_scanned = _drop_below(
                        state, at, rule, last_scanned, second_half=in_second_half
                    )
                elif rule.reason == "read_more" and is_bare(line, rule):
                    _drop_links_below(state, at, rule, only_first=prose_after[at])
                break
        chars_before += len(line)


def _says_more(state: CleaningState, at: int, rule: LineRule) -> bool:
    """A line among the text, no link, that goes on for longer than a button: “Share in the attack
    …” begins like one.
    """
    if state.links is None or state.links[at] or rule.below:
        return False
    return len(state.lines[at].split()) >= _MIN_SAYING_WORDS and not has_lead_in(
        state.lines[at], rule
    )


def _prose_after(state: CleaningState) -> list[bool]:
    """For each line, whether a paragraph of prose follows it."""
    follows, prose = [], False
    for reason, is_paragraph in zip(state.reasons[::-1], state.is_prose[::-1], strict=True):
        follows.append(prose)
        prose = prose or (reason is None and is_paragraph)
    return follows[::-1]


def _allows_place(rule: LineRule, prose_after: bool, *, above: bool) -> bool:
    below = not prose_after or rule.below
    return {"any": True, "tail": below, "head": above, "edge": above or below}[rule.place]


def _drop_below(
    state: CleaningState, at: int, rule: LineRule, last_scanned: int, *, second_half: bool
) -> int:
    """Drop what a heading is for: everything below a comment heading in the second half of the
    text, else the lines that look like links, down to the next paragraph. Returns the last line
    that was scanned.
    """
    everything = second_half and rule.place == "tail"
    # Lines below an earlier heading are not scanned twice: the cost would be quadratic.
    for below in range(max(at + 1, last_scanned), len(state.lines)):
        last_scanned = below
        if state.reasons[below] is not None:
            continue
        if not everything and is_prose(state.lines[below], _MAX_LINK_CHARS):
            break
        if everything or not _has_rule(state, below):
            state.drop(below, rule.reason)
    return last_scanned


def _drop_links_below(state: CleaningState, at: int, rule: LineRule, *, only_first: bool) -> None:
    """Drop what `شاهد أيضاً` alone in its line announces: the title below it, or all titles
    below it at the end of the text.
    """
    for below in range(at + 1, len(state.lines)):
        line = state.lines[below]
        if state.reasons[below] is not None:
            continue
        if state.links is not None and not state.links[below]:
            break
        if is_prose(line, _MAX_LINK_CHARS) or _has_rule(state, below) or agency(line):
            break
        state.drop(below, rule.reason)
        if only_first:
            break


def _has_rule(state: CleaningState, at: int) -> bool:
    """Whether a shipped rule matches the line, and so gives its reason."""
    return bool(matching(state.lines[at], rule_set(), state.folded[at]))


def drop_section_pairs(state: CleaningState) -> None:
    """Drop `سوريا` above `المزيد من سوريا`: a section's name that its link repeats."""
    labels = {
        label
        for at, folded in enumerate(state.folded)
        if state.reasons[at] == "section_link"
        for label in _section_labels(folded)
    }
    for at in range(len(state.lines)):
        if state.reasons[at] in (None, "related") and state.folded[at] in labels:
            state.drop(at, "section_link")


def _section_labels(folded: str) -> list[str]:
    """The labels that a section link may end with: all but its first one or two words."""
    words = folded.split()
    return [" ".join(words[cut:]) for cut in (1, 2) if len(words) > cut]
