"""Sites whose template is learned: speed beside trafilatura on the same pages, and agreement with
the full extraction.

usage: python -m benchmarks.templates PAGES [--sites 40]

PAGES holds pages/<id>.html.gz and meta.jsonl. Few of them are of one site; so each of them makes a
site of its own (see made_up_sites), and the demo's sites stand beside them.
"""

import argparse
import gc
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlite_utils import Database

from benchmarks.demo_pages import demo_pages
from benchmarks.extractors import Extractor, load_dates, warraq, with_metadata
from benchmarks.made_up_sites import NOW, Story, site, story
from benchmarks.saved_pages import read
from items import Article, Page, Rejected, Site, Template
from pipelines.keeping import Refined, keep
from pipelines.refine import refine
from pipelines.templates.known import differing, repeated
from storage import crawls
from storage.database import open_database
from storage.templates.reading import template_of

_LEARNING, _MEASURED = 32, 14  # pages of a site


@dataclass
class Figures:
    """Milliseconds of CPU a page; `outcomes` counts how the template fared."""

    ours: list[float] = field(default_factory=list)
    cut: list[float] = field(default_factory=list)
    full: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    theirs_cut: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)


def learn(db: Database, name: str, pages: Sequence[Page], now: str = NOW) -> Template:
    """As a crawl learns."""
    own = Site(name, honour_noindex=False)
    crawls.begin(db, own, now)
    for page in pages:
        outcome = refine(page, replace(own, template=template_of(db, name, now)))
        keep(db, Refined(page, outcome), found_by="feed", now=now)
    return template_of(db, name, now)


def measure(name: str, template: Template, pages: Sequence[Page], figures: Figures) -> None:
    plain = Site(name, honour_noindex=False)
    known = replace(plain, template=replace(template, learning=False))
    ours = _times(pages, lambda document, url: warraq(document, url, known))
    theirs = _times(pages, with_metadata)
    figures.ours += ours
    figures.theirs += theirs
    figures.full += _times(pages, lambda document, url: warraq(document, url, plain))
    for page, our, their in zip(pages, ours, theirs, strict=True):
        article, full = refine(page, known), refine(page, plain)
        places = article.places if isinstance(article, Article) else None
        figures.outcomes[places.outcome if places else "no article"] += 1
        if places and places.outcome == "fits" and isinstance(article, Article):
            figures.cut.append(our)
            figures.theirs_cut.append(their)
            kind = next(one for one in template.kinds if one.number == places.number)
            figures.outcomes[_compared(article, full, repeated(kind))] += 1


def _compared(article: Article, full: Article | Rejected, again: set[str]) -> str:
    if isinstance(full, Rejected):
        return "of those no article for the full extraction"
    other = differing(article, full, again)
    return f"of those another {other}" if other else "of those the same"


def _times(pages: Sequence[Page], extract: Extractor) -> list[float]:
    """One extractor after the other, each through all pages of a site, as a crawl goes; what the
    one before has left behind is nobody's time.
    """
    gc.collect()
    found = []
    for page in pages:
        document = page.body.decode("utf-8", "replace")
        start = time.process_time()
        with suppress(Exception):  # theirs raise what they like
            extract(document, page.url)
        found.append(1000 * (time.process_time() - start))
    return found


def made_up(stories: Sequence[Story], most: int) -> Iterator[tuple[str, list[Page]]]:
    step = max(1, len(stories) // most)
    for number, skeleton in enumerate(stories[::step][:most]):
        others = [s for s in stories if s.language == skeleton.language and s is not skeleton]
        if len(others) >= 8:
            pages = list(site(skeleton, others, _LEARNING + _MEASURED, number))
            if len(pages) == _LEARNING + _MEASURED:
                yield f"made-up-{number}", pages


def report(title: str, sites: Iterator[tuple[str, list[Page]]], folder: Path) -> None:
    figures, learned, seen = Figures(), 0, 0
    with open_database(folder) as db:
        for name, pages in sites:
            seen += 1
            template = learn(db, name, pages[:_LEARNING])
            gc.freeze()
            if any(not kind.trial for kind in template.kinds):
                learned += 1
                measure(name, template, pages[_LEARNING:], figures)
    print(f"{title}: {learned} of {seen} sites have a template after {_LEARNING} articles")
    if not figures.ours:
        return
    rows = [
        ("trafilatura, with metadata", figures.theirs, figures.theirs),
        ("Warraq without a template", figures.full, figures.theirs),
        ("Warraq with a learned template, all pages", figures.ours, figures.theirs),
        ("of these, pages cut by the template alone", figures.cut, figures.theirs_cut),
    ]
    for label, times, theirs in rows:
        if times:
            mean, yardstick = statistics.fmean(times), statistics.fmean(theirs)
            print(
                f"  {label:<42} {1000 / mean:6.1f} pages/s  {yardstick / mean:5.2f}x"
                f"  median {statistics.median(times):5.1f} ms"
                f" ({statistics.median(theirs) / statistics.median(times):.2f}x)"
                f"  worst {max(times):6.0f} ms"
            )
    print("  " + ", ".join(f"{outcome}: {n}" for outcome, n in figures.outcomes.most_common()))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sites", type=int, default=40)
    options = parser.parse_args()
    if not (options.folder / "meta.jsonl").exists():
        print(f"No pages to measure on: {options.folder} has no meta.jsonl. {__doc__}")
        return 1
    load_dates()
    samples = read(options.folder, 1)
    stories = [s for one in samples if (s := story(one.language, one.url, one.document))]
    with tempfile.TemporaryDirectory() as folder:
        report("Sites made of real pages", made_up(stories, options.sites), Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        report("The demo's sites", demo_pages(_LEARNING + _MEASURED), Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
