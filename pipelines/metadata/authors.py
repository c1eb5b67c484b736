"""Who wrote an article: a person's or a desk's name, cleaned of what stands around it."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml.html import HtmlElement

from pipelines.cleaning.credit_lines import agency
from pipelines.dates.date_lines import is_date_line, label
from pipelines.dates.names import in_calendar
from pipelines.metadata.page_elements import TitleContext, names_of, text_of
from pipelines.metadata.raw_metadata import one_line
from text.folding import fold, fold_name

_LONGEST = 80
_MOST = 6
_LINES = frozenset(
    {"span", "a", "div", "p", "li", "dd", "b", "strong", "em", "h3", "h4", "h5", "font", "td"}
)
_AROUND = 160  # elements behind the title
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
_MAKER = re.compile(r"(?:developed|designed|powered) by|تصميم|برمجة|تطوير", re.IGNORECASE)
# The name of an account: one word of small Latin letters, or with digits, dots, underscores.
_ACCOUNT = re.compile(r"[a-z0-9_.-]+$|\w*[._]\w+$")
_DATE_BEHIND = re.compile(
    r"(?:\s+(?:[^\W\d]{2,12},?\s+)?\d{1,2}(?:[ ,.:/-]+\d{1,4}){0,6}|\s+\w{3,6}day)\s*(?:[ap]m)?$",
    re.IGNORECASE,
)
_LIFE = re.compile(r"(?:^|[\s_-])(?:bio|biography|desc|description)(?:$|[\s_-])", re.IGNORECASE)
_ROLES = (
    "admin|administrator|administrators|super user|superuser|root|webmaster|editor|editors|user|"
    "author|anonymous|guest|unknown|none|null|undefined|staff|news|website|site|"
    "مدير|المدير|مدير الموقع|ادارة الموقع|إدارة الموقع|المشرف|مشرف|مشرف الموقع|محرر|المحرر|"
    "محرر الموقع|مدير التحرير|رئيس التحرير|مسؤول|مدخل البيانات|غير معروف|مجهول|زائر|كاتب|"
    "الكاتب|الموقع|أدمن|ادمن|redaktion|redacción|rédaction|redazione|админ|редактор"
)
_NOBODY = frozenset(map(fold, _ROLES.split("|")))
_BY_NAME = re.compile(
    r"(?:^|[\s_-])(?:author|authors|byline|writer|username|createdby|uid|fn|katib|journalist|reporter)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)


def authors(claims: Iterable[str], own_names: frozenset[str]) -> str | None:
    """The names in the first claim that holds any, joined by commas. `own_names` are folded."""
    for group in claims:
        if names := list(dict.fromkeys(_names(group, own_names))):
            return "، ".join(names[:_MOST]) if _is_arabic(names[0]) else ", ".join(names[:_MOST])
    return None


def _is_arabic(name: str) -> bool:
    return any("\u0600" <= c <= "\u06ff" for c in name)


def _names(claim: str, own_names: frozenset[str]) -> Iterator[str]:
    line = _HANDLE.sub(" ", one_line(claim, 300))
    if _ADDRESS.search(line) or _MAKER.match(line):
        return
    parts = _PARTS.split(_COLONED.sub("", _INTRODUCTION.sub("", line)))
    names = [_DATE_BEHIND.sub("", part).strip(" .:-–—()[]\"'«»") for part in parts]
    kept = [name for name in names if _is_name(name) and fold(name) not in own_names]
    # `أبوظبي - البيان` is a place and the site.
    if len(kept) == 1 < len(names) and " " not in kept[0] and " - " in line:
        return
    yield from kept


def _is_name(name: str) -> bool:
    folded = fold(name)
    return (
        2 < len(name) <= _LONGEST
        and len(name.split()) <= 7
        and folded not in _NOBODY
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


def shown_authors(vicinity: TitleContext) -> Iterator[str]:
    """`rel="author"` links, elements named after the author, and lines like «بقلم: …»."""
    for link in vicinity.index.links("author")[:10]:
        if not vicinity.is_aside(link):
            yield text_of(link, _LONGEST)
    for elements in (vicinity.after[:_AROUND], vicinity.before):
        yield from (text for element in elements if (text := _byline(element)))


def _byline(element: HtmlElement) -> str:
    if element.tag in _LINES:
        text = text_of(element, _LONGEST)
        named = text and _BY_NAME.search(names_of(element)) and not _holds_life(element)
        if _COLONED.match(text) or named:
            return text
    return ""


def _holds_life(element: HtmlElement) -> bool:
    """Whether it is, or holds, what the author's box tells of the author's life."""
    return any(_LIFE.search(names_of(part)) for part in islice(element.iter(), 20))
