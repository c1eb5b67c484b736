"""From the places of a kind of pages to what is common to them. Nothing here knows a database."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from items import Places, Verdicts
from storage.templates.kinds import Region, has

# Fewer articles leave half of a theme's parts unseen; a site with ten a day has its template in
# two days.
LEAST = 12
# To find out where the metadata stand takes as long as to refine a page: it must be known of this
# many, and is not asked where no more than that are of a kind.
FRAMED = 4
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


def learn(region: Region, pages: Sequence[Places]) -> Learned | None:
    """What the pages of a kind have in common, with the region that all of them have; None until
    enough of them tell where their metadata stand.
    """
    framed = [page for page in pages if page.frame is not None]
    if len(framed) < FRAMED:
        return None
    learned = Learned(region)
    learned.head = all(page.head for page in framed)
    learned.frame = min(len(region), *(page.frame or 0 for page in framed))
    for page in pages:
        learned.add(page)
    learned.settle()
    learned.words = _words(pages)
    return learned


def _words(pages: Sequence[Places]) -> set[str]:
    words = Counter(word for page in pages for word in page.words)
    return {word for word, count in words.items() if count >= _COMMON * len(pages)}


def _depth(outside: str) -> int:
    return int(outside.partition(">")[0])
