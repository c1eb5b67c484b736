"""What a cluster says of itself, in a sentence."""

from collections.abc import Mapping
from typing import Any

_BOUND = {
    "workers": "the workers are what bounds them",
    "writer": "the writer is what bounds them",
    "network": "fetching is what bounds them",
}


def cluster_in_words(said: Mapping[str, Any]) -> str:
    """Empty: there is none."""
    if not said:
        return ""
    where = f"The cluster at {said.get('address')}"
    if not said.get("answers"):
        return f"{where} does not answer: pages wait for it."
    workers, batches = said.get("workers", 0), said.get("batches", 0)
    words = f"{where}: {workers} workers, {batches} batches on their way"
    if bound := _BOUND.get(said.get("bound") or ""):
        return f"{words}, {said.get('rate')} pages a second; {bound}."
    return f"{words}."
