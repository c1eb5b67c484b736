"""What a site calls itself: names that are neither a title, nor an author, nor a section."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from items import Site
from pipelines.metadata.raw_metadata import one_line
from text.folding import fold

_LONGEST = 60
_MOST_WORDS = 8  # a longer name is a slogan, or an article's title in the wrong place


def choose_site_name(claims: Iterable[str], site: Site) -> str | None:
    """The page's name for its site, else the configured title."""
    return next(_plausible(claims), None) or site.title or None


def own_names(claims: Iterable[str], site: Site, url: str) -> frozenset[str]:
    """Folded names, from the page, the configuration and the host."""
    names = [*_plausible(claims), site.title, site.name, *_of_host(url), *_of_host(site.homepage)]
    return frozenset(folded for name in names if len(folded := fold(name)) > 1)


def _plausible(claims: Iterable[str]) -> Iterator[str]:
    for claim in claims:
        name = one_line(claim, 200)
        if name and len(name) <= _LONGEST and len(name.split()) <= _MOST_WORDS:
            yield name


def _of_host(url: str) -> list[str]:
    """`sana.sy` and `sana` of `https://www.sana.sy/`."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return []
    labels = host.split(".")
    return [host, max(labels[:-1], key=len)] if len(labels) > 1 else [host]
