"""Whether a page is an article at all, by its address, markup and extracted text."""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from items import Reason, Rejected
from pipelines.extraction.blocks import Block
from pipelines.extraction.extract import Extracted
from pipelines.extraction.tree_index import index_tree
from text.folding import fold
from text.limits import MAX_CHARS_AN_ARTICLE, MAX_PARAGRAPHS_AN_ARTICLE, MAX_WORDS_AN_ARTICLE
from text.urls import canonicalise, join_url, same_site

# Less text than this is a caption, a teaser, a line of an error.
_MIN_CHARS = 80
# A page with less text may be an error's, a wall's or a list's; with less still, a video's.
_SHORT_CHARS = 700
_STUB_CHARS = 450
_MIN_INTRODUCTION_CHARS, _MAX_OWN_LINKED = 150, 0.3
_ARTICLE_KIND = re.compile(r"(?:article|posting|report)$", re.IGNORECASE)
_BODY_CHARS = 4000  # of a stub's whole page, searched for words of rejection
_MIN_TEASERS = 3
_MIN_TEASER_SHARE = 0.5
_MIN_LINKED = 0.8  # of a heading's characters
_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_PLAYER = re.compile(r"youtube|youtu\.be|vimeo|dailymotion|jwplayer|facebook\.com/plugins/video")


@lru_cache(maxsize=1)
def _rejection_words() -> dict[str, dict[str, tuple[str, ...]]]:
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
    attributed: bool,
    paragraphs: tuple[str, ...],
) -> Rejected | None:
    """Why the page is no article; None when it is one. `kind` is the type that it declares;
    `attributed`: it names its author or its date.
    """
    size = sum(map(len, paragraphs))
    path = urlsplit(url)
    if url and path.path in ("", "/") and not path.query:
        return Rejected(url, Reason.HOME_PAGE, "the site's front page")
    reason = _reason_by_words(tree, title, paragraphs, size)
    if reason:
        return Rejected(url, reason, f"the page says so: {title or paragraphs[:1]!r}"[:200])
    if size < _STUB_CHARS and not attributed and _asks_for_password(tree):
        return Rejected(url, Reason.LOGIN_WALL, "its only form asks for a password")
    if size < _STUB_CHARS and _is_video(tree, kind):
        return Rejected(url, Reason.VIDEO, f"a video with {size} characters of text")
    if size < _MIN_CHARS:
        return Rejected(
            url, Reason.TOO_SHORT, f"{size} characters of text, fewer than {_MIN_CHARS}"
        )
    if excess := length_excess(paragraphs):
        return Rejected(url, Reason.TOO_LONG, excess)
    declared = bool(kind and _ARTICLE_KIND.search(kind))
    if declared and attributed and _has_own_text(extracted):
        return None
    teasers = _teasers(extracted)
    if teasers >= _MIN_TEASERS and not (declared and _has_introduction(extracted)):
        return Rejected(url, Reason.LIST_PAGE, f"{teasers} linked headings with a teaser each")
    # A poem has no long line either, but no links; an archive's titles and dates are links.
    max_link_share = 0.4 if any(len(line) >= _MIN_CHARS for line in paragraphs) else 0.1
    if _link_share(extracted) >= max_link_share:
        return Rejected(url, Reason.LIST_PAGE, "much of its text is links")
    if url and size < 2 * _SHORT_CHARS and _leads_elsewhere(extracted, url, title):
        return Rejected(url, Reason.LIST_PAGE, "a teaser under a heading that links to its article")
    return None


def _has_own_text(extracted: Extracted) -> bool:
    """Two paragraphs that are no link."""
    return sum(map(_is_own_paragraph, extracted.kept)) >= 2


def _has_introduction(extracted: Extracted) -> bool:
    """A paragraph of its own above the first linked heading: an article that is a list says what of."""
    for block in extracted.kept:
        if block.tag in _HEADINGS and block.linked >= _MIN_LINKED:
            return False
        if _is_own_paragraph(block):
            return True
    return False


def _is_own_paragraph(block: Block) -> bool:
    return len(block.text) >= _MIN_INTRODUCTION_CHARS and block.linked < _MAX_OWN_LINKED


def length_excess(paragraphs: Sequence[str]) -> str | None:
    """What is too much for an article about its text, as words for a person; None: nothing is."""
    if len(paragraphs) > MAX_PARAGRAPHS_AN_ARTICLE:
        return f"more than {MAX_PARAGRAPHS_AN_ARTICLE} paragraphs"
    chars = sum(map(len, paragraphs))
    if chars > MAX_CHARS_AN_ARTICLE:
        return f"more than {MAX_CHARS_AN_ARTICLE} characters"
    if chars + len(paragraphs) <= 2 * MAX_WORDS_AN_ARTICLE:  # a word and its space
        return None
    if sum(len(paragraph.split()) for paragraph in paragraphs) > MAX_WORDS_AN_ARTICLE:
        return f"more than {MAX_WORDS_AN_ARTICLE} words"
    return None


