"""The catalogues of the reader's interface: `make messages` brings them up to date.

`python -m tests.support.interface_messages [MESSAGES.toml …]` writes browse/locale/*.po anew, with what
the files translate, and ends with 1 where a text has no Arabic. A file has lines like
`"English" = { ar = "…", fr = "…", fa = "…" }`, and for what is counted
`"%(num)s story" = { plural = "%(num)s stories", ar = ["…", six forms], fr = ["…", "…"], fa = ["…", "…"] }`.
"""

import re
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from datasette.filters import Filters

ROOT = Path(__file__).parents[2]
# `python -m` finds the product where it is started, pytest wherever it is.
sys.path[:0] = [str(ROOT)] * (str(ROOT) not in sys.path)

from browse.access import TAKES_TOO_LONG, UNCLEAR_ADDRESS  # noqa: E402
from browse.app import TABLES, canned_queries  # noqa: E402
from browse.data_words import PROBLEMS, SUSPICIONS, VALUES  # noqa: E402
from browse.translation import LANGUAGES, LOCALE  # noqa: E402
from storage.database import open_database  # noqa: E402
from storage.fruitless_sites import PAGE_ADVICE  # noqa: E402

TRANSLATIONS = sorted(LANGUAGES.keys() - {"en"})
_METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
_OPTIONS = {"templates/**.html": {"silent": "false", "newstyle_gettext": "true"}}
_HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""
_PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 "
    ": n%100>=11 && n%100<=99 ? 4 : 5);",
    "fa": "nplurals=2; plural=(n > 1);",
    "fr": "nplurals=2; plural=(n > 1);",
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%%")

Texts = tuple[str, ...]
Key = tuple[str | None, str]
"""Context and msgid."""


def main(files: Sequence[str]) -> int:
    given = [tomllib.loads(Path(file).read_text("utf-8")) for file in files]
    template = extracted()
    for language in TRANSLATIONS:
        catalogue = updated(template, read(language), given)
        write(catalogue, language)
        absent = untranslated(catalogue)
        print(f"{language}: {len(catalogue)} messages, {len(absent)} without a translation")  # noqa: T201
        for message in absent if language == "ar" else ():
            print(f"  {message.id!r} ({message.context or 'text'})")  # noqa: T201
    unused = {text for texts in given for text in texts} - {key[1] for key in keys(template)}
    for text in sorted(unused):
        print(f"no page has {text!r}")  # noqa: T201
    for text in sorted(disputed(given)):
        print(f"translated twice, the first is taken: {text!r}")  # noqa: T201
    return int(bool(untranslated(read("ar"))))


def extracted() -> Catalog:
    """Every text of the interface: of templates, of code, and of the names that both print."""
    catalogue = Catalog()
    for texts, context in usages():
        catalogue.add(texts, context=context)
    return catalogue


def usages() -> Iterator[tuple[str | Texts, str | None]]:
    """Each place where a text is used, with its context: one text, or the singular and the plural."""
    found = extract_from_dir(ROOT / "browse", _METHODS, options_map=_OPTIONS)
    yield from ((texts, context) for _file, _line, texts, _comments, context in found)
    yield from ((text, context) for context, text in named())


def named() -> Iterator[Key]:
    """Texts that a template prints by `|translated`, `|column` or `|value`."""
    for section in (*TABLES.values(), *canned_queries().values()):
        texts = (
            section.get("title"),
            section.get("description"),
            *section.get("columns", {}).values(),
        )
        yield from ((None, text) for text in texts if text)
    displays = (display for _, display, _ in Filters([]).lookups())
    yield from ((None, text) for text in displays if re.search("[a-z]", text))
    yield from (
        (None, text)
        for text in (
            *SUSPICIONS,
            *PROBLEMS,
            *PAGE_ADVICE.values(),
            UNCLEAR_ADDRESS,
            TAKES_TOO_LONG,
        )
    )
    yield from (("value", text) for texts in VALUES.values() for text in texts)
    yield from (("column", name) for name in column_names())


def column_names() -> set[str]:
    """Of the tables and views that the reader shows, and of the queries' results and parameters."""
    with tempfile.TemporaryDirectory() as folder, open_database(Path(folder)) as db:
        tables = (*db.table_names(), *db.view_names())
        shown = [name for name in tables if not name.startswith(("_", "sqlite_"))]
        names = {row[1] for name in shown for row in db.execute(f"PRAGMA table_info([{name}])")}
    return names | _query_columns()


def _query_columns() -> set[str]:
    sql = " ".join(query["sql"] for query in canned_queries().values())
    return {*re.findall(r"\bas (\w+)(?=,|\s+from\b)", sql), *re.findall(r":([a-z]\w*)", sql)}


def read(language: str) -> Catalog:
    with (LOCALE / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def updated(template: Catalog, old: Catalog, given: Sequence[Mapping[str, Any]]) -> Catalog:
    """The template's messages with the old translations, or those given. What is given first is kept:
    one text is one translation.
    """
    # Without messages it is the old one's language and plural forms.
    catalogue = Catalog(locale=old.locale)
    catalogue.mime_headers = old.mime_headers
    for message in _messages(template):
        former = old.get(texts_of(message.id)[0], message.context)
        string = former.string if former is not None and _is_complete(former) else None
        string = string or _given(message, given, str(old.locale))
        catalogue.add(message.id, string, context=message.context)
    return catalogue


def _given(
    message: Message, given: Sequence[Mapping[str, Any]], language: str
) -> str | Texts | None:
    text = texts_of(message.id)[0]
    for texts in given:
        translation = texts.get(text, {}).get(language) if message.context is None else None
        if translation:
            return translation if isinstance(translation, str) else tuple(translation)
    return None


def disputed(given: Sequence[Mapping[str, Any]]) -> set[str]:
    """The texts that two files translate, and not alike."""
    texts = Counter(text for translations in given for text in translations)
    return {
        text
        for text, count in texts.items()
        if count > 1 and len({str(entries[text]) for entries in given if text in entries}) > 1
    }


def write(catalogue: Catalog, language: str) -> None:
    with (LOCALE / f"{language}.po").open("wb") as file:
        file.write(_HEADER.format(language=language, plurals=_PLURALS[language]).encode())
        write_po(file, catalogue, no_location=True, omit_header=True, sort_output=True, width=0)


def keys(catalogue: Catalog) -> list[Key]:
    return [(message.context, texts_of(message.id)[0]) for message in _messages(catalogue)]


def untranslated(catalogue: Catalog) -> list[Message]:
    return [message for message in _messages(catalogue) if not _is_complete(message)]


def _messages(catalogue: Catalog) -> list[Message]:
    """Without the header, which has no msgid."""
    found = (message for message in catalogue if message.id)
    return sorted(found, key=lambda message: (message.context or "", texts_of(message.id)))


def _is_complete(message: Message) -> bool:
    return all(texts_of(message.string)) and not message.fuzzy


def texts_of(text: str | Sequence[str] | None) -> Texts:
    """A msgid or a msgstr as its forms."""
    return tuple(text or ("",)) if not isinstance(text, str) else (text,)


def placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text)) - {""}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
