"""The article's title, out of what a page's parts call it; never the site's own name."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from pipelines.metadata.page_elements import PageIndex, names_of, text_of
from pipelines.metadata.raw_metadata import one_line
from text.folding import fold_phrase as fold

_LONGEST = 500
_SEPARATOR = re.compile(r"\s+(?:[|–—•·»«›‹~⋆]|-{1,2}|::|:|/|<|>)\s+|\s?(?:\||::)\s?")
_CUT_SHORT = re.compile(r"\s*(?:…|\.\.\.|\[…\]|\[\.\.\.\])$")
_SHORTEST_BEGINNING = 15  # folded characters that tell one title from another


@dataclass(frozen=True, slots=True)
class Candidate:
    """A title as some part of the page gives it, and how much that part is trusted."""

    text: str
    weight: float


def line(text: str) -> str:
    """A title's text as it is stored."""
    return one_line(text, _LONGEST)


def candidates(texts: Iterable[str], weight: float, most: int = 3) -> list[Candidate]:
    """The first `most` texts that hold anything, the first weighing all, the others half."""
    lines = [found for text in texts if (found := line(text))]
    return [
        Candidate(text, weight if at == 0 else weight / 2) for at, text in enumerate(lines[:most])
    ]


def headings(texts: list[str], document: list[str]) -> list[Candidate]:
    """A heading of a word or two that is no part of the page's own title may be a box's («بحث»)."""
    known = {fold(part) for text in document for part in (text, *parts(text))}
    return [
        Candidate(c.text, c.weight if _is_long(c.text) or fold(c.text) in known else c.weight / 2)
        for c in candidates(texts, 3)
    ]


def _is_long(text: str) -> bool:
    # An ideograph is half a word.
    return len(text) + 2 * sum("\u3000" <= c <= "\uffef" for c in text) >= 18


def parts(text: str) -> list[str]:
    """What stands between any two of the text's separators and ends, the longest first."""
    cuts = list(_SEPARATOR.finditer(text))[:5]
    starts = [0, *(cut.end() for cut in cuts)]
    ends = [*(cut.start() for cut in cuts), len(text)]
    found = {text[start:end] for start in starts for end in ends if start < end} - {text}
    return sorted(found, key=len, reverse=True)


def choose(found: list[Candidate], own_names: frozenset[str]) -> str | None:
    """The title most of the page agrees upon, in the spelling of the earliest candidate.

    `own_names` are the folded names of the site: such a title is none, and as a prefix or suffix
    it is taken off.
    """
    bare = [Candidate(without_site(c.text, own_names), c.weight) for c in found]
    bare = [c for c in bare if c.text and fold(c.text) not in own_names]
    votes = _votes(bare)
    if not votes:
        return None
    best = max(votes, key=lambda key: votes[key])
    text = next(c.text for c in bare if fold(c.text) == best)
    return text if votes[best] > _weight_of(bare, best) else _without_tail(text)


def _votes(bare: list[Candidate]) -> dict[str, float]:
    """Folded title → weight. A title cut short, or with more around it, votes for the plain one."""
    keys = [key for c in bare if (key := fold(c.text))]
    votes = dict.fromkeys(keys, 0.0)
    for candidate in bare:
        key = _meant(candidate.text, keys)
        if key:
            votes[key] += candidate.weight
    return votes


def _meant(text: str, keys: list[str]) -> str:
    own = fold(text)
    if _CUT_SHORT.search(text) and len(own) >= _SHORTEST_BEGINNING:
        beginning = fold(_CUT_SHORT.sub("", text))
        return next((k for k in keys if k.startswith(beginning) and k != own), own)
    for part in map(fold, parts(text)):
        if part in keys and len(part) >= _SHORTEST_BEGINNING:
            return part
    return own


def _weight_of(bare: list[Candidate], key: str) -> float:
    """What a single source gave: a title with no other vote may still carry the site's name."""
    return max(c.weight for c in bare if fold(c.text) == key)


def without_site(text: str, own_names: frozenset[str]) -> str:
    """`text` without the site's names before or behind a separator."""
    for _ in range(3):
        cuts = list(_SEPARATOR.finditer(text))
        if cuts and _is_own(text[cuts[-1].end() :], own_names):
            text = text[: cuts[-1].start()]
        elif cuts and _is_own(text[: cuts[0].start()], own_names):
            text = text[cuts[0].end() :]
        else:
            break
    return text.strip()


