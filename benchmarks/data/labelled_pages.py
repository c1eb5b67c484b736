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
from pipelines.extraction.block_stats import BlockStats, Columns
from pipelines.extraction.blocks import blocks
from pipelines.extraction.features import features
from pipelines.extraction.general_text import agreement, general_text
from pipelines.extraction.parse_html import body_of, lead_of, parse_html, title_of
from pipelines.extraction.structure_features import Structures
from pipelines.extraction.tree_index import Numbers, TreeIndex
from pipelines.metadata.embedded_text import declared_text
from text.characters import without_control_characters
from text.charset import decode
from text.folding import fold

# A theme's pages are alike: all of them weigh as much as this share of as many pages of real sites.
_THEME_WEIGHT = 0.15
# What was added to a page is short, and what it is there for; the rest of it is known already.
_ADDED_WEIGHT, _AUGMENTED_WEIGHT = 4.0, 0.3
_SNIPPETS_WEIGHT = 0.3
_MIN_PARAGRAPH_CHARS = 60
FOLDS = 5


@dataclass
class Sample:
    """The candidate blocks of a page: their features, the share of their text in the gold text, their
    weights, and trafilatura's text of the page. `set` is the folder's name; `group` a number by domain
    or theme; an `augmented` page is for training alone, as is one of which only snippets are known.
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


@dataclass(frozen=True)
class Snippets:
    """Pieces of text that a page's article has, and pieces that it has not."""

    inside: tuple[str, ...]
    outside: tuple[str, ...]


def load(folder: Path, score: ModuleType, *, augmented: bool = False) -> list[Sample]:
    """The pages with gold text: of `meta.jsonl` and `gold/`, or of `truth.jsonl`, which knows each piece.
    With `augmented`, a variant of each page as well.
    """
    samples: list[Sample] = []
    # Paragraphs of the last page of a language, from a site that is never scored when it is trained on.
    others: dict[tuple[str, int], list[str]] = {}
    for page in labelled_pages(folder):
        tree = parse_html(page.document)
        sample = (
            None
            if tree is None
            else _sample(page, tree, score, _general_text(page), declared_text(tree))
        )
        if tree is None or sample is None:
            continue
        samples.append(sample)
        if augmented and page.set != "themes":
            other = others.get((page.language, page.number % FOLDS), [])
            if variant := _variant(page, sample, score, other):
                samples.append(variant)
            others[page.language, page.number % FOLDS] = _paragraphs(page.gold)
    if augmented:
        samples += _of_snippets(folder, score)
    return samples


def _general_text(page: LabelledPage) -> str:
    return general_text(without_control_characters(page.document))


def _of_snippets(folder: Path, score: ModuleType) -> Iterator[Sample]:
    """The pages of which only snippets are known: their blocks without any weigh nothing."""
    for row in _rows(folder):
        if row.get("has_gold", True) or not row.get("has_snippets"):
            continue
        page = _page(folder, row, gold="\n".join(_snippets(folder, row).inside))
        tree = parse_html(page.document)
        sample = None if tree is None else _sample(page, tree, score, "")
        if tree is not None and sample is not None:
            truth, known = _known(sample.texts, _snippets(folder, row))
            tokens = np.array([max(1, len(score.TOKEN.findall(text))) for text in sample.texts])
            weight = known * tokens / max(1.0, float((known * tokens).sum())) ** 0.75
            yield replace(sample, truth=truth, weight=weight * _SNIPPETS_WEIGHT, augmented=True)


def _snippets(folder: Path, row: dict[str, Any]) -> Snippets:
    found = json.loads((folder / "snippets" / f"{row['id']}.json").read_text("utf-8"))
    return Snippets(tuple(found["with"]), tuple(found["without"]))


def _known(
    texts: Sequence[str], snippets: Snippets
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each block whether it is the article's (1, 0), and whether that is known."""
    inside, outside = (
        [fold(text) for text in part] for part in (snippets.inside, snippets.outside)
    )
    folded = [fold(text) for text in texts]
    has = np.array(
        [any(piece in text for piece in inside if piece) for text in folded], dtype=float
    )
    lacks = np.array([any(_is_about(piece, text) for piece in outside) for text in folded])
    return has, np.where(has > 0, 1.0, lacks.astype(float))


def _is_about(piece: str, text: str) -> bool:
    """Whether the piece is most of the text, so that all of it is none of the article's."""
    return bool(piece) and piece in text and 2 * len(piece) >= len(text)


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    truth, meta = folder / "truth.jsonl", folder / "meta.jsonl"
    yield from map(json.loads, (truth if truth.exists() else meta).read_text("utf-8").splitlines())


def labelled_pages(folder: Path) -> Iterator[LabelledPage]:
    for row in _rows(folder):
        if not row.get("has_gold", True):
            continue
        if "must" in row:
            gold = "\n".join(piece for _, piece in row["must"])
        else:
            gold = (folder / "gold" / f"{row['id']}.txt").read_text("utf-8")
        yield _page(folder, row, gold)


def _page(folder: Path, row: dict[str, Any], gold: str) -> LabelledPage:
    page = gzip.decompress((folder / "pages" / f"{row['id']}.html.gz").read_bytes())
    is_theme = "theme" in row
    return LabelledPage(
        row["id"],
        folder.name,
        row["language"],
        # Without its address, as a saved page is: of some only the site's is known.
        row["url"] if is_theme else "",
        _number(row["theme"] if is_theme else _domain(row["url"] or row["id"])),
        decode(page, None),
        gold,
        tuple(row["optional"]) if is_theme else (),
    )


def _number(group: str) -> int:
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % 1000


def _domain(url: str) -> str:
    return ".".join((urlsplit(url).hostname or url).split(".")[-2:])


def _sample(
    page: LabelledPage, tree: HtmlElement, score: ModuleType, general: str, declared: str = ""
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
        columns=features(measures, candidates, title_of(tree), lead_of(tree), structures, declared),
        agreed=agreement(measures.folded(candidates), general),
        truth=truth,
        weight=weight * (_THEME_WEIGHT if page.set == "themes" else 1),
        gold=page.gold,
        general=general,
    )


def _paragraphs(gold: str) -> list[str]:
    return [line for line in gold.splitlines() if len(line) >= _MIN_PARAGRAPH_CHARS]


def _variant(
    page: LabelledPage, sample: Sample, score: ModuleType, other: Sequence[str]
) -> Sample | None:
    """The page with structures added to its article, and another story beside it; None where it has too
    few paragraphs.
    """
    tree = parse_html(page.document)
    assert tree is not None
    kept = {int(at) for at, share in zip(sample.at, sample.truth, strict=True) if share >= 0.5}
    paragraphs = {
        block.element: None
        for at, block in enumerate(blocks(body_of(tree)))
        if at in kept and block.tag == "p"
    }
    seed = int(hashlib.sha256(page.id.encode()).hexdigest()[:6], 16)
    added = augment(list(paragraphs), seed, other=other)
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
