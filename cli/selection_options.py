"""Options that select articles, as the search page's filters do, and why a selection may be empty."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.completion import complete_sites
from text.language_codes import language_of, suggest_language
from text.suggestions import did_you_mean
from text.terminal import printable

if TYPE_CHECKING:
    from sqlite_utils import Database

    from storage.selection import Selection

DAY = click.DateTime(["%Y-%m-%d"])
NO_WORD = 'there is no word in it: words, "a phrase", a OR b, -without, beginn*, title:word'
_Command = TypeVar("_Command", bound=Callable[..., Any])
# The fields of a Selection and their options, in the order of the help.
_OPTIONS = {
    "search": "--search",
    "sites": "--site",
    "languages": "--language",
    "sections": "--section",
    "agency": "--agency",
    "author": "--author",
    "since": "--since",
    "until": "--until",
    "without_gone": "--without-gone",
    "without_reserved": "--without-reserved",
}


def language_codes(_: click.Context, __: click.Parameter, given: Any) -> tuple[str, ...]:
    """Languages by code, tag or name, several with commas between them, as the codes of articles."""
    texts = (given,) if isinstance(given, str) else given or ()
    words = [word.strip() for text in texts for word in text.split(",") if word.strip()]
    codes = {word: language_of(word) for word in words}
    unknown = next((word for word, code in codes.items() if code is None), None)
    if unknown is not None or (texts and not words):
        hint = suggest_language(unknown or "")
        raise click.BadParameter(
            f"no language is called {printable(unknown or ','.join(texts))!r} {hint}".strip()
        )
    return tuple(dict.fromkeys(filter(None, codes.values())))


def selection_options(command: _Command) -> _Command:
    """The options of a command that takes `**chosen`, of which `selection_of` makes a Selection."""
    search = click.option(
        "--search", default="", metavar="WORDS", help="Only what the search finds."
    )
    gone = click.option(
        "--without-gone", is_flag=True, help="Leave out articles that are gone from their site."
    )
    reserved = click.option(
        "--without-reserved",
        is_flag=True,
        help="Leave out articles whose use for data mining or AI is reserved.",
    )
    return search(filter_options(gone(reserved(command))))


def filter_options(command: _Command) -> _Command:
    """Those of them that narrow a search: outlets, languages, sections, names and days."""
    options = (
        click.option(
            *("--site", "sites"),
            multiple=True,
            metavar="NAME",
            shell_complete=complete_sites,
            help="Only of this site; may be given several times, as the next two may.",
        ),
        click.option(
            *("--language", "languages"),
            multiple=True,
            callback=language_codes,
            metavar="CODE",
            help="Only in this language: ar, Arabic.",
        ),
        click.option(
            "--section", "sections", multiple=True, metavar="NAME", help="Only of this section."
        ),
        click.option(
            "--agency", default="", metavar="NAME", help="Only what is credited to this agency."
        ),
        click.option("--author", default="", metavar="NAME", help="Only by this author."),
        click.option(
            "--since",
            type=DAY,
            metavar="DAY",
            help="Only what was published on this day (2026-11-01) or later.",
        ),
        click.option(
            "--until",
            type=DAY,
            metavar="DAY",
            help="Only what was published on this day or before.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def selection_of(db: "Database", chosen: dict[str, Any]) -> "Selection":
    """Raises BadParameter for a site that the database does not have, words without a letter, and a
    period that ends before it begins.
    """
    from storage.search_query import finds_nothing
    from storage.selection import Selection

    since, until = (iso_day(chosen[name]) for name in ("since", "until"))
    if since and until and until < since:
        raise click.BadParameter(f"{until} is before --since {since}", param_hint="--until")
    if chosen["search"] and finds_nothing(chosen["search"]):
        raise click.BadParameter(NO_WORD, param_hint="--search")
    known = [name for (name,) in db.execute("SELECT name FROM sites").fetchall()]
    for name in chosen["sites"]:
        if name not in known:
            hint = did_you_mean(name, known) or "`warraq status` lists them"
            message = f"the database has no site {printable(name)!r} ({hint})"
            raise click.BadParameter(message, param_hint="--site")
    return Selection(**{**chosen, "since": since, "until": until})


def iso_day(given: datetime | None) -> str:
    return given.date().isoformat() if given else ""


def why_empty(db: "Database", selection: "Selection") -> str:
    """A sentence about a selection that no article is in."""
    from storage.formats.corpus_facts import count_selected
    from storage.selection import EVERYTHING

    if not count_selected(db, EVERYTHING):
        return "The database holds no article yet: `warraq crawl` or `warraq import` brings some."
    alone = {
        option: count_selected(db, replace(EVERYTHING, **{name: value}))
        for name, option, value in _given(selection)
    }
    if fruitless := [option for option, count in alone.items() if not count]:
        return f"No article fits {', '.join(fruitless)}."
    return f"Articles fit each of {', '.join(alone)}, but none fits all of them."


def _given(selection: "Selection") -> Iterator[tuple[str, str, Any]]:
    for name, option in _OPTIONS.items():
        if value := getattr(selection, name):
            yield name, option, value
