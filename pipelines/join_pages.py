"""The pages of one article, refined one by one, become one article."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from items import Article, RemovedLine
from text.folding import fold_lines
from text.limits import MAX_CHARS_AN_ARTICLE

# A paragraph this long is not written twice. A shorter one may be (“No.” in an interview), and is a
# repetition where a page begins or ends with it.
_MIN_REPEATED_CHARS = 40
_REPEATED = "repeat"


@dataclass(frozen=True, slots=True)
class _PageLines:
    """`positions` are those of the `lines` among the page's extracted lines; `repeated` has, for each
    of them, whether an earlier page has it.
    """

    lines: tuple[str, ...]
    positions: tuple[int, ...]
    repeated: tuple[bool, ...]


def join_pages(pages: Sequence[Article]) -> Article:
    """The first page with the text of all of them, in their order; what several pages repeat (a lead, a
    line below the text) stays where it stood first.
    """
    first, seen = pages[0], set(fold_lines(pages[0].paragraphs))
    paragraphs, removed = list(first.paragraphs), list(first.removed)
    offset = _extent(first)
    for page in pages[1:]:
        found = _page_lines(page, seen)
        paragraphs += _lines(found, repeated=False)
        removed += [
            line._replace(position=line.position + offset)
            for line in (*page.removed, *_dropped(found))
        ]
        seen |= set(fold_lines(page.paragraphs))
        offset += _extent(page)
    removed.sort(key=lambda line: line.position)
    return replace(
        first,
        paragraphs=tuple(paragraphs),
        removed=tuple(removed),
        next_page=pages[-1].next_page,
        agency=first.agency or next((page.agency for page in pages if page.agency), None),
    )


def adds_text(pages: Iterable[Article], page: Article) -> bool:
    """Whether it has a line that none of the `pages` before it has, and all together are no book."""
    before = [line for earlier in pages for line in earlier.paragraphs]
    lines = _lines(_page_lines(page, set(fold_lines(before))), repeated=False)
    return bool(lines) and sum(map(len, before)) + sum(map(len, lines)) <= MAX_CHARS_AN_ARTICLE


def _page_lines(page: Article, seen: set[str]) -> _PageLines:
    known = [folded in seen for folded in fold_lines(page.paragraphs)]
    head = next((at for at, is_known in enumerate(known) if not is_known), len(known))
    tail = next((at for at, is_known in enumerate(reversed(known)) if not is_known), len(known))
    repeated = [
        is_known and (at < head or at >= len(known) - tail or len(line) >= _MIN_REPEATED_CHARS)
        for at, (is_known, line) in enumerate(zip(known, page.paragraphs, strict=True))
    ]
    return _PageLines(page.paragraphs, tuple(_positions(page)), tuple(repeated))


def _lines(page: _PageLines, *, repeated: bool) -> list[str]:
    pairs = zip(page.lines, page.repeated, strict=True)
    return [line for line, is_repeated in pairs if is_repeated == repeated]


def _dropped(page: _PageLines) -> list[RemovedLine]:
    triples = zip(page.positions, page.lines, page.repeated, strict=True)
    return [RemovedLine(at, line, _REPEATED) for at, line, is_repeated in triples if is_repeated]


def _positions(page: Article) -> list[int]:
    """Where the paragraphs stood: between the removed lines."""
    taken = {line.position for line in page.removed}
    free = (at for at in range(len(page.paragraphs) + len(taken)) if at not in taken)
    return [at for at, _ in zip(free, page.paragraphs, strict=False)]


def _extent(page: Article) -> int:
    """More than the position of any of its lines."""
    last = max((line.position for line in page.removed), default=-1)
    return max(last + 1, len(page.paragraphs) + len(page.removed))
