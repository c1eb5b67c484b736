"""Whether a page is a shell, whose text scripts would draw: next to no text of its own, and an empty element
for it, or a `noscript` that asks for JavaScript.
"""

from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from pipelines.extraction.parse_html import body_of, parse_html
from text.charset import decode
from text.folding import fold
from text.markup_limits import markup_excess

# Of the page: menus and a footer may be there. With a `noscript` alone, less.
_MAX_PAGE_CHARS, _MAX_BARE_CHARS = 1_500, 300
_MAX_ROOT_CHARS = 60
# What frameworks call the element that they draw in; as ids or classes.
_ROOTS = frozenset(
    {
        *(
            "root",
            "app",
            "__next",
            "__nuxt",
            "__layout",
            "___gatsby",
            "svelte",
            "q-app",
            "main-app",
        ),
        *(
            "app-root",
            "react-root",
            "react-app",
            "vue-app",
            "ng-app",
            "ember-application",
            "page-root",
        ),
        *(
            "spa",
            "spa-root",
            "application",
            "app-container",
            "root-container",
            "reactroot",
            "approot",
        ),
        *("mount", "mount-point", "app-mount", "wrapper-app", "elm", "container-app", "__sapper__"),
    }
)
_SCRIPT_NAMES = (
    "javascript",
    "java script",
    "جافا سكريبت",
    "جافاسكريبت",
    "جاوا اسکریپت",
    "جاوااسکریپت",
)
_COMMENTS = ("comment", "disqus", "تعليق", "kommentar", "commentaire")
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "head", "title"})
_MAX_ELEMENTS = 20_000


def is_shell(body: bytes, charset: str | None) -> bool:
    """The same for a page that was fetched."""
    text = decode(body, charset)
    tree = None if markup_excess(text) else parse_html(text)
    return tree is not None and is_script_shell(tree)


def is_script_shell(tree: HtmlElement) -> bool:
    """For pages that no article was found in."""
    body = body_of(tree)
    if next(body.getroottree().iter("script"), None) is None:
        return False
    size = _text_size(body, _MAX_PAGE_CHARS)
    if size >= _MAX_PAGE_CHARS:
        return False
    return _has_empty_root(body) or (size < _MAX_BARE_CHARS and _asks_for_script(body))


def _text_size(element: HtmlElement, most: int) -> int:
    """Characters that the element shows, without white space; counted up to `most`."""
    size = 0
    for text in _texts(element):
        size += sum(map(len, text.split()))
        if size >= most:
            break
    return size


def _texts(element: HtmlElement) -> Iterator[str]:
    waiting = [element]
    for _ in range(_MAX_ELEMENTS):
        if not waiting:
            return
        here = waiting.pop()
        if here.text and here.tag not in _SILENT:
            yield here.text[:_MAX_PAGE_CHARS]
        if here is not element and here.tail:
            yield here.tail[:_MAX_PAGE_CHARS]
        if here.tag not in _SILENT:
            waiting += list(here)


def _has_empty_root(body: HtmlElement) -> bool:
    candidates = (element for element in body.iter("div", "main", "section") if _is_root(element))
    # A framework's own element stands loose in the body: `<app-root></app-root>`.
    own = (element for element in islice(body, 50) if "-" in str(element.tag))
    return any(
        _text_size(element, _MAX_ROOT_CHARS) < _MAX_ROOT_CHARS
        for element in (*islice(candidates, 5), *islice(own, 5))
    )


def _is_root(element: HtmlElement) -> bool:
    names = [element.get("id") or "", *(element.get("class") or "")[:300].split()[:10]]
    named = any(name.lower() in _ROOTS for name in names)
    return named or "data-reactroot" in element.attrib or "ng-app" in element.attrib


def _asks_for_script(body: HtmlElement) -> bool:
    """Comments that are drawn by scripts are no reason."""
    for element in islice(body.getroottree().iter("noscript"), 10):
        words = fold(" ".join(islice(element.itertext(), 20))[:2_000])
        named = any(fold(name) in words for name in _SCRIPT_NAMES)
        if named and not any(fold(word) in words for word in _COMMENTS):
            return True
    return False
