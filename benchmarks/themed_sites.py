"""Sites of a theme each, made of saved pages: to be fetched, and known from earlier pages."""

import random
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.made_up_sites import Story, halves, story
from benchmarks.page_server import base, urls
from benchmarks.saved_pages import read
from benchmarks.templates import learn
from items import Page
from storage.clock import utc_now
from storage.database import open_database

_FEWEST = 12  # stories in a language, to mix texts of
_EARLIER = 40  # pages of each site, from which its template is learned


@dataclass(slots=True)
class ThemedSites:
    """`pages` are served in turns by as many sites as there are in `earlier`."""

    pages: list[bytes] = field(default_factory=list)
    earlier: list[list[Page]] = field(default_factory=list)
    _known: Path | None = None

    def known(self, folder: Path, scratch: Path) -> None:
        """Into an empty `folder`, a database that has read the earlier pages; made once."""
        if self._known is None:
            self._known = scratch / "known"
            with open_database(self._known) as db:
                for number, pages in enumerate(self.earlier):
                    learn(db, f"site{number}", pages, utc_now())
        shutil.copytree(self._known, folder, dirs_exist_ok=True)


def themed(folder: Path, sites: int, count: int, port: int) -> ThemedSites:
    """Of `count` pages in all; themes are chosen by chance, with one seed."""
    found = ThemedSites()
    samples = read(folder, 1)
    stories = [s for one in samples if (s := story(one.language, one.url, one.document))]
    addresses, own = urls(count, sites, port), list[list[Page]]()
    for skeleton, others in _skeletons(stories):
        number = len(own)
        if number == sites:
            break
        earlier = [f"{base(number, port)}/earlier/{n}.html" for n in range(_EARLIER)]
        pages = list(halves(skeleton, others, [*earlier, *addresses[number::sites]], number))
        if len(pages) == _EARLIER + len(addresses[number::sites]):
            found.earlier.append(pages[:_EARLIER])
            own.append(pages[_EARLIER:])
    found.pages = [own[number % sites][number // sites].body for number in range(count)]
    return found


def _skeletons(stories: Sequence[Story]) -> Iterator[tuple[Story, list[Story]]]:
    languages = Counter(one.language for one in stories)
    for one in random.Random(1).sample(stories, len(stories)):
        if languages[one.language] > _FEWEST:
            yield one, [s for s in stories if s.language == one.language and s is not one]
