"""Values that a file names and the environment has: `env:NAME` stands for the variable NAME, so that a
secret need not be written into a file. No message has such a value in it.
"""

import os
import re

_REFERENCE = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]{0,99})")


class MissingVariable(ValueError):
    """The environment does not have a variable that a file names."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the environment variable {name} is not set")
        self.name = name


def variable_in(text: str) -> str | None:
    """The variable that `text` refers to; None: it is a value itself."""
    reference = _REFERENCE.fullmatch(text)
    return reference[1] if reference else None


def environment_value(text: str) -> str:
    """What `text` refers to, or `text`. Raises MissingVariable; an empty variable is missing too."""
    name = variable_in(text)
    if name is None:
        return text
    value = os.environ.get(name, "")
    if not value:
        raise MissingVariable(name)
    return value


def is_header_value(value: str) -> bool:
    """Whether it can be sent as a header's value: printable ASCII, no line break, at most 8 000
    characters.
    """
    return 0 < len(value) <= 8_000 and value.isascii() and value.isprintable()
