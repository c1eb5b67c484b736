"""An article's text that a page carries as data for its scripts: JSON-LD's `articleBody`, the states of Next,
Nuxt, Arc, Apollo and others, in HTML, plain, or as the nodes of an editor's document.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from pipelines.extraction.blocks import blocks
from pipelines.extraction.parse_html import body_of, parse_html
from pipelines.extraction.tree_index import index_tree
from pipelines.metadata import json_ld
from pipelines.metadata.script_data import (
    named_literals,
    pushed_text,
    script_documents,
    string_of,
    with_values_in_place,
)
from text.folding import fold
from text.normalise import tidy

_MAX_SCRIPTS, _MAX_SCRIPT_CHARS = 60, 3_000_000
_ROOM, _NODE = 8_000_000, 40  # an article of 30 kB takes a thirtieth
_MAX_DEPTH, _MAX_CHILDREN, _MAX_CANDIDATES = 40, 5_000, 60
_MIN_CHARS = 200
# Keys whose string may be an article's whole text.
_TEXT_KEYS = frozenset(
    [
        "articlebody",
        "body",
        "bodyhtml",
        "body_html",
        "bodytext",
        "content",
        "contenthtml",
        "content_html",
        "fulltext",
        "html",
        "rendered",
        "story",
        "storybody",
        "text",
        "articletext",
        "description_full",
        "maintext",
        "post_content",
    ]
)
_TITLE_KEYS = ("headline", "headlines", "title", "name", "heading")
# Keys of a title's or a text's own object, the plainest first.
_INNER_KEYS = ("rendered", "basic", "html", "text", "value", "content", "processed", "raw")
# Nodes of an editor's document that are none of the text.
_OTHER_NODES = re.compile(
    r"image|img|video|gallery|embed|advert|\bads?\b|promo|related|interstitial|oembed|iframe|audio"
    r"|script|newsletter|divider|button|caption|media|figure|slideshow",
    re.IGNORECASE,
)
_WRAPPERS = ("data", "attrs", "model", "props")
_CHILDREN = ("content_elements", "content", "children", "items", "nodes", "blocks", "text", "value")
_PARAGRAPH = re.compile(r"\n|<br\s*/?>", re.IGNORECASE)
_MARKUP = re.compile(r"</?(?:p|div|br|h\d|ul|ol|li|blockquote|a|strong|em|span)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EmbeddedText:
    """`paragraphs` under the `title` that the data give it, which may be empty."""

    title: str
    paragraphs: tuple[str, ...]

    @property
    def size(self) -> int:
        return sum(map(len, self.paragraphs))


def embedded_text(tree: HtmlElement, title: str, least: int = _MIN_CHARS) -> EmbeddedText | None:
    """The text of the article called `title` in the page's data; None where they have none of `least`
    characters. Of texts under other titles none is taken; of those under none, the longest.
    """
    least = max(least, _MIN_CHARS)
    scripts = [
        script for script in _scripts(tree) if least <= len(script.text or "") <= _MAX_SCRIPT_CHARS
    ]
    if not scripts:
        return None
    candidates = [
        text
        for text in islice(_Search().candidates(scripts), _MAX_CANDIDATES)
        if text.size >= least
    ]
    words = set(fold(title).split())
    same = [text for text in candidates if text.title and _is_same(text.title, words)]
    unnamed = [text for text in candidates if not text.title]
    chosen = same or unnamed
    return max(chosen, key=lambda text: text.size, default=None)


def declared_text(tree: HtmlElement) -> str:
    """The longest `articleBody` of the page's JSON-LD, without markup; empty where it has none."""
    scripts = [
        script
        for script in _scripts(tree)
        if _is_json_ld(script) and "articleBody" in (script.text or "")
    ]
    if not scripts:
        return ""
    bodies = (node.get("articleBody") for node in json_ld.nodes(scripts))
    longest = max((body for body in bodies if isinstance(body, str)), key=len, default="")
    text = _Search()._text(longest[:_MAX_SCRIPT_CHARS], "")
    return "\n".join(text.paragraphs) if text else ""


def _scripts(tree: HtmlElement) -> list[HtmlElement]:
    return index_tree(tree).elements_of("script")[:_MAX_SCRIPTS]


def _is_same(title: str, words: set[str]) -> bool:
    own = set(fold(title).split())
    return bool(own) and 2 * len(own & words) >= len(own)


