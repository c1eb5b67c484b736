"""The features of each block that the classifier reads: sizes, links, punctuation, markup, likeness
to the page's title, and the blocks around it. None depends on a language.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.block_stats import BlockStats, Columns
from pipelines.extraction.declared_features import declared_columns, declared_neighbours
from pipelines.extraction.markup_features import ABOVE, GROUPS
from pipelines.extraction.structure_features import (
    Structures,
    structure_columns,
)
from pipelines.extraction.tree_index import Numbers
from text.folding import fold

# Characters.
MAX_TITLE_CHARS, _MAX_LEAD_CHARS = 400, 1500
_MIN_LEAD_CHARS = 40
# Blocks behind the heading, and what stands for them where the page has no heading.
_MIN_AFTER_HEADING, _MAX_AFTER_HEADING, _NO_HEADING = -20, 60, -99


def title_columns(
    stats: BlockStats,
    at: Numbers,
    folded: Sequence[str],
    title: frozenset[str],
    heading: int | None,
    lead: str,
) -> dict[str, NDArray[np.float64]]:
    """`folded` are the folded beginnings of the blocks `at`, `title` the words of the page's
    folded title, `heading` the position of its heading, `lead` its folded description.
    """
    texts = [stats.texts[number] for number in at.tolist()]
    shared = [_title_words(*pair, title) for pair in zip(texts, folded, strict=True)]
    if heading is None:
        after = np.full(len(at), float(_NO_HEADING))
    else:
        after = np.clip(at - heading, _MIN_AFTER_HEADING, _MAX_AFTER_HEADING).astype(float)
    leads = np.zeros(len(at))
    if len(lead) >= _MIN_LEAD_CHARS:
        beginning = lead[: _MIN_LEAD_CHARS - 3]
        for row, block in enumerate(folded):
            if block.startswith(beginning):
                leads[row] = _lead_share(texts[row], block, lead)
    return {
        "title_share": np.array([share for share, _ in shared]),
        "is_title": np.array([float(same) for _, same in shared]),
        "after_heading": after,
        "is_lead": leads,
    }


def _title_words(text: str, folded: str, title: frozenset[str]) -> tuple[float, bool]:
    """The share of the block's words that are in the title, and whether the block is the title."""
    if len(text) > MAX_TITLE_CHARS or title.isdisjoint(all_words := folded.split()):
        return 0.0, False
    words = set(all_words)
    common = len(words & title)
    same = common >= 0.8 * len(words) and len(words) >= 0.5 * len(title)
    return common / len(words), same


def _lead_share(text: str, folded: str, lead: str) -> float:
    """The length of the shorter of block and description, which begin alike, by that of the longer; 0
    unless the longer one begins with the shorter, whose last three characters may differ.
    """
    if min(len(lead), len(folded)) < _MIN_LEAD_CHARS or len(text) > _MAX_LEAD_CHARS:
        return 0.0
    short, long = sorted((fold(text), lead), key=len)
    return len(short) / len(long) if long.startswith(short[:-3]) else 0.0


def headline(stats: BlockStats, title: str) -> int | None:
    """The position of the last `h1` that shares half of its words with the page's title."""
    heading, of_title = None, set(fold(title).split())
    for at in [number for number, tag in enumerate(stats.tags) if tag == "h1"]:
        words = set(fold(stats.texts[at]).split())
        if words and len(words & of_title) >= 0.5 * len(words):
            heading = at
    return heading


FeatureRows = NDArray[np.float32]

_TAGS = ("p", "div", "li", "h1", "h2", "figcaption", "pre", "dt", "dd")
_TAG_NUMBERS = {tag: number for number, tag in enumerate(_TAGS)}
_MARKUP_NAMES = (
    *(f"is_{tag}" for tag in _TAGS),
    *(f"in_{tag}" for tag in ABOVE),
    *(f"near_{group}" for group in GROUPS),
    *(f"n_{group}" for group in GROUPS),
)
_CONTEXT = ("size", "linked", "mass_1", "half", "n_comment_form", "trafilatura")
_OFFSETS = (-2, -1, 1, 2)
MASS_STEPS = 6
MAX_STEPS, _NO_PROSE_STEPS = 8, 9


def features(
    stats: BlockStats,
    chosen: Sequence[int],
    title: str,
    lead: str,
    structures: Structures,
    declared: str = "",
) -> Columns:
    """Columns with a number per `chosen` block, given the page's title and description, and the text
    that its data declare (empty: none).
    """
    at = np.array(chosen, dtype=np.intp)
    columns = _text_columns(stats, at) | _position_columns(stats, at)
    folded = stats.folded(chosen, MAX_TITLE_CHARS)
    words = frozenset(fold(title).split())
    heading = headline(stats, title)
    columns |= title_columns(stats, at, folded, words, heading, fold(lead))
    columns |= declared_columns(folded, stats.size[at], declared)
    columns |= {
        "trafilatura": np.zeros(len(at)),  # `with_witness` fills it in
        "page_prose": np.full(len(at), np.log1p(stats.all_prose)),
        "page_blocks": np.full(len(at), np.log1p(len(stats))),
    }
    columns |= _markup_columns(stats, at) | _mass_columns(stats, at)
    columns |= structure_columns(stats, at, structures, heading)
    return columns | declared_neighbours(columns) | _neighbour_columns(columns, stats, at)


