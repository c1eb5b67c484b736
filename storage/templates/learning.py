"""From the places of a site's articles to what is common to them. Nothing here knows a database.

A region is followed down from the body as long as the pages go the same way: the tag is the same
and a class name or an id is shared by most. Pages that turn off are of another kind, and are left
for a template of their own.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from items import Places, Verdicts

# Fewer articles leave half of a theme's parts unseen; a site with ten a day has its template in
# two days.
LEAST = 12
# Of the pages of a kind, those whose article needs a wider region.
_STRAY = 0.05
# Of the pages of a kind, those with a class name, for it to be asked for.
_NAMED = 0.9
_COMMON = 0.6
# Kinds of blocks; what stood on one page alone is forgotten then.
_MOST_COUNTS = 1500
_AGAIN = 3  # pages with the same line


@dataclass(slots=True)
class Learned:
    """What a template is made of; `counts` are text, cut and the reason by path (from the region)
    and shape. It grows with every page that is refined fully.
    """

    region: tuple[str, ...]
    counts: dict[tuple[str, str], Verdicts] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)
    shortest: int = 0
    longest: int = 0
    always: set[str] | None = None
    ever: set[str] = field(default_factory=set)
    head: bool = True
    frame: int = -1
    languages: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    articles: int = 0
    is_settled: bool = False

    def settle(self) -> None:
        """Forget the lines that did not come back; no others are taken in."""
        self.counts = {
            sign: one
            for sign, one in self.counts.items()
            if not one.shape.startswith("=") or one.pages >= _AGAIN
        }
        self.is_settled = True

    def add(self, page: Places) -> None:
        """Take in a page of this kind."""
        self.articles += 1
        self.shortest = min(self.shortest or page.size, page.size)
        self.longest = max(self.longest, page.size)
        self.always = set(page.fields) & (set(page.fields) if self.always is None else self.always)
        self.ever |= set(page.fields)
        self.languages.add(page.language or "")
        self.outside.update(one for one in page.outside if _depth(one) < len(self.region))
        for one in page.blocks:
            below = self._below(one.path)
            if below is not None:
                self._count(below, one)
        if len(self.counts) > _MOST_COUNTS:
            self.counts = {sign: one for sign, one in self.counts.items() if one.pages > 1}

    def _below(self, path: str) -> str | None:
        """The rest of a path that begins as the region's does."""
        steps = path.split(">")[1:]
        here = steps[: len(self.region)]
        if len(here) < len(self.region) or not all(map(has, here, self.region)):
            return None
        return "".join(f">{step}" for step in steps[len(self.region) :])

    def _count(self, path: str, one: Verdicts) -> None:
        if self.is_settled and one.shape.startswith("=") and (path, one.shape) not in self.counts:
            return
        old = self.counts.get((path, one.shape), Verdicts(path, one.shape, 0, 0, pages=0))
        self.counts[path, one.shape] = Verdicts(
            path,
            one.shape,
            old.text + one.text,
            old.cut + one.cut,
            one.reason if one.cut > old.cut else old.reason,
            old.pages + one.pages,
        )


def learn(pages: Sequence[Places]) -> tuple[Learned, list[Places]] | None:
    """The kind that most of the pages are of, and those that are; None when there are too few."""
    region: list[str] = []
    while True:
        stray = [page for page in pages if len(page.region) == len(region)]
        group = _largest([page for page in pages if len(page.region) > len(region)], len(region))
        if len(group) < LEAST or len(stray) > _STRAY * len(pages):
            break
        region.append(_common([page.region[len(region)] for page in group]))
        pages = group
    if not region or len(pages) < LEAST:
        return None
    learned = Learned(tuple(region))
    learned.head = all(page.head for page in pages)
    learned.frame = min(len(region), *(page.frame for page in pages))
    for page in pages:
        learned.add(page)
    learned.settle()
    learned.words = _words(pages)
    return learned, list(pages)


def _largest(pages: Iterable[Places], depth: int) -> list[Places]:
    """Those that go the way that most go: by the tag, then by the name most have."""
    steps = [(page, page.region[depth].split(".")) for page in pages]
    tags = Counter(parts[0] for _, parts in steps)
    tag = next((tag for tag, _ in tags.most_common(1)), "")
    steps = [(page, parts) for page, parts in steps if parts[0] == tag]
    names = Counter(name for _, parts in steps for name in parts[1:])
    name, _ = next(iter(names.most_common(1)), (None, 0))
    return [page for page, parts in steps if name is None or name in parts]


def _common(steps: Sequence[str]) -> str:
    names = Counter(name for step in steps for name in step.split(".")[1:])
    kept = sorted(name for name, count in names.items() if count >= _NAMED * len(steps))
    return ".".join([steps[0].partition(".")[0], *kept])


def _words(pages: Sequence[Places]) -> set[str]:
    words = Counter(word for page in pages for word in page.words)
    return {word for word, count in words.items() if count >= _COMMON * len(pages)}


def _depth(outside: str) -> int:
    return int(outside.partition(">")[0])


def has(step: str, wanted: str) -> bool:
    """Whether a step has the tag and all the names of the wanted one."""
    (tag, *names), (own, *own_names) = wanted.split("."), step.split(".")
    return tag == own and set(names) <= set(own_names)
