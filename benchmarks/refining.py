"""Pages a second of the full refinement on one core, beside trafilatura and others in one run.

usage: python -m benchmarks.refining PAGES [--pages 160]

PAGES holds pages/<id>.html.gz, gold/<id>.txt, meta.jsonl and score.py. Extractors that are not
installed are left out (pip install readability-lxml resiliparse newspaper4k).
"""

import argparse
import gzip
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from benchmarks.samples import scorer
from items import Article, Page, Site
from pipelines.refine import refine

Extractor = Callable[[str, str], str]


def warraq(document: str, url: str) -> str:
    # Some of the set's addresses are only their site's: an article there is the front page.
    address = "" if urlsplit(url).path in ("", "/") else url
    page = Page(url, address, document.encode("utf-8", "replace"), "")
    refined = refine(page, Site("x", honour_noindex=False))
    return refined.text if isinstance(refined, Article) else ""


def with_metadata(document: str, url: str) -> str:
    import trafilatura

    found = trafilatura.bare_extraction(
        document, url=url, with_metadata=True, include_comments=False, favor_precision=True
    )
    return str(getattr(found, "text", None) or "")


def text_alone(document: str, url: str) -> str:
    import trafilatura

    options: dict[str, Any] = {"include_comments": False, "favor_precision": True}
    return trafilatura.extract(document, url=url, **options) or ""


def readability(document: str, url: str) -> str:
    from lxml import html
    from readability import Document  # type: ignore[import-not-found]

    return "".join(map(str, html.fromstring(Document(document).summary()).itertext()))


def resiliparse(document: str, url: str) -> str:
    from resiliparse.extract.html2text import (  # type: ignore[import-not-found]
        extract_plain_text,
    )

    return str(extract_plain_text(document, main_content=True))


def newspaper(document: str, url: str) -> str:
    import newspaper as library  # type: ignore[import-not-found]

    article = library.Article(url)
    article.download(input_html=document)
    article.parse()
    return str(article.text)


EXTRACTORS: dict[str, Extractor] = {
    "Warraq: text, metadata, cleaning": warraq,
    "trafilatura with metadata": with_metadata,
    "trafilatura, text alone": text_alone,
    "readability-lxml": readability,
    "resiliparse": resiliparse,
    "newspaper4k": newspaper,
}


def measure(name: str, extractor: Extractor, pages: list[Any], score: ModuleType) -> list[float]:
    """Milliseconds of CPU a page; prints the row."""
    times, matches = [], []
    for meta, document, gold in pages:
        start = time.process_time()
        try:
            text = extractor(document, meta["url"])
        except ImportError:
            raise
        except Exception:  # others' extractors raise what they like; an empty text is their score
            text = ""
        times.append(1000 * (time.process_time() - start))
        if gold is not None:
            matches.append(score.match(gold, text))
    mean, f1 = statistics.fmean(times), score.prf(matches)[2]
    print(
        f"{name:<34} {1000 / mean:7.1f} pages/s  median {statistics.median(times):6.1f} ms"
        f"  worst {max(times):7.0f} ms  F1 {f1:.4f}"
    )
    return times


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=160)
    options = parser.parse_args()
    score = scorer(options.folder)
    metas = [json.loads(x) for x in (options.folder / "meta.jsonl").read_text("utf-8").splitlines()]
    step = max(1, len(metas) // options.pages)
    pages = [read(options.folder, meta) for meta in metas[::step]]
    for meta, document, _ in pages[:5]:  # what is loaded once is not counted
        warraq(document, meta["url"])
        with_metadata(document, meta["url"])
    means: dict[str, float] = {}
    for name, extractor in EXTRACTORS.items():
        try:
            means[name] = statistics.fmean(measure(name, extractor, pages, score))
        except ImportError as error:
            print(f"{name:<34} not installed: {error.name}")
    ours, theirs = list(means.values())[:2]
    print(f"Warraq against trafilatura with metadata: {theirs / ours:.2f} times its speed")
    return 0


def read(folder: Path, meta: dict[str, Any]) -> tuple[dict[str, Any], str, str | None]:
    page = gzip.decompress((folder / "pages" / f"{meta['id']}.html.gz").read_bytes())
    gold = folder / "gold" / f"{meta['id']}.txt"
    return meta, page.decode("utf-8", "replace"), gold.read_text("utf-8") if gold.exists() else None


if __name__ == "__main__":
    sys.exit(main())
