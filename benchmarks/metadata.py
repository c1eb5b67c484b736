"""Titles, authors and publication days that are found, beside other extractors, by a set's own scorer.

usage: python -m benchmarks.metadata SET… [--every 1] [--into docs/benchmarks.md]

SET holds pages/<id>.html.gz, meta.jsonl with what is true of them, and score_metadata.py, whose `judge` and
`names` compare. Pages without an address are left out. The table is Markdown; --into writes it between
`<!-- fields -->` and `<!-- /fields -->` in a file. What is not installed is named in the table.
"""

import argparse
import gzip
import importlib.util
import json
import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.extraction import load_dates, write_between
from cli.progress import progress
from items import Article, Page
from pipelines.refine import refine
from pipelines.site_lookup import site_from_host
from text.charset import decode

# What an extractor says of a page: `title`, `author`, `published`; the author is a text, or several.
Fields = Mapping[str, Any]
Finder = Callable[[bytes, str], Fields]


def warraq(body: bytes, url: str) -> Fields:
    site = replace(site_from_host(url), honour_noindex=False)
    article = refine(Page(url, url, body, ""), site)
    if not isinstance(article, Article):
        return {}
    return {"title": article.title, "author": article.author, "published": article.published}


def trafilatura_fields(body: bytes, url: str) -> Fields:
    from trafilatura.metadata import extract_metadata

    found = extract_metadata(decode(body, None), default_url=url)
    return {"title": found.title, "author": found.author, "published": found.date} if found else {}


def htmldate_fields(body: bytes, url: str) -> Fields:
    from htmldate import find_date

    return {"published": find_date(decode(body, None), url=url, original_date=True)}


def newspaper_fields(body: bytes, url: str) -> Fields:
    import newspaper as library

    article = library.Article(url, fetch_images=False)
    article.download(input_html=decode(body, None))
    article.parse()
    published = article.publish_date.isoformat() if article.publish_date else None
    return {"title": article.title, "author": list(article.authors), "published": published}


def extruct_fields(body: bytes, url: str) -> Fields:
    """Extruct reads the markup of a page, and chooses nothing: here the first article is taken, then what
    Open Graph has.
    """
    import extruct

    syntaxes = ["json-ld", "microdata", "opengraph"]
    found = extruct.extract(
        decode(body, None), base_url=url, syntaxes=syntaxes, uniform=True, errors="ignore"
    )
    nodes = [node for name in syntaxes[:2] for item in found.get(name, ()) for node in _nodes(item)]
    article = next((node for node in nodes if _is_article(node)), {})
    graph: dict[str, Any] = next(iter(found.get("opengraph", ())), {})
    return {
        "title": _text(article.get("headline")) or _text(graph.get("og:title")),
        "author": _authors(article.get("author")) or _authors(graph.get("article:author")),
        "published": _text(article.get("datePublished"))
        or _text(graph.get("article:published_time")),
    }


def _nodes(item: Any) -> Iterator[dict[str, Any]]:
    for node in item if isinstance(item, list) else [item]:
        if isinstance(node, dict):
            yield node
            yield from _nodes(node.get("@graph", []))


def _is_article(node: Mapping[str, Any]) -> bool:
    return "Article" in str(node.get("@type")) or "Posting" in str(node.get("@type"))


def _authors(value: Any) -> list[str]:
    names = value if isinstance(value, list) else [value]
    texts = (_text(name.get("name")) if isinstance(name, dict) else _text(name) for name in names)
    return [text for text in texts if text]


def _text(value: Any) -> str:
    value = next(iter(value), "") if isinstance(value, list) else value
    return value if isinstance(value, str) else ""


ALL_FIELDS = ("title", "author", "published")
FINDERS: tuple[tuple[str, Finder, Sequence[str]], ...] = (
    ("**Warraq**", warraq, ALL_FIELDS),
    ("trafilatura, `extract_metadata`", trafilatura_fields, ALL_FIELDS),
    ("htmldate", htmldate_fields, ("published",)),
    ("newspaper4k", newspaper_fields, ALL_FIELDS),
    ("extruct, its first article, else Open Graph", extruct_fields, ALL_FIELDS),
)

_HEAD = (
    *("extractor", "title", "authors", "names recall", "names precision"),
    *("day right", "day wrong", "no day"),
)


@dataclass(frozen=True)
class LabelledFields:
    """A page of a set, `gold` what is true of it, and the set's scorer."""

    body: bytes
    gold: dict[str, Any]
    score: ModuleType