def _reason_by_words(
    tree: HtmlElement, title: str | None, paragraphs: tuple[str, ...], size: int
) -> str | None:
    if size > _SHORT_CHARS:
        return None
    index = index_tree(tree)
    texts = [element.text or "" for element in index.elements_of("title")[:1]]
    titles = {fold(title or ""), *map(fold, texts)}
    titles |= {fold("".join(h1.itertext())[:200]) for h1 in index.elements_of("h1")}
    body = tree.find("body")
    text = fold(" ".join(paragraphs)[:_SHORT_CHARS])
    if size < _STUB_CHARS and body is not None:
        text += " " + fold(" ".join("".join(body.itertext()).split())[:_BODY_CHARS])
    for reason, words in _rejection_words().items():
        if any(_is_title_of(phrase, name) for name in titles for phrase in words["titles"]):
            return reason
        if any(phrase in text for phrase in words["texts"]):
            return reason
    return None


def _is_title_of(phrase: str, title: str) -> bool:
    """Whether the title is the phrase with at most four words more (`404 - الصفحة غير موجودة`)."""
    if not title.startswith(phrase) and not title.endswith(phrase):
        return False
    return len(title.split()) <= len(phrase.split()) + 4


def _asks_for_password(tree: HtmlElement) -> bool:
    """Whether a password is asked for and no form is for anything else: not the login that many pages
    have beside their search.
    """
    index = index_tree(tree)
    inputs = index.elements_of("input")
    fields = [field for field in inputs if field.get("type", "").lower() == "password"]
    forms = set(index.elements_of("form"))
    logins = {form for field in fields for form in field.iterancestors("form")}
    return bool(fields) and forms == logins


def _is_video(tree: HtmlElement, kind: str | None) -> bool:
    if kind and Reason.VIDEO in kind.lower():
        return True
    index = index_tree(tree)
    return "video" in index.by_tag or any(
        _PLAYER.search(frame.get("src") or "") for frame in index.elements_of("iframe")
    )


def _link_share(extracted: Extracted) -> float:
    total = sum(len(block.text) for block in extracted.kept) or 1
    return sum(len(block.text) * block.linked for block in extracted.kept) / total


def _teasers(extracted: Extracted) -> int:
    """How many items the page's list has: elements side by side, with one linked heading and a
    paragraph each. 0 when most of the text is outside such elements, or in long ones.
    """
    page = extracted.page
    headings = [b.element for b in page if b.tag in _HEADINGS and b.linked >= _MIN_LINKED]
    headings_within = Counter(
        element for heading in headings for element in heading.iterancestors()
    )
    items = {_list_item(heading, headings_within) for heading in headings}
    with_paragraph: set[HtmlElement] = set()
    for block in page:
        if len(block.text) >= _MIN_CHARS and block.linked < _MIN_LINKED:
            with_paragraph.update(el for el in block.element.iterancestors() if el in items)
    rows = Counter((item.getparent(), item.tag) for item in with_paragraph)
    kept: Counter[HtmlElement] = Counter()
    for block in extracted.kept:
        item = next((el for el in block.element.iterancestors() if el in items), None)
        if item is not None and rows[item.getparent(), item.tag] >= _MIN_TEASERS:
            kept[item] += len(block.text)
    total = sum(len(block.text) for block in extracted.kept)
    is_list = kept.total() >= _MIN_TEASER_SHARE * total and kept.total() < _SHORT_CHARS * len(kept)
    return max((rows[item.getparent(), item.tag] for item in kept), default=0) if is_list else 0


def _list_item(heading: HtmlElement, headings_within: Counter[HtmlElement]) -> HtmlElement:
    """The outermost element around the heading that holds no other linked heading."""
    item = heading
    for element in heading.iterancestors():
        if headings_within[element] > 1:
            break
        item = element
    return item


def _leads_elsewhere(extracted: Extracted, url: str, title: str | None) -> bool:
    """Whether all text is below headings that link to other pages of the site and are not the
    page's own title: the last page of a list, with a teaser or two.
    """
    heading: HtmlElement | None = None
    leads_elsewhere = False
    kept = {id(block) for block in extracted.kept}
    for block in extracted.page:
        if block.tag in _HEADINGS and block.linked >= _MIN_LINKED and len(block.text.split()) >= 3:
            heading = block.element
            leads_elsewhere = _links_elsewhere(heading, url) and not _is_alike(
                block.text, title or ""
            )
        elif id(block) in kept:
            parent = heading.getparent() if heading is not None else None
            if not leads_elsewhere or parent is None or not _is_near(block.element, parent):
                return False
    return leads_elsewhere and bool(kept)


def _is_near(element: HtmlElement, parent: HtmlElement) -> bool:
    """Whether it is in the heading's parent or grandparent: many headings are in a `header`."""
    grandparent = parent.getparent()
    return any(
        ancestor is parent or ancestor is grandparent for ancestor in element.iterancestors()
    )


def _links_elsewhere(heading: HtmlElement, url: str) -> bool:
    link = next(iter(heading.iter("a")), None)
    target = canonicalise(join_url(url, link.get("href") or "")) if link is not None else None
    return bool(target and same_site(target, url) and target != canonicalise(url))


def _is_alike(heading: str, title: str) -> bool:
    """Whether half of the heading's words are in the title."""
    words = set(fold(heading).split())
    return 2 * len(words & set(fold(title).split())) >= len(words)
