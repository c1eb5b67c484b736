"""What the docs name is there: files, commands, keys, settings, columns, names of the glossary, links."""

import re
import runpy
import tomllib
from itertools import chain
from pathlib import Path

import pytest

from cli.main import COMMANDS
from spiders.site_files import family_names
from spiders.site_schema import SiteKeys
from storage.database import open_database
from text.setting_names import SETTINGS

ROOT = Path(__file__).parents[1]
GLOSSARY = ROOT / "docs" / "glossary.md"
# The glossary's second part names what is gone, the changelog what was.
DOCS = [
    path
    for path in chain(ROOT.glob("*.md"), ROOT.glob("docs/*.md"), ROOT.glob("*/README.md"))
    if path not in (GLOSSARY, ROOT / "CHANGELOG.md") and not path.parent.name.startswith(".")
] + [ROOT / "deploy" / "cluster.md"]
# Files of a worked example, and those that a user writes.
INVENTED = re.compile(
    r"headlines|NAME|LANGUAGE|score\.py|DEST|FILE|example|elnahar|nashra|corpus\.|paper\.|kurdish"
)

SOURCES = [
    path
    for room in ("cli", "browse", "demo", "service", "spiders", "pipelines", "storage", "text")
    for path in (ROOT / room).rglob("*")
    if path.suffix in (".py", ".toml", ".sql", ".html")
] + [*ROOT.glob("*.py"), *(ROOT / "benchmarks").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
PATHS = ["/" + path.relative_to(ROOT).as_posix() for path in SOURCES]


@pytest.mark.parametrize("doc", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_that_a_doc_names_are_there(doc: Path) -> None:
    text = doc.read_text("utf-8")
    named = {
        name
        for name in re.findall(r"`([\w./-]+\.(?:py|toml|sql))\b[^`]*`", text)
        if not INVENTED.search(name)
    }
    missing = {name for name in named if not any(path.endswith("/" + name) for path in PATHS)}
    assert {name for name in missing if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize("doc", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_modules_and_commands_that_a_doc_names_are_there(doc: Path) -> None:
    text = doc.read_text("utf-8")
    modules = re.findall(r"python -m ((?:benchmarks|tests|demo|cli)[\w.]*)", text)
    for module in modules:
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module
    commands = re.findall(r"`warraq (?:--[\w-]+ \S+ )*([a-z]+)", text)
    assert set(commands) <= COMMANDS.keys()


def test_today_s_names_in_the_glossary_are_in_the_code() -> None:
    section = GLOSSARY.read_text("utf-8").partition("### Classes and functions")[2]
    rows = re.findall(r"^\|.*\|.*\|(.*)\|$", section.partition("### Tables")[0], re.MULTILINE)
    names = {name for row in rows for name in re.findall(r"`([A-Za-z_]\w*)`", row)}
    assert len(names) > 100
    words = set(re.findall(r"\w+", " ".join(path.read_text("utf-8") for path in SOURCES)))
    assert names - words == set()


def test_today_s_files_in_the_glossary_are_there() -> None:
    section = GLOSSARY.read_text("utf-8").partition("### Files")[2]
    rows = re.findall(r"^\| `[^|]*\| (.*) \|$", section, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([\w./*-]+)`", row)}
    assert len(named) > 150
    assert {name for name in named if not list(ROOT.glob(name))} == set()


def table(doc: str, name: str) -> list[list[str]]:
    """The cells of the table between `<!-- name -->` and `<!-- /name -->` of a doc, without its head."""
    text = (ROOT / "docs" / doc).read_text("utf-8")
    part = text.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0]
    rows = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows[2:]]


def test_the_table_of_keys_has_those_of_site_files_with_their_defaults() -> None:
    rows = table("operator.md", "keys")
    assert sorted(row[0].strip("`") for row in rows) == sorted(SiteKeys.model_fields)
    for key, cell, _ in rows:
        field = SiteKeys.model_fields[key.strip("`")]
        if cell:
            assert tomllib.loads(f"x = {cell.strip('`')}")["x"] == field.default, key
        else:
            assert field.is_required() or field.default in (None, ""), key


def test_the_families_are_named() -> None:
    [row] = [row for row in table("operator.md", "keys") if row[0] == "`family`"]
    assert set(re.findall(r"`(\w+)`", row[2])) == set(family_names())


# A program that WARRAQ_ON_SUSPECT names gets these; those of earlier versions are refused.
NO_SETTINGS = {
    f"WARRAQ_{name}"
    for name in (
        *("SITE", "REASON", "CLUSTER_CRAWLS", "CLUSTER_LEASE"),
        # What a watch's command gets.
        *("WATCH", "DELIVERY", "ATTEMPT", "ARTICLES"),
    )
}


def test_the_table_of_settings_has_them_all_with_their_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = table("operator.md", "settings")
    assert sorted(row[0].strip("`") for row in rows) == sorted(SETTINGS - NO_SETTINGS)
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WARRAQ_SETTINGS", str(tmp_path / "settings"))
    (tmp_path / "settings").touch()
    defaults = runpy.run_path(str(ROOT / "settings.py"))
    # Scrapy's own names.
    defaults |= {
        "WARRAQ_LOG_LEVEL": defaults["LOG_LEVEL"],
        "WARRAQ_TIMEOUT": defaults["DOWNLOAD_TIMEOUT"],
    }
    for name, cell, _ in rows:
        value = defaults.get(name.strip("`"), "")
        if cell.startswith("`"):
            assert cell.strip("`") == _as_written(value), name
        else:
            assert cell or value == "", name


def _as_written(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def test_the_architecture_names_each_table(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("\n## Tables\n")[2]
    named = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\|([^|]*)\|", text, re.MULTILINE))))
    with open_database(tmp_path) as db:
        tables = {*db.table_names(), *db.view_names()}
    parts_of_search = {
        name for name in tables if re.match("_search_(data|idx|docsize|config)", name)
    }
    assert tables - parts_of_search - {"_sqlite_migrations", "sqlite_sequence"} - named == set()


def test_the_table_of_columns_has_those_of_articles(tmp_path: Path) -> None:
    named = {
        name for row in table("researcher.md", "columns") for name in re.findall(r"`(\w+)`", row[0])
    }
    with open_database(tmp_path) as db:
        assert named == {column.name for column in db["articles"].columns}


@pytest.mark.parametrize("doc", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_to_what_is_there(doc: Path) -> None:
    text = doc.read_text("utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    for link in links:
        file, _, anchor = link.partition("#")
        if "://" in file:
            continue
        target = doc.parent / file if file else doc
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
            slugs = {
                re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings
            }
            assert anchor in slugs, link


def test_no_sentence_is_in_two_docs() -> None:
    where: dict[str, set[str]] = {}
    for doc in DOCS:
        prose = re.sub(r"^( {4}|\|).*$|<!--.*?-->", "", doc.read_text("utf-8"), flags=re.MULTILINE)
        for sentence in re.split(r"(?<=[.:؛؟])\s+", prose):
            if len(sentence) > 60:
                where.setdefault(sentence.strip(), set()).add(doc.relative_to(ROOT).as_posix())
    assert {sentence: docs for sentence, docs in where.items() if len(docs) > 1} == {}
