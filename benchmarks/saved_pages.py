"""The pages of a set with gold texts: pages/<id>.html.gz, gold/<id>.txt, meta.jsonl."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class SavedPage:
    """`gold` is the article's text where somebody has read the page."""

    language: str
    url: str
    document: str
    gold: str | None


def read(folder: Path, every: int) -> list[SavedPage]:
    metas = [json.loads(x) for x in (folder / "meta.jsonl").read_text("utf-8").splitlines()]
    return [_sample(folder, meta) for meta in metas[::every]]


def _sample(folder: Path, meta: dict[str, Any]) -> SavedPage:
    page = gzip.decompress((folder / "pages" / f"{meta['id']}.html.gz").read_bytes())
    gold = folder / "gold" / f"{meta['id']}.txt"
    text = gold.read_text("utf-8") if gold.exists() else None
    return SavedPage(meta["language"], meta["url"], page.decode("utf-8", "replace"), text)
