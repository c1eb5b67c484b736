"""Where a site's articles are announced: pure functions of bytes, and `probe`, which asks."""


class WrongFormat(ValueError):
    """The document is not what its reader reads; the message says, for a person, what it is."""
