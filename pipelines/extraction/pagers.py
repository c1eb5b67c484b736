"""What a pager looks like, whatever its addresses: its words, numbers and classes, the element that holds
it, and whether it pages through an article or through a list.
"""

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from pipelines.extraction.page_addresses import PageMark
from text.folding import fold, fold_phrase
from text.limits import MAX_PAGE_LINKS

_MAX_PAGER_CHARS = 200
_MAX_STEPS = 4
_INLINE = ("a", "b", "strong", "i", "em", "span", "font", "sup")
_PAGE_WORDS = frozenset(
    map(
        fold,
        [
            "page",
            "pages",
            "seite",
            "seiten",
            "página",
            "pagina",
            "páginas",
            "страница",
            "стр",
            "sayfa",
            "صفحة",
            "الصفحة",
            "صفحات",
            "الصفحات",
        ],
    )
)
# fmt: off
_NEXT_WORDS = frozenset(map(fold, (
    "next", "next page", "continue", "continue reading", "weiter", "nächste", "nächste seite",
    "suivant", "suivante", "page suivante", "siguiente", "página siguiente", "seguinte", "próxima",
    "próxima página", "successiva", "pagina successiva", "volgende", "volgende pagina", "sonraki",
    "sonraki sayfa", "далее", "следующая", "следующая страница", "التالي", "التالية", "الصفحة التالية",
    "تابع", "صفحه بعد", "صفحه بعدی", "بعدی", "اگلا صفحہ",
)))
_OTHER_WORDS = frozenset(map(fold, ["previous", "previous", "page", "back", "prev", "of", "all", "view", "single", "zurück", "vorherige", "von", "précédent", "précédente", "de", "anterior", "назад", "из", "السابق", "السابقة", "من", "كل", "عرض", "الكل", "قبلی", "first", "last"]))
# fmt: on
_ARROWS = frozenset("»›>→←«‹<≫⟩")
_PAGER_CLASS = re.compile(
    r"(?:^|\s)(?:post-page-numbers|page-links?|wp-link-pages|wp-pagenavi|link-pages|page-numbers?|pagelinks"
    r"|pagination|paginator|pager|pagelink|multipage|article-pag\w*)(?=[\s_-]|$)",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(
    r"(?:^|\s)(?:comment|respond|repl(?:y|ies)|disqus|sidebar|related)", re.IGNORECASE
)


def rel_of(anchor: HtmlElement) -> list[str]:
    """The words of its `rel`, in lower case."""
    return (anchor.get("rel") or "")[:100].lower().split()


def leading_text(element: HtmlElement, most: int) -> str:
    """Its first `most` characters or few more."""
    parts: list[str] = []
    size = 0
    for part in element.itertext():
        parts.append(part)
        size += len(part.strip())
        if size >= most:
            break
    return " ".join(" ".join(parts).split())


def page_number_in(text: str) -> str:
    """`page 2` as `2`."""
    words = [word for word in text.split() if word not in _PAGE_WORDS]
    return words[0] if len(words) == 1 and words[0].isdecimal() else text


def is_next_link(anchor: HtmlElement, raw: str, text: str) -> bool:
    """Whether a link's `rel` or words say “next”. `text`: its `raw` text, folded; both are empty for a
    `link` element.
    """
    return "next" in rel_of(anchor) or text in _NEXT_WORDS or (bool(raw) and set(raw) <= _ARROWS)


def is_page_link(
    anchor: HtmlElement, text: str, mark: PageMark, pager: HtmlElement | None, *, is_next: bool
) -> bool:
    """Whether more than its address, which has the `mark`, says that a link leads to a page of the article.
    `text` is the link's, folded; `pager` the element around it, as of `pager_of`.
    """
    if anchor.tag == "link":
        return not mark.weak and "next" in rel_of(anchor)
    if pager is None or is_of_others(anchor, pager):
        return False
    if pager.tag in _INLINE and not (is_next or _has_pager_class(anchor)):
        return False  # in a sentence
    is_numbered = text == str(mark.number) or text == str(mark.number + 1)
    if mark.weak:
        says_page = text in _NEXT_WORDS and bool(set(text.split()) & _PAGE_WORDS)
        return says_page or (is_numbered and _has_numbers(pager))
    return is_numbered or is_next or _has_pager_class(anchor)


def pager_of(anchor: HtmlElement) -> HtmlElement | None:
    """The outermost element around a link that says nothing but pages; None: no element does."""
    pager = None
    for element in islice(_upwards(anchor), _MAX_STEPS + 1):
        if element.tag in ("body", "html", "article", "main") or not _is_pager_text(element):
            break
        pager = element
    return pager


def _upwards(element: HtmlElement) -> Iterator[HtmlElement]:
    yield element
    yield from element.iterancestors()


def _is_pager_text(element: HtmlElement) -> bool:
    text = leading_text(element, _MAX_PAGER_CHARS + 1)
    if len(text) > _MAX_PAGER_CHARS:
        return False
    folded = fold_phrase(text)
    known = _PAGE_WORDS | _OTHER_WORDS
    rest = [word for word in folded.split() if word not in known and not word.isdecimal()]
    return len(rest) <= 6 and (len(rest) <= 2 or any(word in _NEXT_WORDS for word in rest))


def _has_numbers(pager: HtmlElement) -> bool:
    words = fold_phrase(leading_text(pager, _MAX_PAGER_CHARS)).split()
    return sum(word.isdecimal() for word in words) > 1 or bool(set(words) & _PAGE_WORDS)


def _has_pager_class(anchor: HtmlElement) -> bool:
    return any(
        _PAGER_CLASS.search((element.get("class") or "")[:300])
        for element in islice(_upwards(anchor), _MAX_STEPS)
    )


def is_of_others(anchor: HtmlElement, pager: HtmlElement) -> bool:
    """Whether it pages through comments, or through a list of other articles."""
    for element in islice(_upwards(anchor), 2 * _MAX_STEPS):
        if element.tag in ("body", "html", "article", "main"):
            break
        names = f"{(element.get('class') or '')[:300]} {(element.get('id') or '')[:100]}"
        if element.tag == "aside" or _OF_OTHERS.search(names):
            return True
    return any(_is_list(element) for element in islice(pager.iterancestors(), 2))


_MIN_ITEMS = 3
_MIN_LINK_WORDS = 4
_MAX_LIST_CHARS = 20_000


def _is_list(element: HtmlElement) -> bool:
    """Whether most of its text is links of several words each."""
    if element.tag in ("body", "html") or next(element.iter("h1"), None) is not None:
        return False
    texts = [leading_text(anchor, 200) for anchor in islice(element.iter("a"), MAX_PAGE_LINKS)]
    items = [text for text in texts if len(text.split()) >= _MIN_LINK_WORDS]
    if len(items) < _MIN_ITEMS:
        return False
    return 2 * sum(map(len, items)) >= len(leading_text(element, _MAX_LIST_CHARS))


def without_page_words(text: str) -> str:
    """Folded, without `page 2 of 3` at its end."""
    words = fold(text).split()
    at = len(words)
    while at and (words[at - 1].isdecimal() or words[at - 1] in _OTHER_WORDS):
        at -= 1
    return " ".join(words[: at - 1] if at and words[at - 1] in _PAGE_WORDS else words)
