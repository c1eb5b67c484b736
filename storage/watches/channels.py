"""How watches tell: commands and addresses of Apprise, in a file beside the database that its owner alone
reads.

Not in the database: that is backed up, downloaded and given to others, who would get the secrets in the
addresses, and run the commands of a stranger.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from storage.database import StorageError
from text.environment_values import variable_in

FILE = "watch-channels.json"
ChannelKind = Literal["command", "apprise"]


@dataclass(frozen=True, slots=True)
class Channel:
    """`target`: the words of a command, or one address, which may be `env:NAME`."""

    kind: ChannelKind
    target: tuple[str, ...]

    def in_words(self) -> str:
        """Without what may be a secret: a command's arguments, all of an address but its scheme."""
        if self.kind == "command":
            more = " …" if len(self.target) > 1 else ""
            return f"the command {self.target[0]}{more}"
        [address] = self.target
        return address if variable_in(address) else f"{address.partition(':')[0]}://…"


def read_channels(data: Path) -> dict[str, Channel]:
    """All of the file, by their keys. Raises StorageError."""
    try:
        text = (data / FILE).read_text("utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{data / FILE} cannot be read: {error}") from error
    try:
        return {key: _channel(value) for key, value in json.loads(text).items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StorageError(f"{data / FILE} is damaged: {error!r}") from error


def _channel(value: Mapping[str, Any]) -> Channel:
    kind: ChannelKind = "command" if value["kind"] == "command" else "apprise"
    target = tuple(map(str, value["target"]))
    if not target or (kind == "apprise" and len(target) > 1):
        raise ValueError("a channel without a target")
    return Channel(kind, target)


def add_channels(data: Path, channels: Sequence[Channel]) -> list[str]:
    """Their keys. Raises StorageError."""
    keys = [secrets.token_hex(8) for _ in channels]
    with _changing(data) as known:
        known |= dict(zip(keys, channels, strict=True))
    return keys


def keep_channels(data: Path, keys: set[str]) -> None:
    """Delete the others: of watches that are gone. Raises StorageError."""
    if read_channels(data).keys() <= keys:
        return
    with _changing(data) as known:
        for key in known.keys() - keys:
            del known[key]


@contextmanager
def _changing(data: Path) -> Iterator[dict[str, Channel]]:
    """The channels; what is left in the dict replaces the file, in one go."""
    try:
        with (data / f".{FILE}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = read_channels(data)
            yield known
            text = json.dumps(
                {key: asdict(channel) for key, channel in known.items()}, ensure_ascii=False
            )
            _replace(data / FILE, text)
    except OSError as error:
        raise StorageError(f"{data / FILE} cannot be written: {error.strerror}") from error


def _replace(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.part")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)
