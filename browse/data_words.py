"""Names and values of the database in the reader's language. The data itself, as JSON and CSV, has the
names of the schema.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from babel import Locale
from datasette.app import Datasette
from markupsafe import Markup, escape

from browse.calendars import full_day
from browse.hooks import hookimpl
from browse.live_database import DATABASE
from browse.numerals import in_digits
from browse.translation import gettext, interface_locale, ngettext, pgettext
from storage.fruitless_sites import PAGE_ADVICE

# Values that are words of ours, by column. Reasons are keys, by which rules are looked up.
VALUES = {
    "outcome": (
        *("finished", "failed", "stopped", "resting", "killed"),
        *("no_access", "no_browser", "no_cluster"),
    ),
    "state": ("queued", "done", "failed", "gone", "denied", "rejected"),
    "kind": ("exact", "near", "shortened", "extended", "earlier"),
    "access": ("free", "teaser"),
    "found_by": ("feed", "sitemap", "section", "wordpress", "import"),
}
# What is wrong with an address, as SelectionError has it; as data it stays English.
PROBLEMS = (
    "`since` is a day such as 2026-11-01",
    "`until` is a day such as 2026-11-01",
    "`since` is after `until`",
    "`by` is one of day, week, month, year",
    "more than 5 searches",
    "more than 100 sites, languages and sections",
)
# What storage.site_health writes into a site's row; what follows the colon is looked up by itself.
SUSPICIONS = (
    "all of its last pages have one reason: %(reason)s",
    "hardly a page of it is an article any more: %(reason)s",
    "nothing new since %(day)s; usually %(number)s articles a day: where its front page has later ones, "
    "name it in `sections`",
    "answers, but not as it did: %(reason)s",
    "its lists are empty; they used to have %(number)s articles",
    "one of its sources fails: %(reason)s",
    "cannot be reached since %(day)s: %(reason)s",
    "has never given an article: %(reason)s",
    "no crawl has succeeded yet",
)
_FAILURES = re.compile(r"(\d{1,9}) crawls have failed in a row")
_GROUPS = {
    "%(reason)s": "(.{1,2000})",
    "%(day)s": r"(\d{4}-\d\d-\d\d)",
    "%(number)s": r"([\d.]{1,12})",
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@hookimpl
def extra_template_vars(datasette: Datasette) -> dict[str, Any]:
    def table_title(name: str) -> str:
        title = datasette.metadata("title", database=DATABASE, table=name, fallback=False)
        return gettext(title) if title else name

    return {"table_title": table_title}


def column(name: str) -> str:
    return pgettext("column", name)


def comparison(filters: Any, lookup: str) -> str:
    """How a filter of datasette's compares: `contains`, `=`."""
    shown = {key: display for key, display, _ in filters.lookups()}
    return gettext(shown[lookup]) if lookup in shown else lookup


def value(raw: Any, name: str) -> Any:
    """A value of a column as the reader writes it: a word of ours, a language, a number."""
    if isinstance(raw, str) and raw in VALUES.get(name, ()):
        return pgettext("value", raw)
    if name == "language":
        return language_name(raw)
    return in_digits(str(raw), interface_locale()) if type(raw) in (int, float) else raw


def language_name(code: str | None) -> str:
    """`Arabic` for `ar`, in the language of the page; the code itself where it is not known."""
    locale = interface_locale()
    name = locale.languages.get((code or "").replace("-", "_")) or _named(locale, code or "")
    return str(name or code or "")


def _named(locale: Locale, code: str) -> str | None:
    """Of the language alone: `sr` of `sr-Latn`."""
    name = locale.languages.get(code.partition("-")[0])
    return f"{name} ({code})" if name else None


def suspicion_sentence(stored: str | None) -> str | Markup:
    """Why a site is suspect, as the database has it in English, in the reader's language."""
    sentence = stored or ""
    if failures := _FAILURES.fullmatch(sentence):
        count = int(failures[1])
        message = ngettext("one crawl has failed", "%(num)s crawls have failed in a row", count)
        return message % {"num": in_digits(str(count), interface_locale())}
    for message, values in _matches(sentence):
        parts = {name: _part(name, text) for name, text in values.items()}
        return Markup(escape(gettext(message))) % parts  # noqa: S704
    return sentence


def _matches(sentence: str) -> Iterator[tuple[str, dict[str, str]]]:
    for message in SUSPICIONS:
        pattern = re.escape(message)
        for placeholder, group in _GROUPS.items():
            pattern = pattern.replace(re.escape(placeholder), group)
        if found := re.fullmatch(pattern, sentence, re.DOTALL):
            yield message, dict(zip(_PLACEHOLDER.findall(message), found.groups(), strict=True))


def _part(name: str, text: str) -> str | Markup:
    locale = interface_locale()
    if name == "number":
        return in_digits(text, locale)
    if name == "day":
        return full_day(date.fromisoformat(text), locale)
    # `too_short 12, off_site 3: advice`
    counts, colon, advice = text.partition(": ")
    if colon and advice in PAGE_ADVICE.values():
        return Markup('<bdi dir="ltr" lang="en">{}</bdi>: {}').format(counts, gettext(advice))
    return Markup('<bdi dir="ltr" lang="en">{}</bdi>').format(text)
