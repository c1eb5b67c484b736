"""Which of a site's pages are of one kind: the way down to their articles is the same.

A region is followed down from the body as long as the pages go the same way: the tag is the same
and a class name or an id is shared by most. Pages that turn off are of another kind.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

# Of the pages of a kind, those whose article needs a wider region.
_STRAY = 0.05
# Of the pages of a kind, those with a class name, for it to be asked for.
_NAMED = 0.9

Region = tuple[str, ...]


def alike(regions: Mapping[str, Region], least: int) -> tuple[Region, list[str]] | None:
    """What is common to the regions of the kind that most articles are of, and those that are; None
    where they are fewer than `least`.
    """
    region: list[str] = []
    going = list(regions)
    while True:
        stray = [one for one in going if len(regions[one]) == len(region)]
        longer = [one for one in going if len(regions[one]) > len(region)]
        group = _largest(longer, [regions[one][len(region)].split(".") for one in longer])
        if len(group) < least or len(stray) > _STRAY * len(going):
            break
        region.append(_common([regions[one][len(region)] for one in group]))
        going = group
    return (tuple(region), going) if region and len(going) >= least else None


def _largest(pages: Iterable[str], steps: Iterable[list[str]]) -> list[str]:
    """Those that go the way that most go: by the tag, then by the name most have."""
    taken = list(zip(pages, steps, strict=True))
    tags = Counter(parts[0] for _, parts in taken)
    tag = next((tag for tag, _ in tags.most_common(1)), "")
    taken = [(page, parts) for page, parts in taken if parts[0] == tag]
    names = Counter(name for _, parts in taken for name in parts[1:])
    name, _ = next(iter(names.most_common(1)), (None, 0))
    return [page for page, parts in taken if name is None or name in parts]


def _common(steps: Sequence[str]) -> str:
    names = Counter(name for step in steps for name in step.split(".")[1:])
    kept = sorted(name for name, count in names.items() if count >= _NAMED * len(steps))
    return ".".join([steps[0].partition(".")[0], *kept])


def has(step: str, wanted: str) -> bool:
    """Whether a step has the tag and all the names of the wanted one."""
    (tag, *names), (own, *own_names) = wanted.split("."), step.split(".")
    return tag == own and set(names) <= set(own_names)
