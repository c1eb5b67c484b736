"""The reader's stylesheet has rules for what its pages have, and for nothing else."""

import re
from itertools import chain
from pathlib import Path

import datasette

BROWSE = Path(__file__).parents[2] / "browse"
CSS = re.sub(r"/\*.*?\*/", "", (BROWSE / "static" / "warraq.css").read_text("utf-8"), flags=re.S)
PAGES = "\n".join(
    path.read_text("utf-8")
    for path in chain(
        BROWSE.rglob("*.html"),
        BROWSE.rglob("*.py"),
        (BROWSE / "static").glob("*.js"),
        # What makes `class="col-title"` of a column.
        (Path(datasette.__file__).parent / "utils").glob("__init__.py"),
        (Path(datasette.__file__).parent / "views").glob("*.py"),
        (Path(datasette.__file__).parent / "templates").glob("*.html"),
    )
)
# `col-{{ name }}` in a template.
COMPOSED = tuple(re.findall(r"([a-z]+-)\{", PAGES))


def _selectors(css: str) -> list[str]:
    """Of all rules, those within `@media` too, without what is declared."""
    return re.findall(r"[^{};]+(?=\{)", css)


def _unused(css: str) -> set[str]:
    names = set(re.findall(r"[.#]([a-zA-Z][\w-]*)", "".join(_selectors(css))))
    used = set(re.findall(r"[\w-]+", PAGES))
    # `series-0` is written with its number behind the name of its kind.
    return {
        name
        for name in names - used
        if not name.startswith(COMPOSED) and re.sub(r"-\d+$", "", name) not in used
    }


def test_every_class_and_id_of_the_stylesheet_is_on_some_page() -> None:
    assert _unused(CSS) == set()


def test_what_no_page_has_is_found() -> None:
    css = (
        "@media print { .nowhere-else { color: red } } .series-3, #search .no-kind-3 { top: 0.5em }"
    )
    assert _unused(css) == {"nowhere-else", "no-kind-3"}


def test_every_value_of_the_stylesheet_is_used() -> None:
    declared = set(re.findall(r"(--[\w-]+)\s*:", CSS))
    used = set(re.findall(r"var\((--[\w-]+)", CSS + PAGES))
    assert declared == used
