"""Sites made of single saved pages: the page with all that is around its article, and in the
article's place the texts of others, in the markup of its own paragraphs and headings.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import html
from lxml.html import HtmlElement

from items import Page, Site
from pipelines.extraction.blocks import Block
from pipelines.extraction.extract import extract_page
from pipelines.extraction.page import parse
from pipelines.metadata.article import metadata
from pipelines.text.folding import fold

_KINDS = {"p": "p", "h2": "h", "h3": "h", "h4": "h", "li": "li"}
_OWN = (*_KINDS, "tr", "blockquote", "dd", "dt")
_FEWEST = 4
_READER = Site("any", honour_noindex=False)
NOW = "2026-11-01T06:00:00Z"

Line = tuple[str, str]


@dataclass(frozen=True)
class Story:
    """A saved page's document, title and text: `lines` are a kind (`p`, `h`, `li`) and a text."""

    language: str
    url: str
    document: str
    title: str
    lines: tuple[Line, ...]


def story(language: str, url: str, document: str, fewest: int = _FEWEST) -> Story | None:
    """None where too little is found on the page to make others of it."""
    tree = parse(document)
    if tree is None:
        return None
    title = metadata(tree, url, _READER).title
    kept = [
        b for b in extract_page(tree, document, _READER).kept if fold(b.text) != fold(title or "")
    ]
    lines = tuple(dict.fromkeys((_KINDS.get(b.tag, "p"), b.text) for b in kept if len(b.text) > 12))
    enough = title and sum(kind == "p" for kind, _ in lines) >= fewest
    return Story(language, url, document, str(title), lines) if enough else None


def site(skeleton: Story, others: Sequence[Story], count: int, seed: int) -> Iterator[Page]:
    """`count` pages; every second one has the halves of two texts."""
    chance = random.Random(seed)
    for number in range(count):
        one, other = chance.choice(others), chance.choice(others)
        lines = list(one.lines)
        if number % 2:
            lines = _half_and_half(one, other)
        url = f"{skeleton.url.rstrip('/')}/made-up-{number}"
        document = _page(skeleton, url, f"{one.title} {number}", list(dict.fromkeys(lines)))
        if document:
            yield Page(url, url, document, NOW)


def halves(
    skeleton: Story, others: Sequence[Story], urls: Sequence[str], seed: int
) -> Iterator[Page]:
    """A page for each address, with the first half of one text and the second of another: no two
    have more than a half in common.
    """
    chance = random.Random(seed)
    pairs = [(one, other) for one in others for other in others if one is not other]
    for url, (one, other) in zip(urls, chance.sample(pairs, len(pairs)), strict=False):
        title = f"{one.title} {other.title}"
        lines = list(dict.fromkeys(_half_and_half(one, other)))
        if document := _page(skeleton, url, title, lines):
            yield Page(url, url, document, NOW)


def _half_and_half(one: Story, other: Story) -> list[Line]:
    return [*one.lines[: len(one.lines) // 2], *other.lines[len(other.lines) // 2 :]]


def _page(skeleton: Story, url: str, title: str, lines: Sequence[Line]) -> bytes | None:
    tree = parse(skeleton.document)
    assert tree is not None
    kept = extract_page(tree, skeleton.document, _READER).kept
    kept = [block for block in kept if fold(block.text) != fold(skeleton.title)]
    places = _places(kept)
    if not places:
        return None
    heading = next((b.element for b in kept if b.tag in ("h2", "h3")), None)
    _fill(places, heading, lines)
    for element in {block.element: None for block in kept if block.tag in _OWN}:
        if element not in places and element.getparent() is not None:
            element.drop_tree()
    for link in tree.iterfind(".//link[@rel='canonical']"):
        link.set("href", url)
    for element in tree.iter():
        if element.text and skeleton.title in element.text:
            element.text = element.text.replace(skeleton.title, title)
        for name, value in element.attrib.items():
            if skeleton.title in value:
                element.set(name, value.replace(skeleton.title, title))
    return bytes(html.tostring(tree, encoding="utf-8", doctype="<!DOCTYPE html>"))


def _places(kept: Sequence[Block]) -> list[HtmlElement]:
    """The paragraphs that stand side by side."""
    found = list(dict.fromkeys(b.element for b in kept if b.tag == "p" and len(b.text) > 40))
    parents = Counter(element.getparent() for element in found)
    most = next((parent for parent, _ in parents.most_common(1)), None)
    return [element for element in found if element.getparent() is most]


def _fill(places: list[HtmlElement], heading: HtmlElement | None, lines: Sequence[Line]) -> None:
    """The lines into the places, in order; what is left of the places goes."""
    pattern = places[min(1, len(places) - 1)]
    waiting, at, items = list(places), places[0], None
    for kind, text in lines:
        if kind == "h" and heading is None:
            continue
        if kind == "li":
            if items is None:
                items = html.Element("ul")
                at.addnext(items)
                at = items
            html_item = html.Element("li")
            html_item.text = text
            items.append(html_item)
            continue
        items = None
        element = (
            waiting.pop(0)
            if kind == "p" and waiting
            else _like(heading if kind == "h" else pattern)
        )
        for child in list(element):
            element.remove(child)
        element.text = text
        if element not in places:
            at.addnext(element)
        at = element
    for element in waiting:
        element.drop_tree()


def _like(element: HtmlElement | None) -> HtmlElement:
    assert element is not None
    return html.Element(element.tag, dict(element.attrib))
