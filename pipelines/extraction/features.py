"""What is measured of each block of a page, for the forest to judge whether it is the article's.

Nothing here knows a language: only lengths, links, punctuation, markup and neighbours count.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.block_stats import Measures
from pipelines.extraction.markup_features import ABOVE, GROUPS
from pipelines.extraction.titles import LONGEST_TITLE, title_columns
from pipelines.extraction.tree_index import Numbers
from text.folding import fold

Columns = dict[str, NDArray[np.float64]]
Rows = NDArray[np.float32]

TAGS = ("p", "div", "li", "h1", "h2", "figcaption")
_CONTEXT = ("size", "linked", "mass_1", "half", "n_comment_form", "trafilatura")
_OFFSETS = (-2, -1, 1, 2)
MASS_STEPS = 6
_FAR_STEPS, _NOWHERE = 8, 9


def features(measures: Measures, chosen: Sequence[int], title: str, lead: str) -> Columns:
    """Columns with a number for each `chosen` block. `title` is what the page calls itself,
    `lead` how it describes itself.
    """
    at = np.array(chosen, dtype=np.intp)
    columns = _text_columns(measures, at) | _place_columns(measures, at)
    folded = measures.folded(chosen, LONGEST_TITLE)
    columns |= title_columns(measures, at, folded, frozenset(fold(title).split()), fold(lead))
    columns |= {
        "trafilatura": np.zeros(len(at)),  # `with_witness` fills it in
        "page_prose": np.full(len(at), np.log1p(measures.all_prose)),
        "page_blocks": np.full(len(at), np.log1p(len(measures))),
    }
    columns |= _markup_columns(measures, at) | _mass_columns(measures, at)
    return columns | _neighbour_columns(columns, measures, at)


def table(columns: Columns, names: Sequence[str]) -> Rows:
    """The columns of these names as the rows that a forest reads."""
    return np.column_stack([columns[name] for name in names]).astype(np.float32)


def with_witness(columns: Columns, agreed: Sequence[bool]) -> Columns:
    """The columns with what the general extractor kept of the chosen blocks."""
    witness = np.array(agreed, dtype=np.float64)
    beside = {f"trafilatura@{offset}": moved(witness, offset) for offset in _OFFSETS}
    return columns | {"trafilatura": witness} | beside


def _text_columns(measures: Measures, at: Numbers) -> Columns:
    size, counts = measures.size[at], measures.counts
    return {
        "size": np.log1p(size),
        "words": np.log1p(counts["space"][at] + 1),
        "linked": measures.linked[at],
        "sentence": measures.sentence[at].astype(float),
        "punctuation": counts["punctuation"][at] / size,
        "digits": counts["digit"][at] / size,
        "upper": counts["upper"][at] / size,
    }


def _place_columns(measures: Measures, at: Numbers) -> Columns:
    outline, rows = measures.outline, measures.rows
    prose_of_row = np.bincount(rows, measures.prose)
    before = np.cumsum(measures.size) - measures.size
    prose_before = np.cumsum(measures.prose) - measures.prose
    pieces = np.bincount(measures.where, minlength=len(outline.elements))
    return {
        "depth": outline.depths[measures.where[at]] + 1.0,
        "order": at / len(measures),
        "before": before[at] / measures.all_sizes,
        "prose_before": prose_before[at] / measures.all_prose,
        "siblings": np.log1p(np.bincount(rows)[rows[at]]),
        "siblings_mass": prose_of_row[rows[at]] / measures.all_prose,
        "pieces": np.log1p(pieces[measures.where[at]]),
        "twice": measures.again[at].astype(float),
    }


def _markup_columns(measures: Measures, at: Numbers) -> Columns:
    lineages, tags = measures.lineages, measures.tags[at]
    above, near, count = lineages.above[at], lineages.near[at], lineages.count[at]
    return (
        {f"is_{tag}": (tags == tag).astype(float) for tag in TAGS}
        | {f"in_{tag}": above[:, i].astype(float) for i, tag in enumerate(ABOVE)}
        | {f"near_{group}": near[:, i].astype(float) for i, group in enumerate(GROUPS)}
        | {f"n_{group}": count[:, i].astype(float) for i, group in enumerate(GROUPS)}
    )


def _mass_columns(measures: Measures, at: Numbers) -> Columns:
    """Of the page's prose, and of their own text, what the block's ancestors hold as prose, and
    the steps up to the first that holds half, and a quarter, of the page's.
    """
    chain = measures.outline.chain(measures.where[at], _FAR_STEPS)
    held = measures.prose_held[chain]
    share = held / measures.all_prose
    own = held / np.maximum(1, measures.size_held[chain])
    return (
        {f"mass_{step}": share[:, step] for step in range(MASS_STEPS)}
        | {f"prose_{step}": own[:, step] for step in range(1, MASS_STEPS)}
        | {
            name: steps_to(share, least) if measures.prose.any() else np.full(len(at), _NOWHERE)
            for name, least in (("half", 0.5), ("quarter", 0.25))
        }
    )


def steps_to(share: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """Steps up to the first ancestor with this share of what the page has; from eight on, far."""
    found: NDArray[np.float64] = (share < least).sum(axis=1).astype(float)
    return found


def _neighbour_columns(columns: Columns, measures: Measures, at: Numbers) -> Columns:
    """Of the chosen blocks around, and how many links lie between."""
    beside = {
        f"{name}@{offset}": moved(columns[name], offset) for offset in _OFFSETS for name in _CONTEXT
    }
    parents = measures.parents[at]
    same = np.concatenate(([0.0], parents[1:] == parents[:-1], [0.0]))
    gaps = np.log1p(np.diff(np.concatenate(([-1], at, [len(measures)]))) - 1)
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
