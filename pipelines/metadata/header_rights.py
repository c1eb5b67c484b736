"""What the headers of a response declare of the use of its page."""

from collections.abc import Iterable, Iterator

from items import Rights, RightsStatement

SOURCE = "header"
MAX_VALUE_CHARS = 500
_NAMES = {"tdm-reservation", "tdm-policy", "content-signal", "content-usage"}
AI_DIRECTIVES = ("noai", "noimageai")
_MAX_HEADERS = 200


def header_rights(headers: Iterable[tuple[str, str]], at: str) -> Rights:
    """`headers`: names and values as they were sent; the response was read `at`."""
    found = [
        RightsStatement(term, value, SOURCE, at)
        for number, (name, text) in enumerate(headers)
        if number < _MAX_HEADERS
        for term, value in _stated(name.strip().lower(), text[:4000].strip())
    ]
    return Rights(tuple(dict.fromkeys(found)), (SOURCE,))


def _stated(name: str, text: str) -> Iterator[tuple[str, str]]:
    if name in _NAMES and text:
        yield name, text[:MAX_VALUE_CHARS]
    elif name == "x-robots-tag":
        for directive in ai_directives(text):
            yield directive, text[:MAX_VALUE_CHARS]
    elif name == "link":
        for part in text.split(","):
            target, _, parameters = part.partition(";")
            if 'rel="license"' in parameters.lower() or "rel=license" in parameters.lower():
                yield "license", target.strip(" <>")[:MAX_VALUE_CHARS]


def ai_directives(text: str) -> list[str]:
    """`noai` and `noimageai` among the directives of a robots tag, whichever robot they are for."""
    words = {word.rpartition(":")[2].strip().lower() for word in text.split(",")}
    return [directive for directive in AI_DIRECTIVES if directive in words]
