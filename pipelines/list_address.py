"""Which addresses are lists' (a tag's, an author's, a month's), forms' and fixed pages': by the address
alone, as a link is judged, or with the markup of the page. An address alone may be an article's
(`/posts/31`), and some themes declare their lists to be articles.
"""

import re
from urllib.parse import unquote

from lxml.html import HtmlElement

from pipelines.metadata.json_ld import LIST_PAGE_TYPES

# Folders under which systems keep lists by subject, whatever the depth; the Arabic ones are "tag",
# "category", "author".
_LISTS = r"tags?|categor(?:y|ies)|authors?|taxonomy|وسم|وسوم|تصنيف|تصنيفات|كاتب|الكاتب"
# And forms; "search".
_FORMS = r"users?|search|feeds?|rss|wp-[a-z]+|login|signin|register|account|cart|الوسوم|بحث"
# Folders that may be an article's as well, unless the page's markup is a list's; "archive".
_DOUBTFUL = r"types?|topics?|writers?|archives?|sections?|أرشيف"
_MONTH = r"(?:19|20)\d\d(?:/\d\d?){0,2}"
# In a path, or in a query that holds one: `/?q=taxonomy/term/3`.
_LISTING = re.compile(
    rf"(?:/|[?&](?:q|r|route)=)(?:{_LISTS}|{_FORMS})/"
    # A year right below the host is an archive; below a section it may be an article's number.
    rf"|/pages?/\d+/|^https?://[^/]+(?:/[a-z]{{2}})?/{_MONTH}/$"
    r"|/(?:contact|about|privacy|terms|sitemap|archives?)(?:-us|-policy)?/$"
    r"|[?&](?:cat|tag|author|s|m|feed|paged|attachment_id|page_id|replytocom)=",
    re.IGNORECASE,
)
# All of the path, but for a language in front and a page's number behind.
_LIST_PATH = re.compile(
    r"https?://[^/]+(?:/[a-z]{2})?(?:/(?:index\.php))?(?:"
    r"/(?:posts?|news|articles?|stories|blog|latest|archives?|all|أرشيف)"
    rf"|/(?:{_LISTS}|{_DOUBTFUL})/[^/?]+"
    rf"|/{_MONTH}"
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

# Of a part of a path, or a value in a query.
WORD_BREAK = re.compile(r"[-_+.,~ ]+")
NUMBER = re.compile(r"\d+")
# A year, or a whole date, is common to all that was published then.
DATE = re.compile(r"(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:[0-3]\d)?)?")
MIN_SLUG_WORDS = 3
MIN_DIGITS = 3


def is_listing(url: str) -> bool:
    """Whether a canonical URL is one that common systems give to lists, forms and fixed pages."""
    return bool(
        _LISTING.search((unquote(url) if "%" in url else url) + ("" if "?" in url else "/"))
    )


def is_list_page(url: str, tree: HtmlElement, kind: str | None) -> bool:
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


def names_article(part: str) -> bool:
    """Whether a part of a path, or a value in a query, may name an article: a number, or some words."""
    if part.isdigit():
        return True
    words = WORD_BREAK.split(part)
    return len(words) >= MIN_SLUG_WORDS or any(
        len(number) >= MIN_DIGITS and not DATE.fullmatch(number) for number in NUMBER.findall(part)
    )
