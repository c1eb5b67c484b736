"""What the docs name is there: files, commands, and the new names of the glossary."""

import re
from itertools import chain
from pathlib import Path

import pytest

from cli.main import COMMANDS

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
