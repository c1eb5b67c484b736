"""An article's authors: the names in the most trusted byline that has any."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from pipelines.metadata.author_names import names_in
from pipelines.metadata.author_rules import NameContext
from pipelines.metadata.field_choice import Reading, Statement, choose_best
from pipelines.metadata.name_faults import is_organisation, names_site
from pipelines.metadata.page_elements import PageIndex
from pipelines.metadata.witnesses import TAKEN, Witness
from text.folding import fold_name

_MAX_NAMES = 6
_MAX_LINKS = 3000
_MAX_LINK_CHARS = 80


# The ranks of readings.
_PERSONS, _FIRST_NAMES, _ORGANISATIONS, _NEWSROOM = range(4)
_DEFERRED = {
    _FIRST_NAMES: "a name of one word, another source may have it in full",
    _ORGANISATIONS: "an organisation, another source may name a person",
    _NEWSROOM: "the site's own name or its newsroom",
}


def choose_authors(
    statements: Iterable[Statement], context: NameContext
) -> tuple[str | None, tuple[Witness, ...]]:
    """The names joined by commas: persons before organisations, those before the newsroom."""
    first_names: set[str] = set()
    accounts: set[str] = set()

    def read(statement: Statement) -> Reading:
        reading = _read(statement, context, accounts)
        if reading.rank == _FIRST_NAMES:
            first_names.update(map(fold_name, reading.values))
        elif reading.rank == _PERSONS and first_names:
            completes = any(_is_whole_name_of(name, first_names) for name in reading.values)
            return reading if completes else replace(reading, rank=_FIRST_NAMES)
        return reading

    names, witnesses = choose_best("author", statements, read)
    return joined(names), witnesses


def _read(statement: Statement, context: NameContext, accounts: set[str]) -> Reading:
    """`accounts` gathers the site's names that its data state for an author: who posts there under the
    site's name is nobody's byline, where it is shown too.
    """
    found = [names_in(text, context, is_link=statement.is_link) for text in statement.texts[:50]]
    names = list(dict.fromkeys(name for line in found for name in line.names))[:_MAX_NAMES]
    if not names:
        known = [name for line in found for name in line.newsroom]
        of_site = {name for name in known if names_site(name, context)}
        if not statement.is_shown:
            accounts.update(map(fold_name, of_site))
        refused = of_site if not statement.is_shown else set()
        newsroom = [n for n in known if n not in refused and fold_name(n) not in accounts]
        reason = next((f.reason for f in found), "")
        return Reading(newsroom[:1], reason, _NEWSROOM)
    rank = _rank(names, context)
    return Reading(names, _DEFERRED.get(rank, TAKEN), rank)


def _is_whole_name_of(name: str, first_names: set[str]) -> bool:
    """`Robyn Hill` is, of `Robyn`; `Robyn In Comments` and `more of Robyn` are none."""
    words = name.split()
    is_written_as_name = len(words) <= 3 and all(word[0].isupper() for word in words)
    return is_written_as_name and not first_names.isdisjoint(map(fold_name, words))


def _rank(names: list[str], context: NameContext) -> int:
    persons = [name for name in names if not is_organisation(name, context)]
    if not persons:
        return _ORGANISATIONS
    is_short = all(" " not in name and name.isascii() for name in persons)
    return _FIRST_NAMES if is_short else _PERSONS


def joined(names: Iterable[str]) -> str | None:
    names = list(names)
    comma = "، " if names and _is_arabic(names[0]) else ", "
    return comma.join(names) or None


def _is_arabic(name: str) -> bool:
    return any("\u0600" <= c <= "\u06ff" for c in name)


def linked_names(addresses: Iterable[str], index: PageIndex) -> Iterator[Statement]:
    """The texts of the page's links to the authors' pages that its metadata name by address."""
    paths = {path for text in addresses for address in text.split(",") if (path := _path(address))}
    if paths:
        texts = (
            index.text_of(a, _MAX_LINK_CHARS)
            for a in index.by_tag["a"][:_MAX_LINKS]
            if _path(a.get("href") or "") in paths
        )
        distinct = tuple(dict.fromkeys(text for text in texts if text))
        yield Statement("link to the address in meta article:author", distinct, is_link=True)


def _path(address: str) -> str:
    try:
        path = unquote(urlsplit(address[:500].strip()).path).rstrip("/").lower()
    except ValueError:
        return ""
    return path if path.count("/") > 1 else ""
