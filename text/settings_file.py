"""The file of settings: lines of `NAME=value` that stand for environment variables, below those that
are set. It can be read again while a program runs.

It is the one that `$WARRAQ_SETTINGS` names; without that, `settings` in the data folder, where there
is one.

`settings.py` reads it and is itself reloaded by the service; what the file has set before has to
outlive that, so it is kept here.
"""

import os
import re
from pathlib import Path

from text.errors import UserFacingError
from text.setting_names import warn_of_unknown_settings

_LINE = re.compile(r"(?:export\s+)?(WARRAQ_[A-Z_]+)\s*=\s*([^\0]*)")  # no variable can hold a NUL
_from_file: set[str] = set()


class SettingsError(UserFacingError, ValueError):
    """What is wrong with the file; the message names it and the line."""


def data_folder(option: str | None = None) -> Path:
    """The folder of the database: the option, else `$WARRAQ_DATA`, else `./data`."""
    return Path(option or os.environ.get("WARRAQ_DATA") or "data").expanduser()


def settings_file() -> Path:
    """The file that is read, and that a setting which is to be kept is written to."""
    named = os.environ.get("WARRAQ_SETTINGS")
    return Path(named) if named else data_folder() / "settings"


def keep_setting(name: str, value: str) -> Path:
    """Append `name=value` to the file, and set it for this process. Raises OSError."""
    file = settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as stream:
        stream.seek(0)
        text = stream.read()
        begun = b"\n" if text and not text.endswith(b"\n") else b""
        stream.write(begun + f"{name}={value}\n".encode())
    os.environ[name] = value
    _from_file.add(name)
    return file


def load_settings_file() -> None:
    """Set the environment as the file is now. Raises SettingsError, and then changes nothing."""
    file = settings_file()
    values = _read(file) if os.environ.get("WARRAQ_SETTINGS") or file.is_file() else {}
    for removed in _from_file - values.keys():
        os.environ.pop(removed, None)
    _from_file.intersection_update(values)
    for variable, value in values.items():
        if variable in _from_file or variable not in os.environ:
            os.environ[variable] = value
            _from_file.add(variable)
    warn_of_unknown_settings()


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
