"""systemd's notify protocol, sd_notify(3): a datagram of assignments, one a line."""

import os
import socket
import time
from contextlib import suppress


def notify(*lines: str) -> None:
    """Does nothing where systemd does not listen."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect("\0" + address[1:] if address.startswith("@") else address)
        channel.send("\n".join(lines).encode())


def reloading() -> tuple[str, str]:
    """The assignments that begin a reload; READY=1 must follow."""
    return "RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}"


def watchdog() -> float | None:
    """Seconds within which a WATCHDOG=1 is expected of this process."""
    if os.environ.get("WATCHDOG_PID") not in (None, "", str(os.getpid())):
        return None
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1e6 if microseconds.isdecimal() and int(microseconds) else None
