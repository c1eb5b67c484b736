"""Every text of the interface is in the catalogues, and nothing else is."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from interface_messages import (
    TRANSLATIONS,
    disputed,
    extracted,
    keys,
    placeholders,
    read,
    texts_of,
    untranslated,
    updated,
    usages,
)
from template_texts import bare_texts

from browse import data_words, translation
from browse.translation import LOCALE

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "browse" / "templates").glob("*.html"))
# Names, not words: they are the same in every language.
NAMES = {
    *("Warraq", "SQL", "CSV", "JSON", "XLSX", "Atom", "Enter", "Esc", "ورّاق"),
    *("BibTeX", "RIS", "WARC", "Markdown", "TEI", "Feed", "Zotero"),
}
# Each language has at least the frame and the search; Arabic has all.
FRAME = {
    *("Skip to content", "Search", "Search all stories", "Stories", "Counts", "Outlets", "Watches"),
    *("Plots", "Corpus", "Data", "Language", "Front page", "Next page", "Not found", "Keyboard"),
}


@pytest.fixture(scope="module")
def template() -> Catalog:
    return extracted()


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_catalogue_has_the_texts_of_the_pages_and_no_others(
    template: Catalog, language: str
) -> None:
    found, wanted = set(keys(read(language))), set(keys(template))
    assert found - wanted == set(), "no page has them: `make messages`"
    assert wanted - found == set(), "`make messages` adds them"


def test_every_text_has_its_arabic() -> None:
    assert [message.id for message in untranslated(read("ar"))] == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_the_frame_is_in_every_language(language: str) -> None:
    absent = {texts_of(message.id)[0] for message in untranslated(read(language))}
    assert absent & FRAME == set()


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_has_the_forms_and_the_values_of_its_text(language: str) -> None:
    catalogue = read(language)
    for message in catalogue:
        if not message.id or message in untranslated(catalogue):
            continue
        forms, plurals = texts_of(message.string), texts_of(message.id)
        assert len(forms) == (catalogue.num_plurals if len(plurals) > 1 else 1), message.id
        allowed = set().union(*map(placeholders, plurals))
        for form in forms:
            # `one story` needs no number.
            assert placeholders(form) <= allowed, message.id
            assert placeholders(form) >= allowed - {"num"}, message.id
            # Arabic and Persian have a sign of their own.
            signs = form.count("%%") + form.count("٪")
            assert signs == plurals[-1].count("%%"), message.id
        assert placeholders(forms[-1]) == allowed, message.id


def test_a_text_is_counted_everywhere_or_nowhere() -> None:
    """A catalogue has one entry for both, with the forms of the one or without them."""
    counted = {(texts[0], context) for texts, context in usages() if not isinstance(texts, str)}
    plain = {(texts, context) for texts, context in usages() if isinstance(texts, str)}
    assert counted & plain == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_prints_no_text_of_its_own(path: Path) -> None:
    texts = bare_texts(path.read_text("utf-8"))
    assert [text.strip() for text in texts if set(re.findall(r"[^\W\d_]+", text)) - NAMES] == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ("<p>{{ _('Hello') }}</p>", []),
        ("{% trans n=1 %}Hello {{ n }}{% endtrans %}", []),
        ("{% if a %}<b>yes</b>{% else %}<i>{{ 'no' if b else c }}</i>{% endif %}", ["yes", "no"]),
        ("{% block title %}{{ title or 'Story ' ~ n }}{% endblock %}", ["Story "]),
        ("{% macro m() %}<input placeholder='Words' class='wide {{ 'small' if a }}'>{% endmacro %}", ["Words"]),
        ("<a href='/search' lang='en'><code>warraq demo</code> {{ name|upper }}</a>", []),
        ("{{ 'Never'|upper }}{{ outlet('site') }}", ["Never"]),
    ],
)  # fmt: skip
def test_what_counts_as_a_text(template: str, found: list[str]) -> None:
    assert bare_texts(template) == found


def test_a_file_s_translations_are_taken_where_there_are_none() -> None:
    template, old = Catalog(), Catalog(locale="fa")
    for text in ("kept", "added", ("%(num)s story", "%(num)s stories")):
        template.add(text)
    old.add("kept", "old")
    old.add("gone", "gone")
    given: list[dict[str, Any]] = [
        {"kept": {"fa": "new"}, "added": {"fa": "first"}},
        {"added": {"fa": "second"}, "%(num)s story": {"plural": "", "fa": ["a", "b"]}},
    ]
    merged = updated(template, old, given)
    strings = {texts_of(message.id)[0]: message.string for message in merged if message.id}
    assert strings == {"kept": "old", "added": "first", "%(num)s story": ("a", "b")}
    assert disputed(given) == {"added"}


def _sentences(path: str) -> list[str]:
    """What the functions of a module of health give as a reason, with 7 for each value."""
    found = []
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        for value in ast.walk(node) if isinstance(node, ast.Return) else ():
            if isinstance(value, ast.JoinedStr):
                found.append("".join(_sample(part) for part in value.values))
            elif isinstance(value, ast.Constant) and "has never" in str(value.value):
                found.append(str(value.value))
    return [sentence for sentence in found if " " in sentence and not sentence.endswith(" ")]


def _sample(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    text = ast.unparse(part)
    return "2026-11-28" if "[:10]" in text else "7"


def test_why_a_site_is_suspect_is_told_in_the_reader_s_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(translation, "language", lambda: "ar")
    sentences = _sentences("storage/site_health.py") + _sentences("storage/fruitless_sites.py")
    assert len(sentences) > 7
    for sentence in [*sentences, "3 crawls have failed in a row", "no crawl has succeeded yet"]:
        shown = str(data_words.suspicion_sentence(sentence))
        if not sentence.startswith(("7: 7", "7 7")):
            assert shown[0] > "\u0600", sentence
    assert data_words.suspicion_sentence("<b>of old</b>") == "<b>of old</b>"
    hostile = data_words.suspicion_sentence("answers, but not as it did: <b>%(x)s</b>")
    assert "&lt;b&gt;%(x)s" in hostile


def test_catalogues_are_where_the_package_takes_them() -> None:
    assert sorted(path.stem for path in LOCALE.glob("*.po")) == TRANSLATIONS


def test_one_thing_has_one_word() -> None:
    """That of the glossary's table of the interface: the Arabic catalogue has no word of its last column."""
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    rows = text.partition("<!-- interface words -->")[2].partition("<!-- /")[0].splitlines()[3:]
    refused = {word for row in rows for word in row.split("|")[-2].strip().split("، ") if word}
    assert len(refused) > 10
    pattern = re.compile(rf"(?<!\w)[وفبل]?(?:ال)?(?:{'|'.join(sorted(refused))})(?!\w)")
    strings = [form for message in read("ar") if message.id for form in texts_of(message.string)]
    assert [string for string in strings if pattern.search(string)] == []
