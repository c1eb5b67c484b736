"""A Link as a row of the frontier, and back. A body that discovery gave is kept compressed."""

import json
import zlib
from dataclasses import asdict

from items import Hints, Link
from storage.article_rows import Row
from text.normalise import normalise_text


def row_from(link: Link) -> Row:
    return {
        "url": normalise_text(link.url),
        "fetch_url": normalise_text(link.fetch_url),
        "found_by": link.found_by,
        "published": link.hints.published,
        "modified": link.hints.modified,
        "hints": _hints_written(link.hints),
        # Lone surrogates survive the round trip; decoding is work for the refinement.
        "payload": link.html and zlib.compress(link.html.encode("utf-8", "surrogatepass")),
    }


def link_from(row: Row) -> Link:
    html = row["payload"] and zlib.decompress(row["payload"]).decode("utf-8", "surrogatepass")
    return Link(
        row["url"], row["fetch_url"], row["found_by"] or "", _hints_read(row["hints"]), html
    )


def merged(old: Row, new: Row, *, newer: bool) -> Row:
    """What two findings of one address say together. A newer one is right, and its body is the
    body; else the first one is, and the other fills in.
    """
    first, second = (new, old) if newer else (old, new)
    hints = json.loads(second["hints"] or "{}") | json.loads(first["hints"] or "{}")
    return {
        "fetch_url": first["fetch_url"],
        "published": first["published"] or second["published"],
        "hints": json.dumps(hints, ensure_ascii=False) if hints else None,
        "payload": new["payload"] if newer else old["payload"] or new["payload"],
    }


def _hints_written(hints: Hints) -> str | None:
    said = {name: value for name, value in asdict(hints).items() if value}
    return normalise_text(json.dumps(said, ensure_ascii=False)) if said else None


def _hints_read(written: str | None) -> Hints:
    said: Row = json.loads(written or "{}")
    for name in ("sections", "tags"):
        said[name] = tuple(said.get(name, ()))
    return Hints(**said)
