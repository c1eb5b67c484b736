"""Whether a page is an article at all, judged from its address, markup and extracted text."""

import re
import tomllib
from collections import Counter
from functools import lru_cache
from importlib import resources
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from items import Rejected
from pipelines.extraction.extract import Extracted
from text.folding import fold
from text.urls import canonicalise, same_site

# Less text than this is a stub: a caption, a teaser, a line of an error.
_LEAST_CHARS = 80
# Up to here a page is short enough that its words may be all about an error or a wall.
_SHORT_CHARS = 700
_STUB_CHARS = 450
_FEWEST_TEASERS = 3
_TEASER_SHARE = 0.5
_LINKED = 0.8
_HEADINGS = ("h1", "h2", "h3", "h4", "h5")


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, tuple[str, ...]]]:
    text = resources.files("pipelines.rules").joinpath("rejections.toml").read_text("utf-8")
    return {
        reason: {place: tuple(map(fold, words)) for place, words in places.items()}
        for reason, places in tomllib.loads(text).items()
    }


def rejection_of(
    tree: HtmlElement,
    extracted: Extracted,
    *,
    url: str,
    title: str | None,
    kind: str | None,
    paragraphs: tuple[str, ...],
) -> Rejected | None:
    """Why the page is no article; None when it is one. `kind` is the type the page declares."""
    size = sum(map(len, paragraphs))
    path = urlsplit(url)
    if url and path.path in ("", "/") and not path.query:
        return Rejected(url, "home_page", "the site's front page")
    told = _told(tree, title, paragraphs, size)
    if told:
        return Rejected(url, told, f"the page says so: {title or paragraphs[:1]!r}"[:200])
    if size < _STUB_CHARS and (_is_video(tree, kind)):
        return Rejected(url, "video", f"a video with {size} characters of text")
    if size < _LEAST_CHARS:
        return Rejected(url, "too_short", f"{size} characters of text, fewer than {_LEAST_CHARS}")
    teasers = _teasers(extracted)
    if teasers >= _FEWEST_TEASERS:
        return Rejected(url, "list_page", f"{teasers} linked headings with a teaser each")
    # A poem has no prose either, but no links; an archive's titles and dates have.
    most = 0.4 if any(len(line) >= _LEAST_CHARS for line in paragraphs) else 0.1
    if _link_share(extracted) >= most:
        return Rejected(url, "list_page", "much of its text is links")
    if url and size < 2 * _SHORT_CHARS and _leads_elsewhere(extracted, url, title):
        return Rejected(url, "list_page", "a teaser under a heading that links to its article")
    return None


def _told(
    tree: HtmlElement, title: str | None, paragraphs: tuple[str, ...], size: int
) -> str | None:
    if size > _SHORT_CHARS:
        return None
    titles = {fold(title or ""), fold(tree.findtext(".//title") or "")}
    titles |= {fold("".join(h1.itertext())[:200]) for h1 in tree.iterfind(".//h1")}
    body = tree.find("body")
    text = fold(" ".join(paragraphs)[:_SHORT_CHARS])
    if size < _STUB_CHARS and body is not None:
        text += " " + fold(" ".join("".join(body.itertext()).split())[:4000])
    for reason, words in _words().items():
        if any(_titled(name, word) for name in titles for word in words["titles"]):
            return reason
        if any(word in text for word in words["texts"]):
            return reason
    return None


def _titled(title: str, word: str) -> bool:
    """The title is the word, or the word and a few more (`404 - الصفحة غير موجودة`)."""
    if not title.startswith(word) and not title.endswith(word):
        return False
    return len(title.split()) <= len(word.split()) + 4


def _is_video(tree: HtmlElement, kind: str | None) -> bool:
    if kind and "video" in kind.lower():
        return True
    frames = tree.iterfind(".//iframe")
    return tree.find(".//video") is not None or any(
        re.search(
            r"youtube|youtu\.be|vimeo|dailymotion|jwplayer|facebook\.com/plugins/video",
            frame.get("src") or "",
        )
        for frame in frames
    )


def _link_share(extracted: Extracted) -> float:
    total = sum(len(block.text) for block in extracted.kept) or 1
    return sum(len(block.text) * block.linked for block in extracted.kept) / total


def _teasers(extracted: Extracted) -> int:
    """Items of a list: elements side by side with one linked heading and a paragraph each. 0 when
    most of the text stands outside of such elements, or in long ones: then it is an article's.
    """
    page = extracted.page
    headings = [b.element for b in page if b.tag in _HEADINGS and b.linked >= _LINKED]
    above = Counter(element for heading in headings for element in heading.iterancestors())
    items = {_item(heading, above) for heading in headings}
    filled: Counter[HtmlElement] = Counter()
    for block in page:
        if len(block.text) >= _LEAST_CHARS and block.linked < _LINKED:
            filled.update(el for el in block.element.iterancestors() if el in items)
    rows = Counter((item.getparent(), item.tag) for item in filled)
    kept: Counter[HtmlElement] = Counter()
    for block in extracted.kept:
        item = next((el for el in block.element.iterancestors() if el in items), None)
        if item is not None and rows[item.getparent(), item.tag] >= _FEWEST_TEASERS:
            kept[item] += len(block.text)
    total = sum(len(block.text) for block in extracted.kept)
    is_list = kept.total() >= _TEASER_SHARE * total and kept.total() < _SHORT_CHARS * len(kept)
    return max((rows[item.getparent(), item.tag] for item in kept), default=0) if is_list else 0


def _item(heading: HtmlElement, above: Counter[HtmlElement]) -> HtmlElement:
    """The outermost element around the heading that holds no other linked heading."""
    item = heading
    for element in heading.iterancestors():
        if above[element] > 1:
            break
        item = element
    return item


def _leads_elsewhere(extracted: Extracted, url: str, title: str | None) -> bool:
    """Whether all text stands below headings that link to other pages of the site and are not
    the page's own title: a list with one or two teasers left on its last page.
    """
    below: HtmlElement | None = None
    heading = False
    kept = {id(block) for block in extracted.kept}
    for block in extracted.page:
        if block.tag in _HEADINGS and block.linked >= _LINKED and len(block.text.split()) >= 3:
            heading = _links_elsewhere(block.element, url) and not _alike(block.text, title or "")
            below = block.element
        elif id(block) in kept:
            around = below.getparent() if below is not None else None
            if not heading or around is None or not _is_within(block.element, around):
                return False
    return heading and bool(kept)


def _is_within(element: HtmlElement, around: HtmlElement) -> bool:
    """In the heading's parent, or in its grandparent: a `header` often holds the heading."""
    above = around.getparent()
    return any(ancestor is around or ancestor is above for ancestor in element.iterancestors())


def _links_elsewhere(heading: HtmlElement, url: str) -> bool:
    link = next(iter(heading.iter("a")), None)
    target = canonicalise(urljoin(url, link.get("href") or "")) if link is not None else None
    return bool(target and same_site(target, url) and target != canonicalise(url))


def _alike(heading: str, title: str) -> bool:
    words, others = set(fold(heading).split()), set(fold(title).split())
    return 2 * len(words & others) >= len(words)
