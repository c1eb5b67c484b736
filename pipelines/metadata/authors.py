"""An article's authors: names of persons or departments, without the words around them."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml.html import HtmlElement

from pipelines.cleaning.credit_lines import agency
from pipelines.dates.date_lines import is_date_line, label
from pipelines.dates.names import in_calendar
from pipelines.metadata.page_elements import TitleContext, names_of, text_of
from pipelines.metadata.raw_metadata import plain_text
from text.folding import fold, fold_name

_MAX_CHARS = 80
_MAX_NAMES = 6
_BYLINE_TAGS = frozenset(
    {"span", "a", "div", "p", "li", "dd", "b", "strong", "em", "h3", "h4", "h5", "font", "td"}
)
_MAX_ELEMENTS_AFTER = 160  # the title
_INTRODUCTION = re.compile(
    r"^\W*(?:(?:مرسلة|أرسلت|نشرت|تم النشر|كتب|كُتب|كتبت|أضيف|مقال) بواسطة|بقلم|كتبت|كتب|كتبه|كتبها|بواسطة|إعداد|اعداد|تحرير|نشره|نشر من قبل|الكاتب|الكاتبة|المحرر|"
    r"تقرير|حوار|ترجمة|written by|posted by|by|von|par|por|di|автор|yazan|yazar|نویسنده|author)\s*[:：\-–/]?\s+",
    re.IGNORECASE,
)
_COLONED = re.compile(
    r"^\W*(?:بقلم|كتبت|كتب|بواسطة|إعداد|اعداد|تحرير|الكاتب|الكاتبة|المحرر|تقرير|author|by|автор)\s*[:：]\s*",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*(?:[،,;؛|•/]|\s[-–—]\s|\s(?:and|und|et|y|و)\s)\s*")
_ADDRESS = re.compile(r"https?:|www\.|[\w.]@[\w.]|^/|\.(?:com|net|org|html?)/", re.IGNORECASE)
_HANDLE = re.compile(r"(?:^|\s)@\w{1,40}")
_SOFTWARE_CREDIT = re.compile(r"(?:developed|designed|powered) by|تصميم|برمجة|تطوير", re.IGNORECASE)
# An account's name: one word of lower-case Latin letters, or one with digits, dots, underscores.
_ACCOUNT = re.compile(r"[a-z0-9_.-]+$|\w*[._]\w+$")
_TRAILING_DATE = re.compile(
    r"(?:\s+(?:[^\W\d]{2,12},?\s+)?\d{1,2}(?:[ ,.:/-]+\d{1,4}){0,6}|\s+\w{3,6}day)\s*(?:[ap]m)?$",
    re.IGNORECASE,
)
_BIOGRAPHY = re.compile(
    r"(?:^|[\s_-])(?:bio|biography|desc|description)(?:$|[\s_-])", re.IGNORECASE
)
_ROLES = (
    "admin|administrator|administrators|super user|superuser|root|webmaster|editor|editors|user|"
    "author|anonymous|guest|unknown|none|null|undefined|staff|news|website|site|"
    "مدير|المدير|مدير الموقع|ادارة الموقع|إدارة الموقع|المشرف|مشرف|مشرف الموقع|محرر|المحرر|"
    "محرر الموقع|مدير التحرير|رئيس التحرير|مسؤول|مدخل البيانات|غير معروف|مجهول|زائر|كاتب|"
    "الكاتب|الموقع|أدمن|ادمن|redaktion|redacción|rédaction|redazione|админ|редактор"
)
_NOT_NAMES = frozenset(map(fold, _ROLES.split("|")))
_AUTHOR_CLASS = re.compile(
    r"(?:^|[\s_-])(?:author|authors|byline|writer|username|createdby|uid|fn|katib|journalist|reporter)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)


def authors(bylines: Iterable[str], own_names: frozenset[str]) -> str | None:
    """The names in the first byline that has any, joined by commas. `own_names`, folded, are the
    site's.
    """
    for byline in bylines:
        if names := list(dict.fromkeys(_names(byline, own_names))):
            comma = "، " if _is_arabic(names[0]) else ", "
            return comma.join(names[:_MAX_NAMES])
    return None


def _is_arabic(name: str) -> bool:
    return any("\u0600" <= c <= "\u06ff" for c in name)


def _names(byline: str, own_names: frozenset[str]) -> Iterator[str]:
    line = _HANDLE.sub(" ", plain_text(byline, 300))
    if _ADDRESS.search(line) or _SOFTWARE_CREDIT.match(line):
        return
    parts = _PARTS.split(_COLONED.sub("", _INTRODUCTION.sub("", line)))
    names = [_TRAILING_DATE.sub("", part).strip(" .:-–—()[]\"'«»") for part in parts]
    kept = [name for name in names if _is_name(name) and fold(name) not in own_names]
    # `أبوظبي - البيان` is a place and the site.
    if len(kept) == 1 < len(names) and " " not in kept[0] and " - " in line:
        return
    yield from kept


def _is_name(name: str) -> bool:
    folded = fold(name)
    return (
        2 < len(name) <= _MAX_CHARS
        and len(name.split()) <= 7
        and folded not in _NOT_NAMES
        and any(c.isalpha() for c in name)
        and not _ADDRESS.search(name)
        and (not _ACCOUNT.match(name) or agency(name) is not None)
        and not _is_about_time(name)
        and sum(c.isdigit() for c in name) <= 2
    )


def _is_about_time(name: str) -> bool:
    words = fold_name(name).split()
    labelled = len(words) <= 3 and label(name) is not None
    return labelled or is_date_line(name) or all(map(in_calendar, words))


def shown_authors(context: TitleContext) -> Iterator[str]:
    """`rel="author"` links, elements with an author's class, and lines like «بقلم: …»."""
    for link in context.index.links("author")[:10]:
        if not context.is_aside(link):
            yield text_of(link, _MAX_CHARS)
    for elements in (context.after[:_MAX_ELEMENTS_AFTER], context.before):
        yield from (text for element in elements if (text := _byline(element)))


def _byline(element: HtmlElement) -> str:
    if element.tag in _BYLINE_TAGS:
        text = text_of(element, _MAX_CHARS)
        named = text and _AUTHOR_CLASS.search(names_of(element)) and not _has_biography(element)
        if _COLONED.match(text) or named:
            return text
    return ""


def _has_biography(element: HtmlElement) -> bool:
    return any(_BIOGRAPHY.search(names_of(part)) for part in islice(element.iter(), 20))
