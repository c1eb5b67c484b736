"""A Link as a row of the frontier, and back; hints as JSON. HTML that a source gave along with the
address is kept compressed.
"""

import json
import zlib
from dataclasses import fields

from items import Hints, Link
from storage.article_rows import Row
from text.normalise import normalise_text

_HINTS = tuple(field.name for field in fields(Hints))


def row_from(link: Link) -> Row:
    return {
        "url": normalise_text(link.url),
        "fetch_url": normalise_text(link.fetch_url),
        "found_by": link.found_by,
        "published": link.hints.published,
        "modified": link.hints.modified,
        "hints": hints_to_json(link.hints),
        # Lone surrogates survive the round trip; decoding is work for the refinement.
        "payload": link.html and zlib.compress(link.html.encode("utf-8", "surrogatepass")),
    }


def link_from(row: Row) -> Link:
    html = row["payload"] and zlib.decompress(row["payload"]).decode("utf-8", "surrogatepass")
    hints = hints_from_json(row["hints"])
    return Link(row["url"], row["fetch_url"], row["found_by"] or "", hints, html)


def merged(old: Row, new: Row, *, newer: bool) -> Row:
    """The columns of two discoveries of one address. A `newer` one counts, and so does its HTML; else
    the first one counts, and the other fills in.
    """
    first, second = (new, old) if newer else (old, new)
    hints = json.loads(second["hints"] or "{}") | json.loads(first["hints"] or "{}")
    return {
        "fetch_url": first["fetch_url"],
        "published": first["published"] or second["published"],
        "hints": json.dumps(hints, ensure_ascii=False) if hints else None,
        "payload": new["payload"] if newer else old["payload"] or new["payload"],
    }


def hints_to_json(hints: Hints, *, exact: bool = False) -> str | None:
    """For the frontier, readable and normalised. `exact`: what comes back is equal, empty texts and
    lone surrogates included, as the archive needs to refine a page again.
    """
    # `asdict` would copy each value, and take ten times as long.
    given = {name: value for name in _HINTS if (value := getattr(hints, name)) not in (None, ())}
    if exact:
        return json.dumps(given) if given else None
    given = {name: value for name, value in given.items() if value}
    return normalise_text(json.dumps(given, ensure_ascii=False)) if given else None


def hints_from_json(text: str | None) -> Hints:
    given = json.loads(text or "{}")
    lists = {name: tuple(given[name]) for name in ("sections", "tags") if name in given}
    return Hints(**(given | lists))
