"""The names of a site, which are neither a title, nor an author, nor a section."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from items import Site
from pipelines.metadata.raw_metadata import plain_text
from text.folding import fold

_MAX_CHARS = 60
_MAX_WORDS = 8  # a longer name is a slogan, or an article's title in the wrong place


def choose_site_name(declared: Iterable[str], site: Site) -> str | None:
    """The page's name for its site, else the configured title."""
    return next(_plausible(declared), None) or site.title or None


def own_names(declared: Iterable[str], site: Site, url: str) -> frozenset[str]:
    """Folded names, from the page, the site's file and the host."""
    of_hosts = (*_names_of_host(url), *_names_of_host(site.homepage))
    names = (*_plausible(declared), site.title, site.name, *of_hosts)
    return frozenset(folded for name in names if len(folded := fold(name)) > 1)


def _plausible(declared: Iterable[str]) -> Iterator[str]:
    for text in declared:
        name = plain_text(text, 200)
        if name and len(name) <= _MAX_CHARS and len(name.split()) <= _MAX_WORDS:
            yield name


def hostname(url: str) -> str:
    """Without `www.`; "" where the address has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _names_of_host(url: str) -> list[str]:
    """`sana.sy` and `sana` of `https://www.sana.sy/`."""
    host = hostname(url)
    labels = host.split(".")
    return [host, max(labels[:-1], key=len)] if len(labels) > 1 else [host]