class _Search:
    """What may be the text, one after the other; `room` is the work that is left: characters that are
    read, and some for each node. A page of real data needs a twentieth of it.
    """

    def __init__(self) -> None:
        self.room = _ROOM

    def candidates(self, scripts: Sequence[HtmlElement]) -> Iterator[EmbeddedText]:
        for node in json_ld.nodes(scripts):
            body, named = node.get("articleBody") or node.get("text"), node.get("headline")
            if isinstance(body, str) and (text := self._text(body, _string(named))):
                yield text
        texts = [script.text or "" for script in scripts if not _is_json_ld(script)]
        for state in [*texts, pushed_text(texts)]:
            documents = list(script_documents(state))
            for document in documents:
                yield from self._of_document(document)
            if not documents:
                yield from self._of_pairs(state)

    def _of_pairs(self, text: str) -> Iterator[EmbeddedText]:
        """From a script that is no JSON: the strings after the names of texts."""
        for name, literal in named_literals(text):
            is_text = name.lower() in _TEXT_KEYS and len(literal) > _MIN_CHARS
            if is_text and (found := self._text(string_of(literal), "")):
                yield found

    def _of_document(self, document: Any) -> Iterator[EmbeddedText]:
        document, values = with_values_in_place(document, self.room // _NODE)
        self.room -= values * _NODE
        known = document if isinstance(document, dict) else {}
        stack: list[tuple[Any, str, int]] = [(document, "", 0)]
        while stack and self.room > 0:
            value, title, depth = stack.pop()
            self.room -= _NODE
            if isinstance(value, dict):
                title = _title(value) or title
                yield from self._of_node(value, title, known)
                children: Iterable[Any] = value.values()
            else:
                children = value if isinstance(value, list) else ()
            if depth < _MAX_DEPTH:
                stack += [
                    (child, title, depth + 1)
                    for child in reversed(list(islice(children, _MAX_CHILDREN)))
                    if isinstance(child, (dict, list))
                ]

    def _of_node(
        self, node: dict[str, Any], title: str, known: dict[str, Any]
    ) -> Iterator[EmbeddedText]:
        for key, value in islice(node.items(), _MAX_CHILDREN):
            if isinstance(value, str):
                is_text = key.lower() in _TEXT_KEYS and len(value) >= _MIN_CHARS
                if is_text and (text := self._text(value, title)):
                    yield text
            elif isinstance(value, list) and len(value) > 1:
                lines = self._lines_of_nodes(value, known)
                if sum(map(len, lines)) >= _MIN_CHARS and len(lines) > 1:
                    yield EmbeddedText(title, tuple(lines))

    def _lines_of_nodes(self, nodes: Sequence[Any], known: dict[str, Any]) -> list[str]:
        """An editor's document, a line a block; empty for a list of anything else."""
        lines: list[str] = []
        texts = 0
        for node in nodes[:_MAX_CHILDREN]:
            if isinstance(node, dict) and "__ref" in node:
                node = known.get(str(node["__ref"]), {})
            kind = _kind(node) if isinstance(node, dict) else ""
            if not kind or _OTHER_NODES.search(kind):
                continue
            text = self._flat(node, 0)
            texts += bool(text)
            lines += self._paragraphs(text)
        return lines if texts * 2 >= len(nodes) else []

    def _flat(self, value: Any, depth: int) -> str:
        """The leaves' text in order; items of a list on lines of their own."""
        self.room -= _NODE
        if self.room < 0 or depth > _MAX_DEPTH:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            parts = [self._flat(child, depth + 1) for child in value]
            between = "" if all(map(_is_leaf, value)) else "\n"
            return between.join(part for part in parts if part)
        if isinstance(value, dict):
            for key in _CHILDREN:
                if isinstance(value.get(key), (str, list)) and value[key]:
                    return self._flat(value[key], depth + 1)
            for key in _WRAPPERS:
                if isinstance(value.get(key), dict):
                    return self._flat(value[key], depth + 1)
        return ""

    def _text(self, value: str, title: str) -> EmbeddedText | None:
        lines = self._paragraphs(value)
        # A sentence or more, not a word that names a class.
        if sum(map(len, lines)) < _MIN_CHARS or not any(" " in x or len(x) > 80 for x in lines):
            return None
        return EmbeddedText(title, tuple(lines))

    def _paragraphs(self, value: str) -> list[str]:
        self.room -= 8 * len(value) + 50 * _NODE
        if self.room < 0:
            return []
        if _MARKUP.search(value):
            tree = parse_html(value)
            return [] if tree is None else [tidy(block.text) for block in blocks(body_of(tree))]
        return [line for part in _PARAGRAPH.split(value) if (line := tidy(part))]


def _kind(node: dict[str, Any]) -> str:
    names = ("type", "_type", "nodeType", "name", "__typename")
    return next((str(node[name])[:60] for name in names if node.get(name)), "")


def _is_leaf(value: Any) -> bool:
    if isinstance(value, dict):
        value = value.get("text", value.get("value"))
    return isinstance(value, str)


def _is_json_ld(script: HtmlElement) -> bool:
    return "ld+json" in (script.get("type") or "").lower()


def _title(node: dict[str, Any]) -> str:
    return next((text for key in _TITLE_KEYS if (text := _string(node.get(key)))), "")


def _string(value: Any) -> str:
    """A string, or the one that an object holds under a usual name."""
    if isinstance(value, dict):
        value = next((value[key] for key in _INNER_KEYS if isinstance(value.get(key), str)), "")
    return value[:2000] if isinstance(value, str) else ""
