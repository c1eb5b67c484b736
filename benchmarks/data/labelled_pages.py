"""Pages with gold text, as samples for training and scoring."""

import gzip
import hashlib
import importlib.util
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from lxml.html import HtmlElement
from numpy.typing import NDArray

from benchmarks.data.augmented_pages import augment
from pipelines.extraction.block_classifier import agreement, general_text
from pipelines.extraction.block_stats import BlockStats, Columns
from pipelines.extraction.blocks import blocks
from pipelines.extraction.features import features
from pipelines.extraction.parse_html import body_of, lead_of, parse_html, title_of
from pipelines.extraction.structure_features import Structures
from pipelines.extraction.tree_index import Numbers, TreeIndex
from text.folding import fold

# A theme's pages are alike: all of them weigh as much as this share of as many pages of real sites.
_THEME_WEIGHT = 0.15
# What was added to a page is short, and what it is there for; the rest of it is known already.
_ADDED_WEIGHT, _AUGMENTED_WEIGHT = 4.0, 0.5


@dataclass
class Sample:
    """The candidate blocks of a page: their features, the share of their text in the gold text, their
    weights, and trafilatura's text of the page. `set` is the folder's name; `group` a number by domain
    or theme; an `augmented` page is for training alone.
    """

    id: str
    set: str
    language: str
    group: int
    measures: BlockStats
    structures: Structures
    at: Numbers
    columns: Columns
    agreed: list[bool]
    truth: NDArray[np.float64]
    weight: NDArray[np.float64]
    gold: str
    general: str
    augmented: bool = False

    @property
    def sizes(self) -> NDArray[np.float64]:
        return self.measures.size[self.at]

    @property
    def texts(self) -> list[str]:
        return [self.measures.texts[at] for at in self.at.tolist()]


