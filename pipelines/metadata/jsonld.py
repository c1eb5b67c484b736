"""JSON-LD as it is found: in several scripts, lists and graphs, wrapped, broken or hostile."""

import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import islice
from typing import Any, TypeAlias

from lxml.html import HtmlElement

Node: TypeAlias = dict[str, Any]

_MOST_SCRIPTS = 30
_LONGEST_SCRIPT = 400_000
_LONGEST_RESCUE = 50_000
_MOST_NODES = 3000
_DEEPEST = 8
# Where a description of this page may hang. Lists of other articles (`itemListElement`,
# `hasPart`, `relatedLink`) are not followed.
_INTO = ("@graph", "mainEntity", "mainEntityOfPage", "subjectOf", "@included")

_WRAPPING = re.compile(
    r"^\s*(?:/[/*]\s*)?(?:<!\[CDATA\[|<!--)(?:\s*\*/)?|(?:/[/*]\s*)?(?:\]\]>|-->)(?:\s*\*/)?\s*$"
)
_TRAILING_COMMA = re.compile(r",(?=\s{0,100}[}\]])")
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
_BARE_QUOTE = re.compile(r'(?<!\\)"')
_RESCUED = "headline datePublished dateModified dateCreated articleSection keywords"
# A quote inside a value that was not escaped: the value ends where the next key begins.
_PAIR = re.compile(
    rf'"({_RESCUED.replace(" ", "|")})"\s{{0,20}}:\s{{0,20}}"(.{{1,600}}?)"(?=\s{{0,200}}(?:,\s{{0,200}}"|\}}|$))',
    re.DOTALL,
)
_KIND = re.compile(r'"@type"\s{0,20}:\s{0,20}"(\w{0,30}(?:Article|BlogPosting))"')


def nodes(scripts: Iterable[HtmlElement]) -> list[Node]:
    """The objects that describe this page or a part of it, outer ones first."""
    found: list[Node] = []
    for text in _texts(scripts):
        for document in load(text):
            found += _within(document, _MOST_NODES - len(found))
    return found


def _texts(scripts: Iterable[HtmlElement]) -> Iterator[str]:
    typed = (s for s in scripts if "ld+json" in (s.get("type") or "").lower())
    for script in islice(typed, _MOST_SCRIPTS):
        if script.text and len(script.text) <= _LONGEST_SCRIPT:
            yield script.text


def load(text: str) -> list[Any]:
    """The JSON documents in `text`, repaired where that is plain; never raises."""
    text = _WRAPPING.sub("", _WRAPPING.sub("", text)).strip().rstrip(";")
    for repaired in _repairs(text):
        if documents := _documents(repaired):
            return documents
    return _rescued(text)


def _repairs(text: str) -> Iterator[str]:
    yield text
    text = _BAD_ESCAPE.sub(r"\\\\", _TRAILING_COMMA.sub("", text))
    yield text
    if "&quot;" in text:
        yield unescape(text)


def _documents(text: str) -> list[Any]:
    """One document, or several written after each other; all or none."""
    decoder, at = json.JSONDecoder(strict=False), 0
    found: list[Any] = []
    try:
        while at < len(text) and len(found) < _MOST_SCRIPTS:
            document, at = decoder.raw_decode(text, at)
            found.append(document)
            at += len(text[at : at + 200]) - len(text[at : at + 200].lstrip(" \t\r\n,;"))
    except (ValueError, RecursionError):
        return []
    return found


def _rescued(text: str) -> list[Any]:
    """The few fields worth having, out of JSON that is beyond repair."""
    text = text[:_LONGEST_RESCUE]
    kind = _KIND.search(text)
    pairs = [(m[1], _unescaped(m[2])) for m in _PAIR.finditer(text)]
    if kind is None or not pairs:
        return []
    node: Node = dict(reversed(pairs))
    return [{**node, "@type": kind[1]}]


def _unescaped(value: str) -> str:
    try:
        text = json.loads(f'"{_BARE_QUOTE.sub(chr(92) + chr(34), value)}"', strict=False)
    except ValueError:
        return value
    return str(text)


def _within(document: Any, most: int) -> Iterator[Node]:
    waiting = [(document, 0)]
    while waiting and most > 0:
        value, depth = waiting.pop()
        if isinstance(value, dict):
            most -= 1
            yield value
            below = [value[key] for key in _INTO if key in value]
        else:
            below = value if isinstance(value, list) else []
        if depth < _DEEPEST:
            waiting += ((item, depth + 1) for item in reversed(below[:_MOST_NODES]))


def types(node: Node) -> list[str]:
    """The names of its types without their vocabulary: `NewsArticle`."""
    value = node.get("@type")
    names = value if isinstance(value, list) else [value]
    return [re.split(r"[/:#]", n)[-1] for n in names[:10] if isinstance(n, str)]
