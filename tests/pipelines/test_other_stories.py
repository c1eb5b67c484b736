"""An article ends where another story begins; sections of one article, and what readers are shown of
another, are told apart by their markup.
"""

import numpy as np
import pytest

from pipelines.extraction.block_stats import BlockStats
from pipelines.extraction.blocks import blocks
from pipelines.extraction.features import headline
from pipelines.extraction.other_stories import other_stories
from pipelines.extraction.parse_html import body_of, parse_html
from pipelines.extraction.structure_features import Structures
from pipelines.extraction.tree_index import index_tree

TITLES = {
    "en": ("The council votes to rebuild the old sea wall", "A ferry line returns to profit"),
    "ar": (
        "المجلس البلدي يصوت على إعادة بناء السور القديم",
        "شركة العبارات تعود إلى الربح هذا العام",
    ),
}
TEXTS = {
    "en": "The members of the council met on Monday evening in the old customs house by the harbour.",
    "ar": "اجتمع أعضاء المجلس مساء يوم الاثنين في مبنى الجمارك القديم قرب الميناء بحضور عدد من الأهالي.",
}


def text(language: str, count: int) -> str:
    return "".join(f"<p>{number} {TEXTS[language]}</p>" for number in range(count))


def story(
    language: str, which: int, paragraphs: int, *, tag: str = "article", below: str = ""
) -> str:
    headline = f"<h1>{TITLES[language][which]}</h1>{below}"
    return f"<{tag}>{headline}<div class='text'>{text(language, paragraphs)}</div></{tag}>"


def flagged(language: str, body: str) -> list[str]:
    """The texts of headings and paragraphs that belong to another story."""
    title = TITLES[language][0]
    tree = parse_html(f"<html><head><title>{title}</title></head><body>{body}</body></html>")
    assert tree is not None
    stats = BlockStats(blocks(body_of(tree)), index_tree(tree))
    structures = Structures(stats)
    kept = np.array([block.tag == "p" for block in stats.blocks])
    flags = other_stories(
        stats, structures.headings, structures.articles, headline(stats, title), kept
    )
    return [block.text for block, flag in zip(stats.blocks, flags, strict=True) if flag]


@pytest.mark.parametrize("language", TITLES)
@pytest.mark.parametrize("order", ["behind", "before"])
@pytest.mark.parametrize(
    "other",
    [
        {"tag": "article"},
        {"tag": "div", "below": "<div class='meta'>10/03/2026 09:15</div>"},
        {"tag": "section", "below": "<time>2026-03-10</time>"},
    ],
    ids=["article", "div with a date", "section with a time"],
)
def test_another_story_is_told_by_its_own_element_or_date(
    language: str, order: str, other: dict[str, str]
) -> None:
    own, next_one = story(language, 0, 6), story(language, 1, 3, **other)
    page = own + next_one if order == "behind" else next_one + own
    found = flagged(language, page)
    assert found[0] == TITLES[language][1]
    assert sum(TEXTS[language] in line for line in found) == 3


@pytest.mark.parametrize("language", TITLES)
@pytest.mark.parametrize(
    "section",
    [
        "<h1>{other}</h1>{text}",
        "<section><h1>{other}</h1>{text}</section>",
        "<div class='block'><h2>{other}</h2><p>10/03/2026</p>{text}</div>",
    ],
    ids=["same element", "section", "dated entry"],
)
def test_a_section_of_the_text_is_none(language: str, section: str) -> None:
    inner = section.format(other=TITLES[language][1], text=text(language, 3))
    own = f"<h1>{TITLES[language][0]}</h1><div class='text'>{text(language, 5)}{inner}</div>"
    assert flagged(language, f"<article>{own}</article>") == []


@pytest.mark.parametrize("language", TITLES)
def test_the_longer_of_two_texts_is_never_cut_for_its_headline(language: str) -> None:
    assert flagged(language, story(language, 0, 2) + story(language, 1, 9)) == []


@pytest.mark.parametrize("language", TITLES)
def test_a_teaser_has_no_text_of_its_own(language: str) -> None:
    assert flagged(language, story(language, 0, 6) + story(language, 1, 1)) == []