def scorer(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(folder / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class LabelledPage:
    """`gold` is the article's text; lines of `optional` may stand there or not. `number` is one by
    domain or theme, so that neither is both trained on and scored.
    """

    id: str
    set: str
    language: str
    url: str
    number: int
    document: str
    gold: str
    optional: tuple[str, ...] = ()


def load(folder: Path, score: ModuleType, *, augmented: bool = False) -> list[Sample]:
    """The pages with gold text: of `meta.jsonl` and `gold/`, or of `truth.jsonl`, which knows each piece.
    With `augmented`, a variant of each page as well.
    """
    samples: list[Sample] = []
    for page in labelled_pages(folder):
        tree = parse_html(page.document)
        sample = None if tree is None else _sample(page, tree, score, general_text(page.document))
        if tree is None or sample is None:
            continue
        samples.append(sample)
        if augmented and page.set != "themes" and (variant := _variant(page, sample, score)):
            samples.append(variant)
    return samples


def labelled_pages(folder: Path) -> Iterator[LabelledPage]:
    truth, meta = folder / "truth.jsonl", folder / "meta.jsonl"
    for row in map(json.loads, (truth if truth.exists() else meta).read_text("utf-8").splitlines()):
        if not row.get("has_gold", True):
            continue
        page = gzip.decompress((folder / "pages" / f"{row['id']}.html.gz").read_bytes())
        if "must" in row:
            gold = "\n".join(piece for _, piece in row["must"])
            group, url, optional = row["theme"], row["url"], tuple(row["optional"])
        else:
            gold = (folder / "gold" / f"{row['id']}.txt").read_text("utf-8")
            # Without its address, as a saved page is: of some only the site's is known.
            group, url, optional = _domain(row["url"] or row["id"]), "", ()
        yield LabelledPage(
            row["id"],
            folder.name,
            row["language"],
            url,
            _number(group),
            page.decode("utf-8", "replace"),
            gold,
            optional,
        )


def _number(group: str) -> int:
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % 1000


def _domain(url: str) -> str:
    return ".".join((urlsplit(url).hostname or url).split(".")[-2:])


def _sample(
    page: LabelledPage, tree: HtmlElement, score: ModuleType, general: str
) -> Sample | None:
    page_blocks = blocks(body_of(tree))
    if not page_blocks:
        return None
    measures = BlockStats(page_blocks, TreeIndex(tree))
    candidates = measures.candidates()
    if not candidates:
        return None
    structures = Structures(measures)
    texts = [measures.texts[at] for at in candidates]
    truth = _truth(texts, page.gold, score)
    tokens = np.array([max(1, len(score.TOKEN.findall(text))) for text in texts])
    # Pages have about the same weight, as in the score; long articles a little more.
    weight = tokens / np.sum(tokens * np.maximum(truth >= 0.5, 0.02)) ** 0.75
    optional = {fold(line) for line in page.optional}
    for at, text in enumerate(texts):
        if truth[at] < 0.5 and optional and fold(text) in optional:
            weight[at] = 0
    return Sample(
        id=page.id,
        set=page.set,
        language=page.language,
        group=page.number,
        measures=measures,
        structures=structures,
        at=np.array(candidates),
        columns=features(measures, candidates, title_of(tree), lead_of(tree), structures),
        agreed=agreement(measures.folded(candidates), general),
        truth=truth,
        weight=weight * (_THEME_WEIGHT if page.set == "themes" else 1),
        gold=page.gold,
        general=general,
    )


def _variant(page: LabelledPage, sample: Sample, score: ModuleType) -> Sample | None:
    """The page with structures added to its article; None where it has too few paragraphs."""
    tree = parse_html(page.document)
    assert tree is not None
    kept = {int(at) for at, share in zip(sample.at, sample.truth, strict=True) if share >= 0.5}
    paragraphs = {
        block.element: None
        for at, block in enumerate(blocks(body_of(tree)))
        if at in kept and block.tag == "p"
    }
    added = augment(
        list(paragraphs), seed=int(hashlib.sha256(page.id.encode()).hexdigest()[:6], 16)
    )
    if not added:
        return None
    gold = "\n".join([page.gold, *added])
    variant = _sample(replace(page, gold=gold), tree, score, "")
    if variant is None:
        return None
    new = {fold(line) for line in added}
    factors = [_ADDED_WEIGHT if fold(text) in new else 1.0 for text in variant.texts]
    weight = variant.weight * np.array(factors) * _AUGMENTED_WEIGHT
    return replace(variant, id=f"{page.id}#", augmented=True, weight=weight)


def _truth(texts: Sequence[str], gold: str, score: ModuleType) -> NDArray[np.float64]:
    lines = {fold(line) for line in gold.splitlines()} - {""}
    shingles: Counter[Any] = score.shingles(gold)
    return np.array([_share(text, lines, shingles, score) for text in texts])


def _share(text: str, lines: set[str], shingles: Counter[Any], score: ModuleType) -> float:
    """The share of the block's four-grams in the gold text; a short block must equal a line of it, and
    a table's row most of its cells.
    """
    cells = [fold(cell) for cell in text.split(" | ")] if " | " in text else []
    if cells and sum(cell in lines for cell in cells) >= 0.6 * len(cells):
        return 1.0
    if len(score.TOKEN.findall(text)) < 5:
        return float(fold(text) in lines)
    own: Counter[Any] = score.shingles(text)
    return float(sum((own & shingles).values()) / sum(own.values()))


@dataclass(frozen=True)
class SavedPage:
    """`gold`: the article's text as extracted by hand; None without one."""

    language: str
    url: str
    document: str
    gold: str | None


def read(folder: Path, every: int) -> list[SavedPage]:
    """Every so many of all pages."""
    metas = [json.loads(line) for line in (folder / "meta.jsonl").read_text("utf-8").splitlines()]
    return [_saved(folder, meta) for meta in metas[::every]]


def _saved(folder: Path, meta: dict[str, Any]) -> SavedPage:
    page = gzip.decompress((folder / "pages" / f"{meta['id']}.html.gz").read_bytes())
    gold = folder / "gold" / f"{meta['id']}.txt"
    text = gold.read_text("utf-8") if gold.exists() else None
    return SavedPage(meta["language"], meta["url"], page.decode("utf-8", "replace"), text)
