"""What a page declares of its paywall: JSON-LD and microdata (schema.org `isAccessibleForFree`), the
meta tag `article:content_tier`. Whether the text is only a teaser is decided in `pipelines.access`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from pipelines.metadata.json_ld import PAGE_TYPES, Node, is_article, types
from pipelines.metadata.meta_tags import MetaTags

_MAX_ELEMENTS = 400
_MAX_PARTS = 50
_MAX_WORDS = 10_000_000
_TIERS = {"free": True, "locked": False, "metered": False}


@dataclass(frozen=True, slots=True)
class DeclaredAccess:
    """`is_free` is None where the page says nothing; `words` is the length of the whole article."""

    is_free: bool | None = None
    words: int | None = None


def declared_access(
    nodes: Iterable[Node], meta_tags: MetaTags, marked: Iterable[HtmlElement]
) -> DeclaredAccess:
    """One witness of a lock is enough: a page seldom says by mistake that it is not free."""
    own = [node for node in nodes if is_article(node) or not PAGE_TYPES.isdisjoint(types(node))]
    values = [value for node in own for value in _of_node(node)]
    values += [_TIERS.get(tier.lower()) for tier in meta_tags.all("article:content_tier")]
    stated = filter(None, map(_stated, islice(marked, _MAX_ELEMENTS)))
    values += map(_truth, stated)
    known = [value for value in values if value is not None]
    counts = (_count(node.get("wordCount")) for node in own if is_article(node))
    return DeclaredAccess(all(known) if known else None, next(filter(None, counts), None))


def _of_node(node: Node) -> Iterator[bool | None]:
    yield _truth(node.get("isAccessibleForFree"))
    parts = node.get("hasPart")
    for part in parts[:_MAX_PARTS] if isinstance(parts, list) else [parts]:
        # With a selector it is a part of this page; without one it may be another work.
        if isinstance(part, dict) and part.get("cssSelector"):
            yield _truth(part.get("isAccessibleForFree"))


def _stated(element: HtmlElement) -> str | None:
    if "isaccessibleforfree" not in (element.get("itemprop") or "").lower().split():
        return None
    return element.get("content") or element.get("href") or (element.text or "")[:40]


def _truth(value: Any) -> bool | None:
    """`False`, `"false"`, `https://schema.org/False`, `0`, `no`; None: nothing of the kind."""
    if isinstance(value, list):
        value = value[0] if value else None
    word = str(value).strip()[-20:].rpartition("/")[2].lower()
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(word)


def _count(value: Any) -> int | None:
    text = str(value).strip()
    return int(text) if text.isdecimal() and len(text) < 9 and 0 < int(text) < _MAX_WORDS else None