def _is_own(part: str, own_names: frozenset[str]) -> bool:
    folded = fold(part)
    if not folded or folded in own_names:
        return True
    words = set(folded.split())
    return any(words <= set(name.split()) or _names_it(name, folded) for name in own_names)


def _names_it(name: str, folded: str) -> bool:
    """`وكالة سانا للأنباء` names the site that is called `سانا`, a sentence with it does not."""
    if " " not in name and " " not in folded:  # 読売新聞 of 読売新聞オンライン
        return len(folded) > 2 and (name.startswith(folded) or folded.startswith(name))
    return len(name) > 2 and f" {name} " in f" {folded} " and len(folded.split()) <= 5


def _without_tail(text: str) -> str:
    """Nothing tells the site's name: a short last part behind a much longer one is taken for it."""
    cuts = list(_SEPARATOR.finditer(text))
    if not cuts:
        return text
    head, tail = text[: cuts[-1].start()], text[cuts[-1].end() :]
    is_tail = len(tail.split()) <= 4 and len(head.split()) >= max(3, len(tail.split()) + 1)
    return head.strip() if is_tail and ":" not in cuts[-1][0] else text


_MOST = 12
_MOST_TITLED = 200


def heading_elements(index: PageIndex, url: str) -> list[tuple[HtmlElement, str]]:
    """The first-level headings with their text, but for the one that is the site's name."""
    found = ((h, text_of(h, _LONGEST, between="")) for h in index.by_tag["h1"][:_MOST])
    return [(h, text) for h, text in found if text and not is_of_site(h, url)]


def is_of_site(heading: HtmlElement, url: str) -> bool:
    """Whether it is the site's name: it leads home, or says so by its class."""
    if any("site-name" in (names := names_of(e).lower()) or "site-title" in names or "logo" in names
           or "branding" in names for e in islice(_with_parents(heading), 3)):  # fmt: skip
        return True
    links = islice(heading.iter("a"), 2)
    above = (e for e in islice(heading.iterancestors(), 1) if e.tag == "a")
    return any(_leads_home(link, url) for link in (*links, *above))


def _with_parents(element: HtmlElement) -> Iterator[HtmlElement]:
    yield element
    yield from element.iterancestors()


def _leads_home(link: HtmlElement, url: str) -> bool:
    if "home" in (link.get("rel") or "").split():
        return True
    try:
        there = urlsplit(urljoin(url, (link.get("href") or "#")[:1000].strip()))
        return there.path in ("", "/") and not there.query and not there.fragment
    except ValueError:
        return False


def element_of(
    index: PageIndex, title: str | None, found: list[tuple[HtmlElement, str]]
) -> HtmlElement | None:
    """The element whose text is the title; failing that the page's first heading."""
    if title:
        key = fold(title)
        for elements in (found, lower_headings(index), standing_alone(index, [title])):
            for element, text in elements:
                if fold(text) == key:
                    return element
    return found[0][0] if found else None


def lower_headings(index: PageIndex) -> Iterator[tuple[HtmlElement, str]]:
    """Elements named as titles, and headings of the second to the fourth level, with their text."""
    lower = (index.by_tag[tag] for tag in ("h2", "h3", "h4"))
    found = _texts(islice(chain(index.named["title"], *lower), _MOST_TITLED))
    return ((element, text) for element, text in found if text)


def _texts(elements: Iterable[HtmlElement]) -> Iterator[tuple[HtmlElement, str]]:
    return ((element, text_of(element, _LONGEST, between="")) for element in elements)


def standing_alone(index: PageIndex, texts: Iterable[str]) -> Iterator[tuple[HtmlElement, str]]:
    """Elements of any kind that hold one of the texts and no more: home-made pages put a title
    into a table cell and a `font`.
    """
    by_fold = {fold(text): text for text in texts}
    lengths = {len(text) + more for text in by_fold.values() for more in range(-3, 4)}
    for element in index.elements:
        text = element.text if isinstance(element.tag, str) and element.tag != "title" else None
        if text and len(text.strip()) in lengths and (known := by_fold.get(fold(text))):
            yield element, known
