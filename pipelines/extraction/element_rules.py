"""Elements that are never an article's text, whatever they hold: boxes of known themes and
plugins, captions of pictures, and what a site's file prunes.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from itertools import compress
from typing import TypeAlias

from lxml.html import HtmlElement

from pipelines.extraction.blocks import Block, hides
from pipelines.extraction.tree_index import Names, TreeIndex, index_tree

_TAGS = {
    "figcaption": "caption",
    "nav": "navigation",
    "fieldset": "comment_form",
    "dialog": "layout",
}
_CONSENT_PARTS = ("cookie", "consent", "gdpr", "ccpa")
# Their names ("single-post", "article-page") say what the page is.
_NAMED_FOR_THE_PAGE = frozenset(("html", "body", "main", "article"))
_ROLES = frozenset(("dialog", "alertdialog", "navigation", "search", "contentinfo"))
# Words of the names that makers of notices give to them: `site-cookie-bar`, `gdpr_popup`.
_CONSENT = re.compile(r"(?:^|[\s_-])(?:cookies?|consent|gdpr|ccpa)(?:$|[\s_-])")
# An element that holds this share of a page's text stays: its theme uses the name for something
# else.
_MAX_TEXT_SHARE = 0.5
# What a site's file or its family prunes is a mistake when it takes this share of what would be kept:
# a header that the page has left open holds the article.
_MAX_PRUNED_SHARE = 0.8
# What is not shown is none of the text, unless there is as much of it: answers and slides that a click
# unfolds (in 6 of 840 labelled pages a quarter of the text or more, in 10 a line that is none of it).
_MAX_HIDDEN_SHARE = 0.2
_MAX_CLASS_NAMES, _MAX_CACHED_CHARS = 40, 2000

Match: TypeAlias = tuple[int, str]  # an element's number and the reason


@lru_cache(maxsize=1)
def _reasons_by_name() -> dict[str, str]:
    text = resources.files("pipelines.rules").joinpath("elements.toml").read_text("utf-8")
    return {name: reason for reason, names in tomllib.loads(text).items() for name in names}


def element_reasons(
    blocks: Sequence[Block],
    root: HtmlElement,
    prune: Sequence[str] = (),
    kept: Sequence[bool] | None = None,
) -> list[str | None]:
    """For each block the reason why it cannot be the article's text, or None. `prune` is XPaths; `kept`
    tells which blocks would else be kept (None: all).
    """
    index = index_tree(root.getroottree().getroot())
    pruned = {index.at[element] for xpath in prune for element in _select(root, xpath)}
    matches = _outermost_matches(index, [index.at[b.element] for b in blocks], pruned)
    return _without_mistakes(blocks, matches, pruned, kept or [True] * len(blocks))


def _select(root: HtmlElement, xpath: str) -> list[HtmlElement]:
    nodes = root.xpath(xpath)
    return (
        [node for node in nodes if isinstance(node, HtmlElement)] if isinstance(nodes, list) else []
    )


def _outermost_matches(
    index: TreeIndex, numbers: Sequence[int], pruned: set[int]
) -> list[Match | None]:
    """For each of `numbers` the outermost element around it that a rule matches, with its reason."""
    reasons, ends = _reasons_by_number(index) | dict.fromkeys(pruned, "pruned"), index.end_list
    outermost: list[Match | None] = [None] * len(index.elements)
    behind = 0
    for at in sorted(reasons):
        if at >= behind:
            behind = ends[at]
            outermost[at:behind] = [(at, reasons[at])] * (behind - at)
    return [outermost[number] for number in numbers]


def _reasons_by_number(index: TreeIndex) -> dict[int, str]:
    """The page's elements that a rule matches: by their tag, else by their marks, else by their names."""
    reasons = {number: _TAGS[tag] for tag in _TAGS for number in index.by_tag.get(tag, ())}
    for number, marks in index.marked.items():
        if number not in reasons and (reason := _reason_of_marks(marks)):
            reasons[number] = reason
    by_place = _reasons_by_place(index.distinct_names)
    for number in [number for number, place in enumerate(index.places) if place in by_place]:
        if number not in reasons and index.tags[number] not in _NAMED_FOR_THE_PAGE:
            reasons[number] = by_place[index.places[number]]
    return reasons


def _reasons_by_place(distinct: Sequence[Names]) -> dict[int, str]:
    """The reasons of pairs of class and id, by their place among the page's. Only those are judged that
    have a rule's word or part in them: few of a page's 200, of which most were never seen before.
    """
    pairs = [f"{names} {identity}".lower() for names, identity in distinct]
    text = " ".join(pairs)
    parts = [part for part in _CONSENT_PARTS if part in text]
    parts += _reasons_by_name().keys() & text.split()
    places = {place for part in parts for place, pair in enumerate(pairs) if part in pair}
    # Cut to be judged, they may end with another word.
    places.update(place for place, pair in enumerate(pairs) if len(pair) > _MAX_CACHED_CHARS)
    reasons = {place: _reason_of_names(*distinct[place]) for place in places}
    return {place: reason for place, reason in reasons.items() if reason}


def _reason_of_marks(marks: dict[str, str]) -> str | None:
    if marks.get("role") in _ROLES or marks.get("aria-modal") == "true":
        return "layout"
    return "hidden" if "style" in marks and hides(None, marks["style"]) else None


def _reason_of_names(names: str | None, identity: str | None) -> str | None:
    if len(names or "") + len(identity or "") > _MAX_CACHED_CHARS:
        names, identity = (names or "")[:_MAX_CACHED_CHARS], (identity or "")[:_MAX_CACHED_CHARS]
    return _reason_of_short_names(names, identity)


@lru_cache(maxsize=8192)
def _reason_of_short_names(names: str | None, identity: str | None) -> str | None:
    words = (*(names or "").lower().split()[:_MAX_CLASS_NAMES], (identity or "").lower())
    known = _reasons_by_name()
    if not known.keys().isdisjoint(words):
        return next(known[word] for word in words if word in known)
    return "consent" if _CONSENT.search(" ".join(words)) else None


def _without_mistakes(
    blocks: Sequence[Block],
    matches: Sequence[Match | None],
    pruned: set[int],
    kept: Sequence[bool],
) -> list[str | None]:
    """The reasons, but for elements that hold too much to be what their names or the XPaths say."""
    if not any(matches):
        return [None] * len(blocks)
    chars = [len(block.text) for block in blocks]
    total, all_kept = 1 + sum(chars), 1 + sum(compress(chars, kept))
    sizes: Counter[int] = Counter()
    kept_sizes: Counter[int] = Counter()
    for size, match, is_kept in zip(chars, matches, kept, strict=True):
        if match:
            sizes[match[0]] += size
            kept_sizes[match[0]] += size * is_kept

    hidden = {match[0] for match in matches if match and match[1] == "hidden"}
    all_hidden = sum(kept_sizes[element] for element in hidden)

    def holds(element: int) -> bool:
        if element in hidden:
            return all_hidden < _MAX_HIDDEN_SHARE * all_kept
        if element in pruned:
            return kept_sizes[element] < _MAX_PRUNED_SHARE * all_kept
        return sizes[element] < _MAX_TEXT_SHARE * total

    held = {element for element in sizes if holds(element)}
    return [match[1] if match and match[0] in held else None for match in matches]
