"""What to change in a site's file, told from what a trial crawl met."""

from collections.abc import Iterator, Sequence

from items import Site
from pipelines.ingest.page import Kept
from spiders.events import SourceRead

# A word in a source's problem, and what helps.
_SOURCES = (
    ("private address", "the site is on a private network: set `allow_private = true`"),
    ("no address", "`homepage`: the name is not known; is it spelled right?"),
    ("robots.txt does not allow", "robots.txt closes it: name another source"),
    ("TLS", "`homepage`: try http:// instead of https://, if the site has it"),
    ("answers 403", "the site turns robots away; ask its owner"),
    ("answers 404", "it has moved: correct its address, or leave it out"),
    ("answers 410", "it has moved: correct its address, or leave it out"),
    ("asked to wait", "the site wants fewer requests: set a longer `delay`"),
    ("no complete answer in time", "the site is slow or down: try again later"),
)

# A page's reason, and what helps when no page was better.
_PAGES = {
    "noindex": "its pages say noindex; `honour_noindex = false` takes them all the same",
    "robots": "robots.txt closes its articles; they are left alone",
    "list_page": "what was found are lists, not articles: narrow `take`, or widen `leave`",
    "too_short": "no text was found in the pages: set `family`, or `body` in one of your own",
    "too_old": "every article is older than `since`",
    "off_site": "its articles are on another host: set `homepage` to that one",
    "http_403": "the site turns robots away; ask its owner",
    "not_wanted": "what was found are files, not pages: narrow `take`, or widen `leave`",
}


def advice(site: Site, sources: Sequence[SourceRead], pages: Sequence[Kept]) -> list[str]:
    """Sentences for a person, none twice."""
    hints = [*_on_sources(site, sources)]
    if not any(page.article for page in pages):
        hints += [_PAGES[page.reason] for page in pages if page.reason in _PAGES]
    return list(dict.fromkeys(hints))


def _on_sources(site: Site, sources: Sequence[SourceRead]) -> Iterator[str]:
    for source in sources:
        for words, hint in _SOURCES:
            if words in source.problem:
                yield f"{source.kind}: {hint}"
    answered = [source for source in sources if not source.problem]
    if answered and not any(source.links for source in answered):
        if site.take or site.leave:
            yield "`take` and `leave` let no link through"
        else:
            yield "what answers has no links to articles: name other `feeds` or `sitemaps`"
