"""Whether what a template has cut can be the article: where that is not plain, the full extraction
has to say. Every check raises Misfit with its reason.
"""

from collections.abc import Collection

from lxml.html import HtmlElement

from items import Article, PageKind
from pipelines.metadata.article import Metadata
from pipelines.templates.cut import Cut, Misfit
from pipelines.templates.regions import (
    hangs_below_a_link,
    heading,
    prose_outside,
)

# Below this many characters, whether the page is an article at all is judged by words and lists
# from everywhere on it; cleaning may take as many again.
SHORT, MARGIN = 700, 200
# Below, a heading that announces it counts too (1 400 after cleaning).
_TEASER = 2800
_PROSE = 150
# Of the site's shortest and longest text.
_SHORTER, _LONGER = 0.5, 3.0
_HEADING = "heading"
FIELDS = ("author", "published", "modified", "section", "tags", "image")


def before(cut: Cut, body: HtmlElement, kind: PageKind) -> int:
    """What the page as a whole tells, before all but the region is taken out. The text's size."""
    if prose_outside(cut.region, body) - kind.outside:
        raise Misfit("prose outside the container")
    # A body may be there twice.
    size = sum(map(len, {block.text for block in cut.extracted.kept}))
    if not _SHORTER * kind.sizes[0] <= size <= _LONGER * kind.sizes[1]:
        raise Misfit("length")
    if any(len(text) >= _PROSE for text in cut.doubtful):  # cleaning would not take it
        raise Misfit("blocks of an unknown kind")
    if SHORT + MARGIN <= size < _TEASER and hangs_below_a_link(cut.region, body):
        raise Misfit("linked heading above")
    return size


def undoubted(cut: Cut, paragraphs: Collection[str]) -> None:
    """What cleaning has left of the doubtful lines."""
    if not cut.doubtful.isdisjoint(paragraphs):
        raise Misfit("blocks of an unknown kind")


def after(article: Article, kind: PageKind) -> None:
    """What the article tells."""
    size = sum(map(len, article.paragraphs))
    if size < _SHORTER * kind.sizes[0]:
        raise Misfit("length")
    missing = sorted(name for name in kind.always - {_HEADING} if not getattr(article, name))
    if missing:
        raise Misfit(f"no {missing[0]}")


def fields(article: Article, body: HtmlElement) -> tuple[str, ...]:
    """Those that the article has, and whether a heading says its title."""
    found = [name for name in FIELDS if getattr(article, name)]
    return (*found, _HEADING) if heading(body, article.title) is not None else tuple(found)


def says_enough(found: Metadata, kind: PageKind, body: HtmlElement) -> bool:
    """Whether the head has told all that the site's pages ever tell: nothing shown in the body
    would count beside it. The title is that of the heading, where there always was one.
    """
    if any(not getattr(found, name) for name in kind.ever - {_HEADING}):
        return False
    return _HEADING not in kind.always or heading(body, found.title) is not None
