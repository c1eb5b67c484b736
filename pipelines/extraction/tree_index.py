"""A page's elements by number, in reading order: read from lxml once, so that sums and steps over
the tree run on whole arrays.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from itertools import count, pairwise
from typing import TypeAlias

import numpy as np
from lxml.html import HtmlElement
from numpy.typing import NDArray

Numbers = NDArray[np.intp]
Amounts = NDArray[np.float64]
Names: TypeAlias = tuple[str | None, str | None]

# Attributes that few elements have, and that several readers ask for.
MARKS = frozenset(("hidden", "style", "aria-hidden", "aria-modal", "role", "itemprop", "property"))
_NO_NAMES: Names = (None, None)
_CLASS_ALONE = ["class"]


class TreeIndex:
    """`elements` in reading order and `at`, the number of each; by number, `tags`, `names` (class
    and id), `parents` and `ends` (one past the last descendant). The root is its own parent.
    `distinct_names` are the page's pairs of class and id, once each; `places` has by number the place
    of the element's pair there. `marked` has, of the elements with any, the attributes of `MARKS`.
    """

    def __init__(self, tree: HtmlElement) -> None:
        self.tree = tree
        # The list also keeps lxml's proxies alive: making them costs more than the look-ups.
        self.elements: list[HtmlElement] = list(tree.iter())
        self.at = dict(zip(self.elements, count(), strict=False))
        get = self.at.get
        self.parent_list = [get(element.getparent(), 0) for element in self.elements]
        self.tags: list[str] = [element.tag for element in self.elements]
        self.marked: dict[int, dict[str, str]] = {}
        self.places: list[int] = []
        self.distinct_names: list[Names] = self._read_attributes()
        self.names: list[Names] = [self.distinct_names[place] for place in self.places]

    def _read_attributes(self) -> list[Names]:
        """The distinct names. Which attributes an element has is asked once: each question costs .15 µs."""
        places: dict[Names, int] = {_NO_NAMES: 0}
        place_of, add = places.setdefault, self.places.append
        for number, element in enumerate(self.elements):
            keys = element.keys()
            if not keys:
                add(0)
            elif keys == _CLASS_ALONE:  # half of those with any
                add(place_of((element.get("class"), None), len(places)))
            else:
                names = (
                    element.get("class") if "class" in keys else None,
                    element.get("id") if "id" in keys else None,
                )
                add(place_of(names, len(places)))
                if not MARKS.isdisjoint(keys):
                    self.marked[number] = {k: element.get(k) for k in MARKS.intersection(keys)}
        return list(places)

    @cached_property
    def by_tag(self) -> dict[str, list[int]]:
        """The numbers of a tag's elements, in reading order."""
        numbers: defaultdict[str, list[int]] = defaultdict(list)
        for number, tag in enumerate(self.tags):
            numbers[tag].append(number)
        return dict(numbers)

    def elements_of(self, *tags: str) -> list[HtmlElement]:
        """The page's elements of these tags, in reading order. `iter` walks the whole tree for it, also
        for the first alone: .1 ms; here all tags together cost half of that, once.
        """
        return [self.elements[number] for number in self.numbers_of(*tags)]

    def numbers_of(self, *tags: str) -> list[int]:
        """As `elements_of`, by number."""
        numbers = [number for tag in tags for number in self.by_tag.get(tag, ())]
        if len(tags) > 1:
            numbers.sort()
        return numbers

    @cached_property
    def hrefs(self) -> dict[int, str]:
        """The addresses of `a` and `link` elements by their numbers, in reading order; "" for none."""
        numbers = sorted((*self.by_tag.get("a", ()), *self.by_tag.get("link", ())))
        return {number: self.elements[number].get("href") or "" for number in numbers}

    @cached_property
    def parents(self) -> Numbers:
        return np.array(self.parent_list, dtype=np.intp)

    @cached_property
    def depths(self) -> Numbers:
        depths = [0] * len(self.elements)
        for number, parent in enumerate(self.parent_list):
            if number:
                depths[number] = depths[parent] + 1
        return np.array(depths, dtype=np.intp)

    @cached_property
    def end_list(self) -> list[int]:
        ends, parents = list(range(1, len(self.elements) + 1)), self.parent_list
        for number in range(len(ends) - 1, 0, -1):
            end, parent = ends[number], parents[number]
            if end > ends[parent]:
                ends[parent] = end
        return ends

    @cached_property
    def ends(self) -> Numbers:
        return np.array(self.end_list, dtype=np.intp)

    @cached_property
    def sizes(self) -> Numbers:
        """How many elements each holds, itself included."""
        return self.ends - np.arange(len(self.elements))

    def size_of(self, element: HtmlElement) -> int:
        return int(self.sizes[self.at[element]])

    def numbers(self, elements: Sequence[HtmlElement]) -> Numbers:
        return np.array([self.at[element] for element in elements], dtype=np.intp)

    def sum_within(self, where: Numbers, amounts: Amounts) -> Amounts:
        """For each element the sum of the amounts at it and its descendants. `where` has the
        element's number for each of `amounts`.
        """
        own = np.bincount(where, amounts, len(self.elements))
        so_far = np.concatenate(([0.0], np.cumsum(own)))
        sums: Amounts = so_far[self.ends] - so_far[:-1]
        return sums

    def chain(self, where: Numbers, steps: int) -> Numbers:
        """A row for each of `where`: the element, its parent and so on, the root repeated."""
        rows = np.empty((len(where), steps), dtype=np.intp)
        for step in range(steps):
            rows[:, step] = where
            where = self.parents[where]
        return rows

    def lineage(self, where: Numbers) -> tuple[Numbers, list[slice]]:
        """The elements `where` and all their ancestors, once each, by depth; the slice of each depth."""
        numbers = np.flatnonzero(self.sum_within(where, np.ones(len(where))))
        depths = self.depths[numbers]
        order = np.argsort(depths, kind="stable")
        cuts = [0, *(np.flatnonzero(np.diff(depths[order])) + 1).tolist(), len(numbers)]
        return numbers[order], [slice(*pair) for pair in pairwise(cuts)]


_last: list[TreeIndex] = []


def index_tree(tree: HtmlElement) -> TreeIndex:
    """The tree's index. The last one is kept: metadata and text are read from it in turn."""
    index = next(iter(_last), None)
    if index is None or index.tree is not tree:
        index = TreeIndex(tree)
        _last[:] = [index]
    return index