@dataclass
class FinderScore:
    """`verdicts` counts by field (`title`, `authors`, `day`) and the scorer's word; `names` those of
    `gold`, those `found`, and those in `both`. `failed`: pages on which the extractor raised.
    """

    name: str
    find: Finder
    fields: Sequence[str]
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    missing: str = ""

    def add(self, page: LabelledFields) -> None:
        try:
            found = self.find(page.body, page.gold["url"])
        except ModuleNotFoundError as error:
            self.missing = f"not installed: {error.name}"
            return
        except Exception as error:  # the extractors raise anything; they score as nothing found
            logging.getLogger(__name__).debug("%s: %s", self.name, error)
            self.failed, found = self.failed + 1, {}
        self.verdicts.update(page.score.judge(page.gold, found).items())
        if page.gold.get("authors"):
            gold, own = (
                page.score.names(page.gold["authors"]),
                page.score.names(found.get("author")),
            )
            self.names.update(both=len(gold & own), gold=len(gold), found=len(own))

    def share(self, name: str, verdict: str) -> float:
        total = sum(count for (of, _), count in self.verdicts.items() if of == name)
        return self.verdicts[name, verdict] / total if total else float("nan")


def scorer(folder: Path) -> ModuleType:
    """Raises FileNotFoundError."""
    file = folder / "score_metadata.py"
    spec = importlib.util.spec_from_file_location("score_metadata", file)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def labelled(folders: Sequence[Path], every: int) -> list[tuple[Path, dict[str, Any], ModuleType]]:
    """Each page's file, what is true of it, and its set's scorer. Raises FileNotFoundError."""
    pages = []
    for folder in folders:
        score = scorer(folder)
        rows = map(json.loads, (folder / "meta.jsonl").read_text("utf-8").splitlines())
        known = [row for row in rows if row.get("url") and score.judge(row, {})]
        pages += [(folder / "pages" / f"{row['id']}.html.gz", row, score) for row in known[::every]]
    return pages


def measure(
    scores: Sequence[FinderScore], pages: Sequence[tuple[Path, dict[str, Any], ModuleType]]
) -> None:
    load_dates()
    with progress("measuring", len(pages)) as advance:
        for number, (path, gold, score) in enumerate(pages, 1):
            page = LabelledFields(gzip.decompress(path.read_bytes()), gold, score)
            for row in scores:
                if not row.missing:
                    row.add(page)
            advance(number, f"{number} of {len(pages)} pages")


def table(scores: Sequence[FinderScore]) -> str:
    lines = [_HEAD, ("---", *["--:"] * (len(_HEAD) - 1)), *map(_cells, scores)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cells(row: FinderScore) -> tuple[str, ...]:
    if row.missing:
        return (row.name, row.missing, *[""] * (len(_HEAD) - 2))
    both, gold, found = (row.names[name] for name in ("both", "gold", "found"))
    values = {
        "title": [f"{row.share('title', 'right'):.3f}"],
        "author": [
            f"{row.share('authors', 'right'):.3f}",
            f"{both / max(1, gold):.3f}",
            f"{both / max(1, found):.3f}",
        ],
        "published": [f"{row.share('day', word):.3f}" for word in ("right", "wrong", "none")],
    }
    shown = (cells if name in row.fields else [""] * len(cells) for name, cells in values.items())
    return (row.name, *(cell for cells in shown for cell in cells))


def caption(scores: Sequence[FinderScore], pages: int) -> str:
    """The sentences below the table."""
    fields = [sum(n for (of, _), n in scores[0].verdicts.items() if of == name) for name in _GOLD]
    failed = "".join(f" {row.name} failed on {row.failed}." for row in scores if row.failed)
    return (
        f"\n{pages} pages with their addresses: {fields[0]} titles, {fields[1]} lists of authors, "
        f"{fields[2]} days. `title` and `authors`: the same, the authors as a set; a day is right where the "
        f"instant falls on it in some zone. A page that is taken for no article has no field.{failed}\n"
    )


_GOLD = ("title", "authors", "day")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+", metavar="SET")
    parser.add_argument("--every", type=int, default=1, help="take every nth page")
    parser.add_argument("--into", type=Path, help="write the table into this file")
    options = parser.parse_args()
    logging.disable(logging.ERROR)  # the others log an error for many pages
    try:
        pages = labelled(options.folders, options.every)
    except FileNotFoundError as error:
        print(f"No set of pages with fields: {error.filename or error} is missing. {__doc__}")
        return 1
    scores = [FinderScore(name, find, fields) for name, find, fields in FINDERS]
    measure(scores, pages)
    text = table(scores) + caption(scores, len(pages))
    print(text)
    if options.into:
        write_between(options.into, "fields", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
