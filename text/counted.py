"""Counts in sentences."""


def counted(count: int, noun: str, plural: str = "") -> str:
    """`1 site`, `2 sites`, `0 copies`: with its noun, whose plural is given where it does not end in `s`."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"
