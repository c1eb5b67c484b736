"""Elements that are never an article's text, whatever they hold: known themes' and plugins'
boxes, pictures' captions, and what a site's file tells to prune.
"""

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import TypeAlias

from lxml.html import HtmlElement

from pipelines.extraction.blocks import Block

_TAGS = {"figcaption": "caption", "nav": "navigation", "fieldset": "comment_form"}
# A furniture element that holds most of a page's text is no furniture: a theme has used the name
# for something else.
_MOST = 0.5
_MOST_NAMES = 40  # of a class

Box: TypeAlias = tuple[HtmlElement, str]


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    text = resources.files("pipelines.rules").joinpath("elements.toml").read_text("utf-8")
    return {name: reason for reason, names in tomllib.loads(text).items() for name in names}


def element_reasons(
    blocks: Sequence[Block], root: HtmlElement, prune: Sequence[str] = ()
) -> list[str | None]:
    """For each block the reason it can not be the article's text, or None."""
    pruned = {element for xpath in prune for element in _select(root, xpath)}
    known: dict[HtmlElement, Box | None] = {}
    found = [_boxed(block.element, pruned, known) for block in blocks]
    return _without_mistakes(blocks, found, pruned)


def _select(root: HtmlElement, xpath: str) -> list[HtmlElement]:
    found = root.xpath(xpath)
    return (
        [node for node in found if isinstance(node, HtmlElement)] if isinstance(found, list) else []
    )


def _boxed(
    element: HtmlElement, pruned: set[HtmlElement], known: dict[HtmlElement, Box | None]
) -> Box | None:
    """The outermost furniture element that `element` is in, with its reason."""
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
    return _named(names or "", identity or "")


@lru_cache(maxsize=8192)
def _named(names: str, identity: str) -> str | None:
    words = (*names.lower().split()[:_MOST_NAMES], identity.lower())
    return next((_names()[word] for word in words if word in _names()), None)


def _without_mistakes(
    blocks: Sequence[Block],
    found: Sequence[Box | None],
    pruned: set[HtmlElement],
) -> list[str | None]:
    total = sum(len(block.text) for block in blocks) or 1
    held: dict[HtmlElement, int] = {}
    for block, box in zip(blocks, found, strict=True):
        if box:
            held[box[0]] = held.get(box[0], 0) + len(block.text)
    return [
        box[1] if box and (box[0] in pruned or held[box[0]] < _MOST * total) else None
        for box in found
    ]
