"""From claims to stored fields: sections, tags, picture, kind, each only when it can be true."""

import re
from collections.abc import Iterable
from urllib.parse import quote, urljoin, urlsplit

from pipelines.metadata.raw_metadata import plain_line
from text.folding import fold_phrase as fold

_MOST_TAGS = 30
_MOST_SECTIONS = 6
_FEW = 3  # sections in one text; more are tags
_LONGEST_SECTION = 45
_LONGEST_TAG = 80
_LONGEST_URL = 2000
_COMMAS = re.compile(r"\s*[,،;؛|]\s*")
_MACHINE_TAG = re.compile(
    r"[\da-f]{8}-[\da-f-]{20,}$|@|\d+$|(?:category|nlp[\w ]*|type|channel):", re.IGNORECASE
)
_STEPS = re.compile(r"\s*[>»›/]\s+|\s+[>»›/]\s*")
_NO_SECTION = (
    "الرئيسية|الرئيسيه|الصفحة الرئيسية|الصفحه الرئيسيه|رئيسية|رئيسي|غير مصنف|غير مصنفة|بدون تصنيف|"
    "بلا تصنيف|تصنيف عام|أنت هنا|انت هنا|القائمة|المزيد|صفحه اصلی|خانه|ہوم|home|homepage|start|"
    "startseite|accueil|inicio|início|home page|главная|ana sayfa|anasayfa|αρχική|uncategorized|"
    "uncategorised|non classé|sin categoría|sem categoria|allgemein|без рубрики|front page|index|"
    "strona główna|beranda|news home|you are here|menu|more|zur startseite|post|posts|article|"
    "articles|page|slider|featured|مقالات مميزة|سلايدر|مميز|مميزة"
)
_NOWHERE = frozenset(map(fold, _NO_SECTION.split("|")))
_KIND = re.compile(r"[A-Za-z][\w.:-]{1,60}")
_PLAIN_PAGES = frozenset({"WebPage", "ItemPage", "AboutPage", "ContactPage", "FAQPage", "QAPage"})


def sections(
    sources: Iterable[Iterable[str]], own_names: frozenset[str], title: str | None
) -> tuple[str, ...]:
    """The names of the first source that has any; not the front page, the site, the article."""
    refused = own_names | _NOWHERE | {fold(title or "")}
    for source in sources:
        names = [name for text in source for name in _section_names(text)]
        kept = [n for n in _unlike(names) if fold(n) not in refused and _is_section(n, title)]
        if kept:
            return tuple(kept[:_MOST_SECTIONS])
    return ()


def _section_names(text: str) -> list[str]:
    """`أخبار، محليات` are two, `News > Local` is the last."""
    line = plain_line(text, 200)
    return _COMMAS.split(_STEPS.split(line)[-1])[:_FEW]


def _is_section(name: str, title: str | None) -> bool:
    folded = fold(name)
    begins_title = len(folded) > 12 and fold(title or "").startswith(folded)
    has_letters = sum(c.isalpha() for c in name) > 1
    is_odd = "://" in name or name.startswith("www.") or name.endswith(":")
    return len(name) <= _LONGEST_SECTION and has_letters and not is_odd and not begins_title


def tags(sources: Iterable[Iterable[str]], own_names: frozenset[str]) -> tuple[str, ...]:
    """The tags of the first source that has any."""
    for source in sources:
        texts = (part for text in source for part in _COMMAS.split(plain_line(text, 2000)))
        names = [name for text in texts if (name := text.strip("#\"' .").replace("_", " "))]
        kept = [n for n in _unlike(names) if _is_tag(n) and fold(n) not in own_names]
        if kept:
            return tuple(kept[:_MOST_TAGS])
    return ()


def _is_tag(name: str) -> bool:
    return len(name) <= _LONGEST_TAG and not _MACHINE_TAG.match(name)


def _unlike(names: Iterable[str]) -> list[str]:
    """Each name once, in its first spelling."""
    spelt: dict[str, str] = {}
    for name in names:
        spelt.setdefault(fold(name), name)
    spelt.pop("", None)
    return list(spelt.values())


def address(urls: Iterable[str], base: str) -> str | None:
    """The first that is, or from `base` becomes, an absolute http(s) address."""
    for url in urls:
        url = url.strip()
        if not url or len(url) >= _LONGEST_URL or url.startswith(("data:", "#")):
            continue
        try:
            whole = urljoin(base, url)
            parts = urlsplit(whole)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname:
            return quote(whole, safe="!#$%&'()*+,/:;=?@[]~", encoding="utf-8", errors="replace")
    return None


def kind(jsonld: list[str], open_graph: list[str]) -> str | None:
    """An article's type in JSON-LD, `article`, the type of another page, then whatever is said."""
    special = [k for k in jsonld if k not in _PLAIN_PAGES]
    said_article = [k for k in open_graph if k.lower() == "article"]
    articles = [k for k in special if k.endswith(("Article", "Posting", "Report"))]
    ranked = (*articles, *said_article, *special, *open_graph, *jsonld)
    return next((k for k in ranked if _KIND.fullmatch(k)), None)
