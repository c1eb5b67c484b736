"""Elements that are never an article's text, whatever they hold: boxes of known themes and
plugins, captions of pictures, and what a site's file prunes.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
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
    known: dict[int, Match | None] = {}
    matches = [_outermost_match(index, index.at[b.element], pruned, known) for b in blocks]
    return _without_mistakes(blocks, matches, pruned, kept or [True] * len(blocks))


def _select(root: HtmlElement, xpath: str) -> list[HtmlElement]:
    nodes = root.xpath(xpath)
    return (
        [node for node in nodes if isinstance(node, HtmlElement)] if isinstance(nodes, list) else []
    )


def _outermost_match(
    index: TreeIndex, number: int, pruned: set[int], known: dict[int, Match | None]
) -> Match | None:
    """The outermost element around an element that a rule matches, with its reason."""
    path, parents = [], index.parent_list
    while number not in known:
        path.append(number)
        if number == 0:
            break
        number = parents[number]
    above = known.get(number)
    for step in reversed(path):
        if above is None:
            reason = "pruned" if step in pruned else _reason(index, step)
            above = (step, reason) if reason else None
        known[step] = above
    return above


def _reason(index: TreeIndex, number: int) -> str | None:
    tag, marks = index.tags[number], index.marked.get(number)
    if tag in _TAGS:
        return _TAGS[tag]
    if marks and (marks.get("role") in _ROLES or marks.get("aria-modal") == "true"):
        return "layout"
    if marks and hides(None, marks.get("style")):
        return "hidden"
    names, identity = index.names[number]
    if not (names or identity) or tag in ("html", "body", "main", "article"):
        return None
    return _reason_of_names((names or "")[:_MAX_CACHED_CHARS], (identity or "")[:_MAX_CACHED_CHARS])


@lru_cache(maxsize=8192)
def _reason_of_names(names: str, identity: str) -> str | None:
    words = (*names.lower().split()[:_MAX_CLASS_NAMES], identity.lower())
    known = next((_reasons_by_name()[word] for word in words if word in _reasons_by_name()), None)
    return known or ("consent" if _CONSENT.search(" ".join(words)) else None)


def _without_mistakes(
    blocks: Sequence[Block],
    matches: Sequence[Match | None],
    pruned: set[int],
    kept: Sequence[bool],
) -> list[str | None]:
    """The reasons, but for elements that hold too much to be what their names or the XPaths say."""
    total, all_kept = 1, 1
    sizes: Counter[int] = Counter()
    kept_sizes: Counter[int] = Counter()
    for block, match, is_kept in zip(blocks, matches, kept, strict=True):
        total += len(block.text)
        all_kept += len(block.text) * is_kept
        if match:
            sizes[match[0]] += len(block.text)
            kept_sizes[match[0]] += len(block.text) * is_kept

    hidden = {match[0] for match in matches if match and match[1] == "hidden"}
    all_hidden = sum(kept_sizes[element] for element in hidden)

    def holds(element: int) -> bool:
        if element in hidden:
            return all_hidden < _MAX_HIDDEN_SHARE * all_kept
        if element in pruned:
            return kept_sizes[element] < _MAX_PRUNED_SHARE * all_kept
        return sizes[element] < _MAX_TEXT_SHARE * total

    return [match[1] if match and holds(match[0]) else None for match in matches]
