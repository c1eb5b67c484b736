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
from pipelines.extraction.tree_index import TreeIndex, index_tree

_TAGS = {
    "figcaption": "caption",
    "nav": "navigation",
    "fieldset": "comment_form",
    "dialog": "layout",
}
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
    known: dict[int, Match | None] = {}
    matches: list[Match | None] = []
    parents, tags, names, marked = index.parent_list, index.tags, index.names, index.marked
    for number in numbers:
        path = []
        while number not in known:
            path.append(number)
            if number == 0:
                break
            number = parents[number]
        match = known.get(number)
        for step in reversed(path):
            # Half of all elements have nothing that a rule reads.
            if match is None and (
                any(names[step]) or step in marked or tags[step] in _TAGS or step in pruned
            ):
                reason = "pruned" if step in pruned else _reason(index, step)
                match = (step, reason) if reason else None
            known[step] = match
        matches.append(match)
    return matches


def _reason(index: TreeIndex, number: int) -> str | None:
    tag, marks = index.tags[number], index.marked.get(number)
    if tag in _TAGS:
        return _TAGS[tag]
    if marks:
        if marks.get("role") in _ROLES or marks.get("aria-modal") == "true":
            return "layout"
        if "style" in marks and hides(None, marks["style"]):
            return "hidden"
    if tag in ("html", "body", "main", "article"):
        return None
    names, identity = index.names[number]
    if len(names or "") + len(identity or "") > _MAX_CACHED_CHARS:
        names, identity = (names or "")[:_MAX_CACHED_CHARS], (identity or "")[:_MAX_CACHED_CHARS]
    return _reason_of_names(names, identity)


@lru_cache(maxsize=8192)
def _reason_of_names(names: str | None, identity: str | None) -> str | None:
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
