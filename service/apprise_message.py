"""Sends a message by Apprise, in a process of its own: it asks servers that may take their time.

usage: python -m service.apprise_message < payload.json

The payload is that of `service/watch_messages.py`, with the `address` to send it to. Exits with 1 and a
reason where it was not sent; the reason has nothing of the address in it.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping
from io import StringIO
from typing import Any

from service.watch_messages import text_of
from text.environment_values import MissingVariable, environment_value

# Parts of an address, as they are and without their dashes. Shorter ones are words: `to`.
_PARTS = (re.compile(r"[^:/@?&=,\s]{3,}"), re.compile(r"[^\W_]{3,}"))
_NOT_INSTALLED = "Apprise is not installed: `pip install 'warraq[watch]'` brings it"


class NotSent(Exception):
    """The message is for a person."""


def send(message: Mapping[str, Any]) -> None:
    """Raises NotSent."""
    try:
        address = environment_value(message["address"])
    except MissingVariable as error:
        raise NotSent(str(error)) from error
    log = StringIO()
    logging.basicConfig(stream=log, level="WARNING", format="%(message)s", force=True)
    sender = _apprise(address)
    sent = sender.notify(title=message["subject"], body=text_of(message), body_format="text")
    if not sent:
        reason = " ".join(log.getvalue().split()) or "the service did not take it"
        raise NotSent(without_secrets(reason, address))


def check_address(address: str) -> None:
    """Whether Apprise is there and knows the address, which may be `env:NAME`. Raises NotSent."""
    try:
        _apprise(environment_value(address))
    except MissingVariable as error:
        raise NotSent(str(error)) from error


def _apprise(address: str) -> Any:
    try:
        from apprise import Apprise  # an extra
    except ImportError as error:
        raise NotSent(_NOT_INSTALLED) from error
    sender = Apprise()
    if not sender.add(address):
        raise NotSent("the address is none that Apprise knows, or lacks a part")
    return sender


def without_secrets(text: str, address: str) -> str:
    """`text` without the words that are part of the address."""
    parts = {part for pattern in _PARTS for part in pattern.findall(address)}
    for part in sorted(parts, key=len, reverse=True):
        text = re.sub(rf"(?<![^\W_]){re.escape(part)}(?![^\W_])", "…", text)
    return text


def main() -> None:
    message = json.load(sys.stdin)
    try:
        send(message)
    except NotSent as error:
        sys.exit(str(error))
    except Exception as error:  # of a library: its text, or a traceback, may have the address
        reason = without_secrets(f"{type(error).__name__}: {error}", _plain(message["address"]))
        sys.exit(reason)


def _plain(address: str) -> str:
    """The address itself, of `env:NAME` what the variable holds."""
    try:
        return environment_value(address)
    except MissingVariable:
        return address


if __name__ == "__main__":
    main()
