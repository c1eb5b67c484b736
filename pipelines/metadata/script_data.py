"""The data in a page's scripts: whole documents of JSON, values that are assigned, what Next pushes piece by
piece, the string literals of objects that are no JSON.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

_ASSIGNED = re.compile(r"=\s{0,20}(?=[{\[]|JSON\.parse\()")
_PUSHED = re.compile(r"self\.__next_f\.push\(\[\d+,(\"(?:[^\"\\]++|\\.)*+\")\]\)")
# Without the quote before the name, which may be missing, and without going back in a name: half the time.
_PAIR = re.compile(r"\b([A-Za-z_]{4,24}+)[\"']?\s{0,9}:\s{0,9}(\"(?:[^\"\\]++|\\.)*+\")")
_MAX_ASSIGNED, _MAX_PAIRS = 20, 2000


def script_documents(text: str) -> Iterator[Any]:
    """The script `text` itself as JSON, or the objects and lists that it assigns; what is broken is left out."""
    decoder = json.JSONDecoder(strict=False)
    starts = [0] if text.lstrip()[:1] in ("{", "[") else []
    starts += [match.end() for match in islice(_ASSIGNED.finditer(text), _MAX_ASSIGNED)]
    end = 0
    for start in starts:
        if start < end:
            continue
        quoted = text.startswith("JSON.parse(", start)
        try:
            at = start + len("JSON.parse(") if quoted else start
            document, end = decoder.raw_decode(text, at + _spaces(text, at))
            if quoted and isinstance(document, str):
                document = decoder.decode(document)
        except (ValueError, RecursionError):
            continue
        if isinstance(document, (dict, list)):
            yield document


def _spaces(text: str, at: int) -> int:
    piece = text[at : at + 100]
    return len(piece) - len(piece.lstrip())


def pushed_text(scripts: Iterable[str]) -> str:
    """What Next's `self.__next_f.push` is called with in all `scripts`, joined."""
    return "".join(string_of(match[1]) for text in scripts for match in _PUSHED.finditer(text))


def named_literals(text: str) -> Iterator[tuple[str, str]]:
    """Names and JSON string literals, with their quotes, of the pairs in a script that is no JSON."""
    return ((match[1], match[2]) for match in islice(_PAIR.finditer(text), _MAX_PAIRS))


def string_of(literal: str) -> str:
    """The string that a JSON string literal stands for; empty where it is none."""
    try:
        value = json.loads(literal, strict=False)
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""


def with_values_in_place(document: Any, most: int) -> tuple[Any, int]:
    """`document`, and 0; of a list whose objects name their values by place, the objects with their values,
    `most` of them at most, and how many these are.
    """
    if isinstance(document, list) and document and _has_references(document):
        references = _References(document, most)
        return references.objects(), most - references.left
    return document, 0


def _has_references(document: list[Any]) -> bool:
    """Whether it is a list whose objects name their values by place, as Nuxt writes them."""
    sample = [value for value in document[:200] if isinstance(value, dict)]
    numbers = [
        value for node in sample for value in islice(node.values(), 20) if isinstance(value, int)
    ]
    return len(numbers) > 3 and any(isinstance(value, str) for value in document[:2000])


class _References:
    """Of a list that has each value once. Lists that name one another many times over would be a million
    times as long as they are written: `left` is how many values may still be put in place. Of real data
    that is up to seven times the list's length.
    """

    def __init__(self, document: list[Any], most: int) -> None:
        self._document = document
        self.left = most

    def objects(self) -> list[dict[str, Any]]:
        """Strings and lists in their place; one level, which is where a text stands."""
        return [
            {key: self._value_at(item, 4) for key, item in value.items()}
            for value in self._document[:5000]
            if isinstance(value, dict) and self.left > 0
        ]

    def _value_at(self, place: Any, depth: int) -> Any:
        self.left -= 1
        is_place = isinstance(place, int) and not isinstance(place, bool)
        if not is_place or not 0 <= place < len(self._document):
            return place
        value = self._document[place]
        if self.left <= 0:
            return ""
        if depth and isinstance(value, list):
            return [self._value_at(item, depth - 1) for item in value[: min(2000, self.left)]]
        if depth and isinstance(value, dict):
            items = islice(value.items(), self.left)
            return {key: self._value_at(item, depth - 1) for key, item in items}
        return value if isinstance(value, str) else ""
