"""Speed on one core and F1 of the full refinement, beside other extractors in the same run.

usage: python -m benchmarks.extraction PAGES [--every 1] [--into docs/benchmarks.md]

PAGES holds pages/<id>.html.gz, gold/<id>.txt, meta.jsonl and score.py. The table is Markdown;
--into writes it between `<!-- refining -->` and `<!-- /refining -->` in a file.
"""

import argparse
import gc
import logging
import math
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from benchmarks.data.labelled_pages import SavedPage, read, scorer
from items import Article, Page, Site
from pipelines.extraction.block_classifier import expected
from pipelines.refine import refine
from pipelines.workers.worker_tasks import COLLECTOR_THRESHOLDS
from storage.duplicates.shingles import sketch, tokenise
from text.folding import fold, text_hash

Extractor = Callable[[str, str], str]

REFERENCE = "trafilatura, `bare_extraction(with_metadata=True)`"


def warraq(document: str, url: str, site: Site | None = None) -> str:
    # Some addresses of the set are only their site's, where an article would be the front page.
    address = "" if urlsplit(url).path in ("", "/") else url
    page = Page(url, address, document.encode("utf-8", "replace"), "")
    refined = refine(page, site or Site("x", honour_noindex=False))
    if not isinstance(refined, Article):
        return ""
    text_hash(refined.text)
    sketch(tokenise(fold(refined.text)).shingles)
    return refined.text


def with_metadata(document: str, url: str) -> str:
    import trafilatura

    result = trafilatura.bare_extraction(document, url=url, with_metadata=True)
    return str(getattr(result, "text", None) or "")


def load_dates() -> None:
    """Make dateparser, which trafilatura uses for some dates, compile the rules of its 200 locales,
    which takes seconds once per process.
    """
    from htmldate.extractors import external_date_parser

    external_date_parser("no date in 2 of 7 words", "%Y-%m-%d")


def trafilatura_with(**options: Any) -> Extractor:
    def extract(document: str, url: str) -> str:
        import trafilatura

        return trafilatura.extract(document, url=url, **options) or ""

    return extract


def readability(document: str, url: str) -> str:
    from lxml import html
    from readability import Document

    return "".join(map(str, html.fromstring(Document(document).summary()).itertext()))


