"""Refinement of a page of a site that is known: by its template where that holds, else fully."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from zlib import crc32

from lxml.html import HtmlElement

from items import Article, Page, PageKind, Places, Rejected, Site
from pipelines.extraction.extract import Extracted
from pipelines.extraction.page import parse
from pipelines.metadata.article import Metadata
from pipelines.templates.attempt import Tried, attempt, read_metadata
from pipelines.templates.places import places, sight
from pipelines.templates.reduced import reduced
from pipelines.templates.signs import line

# One page in so many, by the hash of its address, is refined both ways and compared.
SAMPLE = 20
_COMPARED = ("title", "published", "section", "author", "tags", "modified", "language",
             "image", "id", "url")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """What a full refinement has made of a page, besides the article."""

    tree: HtmlElement
    found: Metadata
    extracted: Extracted


Full = tuple[Article, Reading] | tuple[Rejected, None]
# Of a page, its site, its document, and what has been made of that already.
Fully = Callable[[Page, Site, str, HtmlElement | None, Metadata | None], Full]


def by_template(page: Page, site: Site, document: str, fully: Fully) -> Article | Rejected:
    """`fully` is asked where no template holds, on trial, and for a sample of pages."""
    assert site.template is not None
    tried = attempt(page, site, document)
    if tried.article and tried.kind and not tried.kind.trial and not is_sample(page.key):
        return replace(tried.article, places=Places("fits", tried.kind.number))
    outcome, reading = fully(page, site, document, tried.sheet.tree, tried.sheet.found)
    if isinstance(outcome, Rejected) or reading is None:
        return _turned_away(tried, outcome)
    return replace(outcome, places=_places(tried, outcome, page, site, document, reading))


def _turned_away(tried: Tried, outcome: Article | Rejected) -> Article | Rejected:
    """No article, which the template had taken for one, counts against it."""
    if tried.article and tried.kind and isinstance(outcome, Rejected):
        why = f"no article ({outcome.reason})"
        return replace(outcome, places=Places("differs", tried.kind.number, why))
    return outcome


def is_sample(key: str) -> bool:
    return crc32(key.encode()) % SAMPLE == 0


def _places(
    tried: Tried, full: Article, page: Page, site: Site, document: str, reading: Reading
) -> Places | None:
    assert site.template is not None
    if tried.kind and tried.article:
        other = differing(tried.article, full, repeated(tried.kind))
        found = Places("differs" if other else "agrees", tried.kind.number, other)
        return sight(found, full, reading.tree, reading.extracted, tried.kind.region)
    if tried.kind:
        found = Places("fails", tried.kind.number, tried.why)
        return sight(found, full, reading.tree, reading.extracted, tried.kind.region)
    if not site.template.learning:
        return Places("fails", None, tried.why) if site.template.kinds else None
    outcome = Places("fails" if site.template.kinds else "places", None, tried.why)

    def again(path: str | None) -> Metadata | None:
        return _metadata_within(path, page, site, document)

    asked = again if site.template.framing else None
    return places(outcome, full, reading.tree, reading.extracted, reading.found, asked)


def differing(one: Article, other: Article, repeated: Collection[str]) -> str:
    """The first field in which they differ, or "". What was cut may have other reasons; a line
    that the site `repeated` is for the learned boilerplate, wherever one of the two left it.
    """
    texts = [[p for p in article.paragraphs if line(p) not in repeated] for article in (one, other)]
    if texts[0] != texts[1]:
        return "text"
    return next((n for n in _COMPARED if getattr(one, n) != getattr(other, n)), "")


def repeated(kind: PageKind) -> set[str]:
    return {shape for (_, shape), reason in kind.verdicts.items() if shape[:1] == "=" and reason}


def _metadata_within(path: str | None, page: Page, site: Site, document: str) -> Metadata | None:
    tree = parse(document)
    if tree is None:
        return None
    frame = next(iter(tree.getroottree().xpath(path)), None) if path else None
    return read_metadata(reduced(tree, frame), page, site)
