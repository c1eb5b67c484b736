"""Whether what a template has cut can be the article: where that is not plain, the full extraction
has to say. Every check raises Misfit with its reason.
"""

from lxml.html import HtmlElement

from items import Article, PageKind
from pipelines.templates.cut import Cut, Misfit
from pipelines.templates.regions import (
    hangs_below_a_link,
    heading,
    prose_outside,
)

# Below this many characters, whether the page is an article at all is judged by words and lists
# from everywhere on it; below the second, by a heading that may announce it.
SHORT, _TEASER = 700, 1400
# Of the site's shortest and longest text.
_SHORTER, _LONGER = 0.5, 3.0
FIELDS = ("author", "published", "modified", "section", "tags", "image")


def before(cut: Cut, body: HtmlElement, kind: PageKind) -> int:
    """What the page as a whole tells, before all but the region is taken out. The text's size."""
    if prose_outside(cut.region, body) - kind.outside:
        raise Misfit("prose outside the container")
    size = sum(len(block.text) for block in cut.extracted.kept)
    if not _SHORTER * kind.sizes[0] <= size <= _LONGER * kind.sizes[1]:
        raise Misfit("length")
    if SHORT <= size < _TEASER and hangs_below_a_link(cut.region, body):
        raise Misfit("linked heading above")
    return size


def after(cut: Cut, article: Article, kind: PageKind) -> None:
    """What the article tells."""
    size = sum(map(len, article.paragraphs))
    if not cut.doubtful.isdisjoint(article.paragraphs):
        raise Misfit("blocks of an unknown kind")
    if size < _SHORTER * kind.sizes[0]:
        raise Misfit("length")
    for name in sorted(kind.always):
        if name != "heading" and not getattr(article, name):
            raise Misfit(f"no {name}")
    if "heading" in kind.always and heading(cut.region, article.title) is None:
        raise Misfit("title not in its place")


def fields(article: Article, region: HtmlElement) -> tuple[str, ...]:
    """Those that the article has, and `heading` where one says its title."""
    found = [name for name in FIELDS if getattr(article, name)]
    return (*found, "heading") if heading(region, article.title) is not None else tuple(found)