def resiliparse(document: str, url: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    return str(extract_plain_text(document, main_content=True))


def newspaper(document: str, url: str) -> str:
    import newspaper as library

    article = library.Article(url, fetch_images=False)
    article.download(input_html=document)
    article.parse()
    return str(article.text)


def news_please(document: str, url: str) -> str:
    from newsplease import NewsPlease

    article = NewsPlease.from_html(document, url=url, fetch_images=False)
    return str(getattr(article, "maintext", None) or "")


EXTRACTORS: tuple[tuple[str, Extractor], ...] = (
    ("**Warraq**: text, metadata, cleaning, language, fingerprint", warraq),
    (REFERENCE, with_metadata),
    ("trafilatura, text alone", trafilatura_with()),
    (
        "trafilatura, text alone, favor_precision, no comments",
        trafilatura_with(favor_precision=True, include_comments=False),
    ),
    (
        "trafilatura, text alone, fast, no comments",
        trafilatura_with(fast=True, include_comments=False),
    ),
    ("readability-lxml", readability),
    ("resiliparse", resiliparse),
    ("newspaper4k", newspaper),
    ("news-please's extractor", news_please),
)

_WARM_UP_PAGES = 16  # what an extractor loads on first use is not measured
_PAGES_IN_TURN = 20
_HEAD = ["extractor", "pages/s", "ratio", "median ms", "worst ms", "F1", "Arabic", "Persian"]


@dataclass
class Row:
    """`times`: milliseconds of CPU per page; `matches`: pairs of language and score."""

    name: str
    extract: Extractor
    times: list[float] = field(default_factory=list)
    matches: list[tuple[str, Any]] = field(default_factory=list)
    missing: str = ""

    def f1(self, score: ModuleType, language: str | None = None) -> float:
        selected = [match for name, match in self.matches if language in (None, name)]
        return float(score.prf(selected)[2]) if selected else float("nan")


def measure(rows: Sequence[Row], samples: Sequence[SavedPage], score: ModuleType) -> None:
    """Alternate between the extractors every few pages, so that other load affects all of them."""
    for row in rows:
        row.missing = missing(row, samples[0])
    installed = [row for row in rows if not row.missing]
    load_dates()
    for sample in samples[:: max(1, len(samples) // _WARM_UP_PAGES)]:
        for row in installed:
            run(row, sample)
    gc.collect()
    gc.freeze()  # the collector does not scan what all of them have loaded
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    for start in range(0, len(samples), _PAGES_IN_TURN):
        for row in installed:
            for sample in samples[start : start + _PAGES_IN_TURN]:
                add(row, sample, score)


def add(row: Row, sample: SavedPage, score: ModuleType) -> None:
    gc.collect()  # garbage of the previous extractor is not measured
    milliseconds, text = run(row, sample)
    row.times.append(milliseconds)
    if sample.gold is not None:
        row.matches.append((sample.language, score.match(sample.gold, text)))


def missing(row: Row, sample: SavedPage) -> str:
    try:
        row.extract(sample.document, sample.url)
    except ModuleNotFoundError as error:
        return f"not installed: {error.name}"
    except Exception as error:
        logging.getLogger(__name__).debug("%s: %s", row.name, error)
    return ""


def run(row: Row, sample: SavedPage) -> tuple[float, str]:
    text, start = "", time.process_time()
    try:
        text = row.extract(sample.document, sample.url)
    except Exception as error:  # the extractors raise anything; they score as no text
        logging.getLogger(__name__).debug("%s: %s", row.name, error)
    return 1000 * (time.process_time() - start), text


def table(rows: Sequence[Row], score: ModuleType) -> str:
    reference = next((row for row in rows if row.name == REFERENCE), rows[0])
    lines = [_HEAD, ["---", *["--:"] * (len(_HEAD) - 1)]]
    lines += [_cells(row, reference, score) for row in rows]
    return "".join(map(_line, lines))


def _cells(row: Row, reference: Row, score: ModuleType) -> list[str]:
    if row.missing or not row.times:
        return [row.name, row.missing, *[""] * (len(_HEAD) - 2)]
    mean = statistics.fmean(row.times)
    # What Warraq's forests make of pages that they have learned from says nothing.
    known = expected() if row.extract is warraq else {}
    scores = [
        known.get(language or "all", row.f1(score, language)) for language in (None, "ar", "fa")
    ]
    return [
        row.name,
        f"{1000 / mean:.1f}",
        f"{statistics.fmean(reference.times) / mean:.2f}",
        f"{statistics.median(row.times):.0f}",
        f"{max(row.times):.0f}",
        *("" if math.isnan(f1) else f"{f1:.3f}" for f1 in scores),
    ]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"


def caption(samples: Sequence[SavedPage], shipped: float) -> str:
    """The sentences below the table. `shipped`: the F1 of the shipped forests on these pages."""
    gold = sum(sample.gold is not None for sample in samples)
    return (
        f"\n{len(samples)} pages, {gold} of them with gold text; one core, one run; `ratio` is of "
        f"speeds. Python's garbage collector runs as seldom as in Warraq's workers, for all rows. "
        f"Warraq's F1 is that of sites it has not seen: cross-validated, each page by forests that were "
        f"trained without its domain. The shipped ones, which learned from these pages too, have "
        f"{shipped:.3f} here.\n"
    )


def write_between(file: Path, name: str, text: str) -> None:
    """Replace what stands between `<!-- name -->` and `<!-- /name -->`. Ends the process where they are
    missing.
    """
    between = re.compile(f"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)
    content, count = between.subn(lambda _: f"\n{text}\n", file.read_text("utf-8"))
    if not count:
        sys.exit(f"{file} has no lines `<!-- {name} -->` and `<!-- /{name} -->`")
    file.write_text(content, "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every nth page")
    parser.add_argument("--into", type=Path, help="write the table into this file")
    options = parser.parse_args()
    if not (options.folder / "meta.jsonl").exists():
        print(f"No pages: {options.folder} has no meta.jsonl. {__doc__}")
        return 1
    logging.disable(logging.ERROR)  # the others log an error for many pages
    rows = [Row(name, extract) for name, extract in EXTRACTORS]
    score, samples = scorer(options.folder), read(options.folder, options.every)
    measure(rows, samples, score)
    shipped = next(row.f1(score) for row in rows if row.extract is warraq)
    text = table(rows, score) + caption(samples, shipped)
    print(text)
    if options.into:
        write_between(options.into, "refining", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
