"""The demo's site files, as a person would write them, with the ports of this run; and the ports
themselves: a data folder keeps its own, so that a second run meets the same addresses.
"""

import json
import socket
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from demo.newsroom import Newsroom
from demo.outlets import Outlet, outlets

FIRST_PORT = 18811


class PortTaken(Exception):
    """The message is for a person."""


def choose_ports(folder: Path, first: int = FIRST_PORT) -> dict[str, int]:
    """Those the folder's site files name, else from `first` on, else any that is free."""
    wanted = {place.name: first + number for number, place in enumerate(outlets())}
    kept = {name: port for name in wanted if (port := kept_port(folder / f"{name}.toml"))}
    for name, port in kept.items():
        if not is_free(port):
            raise PortTaken(
                f"port {port}, where this data folder has the demo's {name}, is in use: "
                "end what listens there (another demo?), or give another folder with --data"
            )
    return {name: kept.get(name) or (port if is_free(port) else 0) for name, port in wanted.items()}


def kept_port(file: Path) -> int | None:
    try:
        homepage: str = tomllib.loads(file.read_text(encoding="utf-8"))["homepage"]
        return urlsplit(homepage).port
    except (FileNotFoundError, KeyError, ValueError):  # none yet, or a person has changed it
        return None


def is_free(port: int) -> bool:
    with socket.socket() as trial:
        # As the server does: a port whose last connections still linger is free.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def write_site_files(rooms: Iterable[Newsroom], folder: Path) -> list[Path]:
    """One a site, into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    return [write_site_file(room, folder / f"{room.outlet.name}.toml") for room in rooms]


def write_site_file(room: Newsroom, file: Path) -> Path:
    text = "".join(f"{key} = {value}\n" for key, value in keys(room.outlet, room.base).items())
    file.write_text(f"# A site of the demo: it answers while the demo runs.\n{text}", "utf-8")
    return file


def keys(place: Outlet, base: str) -> Mapping[str, str]:
    values = {
        "title": place.title,
        "homepage": f"{base}/",
        "timezone": place.timezone,
        "delay": 0.01,
        "concurrency": 4,
        "allow_private": True,
        **place.crawl,
    }
    return {key: written(value, base) for key, value in values.items()}


def written(value: Any, base: str) -> str:
    """A TOML value; a JSON string is a TOML one."""
    return json.dumps(value, ensure_ascii=False).replace("{base}", base)
