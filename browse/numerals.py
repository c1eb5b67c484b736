"""Numbers as a locale writes them: its digits, its mark between thousands."""

from babel import Locale
from babel.numbers import format_decimal

# The zero of each system that a locale of ours has; its other digits follow.
_ZEROS = {"latn": 0x30, "arab": 0x660, "arabext": 0x6F0}
_DIGITS = {
    system: {0x30 + digit: zero + digit for digit in range(10)} for system, zero in _ZEROS.items()
}


def numbering(locale: Locale) -> str:
    """`latn`, `arab` or `arabext`; others, which no language of the interface has, are Latin."""
    system = str(locale.default_numbering_system)
    return system if system in _ZEROS else "latn"


def in_digits(text: str, locale: Locale) -> str:
    """`text` with the locale's digits for 0 to 9."""
    return text.translate(_DIGITS[numbering(locale)])


def grouped(value: float | None, locale: Locale) -> str:
    """`12 345`, `12,345` or `١٢٬٣٤٥`; None is 0."""
    # Babel takes the marks of a numbering system, and not its digits.
    marked = format_decimal(value or 0, locale=locale, numbering_system=numbering(locale))
    return in_digits(marked, locale)
