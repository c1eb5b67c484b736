"""The columns that the classifier reads of each block: sizes, links, punctuation, markup, likeness to
the page's title, and what a first pass says of the blocks around it. Nothing here knows a language.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.block_stats import BlockStats
from pipelines.extraction.markup_features import ABOVE, GROUPS
from pipelines.extraction.tree_index import Numbers
from text.folding import fold

LONGEST_TITLE, _LONGEST_LEAD = 400, 1500
_SHORTEST_LEAD = 40
_BEFORE, _AFTER, _NO_HEADING = -20, 60, -99


def title_columns(
    stats: BlockStats, at: Numbers, folded: Sequence[str], title: frozenset[str], lead: str
) -> dict[str, NDArray[np.float64]]:
    """`folded` are the beginnings of the blocks `at`, `title` the folded words of the page's,
    `lead` folded too.
    """
    heading = _heading(stats, title)
    texts = [stats.texts[number] for number in at.tolist()]
    shared = [_shared(*pair, title) for pair in zip(texts, folded, strict=True)]
    after = at - heading if heading is not None else np.full(len(at), _NO_HEADING)
    return {
        "title_share": np.array([share for share, _ in shared]),
        "is_title": np.array([float(same) for _, same in shared]),
        "after_heading": np.clip(after, _BEFORE, _AFTER).astype(float)
        if heading is not None
        else after.astype(float),
        "is_lead": np.array([_lead(*pair, lead) for pair in zip(texts, folded, strict=True)]),
    }


def _shared(text: str, folded: str, title: frozenset[str]) -> tuple[float, bool]:
    """The share of the block's words that the title has, and whether they are the title."""
    words = set(folded.split()) if len(text) <= LONGEST_TITLE else set()
    if not words:
        return 0.0, False
    common = len(words & title)
    same = common >= 0.8 * len(words) and len(words) >= 0.5 * len(title)
    return common / len(words), same


def _lead(text: str, folded: str, lead: str) -> float:
    """How much of the page's description the block is, when one begins as the other does but for
    the last three characters.
    """
    if min(len(lead), len(folded)) < _SHORTEST_LEAD or len(text) > _LONGEST_LEAD:
        return 0.0
    if folded[: _SHORTEST_LEAD - 3] != lead[: _SHORTEST_LEAD - 3]:
        return 0.0
    short, long = sorted((fold(text), lead), key=len)
    return len(short) / len(long) if long.startswith(short[:-3]) else 0.0


def _heading(stats: BlockStats, title: frozenset[str]) -> int | None:
    """The last `h1` that shares half of its words with the page's title."""
    found = None
    for at in np.flatnonzero(stats.tags == "h1").tolist():
        words = set(fold(stats.texts[at]).split())
        if words and len(words & title) >= 0.5 * len(words):
            found = at
    return found


Columns = dict[str, NDArray[np.float64]]
FeatureRows = NDArray[np.float32]

TAGS = ("p", "div", "li", "h1", "h2", "figcaption")
_CONTEXT = ("size", "linked", "mass_1", "half", "n_comment_form", "trafilatura")
_OFFSETS = (-2, -1, 1, 2)
MASS_STEPS = 6
_FAR_STEPS, _NOWHERE = 8, 9


def features(stats: BlockStats, chosen: Sequence[int], title: str, lead: str) -> Columns:
    """Columns with a number for each `chosen` block. `title` is what the page calls itself,
    `lead` how it describes itself.
    """
    at = np.array(chosen, dtype=np.intp)
    columns = _text_columns(stats, at) | _place_columns(stats, at)
    folded = stats.folded(chosen, LONGEST_TITLE)
    columns |= title_columns(stats, at, folded, frozenset(fold(title).split()), fold(lead))
    columns |= {
        "trafilatura": np.zeros(len(at)),  # `with_witness` fills it in
        "page_prose": np.full(len(at), np.log1p(stats.all_prose)),
        "page_blocks": np.full(len(at), np.log1p(len(stats))),
    }
    columns |= _markup_columns(stats, at) | _mass_columns(stats, at)
    return columns | _neighbour_columns(columns, stats, at)


def table(columns: Columns, names: Sequence[str]) -> FeatureRows:
    """The columns of these names as the rows that a forest reads."""
    return np.column_stack([columns[name] for name in names]).astype(np.float32)


def with_witness(columns: Columns, agreed: Sequence[bool]) -> Columns:
    """The columns with what the general extractor kept of the chosen blocks."""
    witness = np.array(agreed, dtype=np.float64)
    beside = {f"trafilatura@{offset}": moved(witness, offset) for offset in _OFFSETS}
    return columns | {"trafilatura": witness} | beside


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


def _place_columns(stats: BlockStats, at: Numbers) -> Columns:
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
    markup, tags = stats.markup, stats.tags[at]
    above, near, count = markup.above[at], markup.near[at], markup.count[at]
    return (
        {f"is_{tag}": (tags == tag).astype(float) for tag in TAGS}
        | {f"in_{tag}": above[:, i].astype(float) for i, tag in enumerate(ABOVE)}
        | {f"near_{group}": near[:, i].astype(float) for i, group in enumerate(GROUPS)}
        | {f"n_{group}": count[:, i].astype(float) for i, group in enumerate(GROUPS)}
    )


