"""Elements that are never an article's text, whatever they hold: boxes of known themes and
plugins, captions of pictures, and what a site's file prunes.
"""

import tomllib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import TypeAlias

from lxml.html import HtmlElement

from pipelines.extraction.blocks import Block

_TAGS = {"figcaption": "caption", "nav": "navigation", "fieldset": "comment_form"}
# An element that holds this share of a page's text stays: its theme uses the name for something
# else.
_MAX_TEXT_SHARE = 0.5
_MAX_CLASS_NAMES, _MAX_CACHED_CHARS = 40, 2000

Match: TypeAlias = tuple[HtmlElement, str]


@lru_cache(maxsize=1)
def _reasons_by_name() -> dict[str, str]:
    text = resources.files("pipelines.rules").joinpath("elements.toml").read_text("utf-8")
    return {name: reason for reason, names in tomllib.loads(text).items() for name in names}


def element_reasons(
    blocks: Sequence[Block], root: HtmlElement, prune: Sequence[str] = ()
) -> list[str | None]:
    """For each block the reason why it cannot be the article's text, or None. `prune` is XPaths."""
    pruned = {element for xpath in prune for element in _select(root, xpath)}
    known: dict[HtmlElement, Match | None] = {}
    matches = [_outermost_match(block.element, pruned, known) for block in blocks]
    return _without_misused_names(blocks, matches, pruned)


def _select(root: HtmlElement, xpath: str) -> list[HtmlElement]:
    nodes = root.xpath(xpath)
    return (
        [node for node in nodes if isinstance(node, HtmlElement)] if isinstance(nodes, list) else []
    )


def _outermost_match(
    element: HtmlElement, pruned: set[HtmlElement], known: dict[HtmlElement, Match | None]
) -> Match | None:
    """The outermost element around `element` that a rule matches, with its reason."""
    path = []
    at: HtmlElement | None = element
    while at is not None and at not in known:
        path.append(at)
        at = at.getparent()
    above = known[at] if at is not None else None
    for step in reversed(path):
        if above is None:
            reason = "pruned" if step in pruned else _reason(step)
            above = (step, reason) if reason else None
        known[step] = above
    return above


def _reason(element: HtmlElement) -> str | None:
    tag = element.tag
    if tag in _TAGS:
        return _TAGS[tag]
    names, identity = element.get("class"), element.get("id")
    if not (names or identity) or tag in ("html", "body", "main", "article"):
        return None
    return _reason_of_names((names or "")[:_MAX_CACHED_CHARS], (identity or "")[:_MAX_CACHED_CHARS])


@lru_cache(maxsize=8192)
def _reason_of_names(names: str, identity: str) -> str | None:
    words = (*names.lower().split()[:_MAX_CLASS_NAMES], identity.lower())
    return next((_reasons_by_name()[word] for word in words if word in _reasons_by_name()), None)


def _without_misused_names(
    blocks: Sequence[Block],
    matches: Sequence[Match | None],
    pruned: set[HtmlElement],
) -> list[str | None]:
    total = sum(len(block.text) for block in blocks) or 1
    sizes: Counter[HtmlElement] = Counter()
    for block, match in zip(blocks, matches, strict=True):
        if match:
            sizes[match[0]] += len(block.text)
    return [
        match[1]
        if match and (match[0] in pruned or sizes[match[0]] < _MAX_TEXT_SHARE * total)
        else None
        for match in matches
    ]
