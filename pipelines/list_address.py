"""List pages by address and markup together: an address alone may be an article's (`/posts/31`), and
some themes declare their lists to be articles.
"""

import re
from urllib.parse import unquote

from lxml.html import HtmlElement

from pipelines.canonical import names_article
from pipelines.metadata.json_ld import LIST_PAGE_TYPES

# All of the path, but for a language in front and a page's number behind. The Arabic words are "tag",
# "category", "author", "archive".
_LIST_PATH = re.compile(
    r"https?://[^/]+(?:/[a-z]{2})?(?:/(?:index\.php))?(?:"
    r"/(?:posts?|news|articles?|stories|blog|latest|archives?|all|أرشيف)"
    r"|/(?:types?|tags?|categor(?:y|ies)|authors?|topics?|writers?|archives?|sections?|taxonomy"
    r"|وسم|وسوم|تصنيف|تصنيفات|كاتب|الكاتب|أرشيف)/[^/?]+"
    r"|/(?:19|20)\d\d(?:/\d\d?){0,2}"
    r"|(?:/[^/?]+){0,3}/pages?/\d+"
    r")(?:/pages?/\d+)?/?(?:\?(?:page|paged|p)=\d+)?",
    re.IGNORECASE,
)
# Body classes of WordPress, Drupal and Blogger.
_LIST_CLASSES = frozenset(
    {"archive", "category", "tag", "author", "date", "blog", "search", "paged", "tax"}
    | {"page-taxonomy", "path-taxonomy", "page-taxonomy-term", "post-type-archive", "index"}
    | {"archive-view", "label-view", "list-page"}
)
_ARTICLE_CLASSES = frozenset({"single", "single-post", "postid", "node-type-article", "item-view"})
_NOT_A_NAME = re.compile(r"(?:19|20)\d\d|\d{1,2}")
_MAX_URL_CHARS = 2000


def is_list_address(url: str, tree: HtmlElement, kind: str | None) -> bool:
    """Whether a canonical URL has the form of a list's, and the page does not show that it is an article:
    by the classes of its body, else by the type that it declares, `kind`.
    """
    if len(url) > _MAX_URL_CHARS or not _LIST_PATH.fullmatch(unquote(url)):
        return False
    body = tree.find("body")
    classes = set((body.get("class") or "").lower().split()[:60]) if body is not None else set()
    if classes & _ARTICLE_CLASSES:
        return False
    if classes & _LIST_CLASSES:
        return True
    name = unquote(url).partition("?")[0].rstrip("/").rpartition("/")[2]
    is_named = names_article(name) and not _NOT_A_NAME.fullmatch(name)
    return _declares_no_article(kind) and not is_named


def _declares_no_article(kind: str | None) -> bool:
    """None, a list's type, or Open Graph's word for anything: an article says more of itself."""
    return kind is None or kind in LIST_PAGE_TYPES or kind.lower() in ("website", "blog", "object")