def _mass_columns(stats: BlockStats, at: Numbers) -> Columns:
    """Of the page's prose, and of their own text, what the block's ancestors hold as prose, and
    the steps up to the first that holds half, and a quarter, of the page's.
    """
    chain = stats.index.chain(stats.where[at], _FAR_STEPS)
    held = stats.prose_within[chain]
    share = held / stats.all_prose
    own = held / np.maximum(1, stats.size_within[chain])
    return (
        {f"mass_{step}": share[:, step] for step in range(MASS_STEPS)}
        | {f"prose_{step}": own[:, step] for step in range(1, MASS_STEPS)}
        | {
            name: steps_to(share, least) if stats.prose.any() else np.full(len(at), _NOWHERE)
            for name, least in (("half", 0.5), ("quarter", 0.25))
        }
    )


def steps_to(share: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """Steps up to the first ancestor with this share of what the page has; from eight on, far."""
    found: NDArray[np.float64] = (share < least).sum(axis=1).astype(float)
    return found


def _neighbour_columns(columns: Columns, stats: BlockStats, at: Numbers) -> Columns:
    """Of the chosen blocks around, and how many links lie between."""
    beside = {
        f"{name}@{offset}": moved(columns[name], offset) for offset in _OFFSETS for name in _CONTEXT
    }
    parents = stats.parents[at]
    same = np.concatenate(([0.0], parents[1:] == parents[:-1], [0.0]))
    gaps = np.log1p(np.diff(np.concatenate(([-1], at, [len(stats)]))) - 1)
    return beside | {
        "parent_of_previous": same[:-1],
        "parent_of_next": same[1:],
        "links_before": gaps[:-1],
        "links_after": gaps[1:],
    }


def moved(column: NDArray[np.float64], offset: int) -> NDArray[np.float64]:
    """For each row the number `offset` further on; -1 beyond the ends."""
    found = np.full_like(column, -1.0)
    if offset < 0:
        found[-offset:] = column[:offset]
    else:
        found[:-offset] = column[offset:]
    return found


_CONTEXT_OFFSETS = (-4, -3, -2, -1, 1, 2, 3, 4)
_STEPS = 8
_SURE = 0.7
_NEVER = 99.0
_WINDOW = 7


def context(stats: BlockStats, at: Numbers, first: NDArray[np.float64]) -> Columns:
    """Columns for the blocks `at`, whose probabilities by the first judgement are `first`."""
    size = stats.size[at]
    mass = first * size
    total = float(mass.sum()) or 1.0
    reached = np.cumsum(mass) / total
    return (
        _held(stats, at, mass, total)
        | {f"first@{offset}": moved(first, offset) for offset in _CONTEXT_OFFSETS}
        | {
            "first": first,
            "first_before": reached - mass / total,
            "first_after": 1 - reached,
            "sure_before": _since(first > _SURE),
            "sure_after": _since(first[::-1] > _SURE)[::-1],
            "first_row": _by_row(stats.rows[at], mass, size),
            "first_around": _around(mass) / np.maximum(1, _around(size)),
            "first_total": np.full(len(at), np.log1p(total)),
        }
    )


def _held(stats: BlockStats, at: Numbers, mass: NDArray[np.float64], total: float) -> Columns:
    """What the ancestors hold: of all that was judged text, and of their own text."""
    index, where = stats.index, stats.where[at]
    chain = index.chain(where, _STEPS)
    held = index.sum_within(where, mass)[chain]
    own = held / np.maximum(1, index.sum_within(where, stats.size[at])[chain])
    return (
        {f"first_mass_{step}": held[:, step] / total for step in range(MASS_STEPS)}
        | {f"first_share_{step}": own[:, step] for step in range(MASS_STEPS)}
        | {f"first_{name}": steps_to(held / total, least) for name, least in _PARTS}
    )


_PARTS = (("half", 0.5), ("most", 0.9))


def _since(sure: NDArray[np.bool_]) -> NDArray[np.float64]:
    """For each block how many lie between it and the last sure one before it."""
    places = np.arange(len(sure))
    last = np.maximum.accumulate(np.where(sure, places, -1))
    before = np.concatenate(([-1], last[:-1]))
    return np.where(before < 0, _NEVER, np.minimum(places - before - 1, _NEVER))


def _by_row(
    rows: Numbers, mass: NDArray[np.float64], size: NDArray[np.float64]
) -> NDArray[np.float64]:
    found: NDArray[np.float64] = (
        np.bincount(rows, mass)[rows] / np.maximum(1, np.bincount(rows, size))[rows]
    )
    return found


def _around(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over a window of blocks."""
    half = _WINDOW // 2
    so_far = np.concatenate(([0.0], np.cumsum(amounts)))
    places = np.arange(len(amounts))
    ends = np.minimum(places + half + 1, len(amounts))
    found: NDArray[np.float64] = so_far[ends] - so_far[np.maximum(places - half, 0)]
    return found
