"""The demo's site files and ports. The site files of a data folder keep the ports of its first run, so
that a second run finds the same addresses.
"""

import json
import socket
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from demo.outlets import Outlet, outlets

if TYPE_CHECKING:
    from demo.newsroom import Newsroom

FIRST_PORT = 18811


class PortTaken(Exception):
    """A port that the data folder's site files name is in use."""


def choose_ports(folder: Path, first: int = FIRST_PORT) -> dict[str, int]:
    """The ports in the folder's site files, otherwise from `first` on; 0 (any) if that one is taken.
    Raises PortTaken.
    """
    preferred = {outlet.name: first + number for number, outlet in enumerate(outlets())}
    recorded = {
        name: port for name in preferred if (port := recorded_port(folder / f"{name}.toml"))
    }
    for name, port in recorded.items():
        if not is_free(port):
            raise PortTaken(
                f"port {port}, which this data folder uses for the demo's {name}, is in use: "
                "stop what listens there (another demo?), or choose another folder with --data"
            )
    return {
        name: recorded.get(name) or (port if is_free(port) else 0)
        for name, port in preferred.items()
    }


def recorded_port(file: Path) -> int | None:
    try:
        homepage: str = tomllib.loads(file.read_text(encoding="utf-8"))["homepage"]
        return urlsplit(homepage).port
    except (FileNotFoundError, KeyError, ValueError):  # no file yet, or one edited by hand
        return None


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the server does it: a port whose last connections still linger is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def write_site_files(rooms: "Iterable[Newsroom]", folder: Path) -> list[Path]:
    """Write a file per site into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    return [write_site_file(room, folder / f"{room.outlet.name}.toml") for room in rooms]


def write_site_file(room: "Newsroom", file: Path) -> Path:
    text = "".join(f"{key} = {value}\n" for key, value in keys(room.outlet, room.base).items())
    file.write_text(f"# A site of the demo, available while the demo runs.\n{text}", "utf-8")
    return file


def keys(outlet: Outlet, base: str) -> Mapping[str, str]:
    values = {
        "title": outlet.title,
        "homepage": f"{base}/",
        "timezone": outlet.timezone,
        "delay": 0.01,
        "concurrency": 4,
        "allow_private": True,
        **outlet.crawl,
    }
    return {key: toml_value(value, base) for key, value in values.items()}


def toml_value(value: Any, base: str) -> str:
    """JSON strings, numbers and lists are valid TOML."""
    return json.dumps(value, ensure_ascii=False).replace("{base}", base)
