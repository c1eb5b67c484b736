"""What is not of a page's article, told by tag, class and id: menus, sidebars, related, comments."""

import re
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

_ASIDE_TAGS = frozenset({"nav", "aside", "footer", "menu", "select", "button"})
# Whole words of a class or id, parted as `site-footer`, `footer_menu`, `relatedPosts`.
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|footer|sidebar|widgets?|related|recommended|comments?|respond|"
    r"share|sharing|social|ticker|breaking|trending|popular|latest|more|topbar|top-bar|today|clock|"
    r"weather|prayer|login|search|newsletter|cookie|modal|popup|carousel|slider|read-?also|"
    r"yarpp|jp-relatedposts|mostread|most-read|also|teasers?|outbrain|taboola|copyright|"
    r"elementor-posts)s?"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
# Elementor calls every part of a page a widget, the title and the text among them.
_EVERYWHERE = re.compile(r"elementor-widget\b")
# The foot of an article itself, where WordPress themes put date, section and tags.
_OF_ARTICLE = re.compile(
    r"(?:^|\s)(?:entry|post|article|node|single|story|content)[_-]{1,2}"
    r"(?:footer|meta|info|bottom|tags?|categor\w*|date|header|title)",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONGEST_NAME = 200


def names_of(element: HtmlElement) -> str:
    """Class and id, as words that patterns can find."""
    names, identity = element.get("class"), element.get("id")
    if not identity:
        return _parted(names[:_LONGEST_NAME]) if names else ""
    return _parted(f"{names or ''} {identity}"[:_LONGEST_NAME])


@lru_cache(maxsize=8192)
def _parted(names: str) -> str:
    return names.strip() if names.islower() else _CAMEL.sub("-", names).strip()


def names_an_aside(element: HtmlElement, elements: int) -> bool:
    """By its tag, class and id alone. `elements` are those of the whole page."""
    names = names_of(element)
    said = _says_aside(names) if names else None
    if said is not None:
        return said
    if element.tag == "footer":
        return not _in_article(element)
    if element.tag == "form":  # ASP.NET puts the whole page into one
        return sum(1 for _ in element.iter()) * 2 < elements
    return element.tag in _ASIDE_TAGS


@lru_cache(maxsize=8192)
def _says_aside(names: str) -> bool | None:
    if _OF_ARTICLE.search(names):
        return False
    return True if _ASIDE.search(_EVERYWHERE.sub("elementor", names)) else None


def _in_article(element: HtmlElement) -> bool:
    return any(above.tag == "article" for above in islice(element.iterancestors(), 6))
