"""The five seed articles, if present: what cleaning must make of each line."""

import json
from typing import Any

import pytest
from shared import SHARED, needs

from pipelines.refine_text import refine_text

SEEDS = SHARED / "seeds"
pytestmark = needs("seeds")


def expected() -> dict[str, dict[str, Any]]:
    if not SEEDS.exists():
        return {}
    seeds = json.loads((SEEDS / "expected.json").read_text("utf-8"))
    return {name: seed for name, seed in seeds.items() if not name.startswith("_")}


@pytest.mark.parametrize("name", expected() or ["absent"])
def test_a_seed_comes_out_paragraph_for_paragraph(name: str) -> None:
    seed = expected()[name]
    text = (SEEDS / f"{name}.txt").read_text("utf-8")
    lines = ["", *text.split("\n")]
    article = refine_text(text, id=name.partition("_")[2])

    def line(key: str) -> str | None:
        return lines[seed[key]].strip() if seed.get(key) else None

    assert list(article.paragraphs) == [lines[number].strip() for number in seed["body"]]
    assert article.title == line("title")
    assert article.section == line("section")
    assert article.source == line("source")
    assert article.agency == line("agency")
    assert article.published == seed.get("published")
    removed = {(line.text, line.reason) for line in article.removed}
    for number, reason in seed["removed"].items():
        assert reason == "blank" or (lines[int(number)].strip(), reason) in removed
