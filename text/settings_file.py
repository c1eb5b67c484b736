"""The file named by `$WARRAQ_SETTINGS`: lines of `NAME=value` that stand for environment variables,
below those that are set. It can be read again while a program runs.

`settings.py` reads it and is itself reloaded by the service; what the file has set before has to
outlive that, so it is kept here.
"""

import os
import re
from pathlib import Path

_LINE = re.compile(r"(?:export\s+)?(WARRAQ_[A-Z_]+)\s*=\s*([^\0]*)")  # no variable can hold a NUL
_from_file: set[str] = set()


class SettingsError(ValueError):
    """What is wrong with the file; the message names it and the line."""


def load_settings_file() -> None:
    """Set the environment as the file is now. Raises SettingsError, and then changes nothing."""
    name = os.environ.get("WARRAQ_SETTINGS")
    values = _read(Path(name)) if name else {}
    for removed in _from_file - values.keys():
        os.environ.pop(removed, None)
    _from_file.intersection_update(values)
    for variable, value in values.items():
        if variable in _from_file or variable not in os.environ:
            os.environ[variable] = value
            _from_file.add(variable)


def _read(file: Path) -> dict[str, str]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read ({error})") from error
    values = {}
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith(("#", ";")):
            continue
        pair = _LINE.fullmatch(line)
        if pair is None:
            raise SettingsError(
                f"{file}: line {number}: expected WARRAQ_…=value, got {line[:80]!r}"
            )
        values[pair[1]] = _unquoted(pair[2].strip())
    return values


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] in "\"'" else value
