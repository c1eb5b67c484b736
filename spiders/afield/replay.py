"""Entries of a journal from elsewhere, written again where the corpus is, each in one transaction."""

from collections import Counter
from dataclasses import replace

from sqlite_utils import Database

from items import Site
from pipelines.keeping import Kept, Refined
from spiders.afield.journal import Act, Entry
from spiders.equipment import Archives
from spiders.ledger import Ledger
from spiders.visit import count
from storage import leases
from storage.database import transaction


class LeaseLost(Exception):
    """The site is another's by now: what comes from here is refused."""


class Replay:
    """`owner` holds the site's lease; `settled` is the number of the last entry that is written."""

    def __init__(
        self, site: Site, owner: str, database: Database, archive: Archives | None
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.settled = 0
        self._site = site
        self._owner = owner
        self._database = database
        self._ledger = Ledger(database)
        self._archive = archive if site.archive else None

    async def write(self, number: int, entry: Entry) -> None:
        """What has been written already changes nothing. Raises LeaseLost and StorageError."""
        if number <= self.settled:
            return
        acts = [await self._archived(act) for act in entry]
        with transaction(self._database):
            if leases.holder(self._database, self._site.name) != self._owner:
                raise LeaseLost(f"{self._site.name} was given to another")
            results = [act.on(self._ledger) for act in acts]
        self.settled = number
        for result in results:
            if isinstance(result, Kept):
                count(self.counts, result)

    async def _archived(self, act: Act) -> Act:
        """A record is on the disk before a row points to it."""
        if self._archive is None or act.name not in ("keep", "note_answer"):
            return act
        if act.name == "keep":
            refined: Refined = act.arguments[0]
            record = await self._archive.add(self._database, refined.page)
            return replace(act, arguments=(replace(refined, record=record),))
        site, answer, _, links = act.arguments
        at = await self._archive.add_answer(answer)
        return replace(act, arguments=(site, answer, at, links))
