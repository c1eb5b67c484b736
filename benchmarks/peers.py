"""Duplicate finders of others, over folded texts: each yields the pairs that it holds to be copies.

They keep their index in memory, know nothing of numbers, times or outlets, and forget at a restart.
One that is not installed is left out (`pip install '.[bench]'`).
"""

from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from typing import Any

_PERMUTATIONS = 128
_LOW, _HIGH = 0.5, 0.7

Found = Iterator[tuple[int, int]]


def installed() -> dict[str, Callable[[Iterable[str]], Found]]:
    peers = {
        f"datasketch MinHashLSH, threshold {_LOW}": ("datasketch", datasketch_pairs),
        f"rensa RMinHashLSH, estimated Jaccard {_HIGH}": ("rensa", rensa_pairs),
    }
    return {name: pairs for name, (module, pairs) in peers.items() if find_spec(module)}


def datasketch_pairs(texts: Iterable[str]) -> Found:
    from datasketch import MinHash, MinHashLSH

    index: Any = MinHashLSH(threshold=_LOW, num_perm=_PERMUTATIONS)
    for number, text in enumerate(texts):
        sketch = MinHash(num_perm=_PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in shingles(text)])
        for other in index.query(sketch):
            yield other, number
        index.insert(number, sketch)


def rensa_pairs(texts: Iterable[str]) -> Found:
    from rensa import RMinHash, RMinHashLSH

    index: Any = RMinHashLSH(threshold=_LOW, num_perm=_PERMUTATIONS, num_bands=32)
    sketches: list[Any] = []
    for number, text in enumerate(texts):
        sketch = RMinHash(num_perm=_PERMUTATIONS, seed=42)
        sketch.update(shingles(text))
        for other in index.query(sketch):
            if sketches[other].jaccard(sketch) >= _HIGH:
                yield other, number
        index.insert(number, sketch)
        sketches.append(sketch)


def shingles(text: str) -> list[str]:
    words = text.split(" ")
    return [" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2))]
