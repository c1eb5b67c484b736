"""The nodes of a page's JSON-LD and their types: in several scripts, lists and graphs, wrapped, broken
or hostile.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import unescape
from itertools import islice
from typing import Any, TypeAlias

from lxml.html import HtmlElement

Node: TypeAlias = dict[str, Any]

_MAX_DOCUMENTS = 30  # of a page, and of a script
_MAX_SCRIPT_CHARS = 400_000
_MAX_RESCUE_CHARS = 50_000
_MAX_NODES = 3000
_MAX_DEPTH = 8
# Keys that lead to a description of this page. Lists of other articles (`itemListElement`,
# `hasPart`, `relatedLink`) are not followed.
_FOLLOWED_KEYS = ("@graph", "mainEntity", "mainEntityOfPage", "subjectOf", "@included")

_WRAPPING = re.compile(
    r"^\s*(?:/[/*]\s*)?(?:<!\[CDATA\[|<!--)(?:\s*\*/)?|(?:/[/*]\s*)?(?:\]\]>|-->)(?:\s*\*/)?\s*$"
)
_TRAILING_COMMA = re.compile(r",(?=\s{0,100}[}\]])")
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
# Comments and spaces of other kinds between the values; strings are matched to be left alone.
_BETWEEN_VALUES = re.compile(
    r'"(?:[^"\\]|\\.)*+"|/\*(?:[^*]|\*(?!/))*+\*/|(?<![:\\])//[^\n]*+|[\xa0\u2000-\u200d\u2028-\u202f\ufeff]',
    re.DOTALL,
)
_BARE_QUOTE = re.compile(r'(?<!\\)"')
_RESCUED = "headline datePublished dateModified dateCreated articleSection keywords"
# A value may hold quotes that were not escaped: it ends where the next key begins.
_PAIR = re.compile(
    rf'"({_RESCUED.replace(" ", "|")})"\s{{0,20}}:\s{{0,20}}"(.{{1,600}}?)"(?=\s{{0,200}}(?:,\s{{0,200}}"|\}}|$))',
    re.DOTALL,
)
_KIND = re.compile(r'"@type"\s{0,20}:\s{0,20}"(\w{0,30}(?:Article|BlogPosting))"')


def nodes(scripts: Iterable[HtmlElement]) -> list[Node]:
    """The objects that describe this page or a part of it, outer ones first."""
    collected: list[Node] = []
    for text in _script_texts(scripts):
        # That one is read again, for the article's text.
        documents = _loaded(text) if "articleBody" in text else load(text)
        for document in documents:
            collected += _nodes_of(document, _MAX_NODES - len(collected))
    return collected


def _script_texts(scripts: Iterable[HtmlElement]) -> Iterator[str]:
    typed = (s for s in scripts if "ld+json" in (s.get("type") or "").lower())
    for script in islice(typed, _MAX_DOCUMENTS):
        text = script.text
        if text and len(text) <= _MAX_SCRIPT_CHARS:
            yield text


@lru_cache(maxsize=2)
def _loaded(text: str) -> list[Any]:
    return load(text)  # nothing changes what is in it


def load(text: str) -> list[Any]:
    """The JSON documents in `text`, with common mistakes repaired; never raises."""
    text = _unwrapped(text.strip()).rstrip(";")
    for repaired in _repairs(text):
        if documents := _documents(repaired):
            return documents
    return _rescued(text)


def _unwrapped(text: str) -> str:
    """Without what hides it from old browsers. A search through the text takes as long as parsing it."""
    if not (text.startswith(("/", "<")) or text.endswith((">", "/"))):
        return text
    return _WRAPPING.sub("", _WRAPPING.sub("", text)).strip()


def _repairs(text: str) -> Iterator[str]:
    yield text
    text = _BAD_ESCAPE.sub(r"\\\\", _TRAILING_COMMA.sub("", _without_comments(text)))
    yield text
    if "&quot;" in text:
        yield unescape(text)


def _without_comments(text: str) -> str:
    return _BETWEEN_VALUES.sub(lambda m: m[0] if m[0].startswith('"') else " ", text)


def _documents(text: str) -> list[Any]:
    """One document, or several one after the other; none if any is broken."""
    decoder, at = json.JSONDecoder(strict=False), 0
    documents: list[Any] = []
    try:
        while at < len(text) and len(documents) < _MAX_DOCUMENTS:
            document, at = decoder.raw_decode(text, at)
            documents.append(document)
            at += len(text[at : at + 200]) - len(text[at : at + 200].lstrip(" \t\r\n,;"))
    except (ValueError, RecursionError):
        return []
    return documents


def _rescued(text: str) -> list[Any]:
    """The few fields worth having of JSON that is beyond repair."""
    text = text[:_MAX_RESCUE_CHARS]
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


def _nodes_of(document: Any, max_nodes: int) -> Iterator[Node]:
    stack = [(document, 0)]
    while stack and max_nodes > 0:
        value, depth = stack.pop()
        if isinstance(value, dict):
            max_nodes -= 1
            yield value
            children = [value[key] for key in _FOLLOWED_KEYS if key in value]
        else:
            children = value if isinstance(value, list) else []
        if depth < _MAX_DEPTH:
            stack += ((child, depth + 1) for child in reversed(children[:_MAX_NODES]))


_VOCABULARY_END = re.compile(r"[/:#]")


def types(node: Node) -> list[str]:
    """The node's types without their vocabulary: `NewsArticle`."""
    value = node.get("@type")
    names = value if isinstance(value, list) else [value]
    return [
        n if n.isalnum() else _VOCABULARY_END.split(n)[-1] for n in names[:10] if isinstance(n, str)
    ]


_ARTICLE_TYPES = frozenset({"BlogPosting", "LiveBlogPosting", "Report", "SocialMediaPosting"})
PAGE_TYPES = frozenset({"WebPage", "ItemPage", "AboutPage", "ContactPage", "FAQPage", "QAPage"})
LIST_PAGE_TYPES = frozenset({"CollectionPage", "SearchResultsPage", "ProfilePage", "CheckoutPage"})


def is_article(node: Node) -> bool:
    return any(name.endswith("Article") or name in _ARTICLE_TYPES for name in types(node))