def table(columns: Columns, names: Sequence[str]) -> FeatureRows:
    """The named columns as rows for a forest."""
    return np.column_stack([columns[name] for name in names]).astype(np.float32)


def with_witness(columns: Columns, agreed: Sequence[bool]) -> Columns:
    """The columns with those that tell which of the chosen blocks trafilatura kept."""
    witness = np.array(agreed, dtype=np.float64)
    return columns | {"trafilatura": witness} | around({"trafilatura": witness}, _OFFSETS)


def _text_columns(stats: BlockStats, at: Numbers) -> Columns:
    size, counts = stats.size[at], stats.counts
    return {
        "size": np.log1p(size),
        "words": np.log1p(counts["space"][at] + 1),
        "linked": stats.linked[at],
        "sentence": stats.sentence[at].astype(float),
        "punctuation": counts["punctuation"][at] / size,
        "digits": counts["digit"][at] / size,
        "upper": counts["upper"][at] / size,
    }


def _position_columns(stats: BlockStats, at: Numbers) -> Columns:
    index, rows = stats.index, stats.rows
    prose_of_row = np.bincount(rows, stats.prose)
    before = np.cumsum(stats.size) - stats.size
    prose_before = np.cumsum(stats.prose) - stats.prose
    pieces = np.bincount(stats.where, minlength=len(index.elements))
    return {
        "depth": index.depths[stats.where[at]] + 1.0,
        "order": at / len(stats),
        "before": before[at] / stats.all_sizes,
        "prose_before": prose_before[at] / stats.all_prose,
        "siblings": np.log1p(np.bincount(rows)[rows[at]]),
        "siblings_mass": prose_of_row[rows[at]] / stats.all_prose,
        "pieces": np.log1p(pieces[stats.where[at]]),
        "twice": stats.repeated[at].astype(float),
    }


def _markup_columns(stats: BlockStats, at: Numbers) -> Columns:
    markup = stats.markup
    numbers = np.array([_TAG_NUMBERS.get(stats.tags[block], -1) for block in at.tolist()])
    rows = np.concatenate(
        (
            numbers == np.arange(len(_TAGS))[:, None],
            markup.above[at].T,
            markup.near[at].T,
            markup.count[at].T,
        )
    )
    return dict(zip(_MARKUP_NAMES, rows.astype(np.float64), strict=True))


def _mass_columns(stats: BlockStats, at: Numbers) -> Columns:
    """The prose within the block's ancestors, by the page's prose (`mass`) and by their own text
    (`prose`), and the steps up to the first with half, and a quarter, of the page's.
    """
    above = stats.ancestors[:MAX_STEPS, at]
    prose = stats.prose_within[above]
    share = prose / stats.all_prose
    own = prose / np.maximum(1, stats.size_within[above])
    return (
        {f"mass_{step}": share[step] for step in range(MASS_STEPS)}
        | {f"prose_{step}": own[step] for step in range(1, MASS_STEPS)}
        | {
            name: steps_to(share, least) if stats.prose.any() else np.full(len(at), _NO_PROSE_STEPS)
            for name, least in (("half", 0.5), ("quarter", 0.25))
        }
    )


def steps_to(share: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """Steps up to the first ancestor with at least this share of the page; 8 when none has it. `share`
    has a row per step.
    """
    steps: NDArray[np.float64] = (share < least).sum(axis=0).astype(float)
    return steps


def _neighbour_columns(columns: Columns, stats: BlockStats, at: Numbers) -> Columns:
    """Features of the chosen blocks around, and how many blocks of links lie between."""
    neighbours = around({name: columns[name] for name in _CONTEXT}, _OFFSETS)
    parents = stats.parents[at]
    same = np.concatenate(([0.0], parents[1:] == parents[:-1], [0.0]))
    gaps = np.log1p(np.diff(np.concatenate(([-1], at, [len(stats)]))) - 1)
    return neighbours | {
        "parent_of_previous": same[:-1],
        "parent_of_next": same[1:],
        "links_before": gaps[:-1],
        "links_after": gaps[1:],
    }


def around(columns: Columns, offsets: Sequence[int]) -> Columns:
    """Of each column, for each offset: for each row the number so many rows further down; -1 beyond the
    ends.
    """
    margin = max(map(abs, offsets))
    rows = np.array(list(columns.values()))
    count = rows.shape[1]
    padded = np.full((len(rows), count + 2 * margin), -1.0)
    padded[:, margin : margin + count] = rows
    return {
        f"{name}@{offset}": row[margin + offset : margin + offset + count]
        for offset in offsets
        for name, row in zip(columns, padded, strict=True)
    }
