"""Reads a TOML file that a person wrote into its model, or raises an error that says what to change."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from text.suggestions import did_you_mean
from text.terminal import printable

# A site file is a few lines; a larger file is there by mistake.
_MAX_BYTES = 1_000_000

# Of their values no message has anything.
SECRET_KEYS = frozenset({"cookies", "headers", "proxy"})

Model = TypeVar("Model", bound=BaseModel)


class SiteFileError(Exception):
    """What is wrong with one file; each problem names the key and what was expected."""

    def __init__(self, file: Path, problems: Sequence[str]) -> None:
        self.file = file
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{file}: {problem}" for problem in problems))


def read_toml(file: Path, model: type[Model]) -> Model:
    """Raises SiteFileError, with every problem of the file at once."""
    return validate(file, parse_toml(file), model)


def parse_toml(file: Path) -> dict[str, Any]:
    """The file's keys, as they are written. Raises SiteFileError."""
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise SiteFileError(file, ["expected a TOML file of a few lines, got over 1 MB"])
        return tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise SiteFileError(file, [f"cannot be read: {error.strerror}"]) from error
    except (ValueError, RecursionError) as error:  # a number of 4 301 digits too
        raise SiteFileError(file, [f"expected TOML: {error}"]) from error


def validate(file: Path, values: dict[str, Any], model: type[Model]) -> Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise SiteFileError(file, [_problem(dict(e), model) for e in error.errors()]) from error


def _problem(error: dict[str, Any], model: type[BaseModel]) -> str:
    path = tuple(error["loc"])
    key = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)[1:]
    owner = _owner(path, model)
    if error["type"] == "extra_forbidden":
        hint = did_you_mean(str(path[-1]), owner.model_fields)
        return f"{printable(key)}: unknown key; {hint or 'known: ' + ', '.join(owner.model_fields)}"
    expected = _expected(path, owner)
    if error["type"] == "missing":
        return f"{key}: missing; expected {expected}"
    if path[0] in SECRET_KEYS:
        error["input"] = "a value that is not shown"
    reason = str(error.get("ctx", {}).get("error", ""))
    shown = error["input"] if path[0] in SECRET_KEYS else repr(error["input"])
    got = printable(shown)[:120]
    return f"{key}: expected {expected}, got {got}" + (f" ({printable(reason)})" if reason else "")


def _owner(path: Sequence[int | str], model: type[BaseModel]) -> type[BaseModel]:
    """The model that has the last key of `path`: that of a list's tables, or the file's."""
    for part in path[:-1]:
        model = _table_model(model, part) or model
    return model


def _table_model(model: type[BaseModel], key: int | str) -> type[BaseModel] | None:
    field = model.model_fields.get(str(key))
    inner = getattr(field.annotation, "__args__", (None,))[0] if field else None
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def _expected(path: Sequence[int | str], owner: type[BaseModel]) -> str:
    names = [part for part in path if isinstance(part, str) and part in owner.model_fields]
    return (owner.model_fields[names[-1]].description if names else None) or "another value"
