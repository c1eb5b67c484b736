"""What `warraq reprocess` says at its end, and how texts would change."""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.text import Text

from pipelines.ingest.reprocess_run import Change, DryRun
from text.terminal import plain

# A line of another direction than the terminal's keeps its own between these two.
_ISOLATE, _POP = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_LONGEST = 300
_WORDS = {
    "changed": "texts changed",
    "corrected": "changed in what is known of them",
    "same": "as they were",
    "found": "turned away before, and stored now",
    "restored": "made anew",
    "revised": "later texts of them",
    "rejected": "turned away again",
    "lost": "turned away by today's rules; what is stored of them stays",
    "gone": "whose record cannot be read",
}


def say(counts: Counter[str], without_page: int, left: Mapping[str, int], *, stored: bool) -> None:
    """`left`: pages of sites that have no file, by site."""
    console = Console(highlight=False)
    console.print(f"{counts.total()} pages refined again" + ", nothing stored" * (not stored))
    for name, words in _WORDS.items():
        if counts[name]:
            console.print(f"{counts[name]:8} {words}")
    for reason in sorted(counts.keys() - _WORDS.keys()):
        console.print(f"{counts[reason]:8} {plain(reason)}", markup=False)
    if without_page:
        console.print(f"{without_page:8} articles without a page in the archive, left alone")
    for site, pages in left.items():
        said = f"{pages:8} of {plain(site)} left alone: there is no site file for it (--sites)"
        console.print(said, markup=False)


def show(run: DryRun) -> None:
    """A sample of the changes, paragraph by paragraph."""
    console = Console(highlight=False)
    for change in run.shown:
        number = "copy" if change.number is None else f"{change.number:03d}"
        console.print(Text(f"{number} {_isolated(change.title or '')}", "bold"))
        for line in _lines(change):
            console.print(line)
        console.print()


def _lines(change: Change) -> Iterator[Text]:
    matcher = difflib.SequenceMatcher(None, change.before, change.after, autojunk=False)
    for what, first, last, start, end in matcher.get_opcodes():
        if what == "equal":
            continue
        old, new = change.before[first:last], change.after[start:end]
        yield from _marked("-", old, new, "red")
        yield from _marked("+", new, old, "green")


def _marked(mark: str, lines: Sequence[str], others: Sequence[str], colour: str) -> Iterator[Text]:
    """Of a long paragraph that changed in one place, that place."""
    for at, line in enumerate(lines):
        other = others[at] if at < len(others) else ""
        yield Text(f"{mark} {_isolated(_around(line, other))}", colour)


def _around(line: str, other: str) -> str:
    if len(line) <= _LONGEST:
        return line
    same = next((at for at, (a, b) in enumerate(zip(line, other, strict=False)) if a != b), 0)
    start = max(0, same - _LONGEST // 2)
    end = start + _LONGEST
    return ("… " if start else "") + line[start:end] + (" …" if end < len(line) else "")


def _isolated(line: str) -> str:
    return f"{_ISOLATE}{plain(line)}{_POP}"
