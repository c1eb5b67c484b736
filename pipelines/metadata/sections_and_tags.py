"""Sections, tags, image and kind: of what the sources state, the first that is plausible."""

import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from pipelines.metadata.field_choice import Statement, choose_first
from pipelines.metadata.json_ld import PAGE_TYPES
from pipelines.metadata.raw_metadata import plain_text
from pipelines.metadata.witnesses import Witness
from text.folding import fold_phrase as fold
from text.urls import join_url

_MAX_TAGS = 30
_MAX_SECTIONS = 6
_MAX_SECTIONS_PER_TEXT = 3  # more are tags
_MAX_SECTION_CHARS = 45
_MAX_TAG_CHARS = 80
_MAX_URL_CHARS = 2000
_COMMAS = re.compile(r"\s*[,،;؛|]\s*")
_MACHINE_TAG = re.compile(
    r"[\da-f]{8}-[\da-f-]{20,}$|@|\d+$|(?:category|nlp[\w ]*|type|channel):", re.IGNORECASE
)
_BREADCRUMB_SEPARATOR = re.compile(r"\s*[>»›/]\s+|\s+[>»›/]\s*")
_NOT_SECTIONS_TEXT = (
    "الرئيسية|الرئيسيه|الصفحة الرئيسية|الصفحه الرئيسيه|رئيسية|رئيسي|غير مصنف|غير مصنفة|بدون تصنيف|"
    "بلا تصنيف|تصنيف عام|أنت هنا|انت هنا|القائمة|المزيد|صفحه اصلی|خانه|ہوم|home|homepage|start|"
    "startseite|accueil|inicio|início|home page|главная|ana sayfa|anasayfa|αρχική|uncategorized|"
    "uncategorised|non classé|sin categoría|sem categoria|allgemein|без рубрики|front page|index|"
    "strona główna|beranda|news home|you are here|menu|more|zur startseite|post|posts|article|"
    "articles|page|slider|featured|مقالات مميزة|سلايدر|مميز|مميزة"
)
_NOT_SECTIONS = frozenset(map(fold, _NOT_SECTIONS_TEXT.split("|")))
# What joining and quoting leave as it is: they take 60 us.
_USUAL_URL = re.compile(
    r"https?://[a-z0-9.-]++(?:/[\w/.~%+,:=-]*+(?:\?[\w/.~%+,:&=-]++)?)?", re.ASCII
)
_KIND = re.compile(r"[A-Za-z][\w.:-]{1,60}")


def choose_sections(
    statements: Iterable[Statement], own_names: frozenset[str], title: str | None
) -> tuple[tuple[str, ...], tuple[Witness, ...]]:
    """The sections of the first source that has any. Names of the front page, the site and the
    article are none.
    """
    folded_title = fold(title or "")
    excluded = own_names | _NOT_SECTIONS | {folded_title}

    def read(statement: Statement) -> tuple[list[str], str]:
        texts = [text for text in statement.texts if fold(text) != folded_title]
        names = [name for text in texts for name in _section_names(text)]
        kept = [n for n in _distinct(names) if fold(n) not in excluded and _is_section(n, title)]
        return kept[:_MAX_SECTIONS], "the site's, the front page's or the article's name"

    return choose_first("section", statements, read)


def _section_names(text: str) -> list[str]:
    """`أخبار، محليات` are two, `News > Local` is the last."""
    line = plain_text(text, 200)
    return _COMMAS.split(_BREADCRUMB_SEPARATOR.split(line)[-1])[:_MAX_SECTIONS_PER_TEXT]


def _is_section(name: str, title: str | None) -> bool:
    folded = fold(name)
    begins_title = len(folded) > 12 and fold(title or "").startswith(folded)
    has_letters = sum(c.isalpha() for c in name) > 1
    is_odd = "://" in name or name.startswith("www.") or name.endswith(":")
    return len(name) <= _MAX_SECTION_CHARS and has_letters and not is_odd and not begins_title


def choose_tags(
    statements: Iterable[Statement], excluded: frozenset[str]
) -> tuple[tuple[str, ...], tuple[Witness, ...]]:
    """The tags of the first source that has any. `excluded` are the folded names of the site and of
    the sections: some systems have the section as the first tag.
    """

    def read(statement: Statement) -> tuple[list[str], str]:
        texts = (part for text in statement.texts for part in _COMMAS.split(plain_text(text, 2000)))
        names = [name for text in texts if (name := text.strip("#\"' .").replace("_", " "))]
        kept = [n for n in _distinct(names) if _is_tag(n) and fold(n) not in excluded]
        return kept[:_MAX_TAGS], "a section, the site's name or a number"

    return choose_first("tags", statements, read)


def _is_tag(name: str) -> bool:
    return len(name) <= _MAX_TAG_CHARS and not _MACHINE_TAG.match(name)


def _distinct(names: Iterable[str]) -> list[str]:
    """The names, each in its first spelling only."""
    by_fold: dict[str, str] = {}
    for name in names:
        by_fold.setdefault(fold(name), name)
    by_fold.pop("", None)
    return list(by_fold.values())


def absolute_url(urls: Iterable[str], base: str) -> str | None:
    """The first that is an absolute http(s) address, or becomes one from `base`."""
    is_usual = not base or _USUAL_URL.fullmatch(base)
    for url in urls:
        url = url.strip()
        if is_usual and len(url) < _MAX_URL_CHARS and _USUAL_URL.fullmatch(url):
            return url
        if not url or len(url) >= _MAX_URL_CHARS or url.startswith(("data:", "#")):
            continue
        absolute = join_url(base, url)
        parts = urlsplit(absolute)
        if parts.scheme in ("http", "https") and parts.hostname:
            return quote(absolute, safe="!#$%&'()*+,/:;=?@[]~", encoding="utf-8", errors="replace")
    return None


def kind(jsonld: list[str], open_graph: list[str]) -> str | None:
    """An article's type in JSON-LD, else Open Graph's `article`, else any type but a web page's,
    else any type.
    """
    special = [k for k in jsonld if k not in PAGE_TYPES]
    articles = [k for k in special if k.endswith(("Article", "Posting", "Report"))]
    og_article = [k for k in open_graph if k.lower() == "article"]
    ranked = (*articles, *og_article, *special, *open_graph, *jsonld)
    return next((k for k in ranked if _KIND.fullmatch(k)), None)
