"""Paths to elements that hold from one page of a site to the next: tags with their stable class
names and ids, never positions.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from lxml.html import HtmlElement

from storage.templates.kinds import has

_MOST_NAMES = 8
_LONGEST_NAME = 40
_NUMBERED = re.compile(r"\d{3}|^\W?[a-zA-Z]{0,2}[_-]?\d+$")
# Also what parts a path from the next.
_PLAIN = re.compile(r"[\w:@/-]+$")
_PARTS = re.compile(r"[_-]+")
# `3f2a`, `x7Gh2`: a part of letters and digits mixed is a checksum, `h2` and `col12` are not.
_CHECKSUM = re.compile(
    r"(?=.*\d)(?=.*[a-zA-Z])(?![a-zA-Z]+\d{1,2}$)(?!\d{1,2}[a-zA-Z]{1,2}$).{4,}$"
)


def step(element: HtmlElement) -> str:
    """`div.entry-content.#main`: what is the same for this element on all pages of its kind."""
    return _step(element.tag, element.get("class") or "", element.get("id") or "")


@lru_cache(maxsize=16384)
def _step(tag: str, classes: str, identity: str) -> str:
    names = [name for name in classes.split()[:_MOST_NAMES] if _is_stable(name)]
    if identity and _is_stable(identity):
        names.append("#" + identity)
    return ".".join([tag, *sorted(set(names))])


def _is_stable(name: str) -> bool:
    """A name with a number in it is of one page, but for small ones (`col-8`, `h2-title`)."""
    if name.isalpha():
        return len(name) <= _LONGEST_NAME
    if len(name) > _LONGEST_NAME or _NUMBERED.search(name) or not _PLAIN.match(name):
        return False
    return not any(map(_CHECKSUM.match, _PARTS.split(name)))


class Paths:
    """Paths below one root, each element's worked out once; the root's own is empty."""

    def __init__(self, root: HtmlElement) -> None:
        self._known: dict[HtmlElement, str] = {root: ""}

    def of(self, element: HtmlElement) -> str:
        missing = []
        at: HtmlElement | None = element
        while at is not None and at not in self._known:
            missing.append(at)
            at = at.getparent()
        path = self._known[at] if at is not None else "?"
        for one in reversed(missing):
            path = self._known[one] = f"{path}>{step(one)}"
        return path


def chain(element: HtmlElement, body: HtmlElement) -> tuple[str, ...]:
    """The steps from below the body down to the element."""
    steps = [step(element)] if element is not body else []
    for above in element.iterancestors():
        if above is body or element is body:
            break
        steps.append(step(above))
    return tuple(reversed(steps))


def fits(wanted: str, have: str) -> bool:
    """Whether an element's step has the tag and all names of the `wanted` one."""
    return wanted == have or _has(have, wanted)


_has = lru_cache(maxsize=16384)(has)


def find(body: HtmlElement, region: Iterable[str]) -> list[HtmlElement]:
    """All elements at the end of the region's path; one, where the page is of that kind."""
    found = [body]
    for wanted in region:
        tag = wanted.partition(".")[0]
        found = [
            child
            for parent in found
            for child in parent.iterchildren(tag)
            if fits(wanted, step(child))
        ]
    return found
