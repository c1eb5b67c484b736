"""What a crawl elsewhere has written, act by act, and the same acts done again at home."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from items import Article, Link, Validators
from pipelines.keeping import Kept, Refined, keep
from spiders.ledger import Ledger
from spiders.settling import Fate
from storage import frontier
from storage.archive.answers import Answer
from storage.archive.places import Pointer


@dataclass(frozen=True, slots=True)
class Act:
    """A method of the ledger and what it was called with."""

    name: str
    arguments: tuple[Any, ...]
    options: dict[str, Any]

    def on(self, ledger: Ledger) -> Any:
        return getattr(ledger, self.name)(*self.arguments, **self.options)


Entry = tuple[Act, ...]  # all of it, or nothing


class Journal(Ledger):
    """Writes into the crawl's own database what the crawl must remember, and tells `write` all.
    `bodies`: pages are wanted at home, for the archive.
    """

    def __init__(
        self, database: Database, write: Callable[[Entry], None], *, bodies: bool = True
    ) -> None:
        super().__init__(database)
        self._write = write
        self._bodies = bodies
        self._open: list[Act] | None = None

    @contextmanager
    def together(self) -> Iterator[None]:
        self._open = []
        try:
            with super().together():
                yield
            acts = self._open
        finally:
            self._open = None
        self._write(tuple(acts))

    def _note(self, name: str, *arguments: Any, **options: Any) -> None:
        act = Act(name, arguments, options)
        if self._open is None:
            self._write((act,))
        else:
            self._open.append(act)

    def add(
        self, site: str, links: Sequence[Link], read: Sequence[Validators] = (), *, now: str
    ) -> int:
        new = super().add(site, links, read, now=now)
        self._note("add", site, tuple(links), tuple(read), now=now)
        return new

    def save(self, validators: Validators, *, now: str) -> None:
        super().save(validators, now=now)
        self._note("save", validators, now=now)

    def note_answer(self, site: str, answer: Answer, at: Pointer, links: Sequence[Link]) -> None:
        self._note("note_answer", site, answer, at, tuple(links))

    def settle(self, key: str, fate: Fate, *, now: str, rested: str | None = None) -> Kept:
        kept = super().settle(key, fate, now=now, rested=rested)
        self._note("settle", key, fate, now=now, rested=rested)
        return kept

    def found_stored(self, key: str, article: str, *, now: str) -> Kept:
        kept = super().found_stored(key, article, now=now)
        self._note("found_stored", key, article, now=now)
        return kept

    def keep(self, refined: Refined, *, now: str, **options: Any) -> Kept:
        """Whether it is new, a revision or a copy is judged at home: here it is done."""
        if isinstance(refined.outcome, Article):
            key, article = refined.page.key, refined.outcome
            frontier.settle(self.database, key, "done", now=now, article_id=article.id)
            kept = Kept(key, "new", article=article)
        else:
            kept = keep(self.database, refined, now=now, **options)
        if not self._bodies:
            refined = replace(refined, page=replace(refined.page, body=b"", exchange=None))
        self._note("keep", refined, now=now, **options)
        return kept
