"""The table `related`: articles that are no copies of each other and yet alike. A likeness between
copies counts for their originals.
"""

import json
from collections.abc import Iterable

from storage.duplicates.entries import Texts
from storage.duplicates.roles import members

_OUTWARD = """
SELECT likeness.kind, likeness.jaccard, likeness.containment, coalesce(articles.number, copies.of)
FROM json_each(?) AS wanted CROSS JOIN _likeness AS likeness ON likeness.entry = wanted.value
JOIN _entries AS others ON others.entry = likeness.other
LEFT JOIN articles ON articles.id = others.id LEFT JOIN copies ON copies.id = others.id
WHERE others.pivot <> ?
ORDER BY likeness.containment, likeness.jaccard, likeness.kind
"""
_PUT = (
    "INSERT OR REPLACE INTO related (article, other, kind, jaccard, containment) "
    "VALUES (?, ?, ?, ?, ?)"
)


def relate(texts: Texts, pivots: Iterable[int]) -> None:
    """What these clusters' originals are related to, in place of what was written before."""
    for pivot in pivots:
        found = members(texts, pivot)
        number = next(
            known.number for known in texts.load(found).values() if known.number is not None
        )
        rows = texts.db.conn.execute(_OUTWARD, [json.dumps(found), pivot]).fetchall()
        texts.db.execute("DELETE FROM related WHERE ? IN (article, other)", [number])
        links = {other: (kind, *figures) for kind, *figures, other in rows}
        texts.db.conn.executemany(
            _PUT, [_directed(number, other, *link) for other, link in sorted(links.items())]
        )


def _directed(
    number: int, other: int, kind: str, jaccard: float, containment: float
) -> tuple[int, int, str, float, float]:
    """The containing article first; of two variants the one with the lower number."""
    if kind == "part" or (kind != "contains" and other < number):
        number, other = other, number
    return number, other, kind if kind == "contains" else _SAID[kind], jaccard, containment


# Copies of each other that lean on different pivots are variants to a reader.
_SAID = {"part": "contains", "variant": "variant", "copy": "variant"}
