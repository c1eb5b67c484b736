"""`warraq extract --output`: a file for each page, and none outside the folder."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from cli.article_files import free_name
from cli.extract import extract
from cli.saved_pages import page_stem

SENTENCE = "افتتح وزير الثقافة صباح اليوم معرض الكتاب في دورته العاشرة بمشاركة دور نشر كثيرة. "


def page(number: int) -> str:
    body = "".join(f"<p>{SENTENCE}{number} {line}.</p>" for line in range(5))
    return f"<html><head><title>خبر</title></head><body><article><h1>خبر</h1>{body}</article></body></html>"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(extract, list(map(str, arguments)))


def test_pages_of_one_name_get_a_file_each(tmp_path: Path) -> None:
    names = ["a/index.html", "b/index.html", "c/INDEX.html", "d/index.htm", "e/index-2.html"]
    for number, name in enumerate(names):
        (tmp_path / "pages" / name).parent.mkdir(parents=True)
        (tmp_path / "pages" / name).write_text(page(number))
    result = run(tmp_path / "pages", "--output", tmp_path / "out")
    assert result.exit_code == 0
    texts = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert len(texts) == len({name.lower() for name in texts}) == len(names)
    for number in range(len(names)):
        assert sum(f"{number} 0." in text for text in texts.values()) == 1
    assert "b/index.html: written as index-2.txt" in result.stderr


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.html")
    result = run(tmp_path / "a.html")
    assert result.exit_code == 1
    assert "is a pipe, no file" in result.stderr


@given(
    st.lists(st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=300), min_size=1)
)
def test_names_are_safe_and_nobody_else_s(names: list[str]) -> None:
    taken: dict[str, int] = {}
    made = [free_name(name, "txt", taken) for name in names if name not in (".", "..")]
    assert len(set(map(str.casefold, made))) == len(made)
    for name in made:
        assert Path(name).name == name
        assert len(name.encode()) <= 255
        assert name[0] not in "-. "
        assert not set(name) & set('/\\:*?"<>|\x1b\u202e')


@pytest.mark.parametrize("name", ["con.html", "NUL.html", "..", "-rf.html", "\udcff.html", ".html"])
def test_names_that_mean_something_else(name: str) -> None:
    made = free_name(page_stem(Path(name)), "txt", {})
    assert not made.lower().startswith(("con.", "nul.", "-", "."))
