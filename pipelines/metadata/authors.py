"""An article's authors: the names in the most trusted byline that has any."""

from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from pipelines.metadata.author_names import names_in
from pipelines.metadata.author_rules import NameContext
from pipelines.metadata.field_choice import Statement, choose_first
from pipelines.metadata.page_elements import text_of
from pipelines.metadata.witnesses import Witness

_MAX_NAMES = 6
_MAX_LINKS = 3000
_MAX_LINK_CHARS = 80


def choose_authors(
    statements: Iterable[Statement], context: NameContext
) -> tuple[str | None, tuple[Witness, ...]]:
    """The names joined by commas."""

    def read(statement: Statement) -> tuple[list[str], str]:
        found = [
            names_in(text, context, is_link=statement.is_link) for text in statement.texts[:50]
        ]
        names = list(dict.fromkeys(name for line in found for name in line.names))
        return names[:_MAX_NAMES], next((f.reason for f in found), "")

    names, witnesses = choose_first("author", statements, read)
    return joined(names), witnesses


def joined(names: Iterable[str]) -> str | None:
    names = list(names)
    comma = "، " if names and _is_arabic(names[0]) else ", "
    return comma.join(names) or None


def _is_arabic(name: str) -> bool:
    return any("\u0600" <= c <= "\u06ff" for c in name)


def linked_names(addresses: Iterable[str], links: list[HtmlElement]) -> Iterator[Statement]:
    """The texts of the page's links to the authors' pages that its metadata name by address."""
    paths = {path for text in addresses for address in text.split(",") if (path := _path(address))}
    if paths:
        texts = (
            text_of(a, _MAX_LINK_CHARS)
            for a in links[:_MAX_LINKS]
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
