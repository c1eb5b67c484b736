"""The plan of the house: which room imports which, and one name for one thing. `ast` alone."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[1]

# From the top down: a room imports what stands below it, never what stands above.
ROOMS = (
    *("cli", "demo", "browse", "scheduler", "service", "spiders", "pipelines", "storage"),
    *("settings", "text", "items"),
)
# The same within a room, folder by folder; files that stand loose in it are above its folders.
FOLDERS = {
    "spiders": ("commands", "sites", "autodiscovery", "sources", "fetching"),
    "pipelines": ("ingest", "workers", "cleaning", "extraction", "metadata", "dates", "rules"),
}
# From text to article: no database, no network, no process, no clock.
PURE = ("extraction", "metadata", "dates", "cleaning", "rules")
PURE_FILES = (
    "refine",
    "refine_text",
    "explain",
    "build_article",
    "join_pages",
    *("access", "canonical", "list_address", "url_filter"),
    "site_lookup",
    "item_pipelines",
)
# A format's reader and writer are called alike; so is what Scrapy and click begin with, and what datasette
# calls in a plugin.
SHARED_NAMES = {"read", "write", "main"} | {
    *("prepare_jinja2_environment", "extra_template_vars", "asgi_wrapper"),
}
# Names of files that say nothing, and the private words that they used to have.
NO_FILE_NAMES = re.compile(
    r"\b(utils?|helpers?|common|manager|base|misc|verdict|settling|places|reading|afield|desk|sweep"
    r"|marks|signs|earlier|held|keeping|crew|rests|ledger|flight|order|visit|presence|claims)\b"
)
# Words of a sentence where a noun should stand.
NO_VARIABLES = {"said", "told", "tell", "again", "anew", "one", "its", "each"}


def _modules(*rooms: str) -> dict[str, ast.Module]:
    paths = chain.from_iterable((*ROOT.glob(f"{r}.py"), *ROOT.glob(f"{r}/**/*.py")) for r in rooms)
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
            path.read_text("utf-8")
        )
        for path in paths
    }


MODULES = _modules(*ROOMS)
# The demo's sites are fixtures: each imitates another system with functions of the same names.
PRODUCT = {name: tree for name, tree in MODULES.items() if not name.startswith("demo")}


def _imports(tree: ast.Module) -> Iterator[str]:
    """The product's modules that a module imports, lazily too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            module = name if name in MODULES else name.rpartition(".")[0]
            if module in MODULES:
                yield module


ARROWS = {module: sorted(set(_imports(tree))) for module, tree in MODULES.items()}


def _room(module: str) -> str:
    return module.split(".")[0]


def _is_pure(module: str) -> bool:
    room, _, rest = module.partition(".")
    return room == "pipelines" and rest.split(".")[0] in (*PURE, *PURE_FILES)


def test_rooms_import_downwards() -> None:
    assert [
        f"{module} imports {other}"
        for module, others in ARROWS.items()
        for other in others
        if ROOMS.index(_room(module)) > ROOMS.index(_room(other))
    ] == []


def test_folders_of_a_room_do_not_need_each_other() -> None:
    """Files may: what is forbidden is that two folders import each other, by whichever files."""
    arrows: dict[tuple[str, str], str] = {}
    for module, others in ARROWS.items():
        for other in others:
            here, there = module.split(".")[:-1], other.split(".")[:-1]
            if len(here) > 1 and len(there) > 1 and here[0] == there[0] and here[1] != there[1]:
                arrows[here[0] + "." + here[1], there[0] + "." + there[1]] = f"{module} → {other}"
    assert [f"{why}; {arrows[b, a]}" for (a, b), why in arrows.items() if (b, a) in arrows] == []


def test_no_circle_of_imports() -> None:
    below: dict[str, set[str]] = {}

    def reach(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " → ".join((*path, module))
        if module not in below:
            for other in ARROWS[module]:
                if other != module:
                    reach(other, (*path, module))
            below[module] = set(ARROWS[module])

    for module in ARROWS:
        reach(module, ())


def test_refinement_is_pure() -> None:
    assert [
        f"{module} imports {other}"
        for module, others in ARROWS.items()
        if _is_pure(module)
        for other in others
        if not _is_pure(other) and _room(other) not in ("text", "items") and other != "pipelines"
    ] == []


def test_of_pipelines_only_ingest_uses_the_database() -> None:
    assert [
        f"{module} imports {other}"
        for module, others in ARROWS.items()
        if _room(module) == "pipelines" and not module.startswith("pipelines.ingest")
        for other in others
        if _room(other) == "storage"
    ] == []


def _types(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            names = (target.id for target in node.targets if isinstance(target, ast.Name))
            yield from (name for name in names if re.fullmatch(r"[A-Z][a-z]\w+", name))


def _functions(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


def test_a_type_name_stands_for_one_type() -> None:
    modules = defaultdict(list)
    for module, tree in PRODUCT.items():
        for name in _types(tree):
            modules[name].append(module)
    assert {name: places for name, places in modules.items() if len(places) > 1} == {}


def test_a_public_function_name_stands_for_at_most_two() -> None:
    modules = defaultdict(list)
    for module, tree in PRODUCT.items():
        for name in _functions(tree):
            if not name.startswith("_") and name not in SHARED_NAMES:
                modules[name].append(module)
    assert {name: places for name, places in modules.items() if len(places) > 2} == {}


def test_file_names_are_nouns_of_the_field() -> None:
    assert [name for name in MODULES if NO_FILE_NAMES.search(name.replace(".", " "))] == []


def test_variables_are_nouns() -> None:
    found = {
        f"{module}: {name}"
        for module, tree in PRODUCT.items()
        for node in ast.walk(tree)
        for name in _bound(node)
        if name in NO_VARIABLES
    }
    assert found == set()


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id


# Fewer than 40 lines, and why they stand alone.
SHORT_FILES = {
    # Something outside names them: Python, datasette's plugin folder, Scrapy's command folder, the
    # forkserver's list of modules to preload.
    *("cli/__main__.py", "browse/hooks.py", "storage/migrations/__main__.py"),
    "pipelines/workers/preload.py",
    # Imported where nothing may take long, or only where it is needed.
    *("cli/completion.py", "cli/catalogue.py"),
    # Ground that many rooms stand on, one subject each.
    *(
        "text/sentences.py",
        "text/suggestions.py",
        "text/counted.py",
        "text/errors.py",
    ),
    # One thing that every template knows.
    "browse/outlets.py",
    # Digits: messages, days and filters write them.
    "browse/numerals.py",
    # Both sides of what would be a circle use them.
    *("pipelines/metadata/raw_metadata.py", "spiders/project_settings.py"),
    # A protocol or a header of its own: a stranger looks for it by name.
    *("service/systemd.py", "storage/http_validators.py"),
    "spiders/fetching/decompression.py",
    # A format each, which the registry names and a stranger looks for.
    *("storage/formats/csv_table.py", "storage/formats/hugging_face.py", "storage/formats/ris.py"),
    # What several formats are written with.
    *("storage/formats/byte_buffer.py", "storage/formats/front_matter.py"),
    # Rules for lines, beside those of the sites' words.
    "pipelines/cleaning/marked_lines.py",
}


def test_a_file_is_no_fragment() -> None:
    short = {
        path.relative_to(ROOT).as_posix()
        for module in PRODUCT
        for path in [ROOT / (module.replace(".", "/") + ".py")]
        if path.exists() and len(path.read_text("utf-8").splitlines()) < 40
    }
    assert short == SHORT_FILES, "merge it with what it serves, or list it here with a reason"
